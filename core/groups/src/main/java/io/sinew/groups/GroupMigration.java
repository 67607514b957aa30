package io.sinew.groups;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A group with members on its way from one protocol to the other (KIP-848): what a classic group
/// is as a consumer group, and a consumer group as a classic one. Members keep their ids, and what
/// they work on.
final class GroupMigration {
    static final String PROTOCOL_TYPE = "consumer";

    private GroupMigration() {}

    /// The members of a classic group as those of a consumer group, each in the generation's epoch
    /// and with what it was assigned. Empty when what they tell each other can't be read, or an
    /// assignor has added what would be lost.
    static Optional<List<ConsumerMember>> toConsumer(
            GroupRecord.GenerationStored group, GroupTopics topics) {
        var members = new ArrayList<ConsumerMember>();
        var given = new HashSet<GroupPartition>();
        for (GroupRecord.StoredMember member : group.members()) {
            var subscription = subscription(member, group.protocolName());
            var assignment = ConsumerProtocolCodec.assignment(member.assignment());
            if (subscription.isEmpty() || assignment.isEmpty()) {
                return Optional.empty();
            }
            var said =
                    new GroupRecord.SaidByMember(
                            member.memberId(),
                            member.instanceId(),
                            subscription.get().rackId(),
                            member.clientId(),
                            member.clientHost(),
                            member.rebalanceTimeoutMs(),
                            subscription.get().topics(),
                            "",
                            null,
                            new GroupRecord.ClassicSide(
                                    member.sessionTimeoutMs(), member.protocols()));
            SortedSet<GroupPartition> own = partitions(assignment.get(), topics);
            // An assignor of somebody's own may have given one partition to several.
            own.removeIf(partition -> !given.add(partition));
            var assigned = new TreeMap<GroupPartition, Integer>();
            own.forEach(partition -> assigned.put(partition, group.generation()));
            members.add(
                    new ConsumerMember(
                            said,
                            own,
                            new Holding<>(
                                    group.generation(),
                                    group.generation(),
                                    Holding.Step.STABLE,
                                    assigned,
                                    new TreeMap<GroupPartition, Integer>())));
        }
        return Optional.of(members);
    }

    private static Optional<ConsumerProtocolCodec.Subscription> subscription(
            GroupRecord.StoredMember member, @Nullable String protocol) {
        return member.protocols().stream()
                .filter(each -> protocol == null || each.name().equals(protocol))
                .findFirst()
                .flatMap(each -> ConsumerProtocolCodec.subscription(each.metadata()));
    }

    /// A consumer group, all of whose members speak the classic protocol, as a classic group. Its
    /// generation is the epoch that they were told: they go on in it until they have joined again.
    /// Empty when they know no assignor that all of them know.
    static Optional<GroupRecord.GenerationStored> toClassic(
            long nowMs, ConsumerGroupDraft group, GroupTopics topics) {
        Collection<ConsumerMember> members = group.members();
        Optional<String> protocol = sharedProtocol(members);
        if (protocol.isEmpty()) {
            return Optional.empty();
        }
        var stored = new ArrayList<GroupRecord.StoredMember>();
        for (ConsumerMember member : members) {
            GroupRecord.SaidByMember said = member.said();
            GroupRecord.ClassicSide classic = said.classic();
            if (classic == null) {
                return Optional.empty();
            }
            stored.add(
                    new GroupRecord.StoredMember(
                            said.memberId(),
                            said.instanceId(),
                            said.clientId(),
                            said.clientHost(),
                            classic.sessionTimeoutMs(),
                            Math.max(0, said.rebalanceTimeoutMs()),
                            classic.protocols(),
                            assignment(member, topics)));
        }
        return Optional.of(
                new GroupRecord.GenerationStored(
                        group.groupId(),
                        group.epochBefore(),
                        PROTOCOL_TYPE,
                        protocol.get(),
                        stored.getFirst().memberId(),
                        nowMs,
                        stored));
    }

    /// The first assignor, in the order of whoever comes first, that all members know.
    private static Optional<String> sharedProtocol(Collection<ConsumerMember> members) {
        Set<String> shared = new LinkedHashSet<>();
        boolean first = true;
        for (ConsumerMember member : members) {
            List<String> own = protocolNames(member);
            if (first) {
                shared.addAll(own);
                first = false;
            }
            shared.retainAll(own);
        }
        return shared.stream().findFirst();
    }

    /// Names of the assignors that a member of the classic protocol knows; none of another.
    static List<String> protocolNames(ConsumerMember member) {
        GroupRecord.ClassicSide classic = member.said().classic();
        return classic == null
                ? List.of()
                : classic.protocols().stream().map(GroupCommand.Protocol::name).toList();
    }

    /// What a member was assigned, as a consumer of the classic protocol understands it.
    static GroupBytes assignment(ConsumerMember member, GroupTopics topics) {
        GroupRecord.ClassicSide classic = member.said().classic();
        int version =
                classic == null || classic.protocols().isEmpty()
                        ? 0
                        : ConsumerProtocolCodec.subscription(
                                        classic.protocols().getFirst().metadata())
                                .map(ConsumerProtocolCodec.Subscription::version)
                                .orElse(0);
        var byName = new LinkedHashMap<String, List<Integer>>();
        for (GroupPartition partition : member.holding().assigned().keySet()) {
            GroupTopic topic = topics.withId(partition.topicId());
            if (topic != null) {
                byName.computeIfAbsent(topic.name(), _ -> new ArrayList<>())
                        .add(partition.partition());
            }
        }
        return ConsumerProtocolCodec.assignment(byName, version);
    }

    /// Partitions by the ids of their topics, without those of topics that are not there.
    static SortedSet<GroupPartition> partitions(
            Map<String, List<Integer>> byName, GroupTopics topics) {
        var partitions = new TreeSet<GroupPartition>();
        byName.forEach((name, indexes) -> {
            GroupTopic topic = topics.named(name);
            if (topic != null) {
                indexes.forEach(index -> partitions.add(new GroupPartition(topic.id(), index)));
            }
        });
        return partitions;
    }
}
