package io.sinew.log;

import io.sinew.base.Check;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;

/// The log of one partition: segments on disk, and before them, in memory, the batches that are
/// only in the write-ahead log yet. Readers see what is durable and nothing else.
///
/// Who does what: one appender at a time (the owner holds its own lock around [#append]); the log
/// writer's thread reports what is durable; the flusher's thread moves batches to segments; anybody
/// reads. What they share is under this object's monitor.
public final class PartitionLog {
    /// Batches moved by one write at most.
    private static final int FLUSH_BATCHES = 1024;

    /// Bytes of the tail that a read copies at most.
    private static final int MAX_COPIED_BYTES = 64 << 10;

    private final PartitionId id;
    private final Segments segments;
    private final Wal wal;
    private final List<Arrivals> watchers = new CopyOnWriteArrayList<>();
    private final TailBatches tail = new TailBatches();
    private final LeaderEpochs epochs;

    private volatile PartitionConfig config;
    private volatile long logStartOffset;
    private volatile long endOffset;
    private volatile long nextOffset;
    private volatile boolean deleted;

    /// Where the active segment began at the last checkpoint: those before it are full and synced,
    /// and no start will replay anything into them.
    private volatile long checkpointedBase;

    private volatile long compactedOffset;

    /// Bytes of the batches in `tail`.
    private long tailBytes;

    /// Transactions whose abort markers are in `tail`, oldest first; under the monitor.
    private final ArrayDeque<AbortedTransaction> tailAborted = new ArrayDeque<>();

    /// Offset of the last abort marker; -1 when there never was one. Spares readers the look into
    /// segments.
    private volatile long lastAbort;

    /// Owned by the flusher's thread.
    private long flushedOffset;

    /// Somebody who waits for data.
    public interface Arrivals {
        /// So many more bytes have become readable. Called on the log writer's thread: must be
        /// quick.
        void arrived(int sizeBytes);
    }

    PartitionLog(
            CheckpointV1Format.PartitionPoint start,
            Segments segments,
            Wal wal,
            PartitionConfig config) {
        this.id = start.id();
        this.segments = segments;
        this.wal = wal;
        this.config = config;
        this.logStartOffset = start.logStartOffset();
        this.endOffset = start.flushedOffset();
        this.nextOffset = start.flushedOffset();
        this.flushedOffset = start.flushedOffset();
        this.checkpointedBase = start.activeBase();
        this.compactedOffset = start.compactedOffset();
        this.lastAbort = start.lastAbort();
        this.epochs = new LeaderEpochs(start.epochs());
    }

    public PartitionId id() {
        return id;
    }

    public void configure(PartitionConfig value) {
        config = value;
    }

    /// First offset that can be read.
    public long logStartOffset() {
        return logStartOffset;
    }

    /// Offset after the last durable record.
    public long endOffset() {
        return endOffset;
    }

    /// Offset that the next record gets; beyond [#endOffset] while appends are on their way to
    /// disk.
    public long nextOffset() {
        return nextOffset;
    }

    /// Bytes of all batches that the partition holds.
    public synchronized long sizeBytes() {
        return segments.sizeBytes() + tailBytes;
    }

    public LeaderEpochs epochs() {
        return epochs;
    }

    // ---- append

    /// Where a batch went and when it is safe there.
    public record Append(long baseOffset, long lastOffset, Commit commit) {}

    /// Appends one checked batch, from position to limit; the bytes are copied. One caller at a
    /// time, who has passed [LogStore#awaitRoom] before it took any lock.
    ///
    /// @param stampMs time to stamp on the batch, for `LogAppendTime` topics
    /// @throws SinewException `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`, `DAMAGED_DATA` or
    ///   `INTERNAL_ERROR` (the segments are damaged, or cannot be looked at): then nothing has
    ///   changed
    public Append append(ByteBuffer batch, int leaderEpoch, OptionalLong stampMs) {
        requireSegments();
        long base = nextOffset;
        var entry = new LogEntry.Batch(this, batch, leaderEpoch, stampMs);
        Commit commit = wal.append(List.of(entry)).commit();
        return new Append(base, nextOffset - 1, commit);
    }

    /// What was accepted must find its way to a segment: a partition whose segments are damaged
    /// refuses alone, instead of stopping the log for all.
    void requireSegments() {
        try {
            segments.requireIntact();
        } catch (IOException e) {
            throw new SinewException(
                    ErrorCode.INTERNAL_ERROR,
                    segments.directory() + " cannot be read; check the disk, and try again",
                    e);
        }
    }

    /// Takes a batch that is in the write-ahead log now. Called under the write-ahead log's lock.
    void appended(TailBatch batch) {
        synchronized (this) {
            Check.that(
                    batch.baseOffset() == nextOffset,
                    "offsets have no gap",
                    batch.baseOffset(),
                    nextOffset);
            tail.add(batch);
            nextOffset = batch.lastOffset() + 1;
            tailBytes += batch.sizeBytes();
            MarkerV0Format.aborted(batch.buffer().bytes(), batch.position())
                    .ifPresent(this::aborted);
            epochs.seen(
                    BatchV2Format.leaderEpoch(batch.buffer().bytes(), batch.position()),
                    batch.baseOffset());
        }
    }

    private void aborted(AbortedTransaction transaction) {
        tailAborted.add(transaction);
        lastAbort = transaction.markerOffset();
    }

    /// Makes a batch readable. Called by the log's writer, in order.
    void becameDurable(TailBatch batch) {
        endOffset = batch.lastOffset() + 1;
        for (Arrivals watcher : watchers) {
            watcher.arrived(batch.sizeBytes());
        }
    }

    /// Tells `watcher` of everything that becomes readable from now on.
    public void watch(Arrivals watcher) {
        watchers.add(watcher);
    }

    public void unwatch(Arrivals watcher) {
        watchers.remove(watcher);
    }

    // ---- read

    /// Reads durable batches from the one that holds `offset` on.
    ///
    /// @param maxBytes bytes to return at most; the last batch may be cut off there, as in Kafka
    /// @param firstWhole return the first batch whole even when it is larger
    /// @throws SinewException `OFFSET_OUT_OF_RANGE`, `UNKNOWN_TOPIC_OR_PARTITION` (it was deleted
    ///   meanwhile), `DAMAGED_DATA`
    public LogRead read(long offset, int maxBytes, boolean firstWhole) throws IOException {
        return read(offset, Long.MAX_VALUE, maxBytes, firstWhole);
    }

    /// As [#read(long, int, boolean)], but nothing from `upTo` on, where a batch begins.
    public LogRead read(long offset, long upTo, int maxBytes, boolean firstWhole)
            throws IOException {
        long end = endOffset;
        long from = logStartOffset;
        if (offset < from || offset > end) {
            throw new SinewException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "offset " + offset + " is not within " + from + " to " + end);
        }
        if (offset >= Math.min(end, upTo)) {
            return new LogRead(LogSlice.empty(), from, end, offset);
        }
        try {
            Stretch found = stretch(offset, end, upTo, maxBytes, firstWhole);
            return new LogRead(found.slice(), from, end, found.nextOffset());
        } catch (NoSuchFileException e) {
            throw missing(offset);
        }
    }

    /// @param nextOffset as in [LogRead]
    private record Stretch(LogSlice slice, long nextOffset) {}

    private Stretch stretch(long offset, long end, long upTo, int maxBytes, boolean firstWhole)
            throws IOException {
        synchronized (this) {
            if (!tail.isEmpty() && offset >= tail.get(0).baseOffset()) {
                long last = Math.min(end, upTo);
                return new Stretch(tailSlice(offset, last, maxBytes, firstWhole), last);
            }
        }
        while (true) {
            Segment segment = segments.floor(offset).orElseThrow(() -> missing(offset));
            try {
                return stretch(segment, offset, upTo, maxBytes, firstWhole);
            } catch (NoSuchFileException e) {
                if (segments.contain(segment)) {
                    throw e;
                }
                // Another has its place now.
            }
        }
    }

    private Stretch stretch(
            Segment segment, long offset, long upTo, int maxBytes, boolean firstWhole)
            throws IOException {
        int position = segment.positionOf(offset);
        int available = endIn(segment, upTo) - position;
        int size = Math.min(maxBytes, available);
        if (firstWhole && size < available) {
            size = Math.max(size, segment.batchBytesAt(position));
        }
        return size <= 0
                ? new Stretch(LogSlice.empty(), offset)
                : new Stretch(
                        FileSlice.open(segment, position, size),
                        segment.offsetAfter(position + size));
    }

    /// Where a read that goes no further than offset `upTo` ends in a segment.
    private int endIn(Segment segment, long upTo) throws IOException {
        int sizeBytes = segment.sizeBytes();
        if (upTo >= endOffset) {
            return sizeBytes;
        }
        int position = segment.positionAtOrAfter(upTo);
        return position < 0 ? sizeBytes : position;
    }

    /// As [#read(long, long, int, boolean)], with the aborted transactions to skip.
    public CommittedRead readCommitted(long offset, long upTo, int maxBytes, boolean firstWhole)
            throws IOException {
        return CommittedRead.from(this, offset, upTo, maxBytes, firstWhole);
    }

    /// The aborted transactions that end at or after `from` and begin before `upTo`, in the order
    /// of their ends.
    public List<AbortedTransaction> abortedTransactions(long from, long upTo) throws IOException {
        return hasAbortedFrom(from) ? new AbortedLookup(this, from, upTo).find() : List.of();
    }

    /// Whether a transaction was aborted at or behind that offset.
    boolean hasAbortedFrom(long offset) {
        return offset <= lastAbort;
    }

    /// Those whose markers are in memory only.
    synchronized List<AbortedTransaction> abortedInTail() {
        return List.copyOf(tailAborted);
    }

    /// Why there is nothing at an offset that was there a moment ago.
    private SinewException missing(long offset) {
        if (deleted) {
            return new SinewException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "the partition was deleted");
        }
        if (offset < logStartOffset) {
            return new SinewException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "offset " + offset + " is before the log start " + logStartOffset);
        }
        return new SinewException(
                ErrorCode.DAMAGED_DATA,
                segments.directory()
                        + " lacks the segment that holds offset "
                        + offset
                        + ". Restore it from a backup, or delete the topic");
    }

    private LogSlice tailSlice(long offset, long end, int maxBytes, boolean firstWhole) {
        var batches = new ArrayList<TailBatch>();
        int size = 0;
        for (int i = tail.indexOf(offset); i < tail.size(); i++) {
            TailBatch batch = tail.get(i);
            boolean fits = size + batch.sizeBytes() <= maxBytes || (firstWhole && size == 0);
            if (!fits || batch.lastOffset() >= end) {
                break;
            }
            if (!batch.buffer().lend()) {
                return batches.isEmpty()
                        ? copiedSlice(batch, i, end, maxBytes)
                        : new TailSlice(batches, size);
            }
            batches.add(batch);
            size += batch.sizeBytes();
        }
        return new TailSlice(batches, size);
    }

    /// A little of the tail, copied: readers hold enough of the log's memory.
    private LogSlice copiedSlice(TailBatch first, int index, long end, int maxBytes) {
        int limit = Math.min(maxBytes, MAX_COPIED_BYTES);
        int size = first.sizeBytes();
        int next = index + 1;
        while (next < tail.size()
                && tail.get(next).lastOffset() < end
                && size + tail.get(next).sizeBytes() <= limit) {
            size += tail.get(next).sizeBytes();
            next++;
        }
        var bytes = ByteBuffer.allocate(size);
        for (int i = index; i < next; i++) {
            bytes.put(tail.get(i).slice());
        }
        return new CopiedSlice(bytes.flip());
    }

    /// The first record with `timestamp` or a later one, among the durable ones.
    ///
    /// @throws SinewException `CORRUPT_BATCH`, `DAMAGED_DATA`; `BATCH_TOO_LARGE`: more would have
    ///   to be unpacked than one look-up may
    public Optional<RecordPosition> firstAtOrAfter(long timestamp) throws IOException {
        return new TimeLookup(this).firstAtOrAfter(timestamp);
    }

    /// The first of the durable records with the largest timestamp.
    ///
    /// @throws SinewException as [#firstAtOrAfter]
    public Optional<RecordPosition> latestTimestamp() throws IOException {
        return new TimeLookup(this).latest();
    }

    /// The durable batches that are in memory only and not trimmed.
    synchronized TailHold durableTail() {
        var batches = new ArrayList<TailBatch>();
        for (int i = tail.indexOf(logStartOffset);
                i < tail.size() && tail.get(i).lastOffset() < endOffset;
                i++) {
            tail.get(i).buffer().retain();
            batches.add(tail.get(i));
        }
        return new TailHold(batches);
    }

    // ---- trim and retention

    /// Moves the first readable offset forward, at most to the end; the records before it are gone
    /// for readers at once and from the disk later. A disk that is full for appends takes it as
    /// long as the write-ahead log has room for it.
    ///
    /// @throws SinewException `OFFSET_OUT_OF_RANGE`, `DISK_FULL`, `LOG_STOPPED`
    public Commit trim(long offset) {
        if (offset <= logStartOffset) {
            return wal.barrier();
        }
        if (offset > endOffset) {
            throw new SinewException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "cannot delete up to " + offset + ": the log ends at " + endOffset);
        }
        return wal.appendTrim(this, offset);
    }

    /// Applies a trim that is in the write-ahead log. Called under that log's lock, so that no
    /// checkpoint can cut the trim off without having seen it.
    synchronized void trimmed(long offset) {
        logStartOffset = Math.max(logStartOffset, Math.min(offset, nextOffset));
        epochs.trim(logStartOffset);
    }

    /// Deletes the segments that lie wholly before the log start as it is now, once a power failure
    /// cannot bring the log start back.
    ///
    /// @return bytes freed
    /// @throws SinewException `LOG_STOPPED`
    public long deleteTrimmedSegments() throws IOException, InterruptedException {
        long start = logStartOffset;
        if (!segments.anyBefore(start)) {
            return 0;
        }
        awaitSynced();
        return segments.deleteBefore(start);
    }

    /// Where the log would start if it kept only what the limits allow: whole segments. The active
    /// one can go by its age only, when nothing younger is in memory; its file is deleted after the
    /// next append. Records without a timestamp have no age.
    ///
    /// @param oldestMs records older than this may go; `Long.MIN_VALUE` for no limit
    /// @param maxBytes bytes to keep at least; `Long.MAX_VALUE` for no limit
    /// @param nowMs timestamps after it are not believed ([Segment#youngestMs])
    public long retainableStart(long oldestMs, long maxBytes, long nowMs) throws IOException {
        return new Retention(this, nowMs).start(oldestMs, maxBytes);
    }

    synchronized long tailBytes() {
        return tailBytes;
    }

    /// The end if the last segment reaches it; else 0.
    synchronized long endWithoutTail() {
        return tail.isEmpty() ? endOffset : 0;
    }

    Segments segments() {
        return segments;
    }

    PartitionConfig config() {
        return config;
    }

    // ---- compaction

    /// Everything before it was compacted together.
    public long compactedOffset() {
        return compactedOffset;
    }

    /// Called when what a compaction wrote is in place and durable.
    void compacted(long offset) {
        compactedOffset = offset;
    }

    /// Waits until not even a power failure can take back what was appended before.
    void awaitSynced() throws InterruptedException {
        wal.syncBarrier().awaitDurable();
    }

    long checkpointedBase() {
        return checkpointedBase;
    }

    /// A checkpoint is durable that knows of this point.
    void checkpointed(Segments.Point point) {
        checkpointedBase = point.activeBase();
    }

    /// Whether the newest segment is older than a segment may be.
    boolean isRollDue(long nowMs) throws IOException {
        return segments.isRollDue(config, nowMs);
    }

    /// Ends the newest segment if it is older than a segment may be, so that it can be compacted.
    /// The flusher's thread.
    void rollIfDue(long nowMs) throws IOException {
        if (!deleted && isRollDue(nowMs)) {
            segments.roll(flushedOffset);
        }
    }

    // ---- segments: the flusher's thread

    /// Moves the durable batches to segments, or drops them if the partition was deleted. Those
    /// that become durable meanwhile are for the next pass: else a busy partition would keep the
    /// flusher at writes of a batch or two while the others wait.
    ///
    /// @param moved told of the bytes after each write, so that a later failure does not hide them
    void flush(LongConsumer moved) throws IOException {
        long end = endOffset;
        while (true) {
            List<TailBatch> batches;
            synchronized (this) {
                batches = tail.endingBefore(end, FLUSH_BATCHES);
            }
            if (batches.isEmpty()) {
                return;
            }
            for (int first = 0; first < batches.size(); ) {
                List<TailBatch> rest = batches.subList(first, batches.size());
                int count = deleted ? rest.size() : append(rest);
                moved.accept(release(rest.subList(0, count)));
                first += count;
            }
        }
    }

    private int append(List<TailBatch> batches) throws IOException {
        // What was trimmed whole needs no more company: its file can go.
        int count = segments.append(batches, config, flushedOffset <= logStartOffset);
        flushedOffset = batches.get(count - 1).lastOffset() + 1;
        return count;
    }

    /// Takes the oldest batches out of memory, because a segment has them.
    private long release(List<TailBatch> batches) {
        long released = 0;
        synchronized (this) {
            for (int i = 0; i < batches.size(); i++) {
                released += tail.removeFirst().sizeBytes();
            }
            tailBytes -= released;
            long last = batches.getLast().lastOffset();
            while (!tailAborted.isEmpty() && tailAborted.getFirst().markerOffset() <= last) {
                tailAborted.removeFirst();
            }
        }
        for (TailBatch batch : batches) {
            batch.buffer().release();
        }
        return released;
    }

    /// Where the partition stands on disk once its segments are synced.
    record FlushPoint(
            PartitionLog log, CheckpointV1Format.PartitionPoint point, Segments.Point segments) {}

    /// Takes the point reached by the last [#flush]; the caller syncs the segments.
    FlushPoint takeFlushPoint() {
        Segments.Point end = segments.takePoint();
        synchronized (this) {
            var point =
                    new CheckpointV1Format.PartitionPoint(
                            id,
                            logStartOffset,
                            flushedOffset,
                            end.activeBase(),
                            end.activeBytes(),
                            segments.sizeBytes(),
                            compactedOffset,
                            lastAbort,
                            epochs.list());
            return new FlushPoint(this, point, end);
        }
    }

    // ---- deletion

    /// From now on nothing of this partition goes to disk.
    void markDeleted() {
        deleted = true;
    }

    /// Deletes all files, and the topic's directory with the last partition; [#markDeleted] came
    /// before. Flusher's thread, so that it meets no write.
    void deleteFiles(LongConsumer dropped) throws IOException {
        flush(dropped);
        segments.deleteAll();
    }
}
