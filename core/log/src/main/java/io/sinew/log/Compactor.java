package io.sinew.log;

import io.sinew.base.Disk;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/// Compacts partitions: of all records with one key the last stays. One partition at a time, on the
/// caller's thread, which must be a platform thread: it syncs. Readers go on, also those in the
/// middle of a segment that goes. A crash at any moment leaves each segment as it was or compacted.
public final class Compactor {
    private final Disk disk;
    private final Path directory;
    private final LogContext context;
    private final long salt;
    private final long mapBytes;
    private final LongAdder rounds;
    private final LongAdder bytesRead;
    private final LongAdder bytesWritten;
    private final LongAdder removedRecords;
    private final LongAdder nanos;

    /// @param mapBytes memory for the offsets of keys, while a compaction runs
    Compactor(DataDirectory data, LogContext context, long mapBytes) {
        this.disk = data.disk();
        this.directory = data.path();
        this.salt = data.salt();
        this.context = context;
        this.mapBytes = mapBytes;
        this.rounds = context.metrics().counter(LogMetric.COMPACTIONS);
        this.bytesRead = context.metrics().counter(LogMetric.COMPACTION_READ_BYTES);
        this.bytesWritten = context.metrics().counter(LogMetric.COMPACTION_WRITTEN_BYTES);
        this.removedRecords = context.metrics().counter(LogMetric.COMPACTION_REMOVED_RECORDS);
        this.nanos = context.metrics().counter(LogMetric.COMPACTION_TIME);
    }

    /// Compacts what is dirty in a partition, or as much of it as the memory for keys suffices for:
    /// [PartitionLog#compactedOffset] says how far it came.
    ///
    /// @param stop asked for each batch; true ends the compaction
    /// @return false when it was ended, the disk has no room for it, or segments were deleted
    ///   meanwhile: nothing is lost, and it can begin again
    /// @throws IOException the disk failed or is full; as above
    /// @throws InterruptedException while it waited for the write-ahead log; as above
    /// @throws SinewException `DAMAGED_DATA`: as above; `LOG_STOPPED`
    public boolean compact(
            PartitionLog log, CompactionConfig config, CompactionFacts facts, BooleanSupplier stop)
            throws IOException, InterruptedException {
        context.health().requireRunning();
        if (!(context.health().status() instanceof LogHealth.Status.Running)) {
            return false;
        }
        long began = context.clock().nanos();
        try {
            long nowMs = context.clock().nowMs();
            // What a transaction's end decides is for good, like the end itself: a power failure
            // must not take the marker, and find that what it replaced is gone.
            log.awaitSynced();
            return new CompactionRound(this, log, config, facts, nowMs, stop).run();
        } finally {
            nanos.add(context.clock().nanos() - began);
        }
    }

    /// Whether a group of segments can be written anew beside the old ones, and something is left
    /// for those who append.
    boolean hasRoomFor(long bytes) throws IOException {
        long reserved = 2L * context.limits().walFileBytes();
        return disk.usableBytes(directory) - reserved >= bytes;
    }

    Disk disk() {
        return disk;
    }

    long salt() {
        return salt;
    }

    long mapBytes() {
        return mapBytes;
    }

    LogHealth health() {
        return context.health();
    }

    void read(int bytes) {
        bytesRead.add(bytes);
    }

    void wrote(long bytes) {
        bytesWritten.add(bytes);
    }

    void done(long removed) {
        rounds.increment();
        removedRecords.add(removed);
    }
}
