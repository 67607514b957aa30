package io.sinew.groups;

import static io.sinew.groups.GroupClient.offset;
import static io.sinew.groups.GroupClient.partition;
import static io.sinew.groups.StreamsClient.counting;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Offsets that count when a producer's transaction is committed, in groups of the new protocols
/// and in those that change theirs meanwhile. At the end of each test the whole log and a snapshot
/// must give the same.
class NewGroupTransactionTest {
    private static final long PRODUCER = 7;
    private static final GroupTopic ORDERS = new GroupTopic(new UUID(0, 1), "orders", 4);
    private static final GroupPartition ORDERS_0 = partition(1, 0);
    private static final GroupPartition PAYMENTS_0 = partition(2, 0);

    private final GroupScene scene = new GroupScene();
    private final ConsumerClient first = new ConsumerClient("a");
    private final ConsumerClient second = new ConsumerClient("b");
    private final StreamsClient worker = new StreamsClient("a", "p1", counting(false, "orders"));
    private final StreamsClient other = new StreamsClient("b", "p2", counting(false, "orders"));

    @BeforeEach
    void there_are_topics() {
        scene.topics(ORDERS, new GroupTopic(new UUID(0, 2), "payments", 1));
    }

    @AfterEach
    void the_log_and_its_snapshot_give_the_same() {
        List<GroupRecord> live = scene.snapshot();
        scene.crash();
        assertThat(scene.snapshot()).isEqualTo(live);
        scene.compact();
        scene.crash();
        assertThat(scene.snapshot()).isEqualTo(live);
    }

    private static GroupCommand.Claim in(int epoch, ConsumerClient client) {
        return new GroupCommand.Claim("g", epoch, client.memberId, null);
    }

    private static GroupCommand.Claim in(int epoch, StreamsClient client) {
        return new GroupCommand.Claim("app", epoch, client.memberId, null);
    }

    private static GroupCommand.Claim anonymous() {
        return new GroupCommand.Claim("g", -1, "", null);
    }

    private static GroupCommand later(GroupCommand.Claim claim, GroupPartition partition) {
        return new GroupCommand.CommitOffsetsLater(claim, PRODUCER, List.of(offset(partition, 5)));
    }

    private void accepted(GroupCommand commit) {
        assertThat(scene.ask(commit)).isInstanceOf(GroupReply.OffsetsCommitted.class);
    }

    private void end(String groupId, boolean committed) {
        assertThat(scene.ask(new GroupCommand.EndTransaction(groupId, PRODUCER, committed)))
                .isEqualTo(new GroupReply.TransactionEnded());
    }

    /// Whether a member is told that the offset may change.
    private boolean isUnstable(GroupCommand.Claim claim) {
        var fetch =
                new GroupCommand.FetchOffsets(
                        claim.groupId(),
                        List.of(ORDERS_0),
                        claim.memberId(),
                        claim.generation(),
                        true);
        var fetched = (GroupReply.OffsetsFetched) scene.ask(fetch);
        return fetched.unstable().contains(ORDERS_0);
    }

    /// Nobody is told anything, and the group is still there, however long it takes.
    private void outlastsRetention(String groupId) {
        scene.pass(2 * GroupScene.LIMITS.offsetsRetentionMs());
        assertThat(scene.committed(groupId, ORDERS_0)).isEqualTo(-1);
        assertThat(scene.snapshot()).isNotEmpty();
    }

    // ---- who may

    @Test
    void a_consumer_commits_through_a_transaction_in_its_epoch_or_for_what_was_its_own_by_then() {
        first.join(scene);
        scene.pass(ConsumerGroupLimits.defaults().assignmentIntervalMs());
        second.join(scene);
        ConsumerClient.settle(scene, first, second);
        GroupPartition kept = first.owned.first();
        GroupPartition given = second.owned.first();
        assertThat(scene.refusal(later(in(first.epoch + 1, first), kept)))
                .isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(scene.refusal(later(in(1, first), given)))
                .isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(scene.refusal(later(in(1, new ConsumerClient("x")), kept)))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        accepted(later(in(1, first), kept));
        accepted(later(in(second.epoch, second), given));
        end("g", true);
        assertThat(scene.committed("g", kept)).isEqualTo(5);
        assertThat(scene.committed("g", given)).isEqualTo(5);
    }

    @Test
    void a_member_of_a_streams_group_commits_in_its_epoch_or_for_a_task_that_was_its_own_by_then() {
        worker.join(scene);
        scene.pass(StreamsGroupLimits.defaults().assignmentIntervalMs());
        other.join(scene);
        StreamsClient.settle(scene, worker, other);
        GroupPartition kept = partition(1, worker.owned.first().partition());
        GroupPartition given = partition(1, other.owned.first().partition());
        assertThat(scene.refusal(later(in(worker.epoch + 1, worker), kept)))
                .isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(scene.refusal(later(in(1, worker), given)))
                .isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(scene.refusal(later(in(1, new StreamsClient("x", "p", worker.topology)), kept)))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        accepted(later(in(1, worker), kept));
        accepted(later(in(other.epoch, other), given));
        end("app", true);
        assertThat(scene.committed("app", kept)).isEqualTo(5);
        assertThat(scene.committed("app", given)).isEqualTo(5);
    }

    @Test
    void who_does_not_say_who_they_are_is_not_checked() {
        first.join(scene);
        accepted(later(anonymous(), ORDERS_0));
        worker.join(scene);
        accepted(later(new GroupCommand.Claim("app", -1, "", null), ORDERS_0));
        end("app", true);
        assertThat(scene.committed("app", ORDERS_0)).isEqualTo(5);
        assertThat(scene.committed("g", ORDERS_0)).isEqualTo(-1);
    }

    @Test
    void a_member_of_a_classic_group_may_before_it_knows_what_it_is_assigned() {
        GroupClient client = GroupClient.dynamic();
        client.joined(scene, scene.send(client.join()));
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.COMPLETING_REBALANCE);
        assertThat(scene.refusal(client.commit(offset(ORDERS_0, 5))))
                .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        accepted(later(client.claim(), ORDERS_0));
    }

    // ---- what is told meanwhile

    @Test
    void a_consumer_that_wants_stable_offsets_waits_for_the_transaction() {
        first.join(scene);
        accepted(later(in(1, first), ORDERS_0));
        assertThat(isUnstable(in(1, first))).isTrue();
        scene.crash();
        assertThat(isUnstable(in(1, first))).isTrue();
        end("g", true);
        assertThat(isUnstable(in(1, first))).isFalse();
        assertThat(scene.committed("g", ORDERS_0)).isEqualTo(5);
    }

    @Test
    void a_member_of_a_streams_group_that_wants_stable_offsets_waits_for_the_transaction() {
        worker.join(scene);
        accepted(later(in(1, worker), ORDERS_0));
        assertThat(isUnstable(in(1, worker))).isTrue();
        end("app", false);
        assertThat(isUnstable(in(1, worker))).isFalse();
        assertThat(scene.committed("app", ORDERS_0)).isEqualTo(-1);
    }

    // ---- groups that change

    @Test
    void a_group_that_changes_its_protocol_there_and_back_keeps_what_is_pending() {
        var classic = new ClassicConsumer(null);
        ClassicConsumer.settle(scene, 4, classic);
        accepted(later(classic.client.claim(), ORDERS_0));
        first.join(scene);
        assertThat(scene.lastRecords().getFirst())
                .isInstanceOf(GroupRecord.ConsumerGroupChanged.class);
        assertThat(isUnstable(in(first.epoch, first))).isTrue();
        scene.crash();
        first.send(scene, first.leave(Holding.LEAVING));
        assertThat(scene.lastRecords().getFirst()).isInstanceOf(GroupRecord.GenerationStored.class);
        scene.compact();
        scene.crash();
        assertThat(isUnstable(classic.client.claim())).isTrue();
        end("g", true);
        assertThat(scene.committed("g", ORDERS_0)).isEqualTo(5);
    }

    @Test
    void an_empty_group_that_becomes_another_type_keeps_what_is_pending() {
        first.groupId = "app";
        first.join(scene);
        accepted(later(new GroupCommand.Claim("app", 1, "a", null), ORDERS_0));
        first.send(scene, first.leave(Holding.LEAVING));
        worker.join(scene);
        assertThat(isUnstable(in(1, worker))).isTrue();
        end("app", true);
        assertThat(scene.committed("app", ORDERS_0)).isEqualTo(5);
    }

    // ---- groups that end

    @Test
    void a_consumer_group_with_pending_offsets_does_not_expire_and_one_without_goes() {
        first.join(scene);
        accepted(later(in(1, first), ORDERS_0));
        first.send(scene, first.leave(Holding.LEAVING));
        outlastsRetention("g");
        end("g", false);
        scene.pass(2 * GroupOffsets.SWEEP_INTERVAL_MS);
        assertThat(scene.snapshot()).isEmpty();
    }

    @Test
    void a_streams_group_with_pending_offsets_does_not_expire_and_one_without_goes() {
        worker.join(scene);
        accepted(later(in(1, worker), ORDERS_0));
        scene.ask(worker.leave());
        outlastsRetention("app");
        end("app", false);
        scene.pass(2 * GroupOffsets.SWEEP_INTERVAL_MS);
        assertThat(scene.snapshot()).isEmpty();
    }

    @Test
    void offsets_that_are_deleted_do_not_come_back_with_the_end_of_the_transaction() {
        first.join(scene);
        accepted(later(in(1, first), PAYMENTS_0));
        var named = new GroupCommand.NamedPartition("payments", PAYMENTS_0);
        scene.ask(new GroupCommand.DeleteOffsets("g", List.of(named)));
        end("g", true);
        assertThat(scene.lastRecords()).isEmpty();
        assertThat(scene.committed("g", PAYMENTS_0)).isEqualTo(-1);
    }

    @Test
    void a_group_that_is_deleted_does_not_come_back_with_the_end_of_the_transaction() {
        first.join(scene);
        accepted(later(in(1, first), ORDERS_0));
        first.send(scene, first.leave(Holding.LEAVING));
        scene.ask(new GroupCommand.DeleteGroups(List.of("g")));
        end("g", true);
        assertThat(scene.ask(new GroupCommand.ListGroups(Set.of(), Set.of())))
                .isEqualTo(new GroupReply.GroupsListed(List.of()));
    }
}
