package io.sinew.groups;

import static io.sinew.groups.GroupClient.bytes;
import static io.sinew.groups.GroupClient.dynamic;
import static io.sinew.groups.GroupClient.named;
import static io.sinew.groups.GroupClient.offset;
import static io.sinew.groups.GroupClient.partition;
import static io.sinew.groups.GroupClient.protocol;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is still there after a crash. At the end of each test the whole log and a snapshot must
/// give the same.
class GroupRestartTest {
    private final GroupScene scene = new GroupScene();

    @AfterEach
    void the_log_and_its_snapshot_give_the_same() {
        List<GroupRecord> live = scene.snapshot();
        scene.crash();
        assertThat(scene.snapshot()).isEqualTo(live);
        scene.compact();
        scene.crash();
        assertThat(scene.snapshot()).isEqualTo(live);
    }

    @Test
    void a_stable_group_carries_on() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        GroupClient.settle(scene, leader, follower);
        scene.crash();
        assertThat(scene.ask(leader.heartbeat())).isEqualTo(new GroupReply.Alive());
        assertThat(scene.ask(follower.heartbeat())).isEqualTo(new GroupReply.Alive());
        assertThat(((GroupReply.Synced) scene.ask(follower.sync())).assignment())
                .isEqualTo(bytes("for " + follower.memberId));
        assertThat(scene.ask(leader.commit(offset(partition(1, 0), 1))))
                .isInstanceOf(GroupReply.OffsetsCommitted.class);
    }

    @Test
    void sessions_begin_anew_and_end() {
        GroupClient leader = dynamic();
        GroupClient lost = dynamic();
        GroupClient.settle(scene, leader, lost);
        scene.pass(GroupClient.SESSION_MS - 1);
        scene.crash();
        assertThat(scene.nextDeadlineMs()).isZero();
        scene.pass(GroupClient.SESSION_MS - 1);
        assertThat(scene.ask(leader.heartbeat())).isEqualTo(new GroupReply.Alive());
        scene.pass(1);
        assertThat(scene.refusal(lost.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void a_follower_with_several_protocols_is_known_to_bring_nothing_new() {
        GroupClient leader = dynamic();
        GroupClient follower = dynamic();
        leader.protocols = List.of(protocol("range"), protocol("sticky"));
        follower.protocols = List.of(protocol("range"), protocol("sticky"));
        GroupClient.settle(scene, leader, follower);
        scene.crash();
        assertThat(scene.ask(follower.join())).isInstanceOf(GroupReply.Joined.class);
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.STABLE);
    }

    @Test
    void static_members_come_back_without_a_rebalance() {
        GroupClient leader = named("a");
        GroupClient follower = named("b");
        GroupClient.settle(scene, leader, follower);
        scene.crash();
        GroupClient restarted = follower.restarted();
        restarted.joined(scene, scene.send(restarted.join()));
        scene.crash();
        assertThat(restarted.generation).isEqualTo(follower.generation);
        assertThat(((GroupReply.Synced) scene.ask(restarted.sync())).assignment())
                .isEqualTo(bytes("for " + follower.memberId));
        assertThat(scene.refusal(follower.heartbeat())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(scene.ask(leader.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    @Test
    void a_rebalance_on_its_way_is_forgotten_and_the_last_generation_is_back() {
        GroupClient leader = dynamic();
        GroupClient.settle(scene, leader);
        GroupClient second = dynamic();
        long join = scene.send(second.join());
        long rejoin = scene.send(leader.join());
        second.joined(scene, join);
        scene.crash();
        assertThat(scene.ask(leader.heartbeat())).isEqualTo(new GroupReply.Alive());
        assertThat(scene.refusal(second.heartbeat())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        leader.joined(scene, rejoin);
        assertThat(scene.refusal(leader.heartbeat())).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void a_group_that_emptied_counts_its_generations_on() {
        GroupClient client = dynamic();
        GroupClient.settle(scene, client);
        scene.send(client.leave());
        scene.crash();
        assertThat(scene.phase("g")).isEqualTo(GroupPhase.EMPTY);
        GroupClient next = dynamic();
        assertThat(next.joined(scene, scene.send(next.join())).generation()).isEqualTo(3);
    }

    @Test
    void offsets_and_their_age_are_kept() {
        scene.send(dynamic().commit(new GroupOffset(partition(1, 0), 5, 2, "note")));
        scene.pass(GroupScene.LIMITS.offsetsRetentionMs() / 2);
        scene.send(dynamic().commit(offset(partition(1, 1), 6)));
        scene.crash();
        scene.pass(GroupScene.LIMITS.offsetsRetentionMs() / 2 - 1);
        assertThat(scene.ask(new GroupCommand.FetchOffsets("g", null, false)))
                .isEqualTo(
                        new GroupReply.OffsetsFetched(
                                List.of(
                                        new GroupOffset(partition(1, 0), 5, 2, "note"),
                                        offset(partition(1, 1), 6)),
                                Set.of()));
        scene.pass(2 * GroupOffsets.SWEEP_INTERVAL_MS);
        assertThat(scene.committed("g", partition(1, 0))).isEqualTo(-1);
        assertThat(scene.committed("g", partition(1, 1))).isEqualTo(6);
    }

    @Test
    void a_commit_of_very_many_partitions_is_kept() {
        GroupOffset[] offsets =
                IntStream.range(0, 2_500)
                        .mapToObj(i -> offset(partition(1, i), i))
                        .toArray(GroupOffset[]::new);
        scene.send(dynamic().commit(offsets));
        assertThat(scene.snapshot()).hasSize(3);
        scene.compact();
        scene.crash();
        assertThat(scene.ask(new GroupCommand.FetchOffsets("g", null, false)))
                .isEqualTo(new GroupReply.OffsetsFetched(List.of(offsets), Set.of()));
    }

    @Test
    void what_was_deleted_stays_deleted() {
        scene.send(dynamic().commit(offset(partition(1, 0), 1), offset(partition(2, 0), 2)));
        scene.send(new GroupClient("h").commit(offset(partition(1, 0), 1)));
        scene.send(new GroupClient("k").commit(offset(partition(3, 0), 3)));
        scene.send(
                new GroupCommand.DeleteOffsets(
                        "g", List.of(new GroupCommand.NamedPartition("two", partition(2, 0)))));
        scene.send(new GroupCommand.ForgetTopics(Set.of(partition(3, 0).topicId())));
        scene.send(new GroupCommand.DeleteGroups(List.of("h")));
        scene.crash();
        assertThat(scene.snapshot())
                .containsExactly(
                        new GroupRecord.OffsetsStored(
                                "g", scene.nowMs(), List.of(offset(partition(1, 0), 1))));
    }
}
