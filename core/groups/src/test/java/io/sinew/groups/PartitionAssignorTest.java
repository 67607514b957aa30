package io.sinew.groups;

import static io.sinew.groups.GroupClient.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the two assignors promise.
class PartitionAssignorTest {
    private static final GroupTopic ORDERS = topic(1, 3);
    private static final GroupTopic PAYMENTS = topic(2, 3);

    private static GroupTopic topic(long id, int partitions) {
        return new GroupTopic(new UUID(0, id), "topic-" + id, partitions);
    }

    private static PartitionAssignor.Subscriber member(String id, GroupTopic... topics) {
        return member(id, null, new TreeSet<>(), topics);
    }

    private static PartitionAssignor.Subscriber member(
            String id,
            @Nullable String instanceId,
            SortedSet<GroupPartition> former,
            GroupTopic... topics) {
        return new PartitionAssignor.Subscriber(
                id, instanceId, new HashSet<>(Arrays.asList(topics)), former);
    }

    private static Map<String, SortedSet<GroupPartition>> range(
            PartitionAssignor.Subscriber... members) {
        return new RangeAssignor().assign(List.of(members));
    }

    private static Map<String, SortedSet<GroupPartition>> uniform(
            PartitionAssignor.Subscriber... members) {
        return new UniformAssignor().assign(List.of(members));
    }

    @Test
    void range_gives_a_member_the_same_numbers_of_all_topics() {
        assertThat(range(member("b", ORDERS, PAYMENTS), member("a", ORDERS, PAYMENTS)))
                .isEqualTo(
                        Map.of(
                                "a",
                                Set.of(
                                        partition(1, 0),
                                        partition(1, 1),
                                        partition(2, 0),
                                        partition(2, 1)),
                                "b",
                                Set.of(partition(1, 2), partition(2, 2))));
    }

    @Test
    void range_goes_by_the_names_of_static_members_and_not_by_their_ids() {
        var none = new TreeSet<GroupPartition>();
        assertThat(
                        range(
                                member("a", ORDERS),
                                member("z", "one", none, ORDERS),
                                member("y", "two", none, ORDERS)))
                .isEqualTo(
                        Map.of(
                                "z", Set.of(partition(1, 0)),
                                "y", Set.of(partition(1, 1)),
                                "a", Set.of(partition(1, 2))));
    }

    @Test
    void uniform_moves_no_more_than_a_new_member_needs() {
        var six = topic(3, 6);
        var former = new TreeSet<GroupPartition>();
        for (int index = 0; index < 6; index++) {
            former.add(partition(3, index));
        }
        Map<String, SortedSet<GroupPartition>> assigned =
                uniform(member("a", null, former, six), member("b", six));
        assertThat(assigned.get("a")).hasSize(3).isSubsetOf(former);
        assertThat(assigned.get("b")).hasSize(3);
    }

    @Test
    void uniform_lets_partitions_go_on_to_reach_who_has_none() {
        // The first can give nothing to the third but by the second.
        Map<String, SortedSet<GroupPartition>> assigned =
                uniform(
                        member("a", topic(3, 4)),
                        member("b", topic(3, 4), ORDERS),
                        member("c", ORDERS));
        assertThat(assigned.get("a")).hasSizeBetween(2, 3);
        assertThat(assigned.get("b")).hasSizeBetween(2, 3);
        assertThat(assigned.get("c")).hasSizeBetween(2, 3);
    }

    @Test
    void every_partition_has_one_owner_who_wants_it_whatever_the_subscriptions_are() {
        Trials.run(
                300,
                random -> {
                    List<GroupTopic> topics = anyTopics(random);
                    List<PartitionAssignor.Subscriber> members = anyMembers(random, topics);
                    for (PartitionAssignor assignor :
                            List.of(new UniformAssignor(), new RangeAssignor())) {
                        requireComplete(members, assignor.assign(members));
                    }
                });
    }

    @Test
    void members_with_the_same_topics_differ_by_one_at_most_and_a_second_time_nothing_moves() {
        Trials.run(
                300,
                random -> {
                    List<GroupTopic> topics = anyTopics(random);
                    var members = new ArrayList<PartitionAssignor.Subscriber>();
                    for (PartitionAssignor.Subscriber each : anyMembers(random, topics)) {
                        members.add(
                                member(
                                        each.memberId(),
                                        null,
                                        each.former(),
                                        topics.toArray(GroupTopic[]::new)));
                    }
                    var assigned = new UniformAssignor().assign(members);
                    var sizes = new TreeSet<Integer>();
                    assigned.values().forEach(each -> sizes.add(each.size()));
                    assertThat(sizes.last() - sizes.first()).isLessThanOrEqualTo(1);
                    var again = new ArrayList<PartitionAssignor.Subscriber>();
                    for (PartitionAssignor.Subscriber each : members) {
                        again.add(
                                new PartitionAssignor.Subscriber(
                                        each.memberId(),
                                        null,
                                        each.topics(),
                                        assigned.getOrDefault(each.memberId(), new TreeSet<>())));
                    }
                    assertThat(new UniformAssignor().assign(again)).isEqualTo(assigned);
                });
    }

    private static List<GroupTopic> anyTopics(SplittableRandom random) {
        var topics = new ArrayList<GroupTopic>();
        int count = random.nextInt(1, 6);
        for (int i = 0; i < count; i++) {
            topics.add(topic(i, random.nextInt(1, 12)));
        }
        return topics;
    }

    private static List<PartitionAssignor.Subscriber> anyMembers(
            SplittableRandom random, List<GroupTopic> topics) {
        var members = new ArrayList<PartitionAssignor.Subscriber>();
        int count = random.nextInt(1, 8);
        var formers = new HashMap<Integer, SortedSet<GroupPartition>>();
        for (GroupTopic topic : topics) {
            for (int index = 0; index < topic.partitionCount() + 1; index++) {
                formers.computeIfAbsent(random.nextInt(count), _ -> new TreeSet<>())
                        .add(new GroupPartition(topic.id(), index));
            }
        }
        for (int i = 0; i < count; i++) {
            members.add(
                    member(
                            "m" + i,
                            random.nextBoolean() ? null : "i" + i,
                            formers.getOrDefault(i, new TreeSet<>()),
                            topics.stream()
                                    .filter(_ -> random.nextBoolean())
                                    .toArray(GroupTopic[]::new)));
        }
        return members;
    }

    private static void requireComplete(
            List<PartitionAssignor.Subscriber> members,
            Map<String, SortedSet<GroupPartition>> assigned) {
        var wanted = new TreeSet<GroupPartition>();
        for (PartitionAssignor.Subscriber member : members) {
            var own = new TreeSet<GroupPartition>();
            for (GroupTopic topic : member.topics()) {
                for (int index = 0; index < topic.partitionCount(); index++) {
                    own.add(new GroupPartition(topic.id(), index));
                }
            }
            wanted.addAll(own);
            assertThat(assigned.get(member.memberId())).isSubsetOf(own);
        }
        var given = new ArrayList<GroupPartition>();
        assigned.values().forEach(given::addAll);
        assertThat(given).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(assigned).hasSize(members.size());
    }
}
