package io.sinew.groups;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Members get as many partitions as their subscriptions allow them to have equally, and keep as
/// many as they can. If all subscribe to the same topics no two differ by more than one partition,
/// and no partition moves that need not.
///
/// Everybody keeps what is theirs; what is nobody's goes to whoever has least; then partitions move
/// from whoever has most to whoever has least, as long as that makes them more equal.
///
/// Members with the same topics are interchangeable, so whoever has least is looked for among such
/// classes and not among members. For `n` partitions, `m` members and `c` different subscriptions
/// it takes some `n · c · log m` steps.
final class UniformAssignor implements PartitionAssignor {
    static final String NAME = "uniform";

    /// How often everybody is looked at for a partition to give away. Each time makes the group
    /// more equal; with very different subscriptions the last differences may stay.
    private static final int ROUNDS_MAX = 16;

    @Override
    public Map<String, SortedSet<GroupPartition>> assign(List<Subscriber> subscribers) {
        var sharing = new Sharing(subscribers);
        sharing.keepWhatIsTheirs(subscribers);
        sharing.giveAwayTheRest();
        for (int round = 0; round < ROUNDS_MAX && sharing.even(); round++) {
            // As long as it helps.
        }
        return sharing.assigned();
    }

    /// One member with what it has so far.
    private static final class Share {
        final String memberId;
        final SortedSet<GroupPartition> partitions = new TreeSet<>();

        /// The members with the same topics, itself among them, whoever has least first.
        final SortedSet<Share> peers;

        Share(String memberId, SortedSet<Share> peers) {
            this.memberId = memberId;
            this.peers = peers;
        }
    }

    private static final class Sharing {
        private static final Comparator<Share> LEAST_FIRST =
                Comparator.comparingInt((Share share) -> share.partitions.size())
                        .thenComparing(share -> share.memberId);

        private final Map<String, Share> shares = new TreeMap<>();

        private final Map<GroupTopic, List<SortedSet<Share>>> classesByTopic = new HashMap<>();
        private final Map<GroupPartition, GroupTopic> free = new TreeMap<>();
        private final Map<GroupPartition, GroupTopic> topics = new HashMap<>();

        Sharing(List<Subscriber> subscribers) {
            var classes = new HashMap<Set<GroupTopic>, SortedSet<Share>>();
            for (Subscriber member : subscribers) {
                SortedSet<Share> peers =
                        classes.computeIfAbsent(member.topics(), _ -> new TreeSet<>(LEAST_FIRST));
                var share = new Share(member.memberId(), peers);
                shares.put(share.memberId, share);
                peers.add(share);
            }
            classes.forEach((wanted, peers) -> {
                for (GroupTopic topic : wanted) {
                    classesByTopic.computeIfAbsent(topic, _ -> new ArrayList<>()).add(peers);
                }
            });
            for (GroupTopic topic : classesByTopic.keySet()) {
                for (int index = 0; index < topic.partitionCount(); index++) {
                    free.put(new GroupPartition(topic.id(), index), topic);
                }
            }
            topics.putAll(free);
        }

        void keepWhatIsTheirs(List<Subscriber> subscribers) {
            for (Subscriber member : subscribers) {
                Share share = Objects.requireNonNull(shares.get(member.memberId()));
                for (GroupPartition partition : member.former()) {
                    GroupTopic topic = free.get(partition);
                    if (topic != null && member.topics().contains(topic)) {
                        give(partition, share);
                    }
                }
            }
        }

        /// Topics with few subscribers first: the others can even out what these cannot.
        void giveAwayTheRest() {
            var byChoice = new ArrayList<>(new HashSet<>(free.values()));
            byChoice.sort(
                    Comparator.comparingInt(this::subscriberCount).thenComparing(GroupTopic::id));
            for (GroupTopic topic : byChoice) {
                for (int index = 0; index < topic.partitionCount(); index++) {
                    var partition = new GroupPartition(topic.id(), index);
                    if (free.containsKey(partition)) {
                        give(partition, least(topic));
                    }
                }
            }
        }

        private int subscriberCount(GroupTopic topic) {
            return classes(topic).stream().mapToInt(Set::size).sum();
        }

        private List<SortedSet<Share>> classes(GroupTopic topic) {
            return classesByTopic.getOrDefault(topic, List.of());
        }

        private GroupTopic topic(GroupPartition partition) {
            return Objects.requireNonNull(topics.get(partition));
        }

        /// Whoever has least of those that subscribe to the topic.
        private Share least(GroupTopic topic) {
            return classes(topic).stream()
                    .map(peers -> peers.first())
                    .min(LEAST_FIRST)
                    .orElseThrow();
        }

        /// Looks at everybody once, whoever has most first.
        ///
        /// @return whether anything has moved
        boolean even() {
            var mostFirst = new TreeSet<>(LEAST_FIRST.reversed());
            mostFirst.addAll(shares.values());
            boolean moved = false;
            while (!mostFirst.isEmpty()) {
                Share most = mostFirst.first();
                mostFirst.remove(most);
                GroupPartition partition = superfluous(most);
                if (partition == null) {
                    continue;
                }
                Share least = least(topic(partition));
                boolean looksLater = mostFirst.remove(least);
                take(partition, most);
                give(partition, least);
                mostFirst.add(most);
                if (looksLater) {
                    mostFirst.add(least);
                }
                moved = true;
            }
            return moved;
        }

        /// A partition that somebody else could have who has at least two less; the last one.
        private @Nullable GroupPartition superfluous(Share share) {
            GroupPartition found = null;
            int fewest = share.partitions.size() - 1;
            SortedSet<GroupPartition> rest = share.partitions;
            while (!rest.isEmpty()) {
                GroupPartition last = rest.last();
                int least = least(topic(last)).partitions.size();
                if (least < fewest) {
                    fewest = least;
                    found = last;
                }
                rest = rest.headSet(new GroupPartition(last.topicId(), 0));
            }
            return found;
        }

        private void give(GroupPartition partition, Share share) {
            share.peers.remove(share);
            share.partitions.add(partition);
            share.peers.add(share);
            free.remove(partition);
        }

        private void take(GroupPartition partition, Share share) {
            share.peers.remove(share);
            share.partitions.remove(partition);
            share.peers.add(share);
        }

        Map<String, SortedSet<GroupPartition>> assigned() {
            var assigned = new HashMap<String, SortedSet<GroupPartition>>();
            shares.forEach((memberId, share) -> assigned.put(memberId, share.partitions));
            return assigned;
        }
    }
}
