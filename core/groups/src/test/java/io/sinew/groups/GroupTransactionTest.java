package io.sinew.groups;

import static io.sinew.groups.GroupClient.dynamic;
import static io.sinew.groups.GroupClient.offset;
import static io.sinew.groups.GroupClient.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Offsets that count when a producer's transaction is committed.
class GroupTransactionTest {
    private static final GroupPartition ORDERS = partition(1, 0);
    private static final GroupPartition PAYMENTS = partition(2, 0);
    private static final long PRODUCER = 7;

    private final GroupScene scene = new GroupScene();

    private static GroupCommand later(
            GroupCommand.Claim claim, long producerId, GroupOffset... offsets) {
        return new GroupCommand.CommitOffsetsLater(claim, producerId, Arrays.asList(offsets));
    }

    private static GroupCommand.Claim anonymous() {
        return new GroupCommand.Claim("g", -1, "", null);
    }

    private void end(long producerId, boolean committed) {
        assertThat(scene.ask(new GroupCommand.EndTransaction("g", producerId, committed)))
                .isEqualTo(new GroupReply.TransactionEnded());
    }

    private GroupReply.OffsetsFetched fetch(boolean stable) {
        return (GroupReply.OffsetsFetched)
                scene.ask(new GroupCommand.FetchOffsets("g", List.of(ORDERS, PAYMENTS), stable));
    }

    @Test
    void they_are_told_when_the_transaction_is_committed_and_not_before() {
        scene.send(later(anonymous(), PRODUCER, offset(ORDERS, 5)));
        assertThat(scene.committed("g", ORDERS)).isEqualTo(-1);
        scene.crash();
        end(PRODUCER, true);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(5);
    }

    @Test
    void an_abort_leaves_the_offsets_as_they_were() {
        scene.send(dynamic().commit(offset(ORDERS, 3)));
        scene.send(later(anonymous(), PRODUCER, offset(ORDERS, 5), offset(PAYMENTS, 1)));
        end(PRODUCER, false);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(3);
        assertThat(scene.committed("g", PAYMENTS)).isEqualTo(-1);
    }

    /// As in Kafka: what was committed last stands, whenever the transaction ends.
    @Test
    void an_offset_that_was_committed_meanwhile_is_not_taken_back_by_the_end() {
        scene.send(later(anonymous(), PRODUCER, offset(ORDERS, 5), offset(PAYMENTS, 1)));
        scene.send(later(anonymous(), PRODUCER + 1, offset(ORDERS, 6)));
        scene.send(dynamic().commit(offset(ORDERS, 8)));
        scene.send(later(anonymous(), PRODUCER + 2, offset(ORDERS, 9)));
        scene.compact();
        scene.crash();
        end(PRODUCER, true);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(8);
        assertThat(scene.committed("g", PAYMENTS)).isEqualTo(1);
        end(PRODUCER + 2, true);
        scene.compact();
        scene.crash();
        end(PRODUCER + 1, true);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(9);
    }

    @Test
    void whoever_wants_stable_offsets_is_not_told_those_that_may_change() {
        scene.send(dynamic().commit(offset(ORDERS, 3), offset(PAYMENTS, 4)));
        scene.send(later(anonymous(), PRODUCER, offset(ORDERS, 5)));
        assertThat(fetch(true).unstable()).isEqualTo(Set.of(ORDERS));
        assertThat(fetch(true).offsets()).extracting(GroupOffset::offset).containsExactly(-1L, 4L);
        assertThat(fetch(false).offsets()).extracting(GroupOffset::offset).containsExactly(3L, 4L);
        end(PRODUCER, true);
        assertThat(fetch(true).unstable()).isEmpty();
    }

    @Test
    void each_producer_decides_on_its_own() {
        scene.send(later(anonymous(), PRODUCER, offset(ORDERS, 5)));
        scene.send(later(anonymous(), PRODUCER + 1, offset(ORDERS, 9)));
        end(PRODUCER + 1, false);
        end(PRODUCER, true);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(5);
    }

    @Test
    void a_member_that_was_expelled_cannot_commit_through_a_transaction() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        var old = new GroupCommand.Claim("g", client.generation - 1, client.memberId, null);
        assertThat(scene.refusal(later(old, PRODUCER, offset(ORDERS, 5))))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        var stranger = new GroupCommand.Claim("g", client.generation, "stranger", null);
        assertThat(scene.refusal(later(stranger, PRODUCER, offset(ORDERS, 5))))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void a_group_with_pending_offsets_does_not_expire_and_one_without_anything_goes() {
        scene.send(later(anonymous(), PRODUCER, offset(ORDERS, 5)));
        scene.pass(2 * GroupScene.LIMITS.offsetsRetentionMs());
        assertThat(fetch(true).unstable()).isEqualTo(Set.of(ORDERS));
        end(PRODUCER, false);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.DEAD);
    }

    @Test
    void an_end_of_what_never_was_leaves_no_record() {
        end(PRODUCER, true);
        assertThat(scene.snapshot()).isEmpty();
    }

    @Test
    void pending_offsets_go_with_their_topic() {
        scene.send(later(anonymous(), PRODUCER, offset(ORDERS, 5), offset(PAYMENTS, 6)));
        scene.send(new GroupCommand.ForgetTopics(Set.of(ORDERS.topicId())));
        end(PRODUCER, true);
        assertThat(scene.committed("g", ORDERS)).isEqualTo(-1);
        assertThat(scene.committed("g", PAYMENTS)).isEqualTo(6);
    }
}
