package io.sinew.ledger;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Writes what a shard decided, group by group, and tells those who wait; now and then a snapshot,
/// and the dead letters. Has a virtual thread.
final class ShardWriter {
    /// Bytes of changes after which there is a snapshot, unless the last one was larger.
    private static final long SNAPSHOT_AFTER_BYTES = 4 << 20;

    /// Dead letters of one look, and how long they wait when one could not be written.
    private static final int BURIED_AT_ONCE = 100;

    private static final long BURIAL_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final System.Logger LOGGER = System.getLogger(ShardWriter.class.getName());

    private final LedgerShard shard;
    private final ShardLog log;
    private final LedgerConfig config;
    private final BodyCache bodies;
    private final Clock clock;
    private long bytesSinceSnapshot;
    private long snapshotBytes;
    private long burialAtNanos;

    ShardWriter(
            LedgerShard shard, ShardLog log, LedgerConfig config, BodyCache bodies, Clock clock) {
        this.shard = shard;
        this.log = log;
        this.config = config;
        this.bodies = bodies;
        this.clock = clock;
        this.burialAtNanos = clock.nanos();
    }

    /// Writes until the shard is over.
    ///
    /// @throws SinewException a commit failed: the state is ahead of the log
    void write() throws InterruptedException {
        for (LedgerShard.Work work = next(); work != null; work = next()) {
            try {
                write(work);
            } catch (SinewException e) {
                refuse(work, e);
                throw e;
            } catch (InterruptedException | RuntimeException | Error e) {
                refuse(work, new SinewException(ErrorCode.INTERNAL_ERROR, "a defect: " + e, e));
                throw e;
            }
            bury();
            if (!work.snapshot().isEmpty()) {
                move();
            }
        }
    }

    /// Now and then: what keeps the log is looked for after each snapshot, which trims it.
    private void move() throws InterruptedException {
        if (!config.trims() || !shard.copying().tryLock()) {
            return;
        }
        try {
            new FarMove(log, clock.nowMs()).move(shard.pinning(), shard::replay);
        } finally {
            shard.copying().unlock();
        }
    }

    /// The shard first: whoever is refused and asks again must not be answered from a state that is
    /// ahead of the log.
    private void refuse(LedgerShard.Work work, SinewException cause) {
        shard.fail(cause);
        work.groups().forEach(group -> group.failed(cause));
    }

    private LedgerShard.@Nullable Work next() throws InterruptedException {
        long untilBurial =
                config.deadTopic().isEmpty()
                        ? Long.MAX_VALUE
                        : Math.max(0, burialAtNanos - clock.nanos());
        return shard.awaitWork(isSnapshotDue(), untilBurial);
    }

    private boolean isSnapshotDue() {
        return bytesSinceSnapshot > Math.max(SNAPSHOT_AFTER_BYTES, 2 * snapshotBytes);
    }

    /// A snapshot knows nothing of what its groups with a condition will do: they come behind it.
    private void write(LedgerShard.Work work) throws InterruptedException {
        for (CommitGroup group : work.groups()) {
            if (group.condition().isEmpty()) {
                commit(group, work.ingestedTo());
            }
        }
        if (!work.snapshot().isEmpty()) {
            commitSnapshot(work);
        }
        for (CommitGroup group : work.groups()) {
            if (group.condition().isPresent()) {
                commitIf(group.condition().get(), group, group.record(work.ingestedTo()));
            }
        }
    }

    private void commit(CommitGroup group, long ingestedTo) throws InterruptedException {
        byte[] record = group.record(ingestedTo);
        long _ = log.commit(List.of(record), List.of(), clock.nowMs());
        bytesSinceSnapshot += record.length;
        group.succeeded();
    }

    private void commitIf(CommitCondition condition, CommitGroup group, byte[] record)
            throws InterruptedException {
        if (!shard.holds(condition)) {
            group.lost();
            return;
        }
        try {
            long _ = log.commit(List.of(record), group.appends(), clock.nowMs());
        } catch (SinewException e) {
            if (!ShardLog.isRefusal(e)) {
                throw e;
            }
            group.failed(e);
            return;
        }
        bytesSinceSnapshot += record.length;
        shard.replay(new LedgerOp.Acked(new long[] {condition.offset()}));
        group.succeeded();
    }

    // ---- snapshots

    /// Writes a snapshot and forgets what it stands for.
    private void commitSnapshot(LedgerShard.Work work) throws InterruptedException {
        long begin = -1;
        long bytes = 0;
        var together = new ArrayList<byte[]>();
        long togetherBytes = 0;
        for (byte[] record : work.snapshot()) {
            together.add(record);
            togetherBytes += record.length;
            bytes += record.length;
            if (togetherBytes >= LedgerShard.GROUP_BYTES) {
                long at = log.commit(together, List.of(), clock.nowMs());
                begin = begin < 0 ? at : begin;
                together.clear();
                togetherBytes = 0;
            }
        }
        if (!together.isEmpty()) {
            long at = log.commit(together, List.of(), clock.nowMs());
            begin = begin < 0 ? at : begin;
        }
        snapshotBytes = bytes;
        bytesSinceSnapshot = 0;
        log.needsFrom(begin);
        if (config.trims()) {
            log.trimData(work.lowestLive());
        }
    }

    // ---- dead letters

    /// Moves doomed messages to where dead letters go. A refusal there keeps them here, and nothing
    /// else from going on.
    private void bury() throws InterruptedException {
        if (config.deadTopic().isEmpty() || clock.nanos() - burialAtNanos < 0) {
            return;
        }
        List<DoomedMessage> doomed = shard.doomed(BURIED_AT_ONCE);
        if (doomed.isEmpty()) {
            return;
        }
        try {
            new Burial(log, config.deadTopic().get(), bodies, clock.nowMs())
                    .bury(doomed, shard::replay);
        } catch (SinewException e) {
            if (!ShardLog.isRefusal(e)) {
                throw e;
            }
            burialAtNanos = clock.nanos() + BURIAL_PAUSE_NANOS;
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "deadletters=kept of " + log.data() + "; tried again in a while",
                    e);
        }
    }
}
