package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.GroupCommand;
import io.sinew.log.Commit;
import io.sinew.log.LogEntry;
import io.sinew.topics.Engine;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/// Whoever holds a name in this process. Its commits are one block of the write-ahead log each. The
/// locks that one needs are taken in this order: its turn, those of the partitions in the order of
/// their ids, the fence, the groups', the write-ahead log's.
final class EmbeddedOwner implements Owner {
    /// The order in which partitions are locked.
    private static final Comparator<Partition> BY_ID =
            Comparator.comparing((Partition partition) -> partition.log().id().topicId())
                    .thenComparingInt(Partition::index);

    private final EmbeddedEngine engine;
    private final Broker broker;
    private final String name;

    /// Held from a commit's beginning until it is durable.
    private final ReentrantLock turn = new ReentrantLock();

    private final ReentrantLock fence = new ReentrantLock();

    // Under the fence.
    private boolean fenced;
    private Commit lastCommit = Commit.ofNothing();

    EmbeddedOwner(EmbeddedEngine engine, Broker broker, String name) {
        this.engine = engine;
        this.broker = broker;
        this.name = name;
    }

    /// Takes over what the ones before have begun, for whoever comes next to wait for.
    void begin(Commit begun) {
        fence.lock();
        try {
            lastCommit = begun;
        } finally {
            fence.unlock();
        }
    }

    /// Lets no commit begin from now on.
    ///
    /// @return what has begun and may not be durable
    Commit fence() {
        fence.lock();
        try {
            fenced = true;
            return lastCommit;
        } finally {
            fence.unlock();
        }
    }

    /// The part of a commit that goes to one partition.
    private record Part(Partition partition, List<ByteBuffer> batches, int recordCount) {}

    @Override
    public List<long[]> commit(List<Append> appends, List<Positions> positions)
            throws InterruptedException {
        engine.requireOpen();
        requireSize(appends);
        long nowMs = broker.clock().nowMs();
        var parts = new ArrayList<Part>(appends.size());
        for (Append append : appends) {
            Partition partition = engine.partition(append.partition());
            List<ByteBuffer> batches =
                    partition.batchesOf(EngineRecords.plain(append.records()), nowMs);
            parts.add(new Part(partition, batches, append.records().size()));
        }
        Collection<GroupCommand.CommitOffsets> commits = engine.commandsOf(positions);
        turn.lockInterruptibly();
        try {
            broker.store().awaitRoom();
            var offsets = new ArrayList<long[]>(parts.size());
            appendAll(parts, commits, nowMs, offsets).awaitDurable();
            return offsets;
        } finally {
            turn.unlock();
        }
    }

    private static void requireSize(List<Append> appends) {
        long size = 0;
        for (Append append : appends) {
            for (NewRecord record : append.records()) {
                size += record.sizeBytes();
            }
        }
        if (size > Engine.COMMIT_BYTES_MAX) {
            throw new SinewException(
                    ErrorCode.BATCH_TOO_LARGE,
                    "The records of the commit have "
                            + size
                            + " bytes; one commit takes "
                            + Engine.COMMIT_BYTES_MAX);
        }
    }

    /// Appends everything as one.
    ///
    /// @param offsets gets those of each part
    private Commit appendAll(
            List<Part> parts,
            Collection<GroupCommand.CommitOffsets> commits,
            long nowMs,
            List<long[]> offsets) {
        var partitions = new TreeSet<Partition>(BY_ID);
        parts.forEach(part -> partitions.add(part.partition()));
        partitions.forEach(Partition::hold);
        try {
            var entries = new ArrayList<LogEntry>();
            var next = new HashMap<Partition, Long>();
            for (Part part : parts) {
                offsets.add(offsetsOf(part, next));
                for (ByteBuffer batch : part.batches()) {
                    entries.add(part.partition().entryOf(batch, nowMs));
                }
            }
            Commit commit = appendUnlessFenced(entries, commits);
            for (Part part : parts) {
                part.batches().forEach(part.partition()::counted);
            }
            return commit;
        } finally {
            partitions.forEach(Partition::letGo);
        }
    }

    /// @param next the offset that the next record of each partition gets
    private static long[] offsetsOf(Part part, Map<Partition, Long> next) {
        long base = next.getOrDefault(part.partition(), part.partition().log().nextOffset());
        next.put(part.partition(), base + part.recordCount());
        return EngineRecords.offsets(base, part.recordCount());
    }

    private Commit appendUnlessFenced(
            List<LogEntry> entries, Collection<GroupCommand.CommitOffsets> commits) {
        fence.lock();
        try {
            if (fenced) {
                throw new SinewException(
                        ErrorCode.PRODUCER_FENCED,
                        "'"
                                + Quote.of(name)
                                + "' is not this owner's any more: it was owned again, or closed");
            }
            if (entries.isEmpty() && commits.isEmpty()) {
                return Commit.ofNothing();
            }
            lastCommit =
                    commits.isEmpty()
                            ? broker.store().append(entries).commit()
                            : broker.groups().commitWith(entries, commits).commit();
            return lastCommit;
        } finally {
            fence.unlock();
        }
    }

    @Override
    public void close() {
        fence();
        broker.fences().takeBack(name, this);
        engine.forget(this);
    }
}
