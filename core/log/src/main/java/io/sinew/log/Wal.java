package io.sinew.log;

import io.sinew.base.Background;
import io.sinew.base.BrokenInvariant;
import io.sinew.base.Clock;
import io.sinew.base.DiskFullException;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.base.Work;
import io.sinew.base.Worker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The write-ahead log of all partitions, with group commit: whatever is appended while the disk is
/// busy with one sync goes to the disk together with the next. Appenders copy into shared buffers
/// under one lock; one platform thread writes and syncs (a sync would pin a virtual thread's
/// carrier). [WalV1Format] gives the bytes.
final class Wal implements Work, AutoCloseable {
    /// How often a write that met a full disk is tried again.
    private static final long FULL_DISK_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final LogLimits limits;
    private final long salt;
    private final WalBufferPool pool;
    private final LogHealth health;
    private final DurableSink sink;
    private final LongAdder bytesWritten;
    private final LongAdder syncs;
    private final LongAdder syncNanos;
    private final Clock clock;
    private final Background background;
    private @Nullable Worker writer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition appended = lock.newCondition();
    private final List<WalBlock> sealed = new ArrayList<>();
    private @Nullable WalBuffer filling;
    private @Nullable WalBlock open;
    private Commit commit;

    /// What was appended last before `commit`: being written, or settled.
    private Commit lastCommit = Commit.ofNothing();

    private long sequence;
    private boolean closing;
    private boolean ended;

    /// Whether somebody needs a sync although nothing promises one (`durability: os`).
    private boolean syncWanted;

    private volatile long durableSequence;

    /// Everything before it may be gone: the checkpoint has it.
    private volatile long cutLsn;

    // Set once by start(), then the writer's thread's.
    private @Nullable WalFiles files;
    private long term;
    private long syncedLsn;

    /// The group on its way to the disk, and how many of its blocks have arrived; null between two.
    private @Nullable Group writing;

    private int blocksWritten;

    /// Who takes what became durable, in order, on the writer's thread.
    interface DurableSink {
        /// Takes the batches of one sync.
        ///
        /// @param endLsn end of the block the batches were in
        /// @param lastSequence of the frames up to there
        void durable(List<TailBatch> batches, long endLsn, long lastSequence);
    }

    /// @param salt of the data directory
    Wal(LogContext context, WalBufferPool pool, DurableSink sink, long salt) {
        this.salt = salt;
        this.limits = context.limits();
        this.clock = context.clock();
        this.pool = pool;
        this.health = context.health();
        this.sink = sink;
        this.bytesWritten = context.metrics().counter(LogMetric.WAL_BYTES);
        this.syncs = context.metrics().counter(LogMetric.WAL_SYNCS);
        this.syncNanos = context.metrics().counter(LogMetric.WAL_SYNC_TIME);
        context.metrics().gauge(LogMetric.REPLAY_BYTES, () -> files == null ? 0 : bytesSinceCut());
        this.background = context.background();
        this.commit = new Commit(background);
    }

    /// Goes on where recovery ended. Nothing may be appended before.
    ///
    /// @param lastSequence of the last frame that is there
    void start(WalFiles recovered, long newTerm, long lastSequence, long oldestLsn) {
        files = recovered;
        term = newTerm;
        sequence = lastSequence;
        durableSequence = lastSequence;
        syncedLsn = recovered.nextLsn();
        cutLsn = oldestLsn;
        writer = background.begin(this, Thread.ofPlatform().name("sinew-wal"), lock, appended);
    }

    private WalFiles files() {
        if (files == null) {
            throw new BrokenInvariant("the write-ahead log is used before it was recovered");
        }
        return files;
    }

    /// Bytes that a start would have to replay.
    long bytesSinceCut() {
        return files().nextLsn() - cutLsn;
    }

    /// Gives back the files before `lsn`, which a checkpoint covers.
    void cut(long lsn) throws IOException {
        files().recycleBefore(lsn);
        cutLsn = lsn;
        pool.wakeAll();
    }

    void prepareSpare() throws IOException {
        files().prepareSpare();
    }

    /// Waits for room in memory; to be called before taking any lock.
    ///
    /// @throws SinewException `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`
    void awaitRoom() throws InterruptedException {
        pool.awaitRoom(limits.appendWaitMs(), this::hasRoom);
    }

    private boolean hasRoom() {
        health.requireWritable();
        return bytesSinceCut() < limits.walMaxBytes();
    }

    /// Appends entries as one: they share a block, which recovery takes whole or not at all. Called
    /// by the one who may append to each of their partitions, and under the lock of each of their
    /// machines.
    ///
    /// @throws SinewException `BATCH_TOO_LARGE` (they do not fit one write-ahead file),
    ///   `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`: then nothing has changed
    Appended append(List<LogEntry> entries) {
        int framesBytes = framesBytes(entries);
        // Before the lock: whoever gives memory back may need it.
        long reserved = reserve(framesBytes);
        lock.lock();
        try {
            health.requireWritable();
            requireOpen();
            WalBlock block = blockFor(framesBytes);
            for (LogEntry entry : entries) {
                switch (entry) {
                    case LogEntry.Batch batch -> putBatch(block, batch);
                    case LogEntry.State(int machine, ByteBuffer body) ->
                            putFrame(block, WalV1Format.KIND_STATE, idOf(machine), body);
                }
            }
            appended.signal();
            return new Appended(sequence, commit);
        } finally {
            lock.unlock();
            pool.unreserve(reserved);
        }
    }

    private int framesBytes(List<LogEntry> entries) {
        long sum = 0;
        for (LogEntry entry : entries) {
            sum += WalV1Format.FRAME_HEADER_BYTES + entry.bytes().remaining();
        }
        return requireFits(sum);
    }

    private void putBatch(WalBlock block, LogEntry.Batch entry) {
        PartitionLog log = entry.log();
        int sizeBytes = entry.bytes().remaining();
        int at = block.openFrame(entry.bytes());
        ByteBuffer bytes = block.buffer().bytes();
        long baseOffset = log.nextOffset();
        BatchV2Format.place(bytes, at, baseOffset, entry.leaderEpoch());
        if (entry.stampMs().isPresent()) {
            BatchV2Format.stampLogAppendTime(bytes, at, entry.stampMs().getAsLong());
        }
        block.closeFrame(WalV1Format.KIND_BATCH, ++sequence, log.id(), sizeBytes);
        var tailBatch =
                new TailBatch(
                        log,
                        block.buffer(),
                        at,
                        sizeBytes,
                        baseOffset,
                        BatchV2Format.lastOffset(bytes, at),
                        BatchV2Format.maxTimestamp(bytes, at));
        block.add(tailBatch);
        log.appended(tailBatch);
    }

    private static PartitionId idOf(int machine) {
        return new PartitionId(new UUID(0, 0), machine);
    }

    private long reserve(int framesBytes) {
        try {
            return pool.reserve(
                    WalV1Format.BLOCK_HEADER_BYTES + framesBytes,
                    limits.appendWaitMs(),
                    this::takesBatches);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SinewException(
                    ErrorCode.INTERNAL_ERROR, "interrupted while waiting for room", e);
        }
    }

    private boolean takesBatches() {
        health.requireWritable();
        return true;
    }

    /// Refuses frames that are larger than a block can be.
    private int requireFits(long framesBytes) {
        int most = files().fileBytes() - WalV1Format.BLOCK_HEADER_BYTES;
        if (framesBytes > most) {
            throw new SinewException(
                    ErrorCode.BATCH_TOO_LARGE,
                    framesBytes
                            + " bytes do not fit a write-ahead file of "
                            + files().fileBytes()
                            + ": send less at a time");
        }
        return (int) framesBytes;
    }

    /// Appends a record of a machine.
    ///
    /// @param freesSpace whether it is to be taken also while the segments lack space
    Appended appendState(int machine, ByteBuffer body, boolean freesSpace) {
        lock.lock();
        try {
            if (freesSpace) {
                health.requireWritableAhead();
            } else {
                health.requireWritable();
            }
            requireOpen();
            appendFrame(WalV1Format.KIND_STATE, idOf(machine), body);
            return new Appended(sequence, commit);
        } finally {
            lock.unlock();
        }
    }

    /// Appends a trim of `log` and applies it; also while the segments lack space, which it is to
    /// give back.
    Commit appendTrim(PartitionLog log, long offset) {
        ByteBuffer body = ByteBuffer.allocate(Long.BYTES).putLong(0, offset);
        lock.lock();
        try {
            health.requireWritableAhead();
            requireOpen();
            appendFrame(WalV1Format.KIND_TRIM, log.id(), body);
            log.trimmed(offset);
            return commit;
        } finally {
            lock.unlock();
        }
    }

    private void appendFrame(int kind, PartitionId id, ByteBuffer body) {
        long sizeBytes = (long) WalV1Format.FRAME_HEADER_BYTES + body.remaining();
        putFrame(blockFor(requireFits(sizeBytes)), kind, id, body);
        appended.signal();
    }

    private void putFrame(WalBlock block, int kind, PartitionId id, ByteBuffer body) {
        int sizeBytes = body.remaining();
        block.openFrame(body);
        block.closeFrame(kind, ++sequence, id, sizeBytes);
    }

    private void requireOpen() {
        if (closing) {
            throw new SinewException(ErrorCode.LOG_STOPPED, "the log is closed");
        }
    }

    /// What an append is known by.
    ///
    /// @param sequence of its last frame
    record Appended(long sequence, Commit commit) {}

    /// Sequence of the last frame that is durable.
    long durableSequence() {
        return durableSequence;
    }

    /// A commit that settles when everything appended so far has.
    Commit barrier() {
        lock.lock();
        try {
            return open == null && sealed.isEmpty() && !syncWanted ? lastCommit : commit;
        } finally {
            lock.unlock();
        }
    }

    /// A commit that settles when everything appended so far survives a power failure, whatever the
    /// durability.
    Commit syncBarrier() {
        lock.lock();
        try {
            wantSync();
            return barrier();
        } finally {
            lock.unlock();
        }
    }

    /// Has the writer sync before it ends; when it is about to end, it does so anyway.
    private void wantSync() {
        if (limits.durability() == LogLimits.Durability.OS && !closing) {
            syncWanted = true;
            appended.signal();
        }
    }

    /// A block with room for frames of so many bytes, all of them.
    private WalBlock blockFor(int framesBytes) {
        WalBlock block = open;
        if (block != null && block.fits(framesBytes)) {
            return block;
        }
        int needed = WalV1Format.BLOCK_HEADER_BYTES + framesBytes;
        if (block != null) {
            block.seal();
            sealed.add(block);
            open = null;
        }
        WalBuffer buffer = filling;
        if (buffer == null || buffer.end + needed > buffer.capacity()) {
            releaseFilling();
            buffer = pool.take(needed);
            filling = buffer;
        }
        block = new WalBlock(buffer, sequence + 1, term, salt);
        open = block;
        return block;
    }

    private void releaseFilling() {
        WalBuffer buffer = filling;
        if (buffer != null) {
            filling = null;
            buffer.release();
        }
    }

    private record Group(List<WalBlock> blocks, Commit commit, long lastSequence, boolean synced) {}

    private Group nextGroup() {
        lock.lock();
        try {
            if (open != null) {
                open.seal();
                sealed.add(open);
                open = null;
            }
            boolean synced = syncWanted || limits.durability() == LogLimits.Durability.FSYNC;
            var group = new Group(List.copyOf(sealed), commit, sequence, synced);
            sealed.clear();
            syncWanted = false;
            lastCommit = commit;
            commit = new Commit(background);
            return group;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long dueInNanos() {
        if (ended) {
            return OVER;
        }
        if (writing != null) {
            return closing ? 0 : FULL_DISK_RETRY_NANOS;
        }
        if (open != null || !sealed.isEmpty() || syncWanted) {
            return 0;
        }
        return closing ? OVER : WHEN_SIGNALLED;
    }

    /// Writes and syncs what was appended meanwhile, or tries again what met a full disk.
    @Override
    public void step() {
        Group group = writing;
        if (group == null) {
            group = nextGroup();
            writing = group;
            blocksWritten = 0;
        }
        try {
            writeGroup(group);
        } catch (IOException | RuntimeException | Error e) {
            stop(e);
        }
    }

    private void writeGroup(Group group) throws IOException {
        try {
            for (; blocksWritten < group.blocks().size(); blocksWritten++) {
                if (!writeBlock(group.blocks().get(blocksWritten))) {
                    return;
                }
            }
            writing = null;
            group.commit().markWritten();
            if (group.synced()) {
                long began = clock.nanos();
                files().sync();
                syncNanos.add(clock.nanos() - began);
                syncs.increment();
                syncedLsn = files().nextLsn();
            }
            publish(group);
        } catch (IOException | RuntimeException | Error e) {
            // Also when the group is durable and telling of it failed: nobody waits for ever.
            group.commit().fail(health.stop("writing ahead failed", e));
            throw e;
        }
    }

    /// Tells everybody that a group is as safe as was promised.
    private void publish(Group group) {
        durableSequence = group.lastSequence();
        var batches = new ArrayList<TailBatch>();
        for (WalBlock block : group.blocks()) {
            batches.addAll(block.batches());
            block.buffer().release();
        }
        for (TailBatch batch : batches) {
            batch.log().becameDurable(batch);
        }
        sink.durable(batches, files().nextLsn(), group.lastSequence());
        group.commit().markDurable();
    }

    /// @return false when the disk is full. Nothing was acknowledged and a write may be repeated (a
    ///   sync may not): new appends are refused meanwhile, these wait for space
    private boolean writeBlock(WalBlock block) throws IOException {
        try {
            long lsn = files().placeFor(block.paddedBytes(), syncedLsn, term);
            files().write(block.bytesFor(lsn, syncedLsn), lsn);
            bytesWritten.add(block.paddedBytes());
            health.wroteAhead();
            return true;
        } catch (IOException e) {
            if (!DiskFullException.isCause(e) || isClosing()) {
                throw e;
            }
            health.diskFullAhead();
            pool.wakeAll();
            return false;
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private void stop(Throwable cause) {
        SinewException stopped = health.stop("writing ahead failed", cause);
        lock.lock();
        try {
            commit.fail(stopped);
            sealed.clear();
            open = null;
            ended = true;
        } finally {
            lock.unlock();
        }
        pool.wakeAll();
    }

    /// Writes and syncs what was appended, unless the disk is full, and ends the writer.
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            wantSync();
            closing = true;
            appended.signal();
        } finally {
            lock.unlock();
        }
        try {
            if (writer != null) {
                writer.awaitEnd();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SinewException(ErrorCode.INTERNAL_ERROR, "interrupted while closing", e);
        }
        releaseFilling();
        if (files != null) {
            files.close();
        }
    }
}
