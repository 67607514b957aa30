package io.sinew.broker;

import static io.sinew.kit.FaultyDisk.Operation.SYNC;
import static io.sinew.kit.FaultyDisk.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.groups.ConsumerGroupLimits;
import io.sinew.groups.GroupBytes;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupLimits;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.groups.GroupTopics;
import io.sinew.groups.StreamsGroupLimits;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.log.LogHealth;
import io.sinew.log.LogLimits;
import io.sinew.log.LogOwner;
import io.sinew.log.LogStore;
import io.sinew.log.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The coordinator on a log that refuses what it decides. The timer's thread is not started: the
/// test looks in its place.
class GroupsRunnerTest {
    private static final GroupPartition ORDERS = RunnerClient.partition(1, 0);

    /// A record of more than 64 KiB does not fit.
    private static final LogLimits SMALL =
            new LogLimits(
                    LogLimits.Durability.FSYNC,
                    64 << 10,
                    8 << 20,
                    512 << 10,
                    60_000,
                    32 << 10,
                    64,
                    64 << 10,
                    5,
                    10_000);

    private final FaultyDisk disk = new FaultyDisk();
    private final SteppedClock clock = new SteppedClock();
    private DataDirectory data;
    private LogStore store;
    private GroupsRunner groups;

    @BeforeEach
    void open() throws IOException {
        data = DataDirectory.open(disk, Path.of("/data"), "cluster");
        store = LogStore.open(data, SMALL, clock, new Metrics());
        groups =
                new GroupsRunner(
                        GroupLimits.defaults(),
                        ConsumerGroupLimits.defaults(),
                        StreamsGroupLimits.defaults(),
                        () -> GroupTopics.NONE,
                        store,
                        clock);
        store.recover(new Owner());
    }

    @AfterEach
    void close() throws IOException {
        disk.letGo();
        disk.heal();
        groups.close();
        store.close();
        data.close();
    }

    private final class Owner implements LogOwner {
        @Override
        public void restore(Section section) {
            groups.restore(section);
        }

        @Override
        public void replay(int machine, ByteBuffer body) {
            groups.replay(body);
        }

        @Override
        public void replayBatch(PartitionLog log, ByteBuffer batch) {}

        @Override
        public List<Section> snapshots() {
            return List.of(groups.snapshot());
        }
    }

    private GroupReply ask(GroupCommand command) throws InterruptedException {
        return groups.submit(command).await();
    }

    /// Brings an empty group of one member from nothing to stable.
    private RunnerClient settled(String groupId) throws InterruptedException {
        RunnerClient client = new RunnerClient(groupId);
        take(client, groups.submit(client.join()));
        ask(client.sync(Map.of(client.memberId, RunnerClient.bytes("all"))));
        return client;
    }

    private static void take(RunnerClient client, Pending<GroupReply> answer)
            throws InterruptedException {
        var joined = (GroupReply.Joined) answer.await();
        client.memberId = joined.memberId();
        client.generation = joined.generation();
    }

    private Class<? extends LogHealth.Status> health() {
        return store.health().status().getClass();
    }

    /// Fills the disk, with a commit of the member's on the way to it.
    private Pending<GroupReply> fillDisk(RunnerClient member) throws Exception {
        disk.failEvery(
                FaultyDisk.Selection.of(WRITE, ".wal"), new IOException("No space left on device"));
        Pending<GroupReply> stalled = groups.submit(member.commit(RunnerClient.offset(ORDERS, 17)));
        Eventually.await(
                Duration.ofSeconds(30),
                "the log to notice",
                () -> health() == LogHealth.Status.DiskFull.class);
        return stalled;
    }

    private void freeDisk() throws Exception {
        disk.heal();
        Eventually.await(
                Duration.ofSeconds(30),
                "the log to notice",
                () -> health() == LogHealth.Status.Running.class);
    }

    @Test
    void a_full_disk_refuses_commits_and_no_heartbeat_and_no_question() throws Exception {
        RunnerClient member = settled("g");
        Pending<GroupReply> stalled = fillDisk(member);
        assertThatThrownBy(() -> groups.submit(member.commit(RunnerClient.offset(ORDERS, 18))))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
        assertThat(ask(member.heartbeat())).isEqualTo(new GroupReply.Alive());
        assertThat(ask(new GroupCommand.FetchOffsets("g", List.of(ORDERS), false)))
                .isEqualTo(
                        new GroupReply.OffsetsFetched(
                                List.of(RunnerClient.offset(ORDERS, 17)), Set.of()));
        assertThat(ask(new GroupCommand.DescribeGroups(List.of("g"))))
                .isInstanceOf(GroupReply.GroupsDescribed.class);
        freeDisk();
        assertThat(stalled.await()).isInstanceOf(GroupReply.OffsetsCommitted.class);
    }

    @Test
    void time_on_a_full_disk_ends_no_session() throws Exception {
        RunnerClient member = settled("g");
        groups.look();
        fillDisk(member);
        groups.look();
        clock.step(10L * RunnerClient.SESSION_MS);
        groups.look();
        freeDisk();
        groups.look();
        assertThat(ask(member.heartbeat())).isEqualTo(new GroupReply.Alive());
        clock.step(2L * RunnerClient.SESSION_MS);
        groups.look();
        assertThat(ask(member.heartbeat()))
                .isEqualTo(new GroupReply.Refused(ErrorCode.UNKNOWN_MEMBER_ID));
    }

    @Test
    void time_while_a_sync_takes_long_ends_no_session() throws Exception {
        RunnerClient member = settled("g");
        disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
        Pending<GroupReply> stalled = groups.submit(member.commit(RunnerClient.offset(ORDERS, 17)));
        disk.awaitHeld();
        groups.look();
        clock.step(RunnerClient.SESSION_MS / 2);
        groups.look();
        clock.step(10L * RunnerClient.SESSION_MS);
        groups.look();
        disk.letGo();
        assertThat(stalled.await()).isInstanceOf(GroupReply.OffsetsCommitted.class);
        groups.look();
        assertThat(ask(member.heartbeat())).isEqualTo(new GroupReply.Alive());
        clock.step(2L * RunnerClient.SESSION_MS);
        groups.look();
        assertThat(ask(member.heartbeat()))
                .isEqualTo(new GroupReply.Refused(ErrorCode.UNKNOWN_MEMBER_ID));
    }

    @Test
    void time_passes_while_commits_follow_one_another() throws Exception {
        RunnerClient silent = settled("g");
        RunnerClient busy = settled("other");
        for (int i = 0; i < 20; i++) {
            // One is on its way whenever somebody looks, and none for long.
            disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
            Pending<GroupReply> commit = groups.submit(busy.commit(RunnerClient.offset(ORDERS, i)));
            disk.awaitHeld();
            clock.step(RunnerClient.SESSION_MS / 10);
            groups.look();
            disk.letGo();
            commit.await();
        }
        assertThat(ask(silent.heartbeat()))
                .isEqualTo(new GroupReply.Refused(ErrorCode.UNKNOWN_MEMBER_ID));
    }

    @Test
    void a_snapshot_that_no_checkpoint_could_hold_is_refused_with_its_size() {
        List<byte[]> records = Collections.nCopies(40_000, new byte[60_000]);
        assertThatThrownBy(() -> GroupsRunner.joined(records))
                .isInstanceOf(SinewException.class)
                .hasMessageContaining("2400160000 bytes");
    }

    @Test
    void who_is_answered_by_a_decision_that_cannot_be_written_is_told_to_come_again()
            throws Exception {
        RunnerClient leader = settled("g");
        RunnerClient follower = new RunnerClient("g");
        Pending<GroupReply> second = groups.submit(follower.join());
        take(leader, groups.submit(leader.join()));
        take(follower, second);
        Pending<GroupReply> parked = groups.submit(follower.sync());
        GroupBytes large = GroupBytes.of(new byte[100_000]);
        assertThatThrownBy(() -> groups.submit(leader.sync(Map.of(leader.memberId, large))))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE));
        assertThat(parked.await())
                .isEqualTo(new GroupReply.Refused(ErrorCode.COORDINATOR_NOT_AVAILABLE));

        // The group is as it was written down last: the leader alone, in its first generation.
        assertThat(ask(follower.heartbeat()))
                .isEqualTo(new GroupReply.Refused(ErrorCode.UNKNOWN_MEMBER_ID));
        assertThat(ask(leader.heartbeat()))
                .isEqualTo(new GroupReply.Refused(ErrorCode.ILLEGAL_GENERATION));
        take(leader, groups.submit(leader.join()));
        ask(leader.sync(Map.of(leader.memberId, RunnerClient.bytes("all"))));
        assertThat(ask(leader.heartbeat())).isEqualTo(new GroupReply.Alive());
    }

    @Test
    void a_tick_that_cannot_be_written_is_survived() throws Exception {
        // More offsets than fit one record expire together, while another one stays.
        for (int chunk = 0; chunk < 4; chunk++) {
            var offsets = new ArrayList<GroupOffset>();
            for (int i = 0; i < 1_000; i++) {
                offsets.add(RunnerClient.offset(RunnerClient.partition(chunk, i), 1));
            }
            ask(new RunnerClient("old").commit(offsets.toArray(GroupOffset[]::new)));
        }
        clock.step(GroupLimits.defaults().offsetsRetentionMs() - 1_000);
        ask(new RunnerClient("old").commit(RunnerClient.offset(RunnerClient.partition(9, 0), 1)));
        RunnerClient member = settled("g");
        clock.step(2_000);
        assertThat(groups.look()).isPositive();
        assertThat(ask(member.heartbeat())).isEqualTo(new GroupReply.Alive());
        clock.step(2L * RunnerClient.SESSION_MS);
        groups.look();
        assertThat(ask(member.heartbeat()))
                .isEqualTo(new GroupReply.Refused(ErrorCode.UNKNOWN_MEMBER_ID));
    }
}
