package io.sinew.groups;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A consumer group while a decision about it is being made: the stored one with what the decision
/// changes. What differs in the end is one record.
final class ConsumerGroupDraft {
    private final ConsumerGroup before;
    private int epoch;
    private int targetEpoch;
    private long topicsHash;

    /// Members that were changed; empty for those that were removed.
    private final Map<String, Optional<ConsumerMember>> changed = new LinkedHashMap<>();

    private int size;

    ConsumerGroupDraft(ConsumerGroup before) {
        this.before = before;
        this.epoch = before.epochs().epoch();
        this.targetEpoch = before.epochs().targetEpoch();
        this.topicsHash = before.epochs().topicsHash();
        this.size = before.size();
    }

    String groupId() {
        return before.groupId();
    }

    int epoch() {
        return epoch;
    }

    /// Before this decision.
    int epochBefore() {
        return before.epochs().epoch();
    }

    int targetEpoch() {
        return targetEpoch;
    }

    long topicsHash() {
        return topicsHash;
    }

    /// Something has changed that targets depend on.
    void nextEpoch(long newTopicsHash) {
        epoch++;
        topicsHash = newTopicsHash;
    }

    /// Begins to count where a classic group left off.
    void begin(int firstEpoch) {
        epoch = firstEpoch;
        targetEpoch = firstEpoch;
    }

    int size() {
        return size;
    }

    @Nullable ConsumerMember member(String memberId) {
        Optional<ConsumerMember> here = changed.get(memberId);
        return here == null ? before.member(memberId) : here.orElse(null);
    }

    @Nullable ConsumerMember memberOf(String instanceId) {
        for (Optional<ConsumerMember> here : changed.values()) {
            if (here.isPresent() && instanceId.equals(here.get().said().instanceId())) {
                return here.get();
            }
        }
        String memberId = before.memberIdOf(instanceId);
        return memberId == null || changed.containsKey(memberId) ? null : before.member(memberId);
    }

    /// Everybody, by member id.
    Collection<ConsumerMember> members() {
        if (changed.isEmpty()) {
            return before.members();
        }
        var members = new TreeMap<String, ConsumerMember>();
        before.members().forEach(member -> members.put(member.memberId(), member));
        changed.forEach((memberId, member) ->
                member.ifPresentOrElse(
                        present -> members.put(memberId, present), () -> members.remove(memberId)));
        return members.values();
    }

    /// Somebody is gone.
    boolean hasLost() {
        return changed.entrySet().stream()
                .anyMatch(
                        each -> each.getValue().isEmpty() && before.member(each.getKey()) != null);
    }

    void put(ConsumerMember member) {
        if (member(member.memberId()) == null) {
            size++;
        }
        changed.put(member.memberId(), Optional.of(member));
    }

    void remove(String memberId) {
        if (member(memberId) != null) {
            size--;
        }
        changed.put(memberId, Optional.empty());
    }

    /// The targets of all members, for the present epoch.
    void assign(Map<String, ? extends SortedSet<GroupPartition>> targets) {
        targetEpoch = epoch;
        for (ConsumerMember member : List.copyOf(members())) {
            var target = targets.get(member.memberId());
            if (target != null && !target.equals(member.target())) {
                put(member.withTarget(target));
            }
        }
    }

    /// Whether somebody else holds a partition.
    boolean isBusy(GroupPartition partition, String memberId) {
        String holder = before.holder(partition);
        if (holder != null && !holder.equals(memberId) && holds(holder, partition)) {
            return true;
        }
        // Members that came with this decision, from a classic group.
        return changed.keySet().stream()
                .anyMatch(other -> !other.equals(memberId) && holds(other, partition));
    }

    private boolean holds(String memberId, GroupPartition partition) {
        ConsumerMember member = member(memberId);
        return member != null && member.holding().holds(partition);
    }

    /// What has changed; null when nothing has.
    GroupRecord.@Nullable ConsumerGroupChanged change(long nowMs) {
        var said = new ArrayList<GroupRecord.SaidByMember>();
        var targets = new ArrayList<GroupRecord.Target>();
        var holdings = new ArrayList<GroupRecord.MemberHolding>();
        var left = new ArrayList<String>();
        changed.forEach((memberId, here) -> {
            ConsumerMember old = before.member(memberId);
            ConsumerMember now = here.orElse(null);
            if (now == null) {
                if (old != null) {
                    left.add(memberId);
                }
                return;
            }
            if (old == null || !old.said().equals(now.said())) {
                said.add(now.said());
            }
            if (old == null ? !now.target().isEmpty() : !old.target().equals(now.target())) {
                targets.add(new GroupRecord.Target(memberId, now.target()));
            }
            if (old == null
                    ? !now.holding().equals(Holding.none())
                    : !old.holding().equals(now.holding())) {
                holdings.add(new GroupRecord.MemberHolding(memberId, now.holding()));
            }
        });
        GroupRecord.Epochs old = before.epochs();
        var same = new GroupRecord.Epochs(epoch, targetEpoch, topicsHash, old.sinceMs());
        boolean sameEpochs = same.equals(old);
        if (sameEpochs
                && said.isEmpty()
                && targets.isEmpty()
                && holdings.isEmpty()
                && left.isEmpty()) {
            return null;
        }
        var epochs =
                sameEpochs ? old : new GroupRecord.Epochs(epoch, targetEpoch, topicsHash, nowMs);
        return new GroupRecord.ConsumerGroupChanged(
                groupId(), epochs, said, targets, holdings, left);
    }
}
