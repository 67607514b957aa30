package io.sinew.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.DescribeClassicGroupsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupAdministrationTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final TopicPartition PAYMENTS = new TopicPartition("payments", 0);

    @TempDir Path directory;
    private LiveDoor door;
    private Admin admin;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        admin = door.admin();
        admin.createTopics(
                        List.of(
                                new NewTopic("orders", 1, (short) 1),
                                new NewTopic("payments", 1, (short) 1)))
                .all()
                .get();
    }

    @AfterEach
    void close() throws Exception {
        admin.close();
        door.close();
    }

    /// A group with offsets and without members.
    private void commit(String groupId, TopicPartition partition, long offset) throws Exception {
        admin.alterConsumerGroupOffsets(
                        groupId,
                        Map.of(partition, new OffsetAndMetadata(offset, Optional.of(3), "by hand")))
                .all()
                .get();
    }

    private KafkaConsumer<String, String> member(String instanceId) throws Exception {
        KafkaConsumer<String, String> consumer =
                door.consumer(Map.of("group.id", "g", "group.instance.id", instanceId));
        consumer.subscribe(List.of("orders"));
        while (consumer.assignment().isEmpty()) {
            consumer.poll(Duration.ofMillis(20));
        }
        return consumer;
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(String groupId) throws Exception {
        return admin.listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata().get();
    }

    @Test
    void groups_are_listed_by_state_and_type() throws Exception {
        commit("empty", ORDERS, 1);
        try (var _ = member("a")) {
            assertThat(admin.listGroups().all().get())
                    .extracting(GroupListing::groupId)
                    .containsExactlyInAnyOrder("empty", "g");
            var stable = new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE));
            assertThat(admin.listGroups(stable).all().get())
                    .singleElement()
                    .satisfies(group -> {
                        assertThat(group.groupId()).isEqualTo("g");
                        assertThat(group.protocol()).isEqualTo("consumer");
                    });
            var others = new ListGroupsOptions().withTypes(Set.of(GroupType.SHARE));
            assertThat(admin.listGroups(others).all().get()).isEmpty();
        }
    }

    @Test
    void a_group_is_described_with_its_members() throws Exception {
        try (var _ = member("a")) {
            var options = new DescribeClassicGroupsOptions().includeAuthorizedOperations(true);
            ClassicGroupDescription group =
                    requireNonNull(
                            admin.describeClassicGroups(List.of("g"), options)
                                    .all()
                                    .get()
                                    .get("g"));
            assertThat(group.state()).isEqualTo(ClassicGroupState.STABLE);
            assertThat(group.protocol()).isEqualTo("consumer");
            assertThat(group.authorizedOperations())
                    .contains(AclOperation.READ, AclOperation.DELETE)
                    .doesNotContain(AclOperation.WRITE);
            assertThat(group.members())
                    .singleElement()
                    .satisfies(member -> {
                        assertThat(member.groupInstanceId()).contains("a");
                        assertThat(member.host()).isEqualTo("/127.0.0.1");
                        assertThat(member.assignment().topicPartitions()).containsExactly(ORDERS);
                    });
        }
    }

    @Test
    void a_group_that_is_not_there_cannot_be_described() {
        assertThatThrownBy(() -> admin.describeClassicGroups(List.of("none")).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
    }

    @Test
    void only_a_group_without_members_can_be_deleted() throws Exception {
        commit("empty", ORDERS, 1);
        try (var _ = member("a")) {
            assertThatThrownBy(() -> admin.deleteConsumerGroups(List.of("g")).all().get())
                    .hasCauseInstanceOf(GroupNotEmptyException.class);
        }
        assertThatThrownBy(() -> admin.deleteConsumerGroups(List.of("none")).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
        admin.deleteConsumerGroups(List.of("empty")).all().get();
        door.restart();
        assertThat(offsets("empty")).isEmpty();
    }

    @Test
    void offsets_set_by_hand_are_kept_with_all_that_was_said() throws Exception {
        commit("g", ORDERS, 42);
        door.restart();
        assertThat(offsets("g"))
                .containsExactly(
                        Map.entry(ORDERS, new OffsetAndMetadata(42, Optional.of(3), "by hand")));
    }

    @Test
    void offsets_of_several_groups_are_fetched_at_once() throws Exception {
        commit("a", ORDERS, 1);
        commit("b", PAYMENTS, 2);
        var all = new ListConsumerGroupOffsetsSpec();
        var some = new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(ORDERS));
        var fetched = admin.listConsumerGroupOffsets(Map.of("a", all, "b", all, "c", some));
        assertThat(fetched.partitionsToOffsetAndMetadata("a").get()).containsOnlyKeys(ORDERS);
        assertThat(fetched.partitionsToOffsetAndMetadata("b").get()).containsOnlyKeys(PAYMENTS);
        assertThat(fetched.partitionsToOffsetAndMetadata("c").get()).containsEntry(ORDERS, null);
    }

    @Test
    void offsets_of_partitions_that_are_not_there_are_not_kept() throws Exception {
        assertThatThrownBy(() -> commit("g", new TopicPartition("none", 0), 1))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        assertThatThrownBy(() -> commit("g", new TopicPartition("orders", 9), 1))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(offsets("g")).isEmpty();
    }

    @Test
    void offsets_cannot_be_set_by_hand_while_the_group_has_members() throws Exception {
        try (var _ = member("a")) {
            assertThatThrownBy(() -> commit("g", ORDERS, 1))
                    .hasCauseInstanceOf(UnknownMemberIdException.class);
        }
    }

    @Test
    void offsets_are_deleted_where_nobody_subscribes() throws Exception {
        commit("g", ORDERS, 1);
        commit("g", PAYMENTS, 2);
        try (var _ = member("a")) {
            admin.deleteConsumerGroupOffsets("g", Set.of(PAYMENTS)).all().get();
            assertThatThrownBy(
                            () -> admin.deleteConsumerGroupOffsets("g", Set.of(ORDERS)).all().get())
                    .hasCauseInstanceOf(GroupSubscribedToTopicException.class);
        }
        assertThatThrownBy(
                        () -> admin.deleteConsumerGroupOffsets("none", Set.of(ORDERS)).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
        door.restart();
        assertThat(offsets("g")).containsOnlyKeys(ORDERS);
    }

    @Test
    void an_administrator_can_remove_a_static_member() throws Exception {
        try (var _ = member("a")) {
            var removing =
                    new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("a")));
            admin.removeMembersFromConsumerGroup("g", removing).all().get();
            assertThat(
                            requireNonNull(
                                            admin.describeClassicGroups(List.of("g"))
                                                    .all()
                                                    .get()
                                                    .get("g"))
                                    .state())
                    .isEqualTo(ClassicGroupState.EMPTY);
            var unknown =
                    new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("b")));
            assertThatThrownBy(() -> admin.removeMembersFromConsumerGroup("g", unknown).all().get())
                    .hasCauseInstanceOf(UnknownMemberIdException.class);
        }
    }
}
