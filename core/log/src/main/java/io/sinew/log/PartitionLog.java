package io.sinew.log;

import io.sinew.base.BrokenInvariant;
import io.sinew.base.Check;
import io.sinew.base.Disk;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

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

    /// Smaller active segments get no index file: scanning them is as quick.
    private static final int MIN_INDEXED_BYTES = 1 << 20;

    private final PartitionId id;
    private final Path directory;
    private final Disk disk;
    private final OpenFiles files;
    private final Wal wal;
    private final List<Arrivals> watchers = new CopyOnWriteArrayList<>();
    private final TailBatches tail = new TailBatches();
    private final LeaderEpochs epochs;
    private final TreeMap<Long, Segment> segments = new TreeMap<>();

    private volatile PartitionConfig config;
    private volatile long logStartOffset;
    private volatile long endOffset;
    private volatile long nextOffset;
    private volatile long sizeBytes;
    private volatile boolean deleted;
    private boolean loaded;

    /// Owned by the flusher's thread.
    private long flushedOffset;

    private final List<Segment> unsynced = new ArrayList<>();
    private boolean directoryUnsynced;

    /// Where the active segment ended at the checkpoint this process started from.
    private final CheckpointV1Format.PartitionPoint start;

    /// Somebody who waits for data.
    public interface Arrivals {
        /// So many more bytes have become readable. Called on the log writer's thread: must be
        /// quick.
        void arrived(int sizeBytes);
    }

    PartitionLog(
            CheckpointV1Format.PartitionPoint start,
            Path directory,
            Disk disk,
            OpenFiles files,
            Wal wal,
            PartitionConfig config) {
        this.id = start.id();
        this.start = start;
        this.directory = directory;
        this.disk = disk;
        this.files = files;
        this.wal = wal;
        this.config = config;
        this.logStartOffset = start.logStartOffset();
        this.endOffset = start.flushedOffset();
        this.nextOffset = start.flushedOffset();
        this.flushedOffset = start.flushedOffset();
        this.sizeBytes = start.sizeBytes();
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
    public long sizeBytes() {
        return sizeBytes;
    }

    public LeaderEpochs epochs() {
        return epochs;
    }

    // ---- append
    // ----------------------------------------------------------------------------------

    /// What the broker writes into a batch.
    ///
    /// @param stampMs time of the append, when the topic wants it in the batch
    record Placement(long baseOffset, int leaderEpoch, OptionalLong stampMs) {
        void applyTo(ByteBuffer bytes, int at) {
            BatchV2Format.place(bytes, at, baseOffset, leaderEpoch);
            if (stampMs.isPresent()) {
                BatchV2Format.stampLogAppendTime(bytes, at, stampMs.getAsLong());
            }
        }
    }

    /// Where a batch went and when it is safe there.
    public record Append(long baseOffset, long lastOffset, Commit commit) {}

    /// Appends one checked batch, from position to limit; the bytes are copied. One caller at a
    /// time, who has passed [LogStore#awaitRoom] before it took any lock.
    ///
    /// @param stampMs time to stamp on the batch, for `LogAppendTime` topics
    /// @throws SinewException `DISK_FULL` or `LOG_STOPPED`: then nothing has changed
    public Append append(ByteBuffer batch, int leaderEpoch, OptionalLong stampMs) {
        long base = nextOffset;
        var placement = new Placement(base, leaderEpoch, stampMs);
        Commit commit = wal.appendBatch(this, batch, placement);
        return new Append(base, nextOffset - 1, commit);
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
            sizeBytes += batch.sizeBytes();
            epochs.seen(
                    BatchV2Format.leaderEpoch(batch.buffer().bytes(), batch.position()),
                    batch.baseOffset());
        }
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
    // ------------------------------------------------------------------------------------

    /// Reads durable batches from the one that holds `offset` on.
    ///
    /// @param maxBytes bytes to return at most; the last batch may be cut off there, as in Kafka
    /// @param firstWhole return the first batch whole even when it is larger
    /// @throws SinewException `OFFSET_OUT_OF_RANGE`, `DAMAGED_DATA`
    public LogRead read(long offset, int maxBytes, boolean firstWhole) throws IOException {
        long end = endOffset;
        long from = logStartOffset;
        if (offset < from || offset > end) {
            throw new SinewException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "offset " + offset + " is not within " + from + " to " + end);
        }
        if (offset == end) {
            return new LogRead(LogSlice.empty(), from, end);
        }
        return new LogRead(slice(offset, end, maxBytes, firstWhole), from, end);
    }

    private LogSlice slice(long offset, long end, int maxBytes, boolean firstWhole)
            throws IOException {
        Segment segment;
        synchronized (this) {
            if (!tail.isEmpty() && offset >= tail.get(0).baseOffset()) {
                return tailSlice(offset, end, maxBytes, firstWhole);
            }
            load();
            Map.Entry<Long, Segment> floor = segments.floorEntry(offset);
            if (floor == null) {
                throw new BrokenInvariant("offset " + offset + " of " + id + " has no segment");
            }
            segment = floor.getValue();
        }
        int position = segment.positionOf(offset);
        int available = segment.sizeBytes() - position;
        int size = Math.min(maxBytes, available);
        if (firstWhole && size < available) {
            size = Math.max(size, batchBytesAt(segment, position));
        }
        return size <= 0 ? LogSlice.empty() : FileSlice.open(segment, position, size);
    }

    private static int batchBytesAt(Segment segment, int position) throws IOException {
        var prefix = ByteBuffer.allocate(BatchV2Format.PREFIX_BYTES);
        try {
            segment.file().acquire().read(prefix, position);
        } finally {
            segment.file().release();
        }
        return BatchV2Format.sizeBytes(prefix, 0);
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
    public Optional<RecordPosition> firstAtOrAfter(long timestamp) throws IOException {
        // The tail first: what moves to a segment meanwhile is then met twice and not missed.
        List<ByteBuffer> inTail = tailCopies(timestamp);
        for (Segment segment : segments()) {
            if (segment.maxTimestamp() < timestamp) {
                continue;
            }
            Segment.Cursor cursor = segment.firstAtOrAfter(timestamp);
            while (cursor != null) {
                Optional<RecordPosition> found =
                        BatchRecords.firstAtOrAfter(cursor.batch(), timestamp, logStartOffset);
                if (found.isPresent()) {
                    return found;
                }
                cursor = cursor.next() ? cursor : null;
            }
        }
        for (ByteBuffer batch : inTail) {
            Optional<RecordPosition> found =
                    BatchRecords.firstAtOrAfter(batch, timestamp, logStartOffset);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /// The first of the durable records with the largest timestamp.
    public Optional<RecordPosition> latestTimestamp() throws IOException {
        long max = Long.MIN_VALUE;
        for (Segment segment : segments()) {
            max = Math.max(max, segment.maxTimestamp());
        }
        synchronized (this) {
            for (int i = 0; i < tail.size() && tail.get(i).lastOffset() < endOffset; i++) {
                max = Math.max(max, tail.get(i).maxTimestamp());
            }
        }
        return max < 0 ? Optional.empty() : firstAtOrAfter(max);
    }

    private List<ByteBuffer> tailCopies(long minMaxTimestamp) {
        var copies = new ArrayList<ByteBuffer>();
        synchronized (this) {
            for (int i = 0; i < tail.size() && tail.get(i).lastOffset() < endOffset; i++) {
                TailBatch batch = tail.get(i);
                if (batch.maxTimestamp() >= minMaxTimestamp
                        && batch.lastOffset() >= logStartOffset) {
                    copies.add(ByteBuffer.allocate(batch.sizeBytes()).put(batch.slice()).flip());
                    if (copies.size() == 2) {
                        // In the first, what is young enough may lie before the log start.
                        break;
                    }
                }
            }
        }
        return copies;
    }

    // ---- trim and retention
    // ----------------------------------------------------------------------

    /// Moves the first readable offset forward, at most to the end; the records before it are gone
    /// for readers at once and from the disk later.
    public Commit trim(long offset) {
        Commit commit;
        synchronized (this) {
            if (offset <= logStartOffset) {
                return wal.barrier();
            }
            if (offset > endOffset) {
                throw new SinewException(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "cannot delete up to " + offset + ": the log ends at " + endOffset);
            }
        }
        ByteBuffer body = ByteBuffer.allocate(Long.BYTES).putLong(0, offset);
        commit = wal.append(WalV1Format.KIND_TRIM, id, body).commit();
        trimmed(offset);
        return commit;
    }

    /// Applies a trim that is in the write-ahead log.
    synchronized void trimmed(long offset) {
        logStartOffset = Math.max(logStartOffset, Math.min(offset, nextOffset));
        epochs.trim(logStartOffset);
    }

    /// Deletes the segments that lie wholly before the log start. Their trim must be durable.
    ///
    /// @return bytes freed
    public long deleteTrimmedSegments() throws IOException {
        var gone = new ArrayList<Segment>();
        synchronized (this) {
            load();
            while (segments.size() > 1) {
                long next = segments.higherKey(segments.firstKey());
                if (next > logStartOffset) {
                    break;
                }
                gone.add(segments.pollFirstEntry().getValue());
            }
        }
        long freed = 0;
        for (Segment segment : gone) {
            freed += segment.sizeBytes();
            segment.delete();
        }
        synchronized (this) {
            sizeBytes -= freed;
        }
        return freed;
    }

    /// Where the log would start if it kept only what the limits allow: whole segments, the active
    /// one excepted.
    ///
    /// @param oldestMs records older than this may go; `Long.MIN_VALUE` for no limit
    /// @param maxBytes bytes to keep at least; `Long.MAX_VALUE` for no limit
    public long retainableStart(long oldestMs, long maxBytes) throws IOException {
        List<Segment> all = segments();
        long excess = maxBytes == Long.MAX_VALUE ? 0 : sizeBytes - maxBytes;
        long from = logStartOffset;
        for (int i = 0; i + 1 < all.size(); i++) {
            Segment segment = all.get(i);
            boolean tooOld = segment.maxTimestamp() < oldestMs;
            boolean tooMuch = excess >= segment.sizeBytes();
            if (!tooOld && !tooMuch) {
                break;
            }
            excess -= segment.sizeBytes();
            from = Math.max(from, all.get(i + 1).baseOffset());
        }
        return from;
    }

    private synchronized List<Segment> segments() throws IOException {
        load();
        return List.copyOf(segments.values());
    }

    // ---- segments: the flusher's thread
    // ----------------------------------------------------------

    /// Moves the durable batches to segments.
    ///
    /// @return bytes moved
    long flush() throws IOException {
        long moved = 0;
        while (true) {
            List<TailBatch> batches;
            synchronized (this) {
                load();
                batches = tail.endingBefore(endOffset, FLUSH_BATCHES);
            }
            if (batches.isEmpty()) {
                return moved;
            }
            for (int first = 0; first < batches.size(); ) {
                Segment active = segmentFor(batches.get(first));
                int next = first;
                int room = config.segmentBytes() - active.sizeBytes();
                do {
                    room -= batches.get(next).sizeBytes();
                    next++;
                } while (next < batches.size() && batches.get(next).sizeBytes() <= room);
                moved += append(active, batches.subList(first, next));
                first = next;
            }
        }
    }

    private long append(Segment active, List<TailBatch> batches) throws IOException {
        if (!deleted) {
            if (!unsynced.contains(active)) {
                // Stays open until it is synced: a write that fails behind our back is reported to
                // those who have the file open.
                active.file().acquire();
                unsynced.add(active);
            }
            active.append(batches, config.indexIntervalBytes());
        }
        long moved = 0;
        synchronized (this) {
            for (int i = 0; i < batches.size(); i++) {
                moved += tail.removeFirst().sizeBytes();
            }
            flushedOffset = batches.getLast().lastOffset() + 1;
        }
        for (TailBatch batch : batches) {
            batch.buffer().release();
        }
        return moved;
    }

    private Segment segmentFor(TailBatch batch) throws IOException {
        Segment active;
        synchronized (this) {
            active = segments.isEmpty() ? null : segments.lastEntry().getValue();
        }
        if (active != null && !mustRoll(active, batch)) {
            return active;
        }
        if (active != null && active.sizeBytes() > 0) {
            active.writeIndex();
            active.forgetIndex();
        }
        if (!deleted) {
            disk.createDirectories(directory);
        }
        directoryUnsynced = true;
        var fresh = new Segment(disk, files, directory, batch.baseOffset(), 0, new SegmentIndex());
        synchronized (this) {
            segments.put(batch.baseOffset(), fresh);
        }
        return fresh;
    }

    private boolean mustRoll(Segment active, TailBatch batch) {
        PartitionConfig limits = config;
        long first = active.firstTimestamp();
        return active.sizeBytes() > 0
                && (flushedOffset <= logStartOffset
                        || active.sizeBytes() + (long) batch.sizeBytes() > limits.segmentBytes()
                        || batch.lastOffset() - active.baseOffset() > Integer.MAX_VALUE
                        || (first >= 0 && batch.maxTimestamp() - first > limits.segmentMs()));
    }

    /// Where the partition stands on disk, and what must be synced to make it so.
    record FlushPoint(
            CheckpointV1Format.PartitionPoint point,
            List<Segment> unsynced,
            Optional<Path> directory) {}

    /// Takes the point reached by the last [#flush]; the caller syncs the segments.
    FlushPoint takeFlushPoint() throws IOException {
        for (Segment segment : unsynced) {
            if (segment.sizeBytes() >= MIN_INDEXED_BYTES) {
                segment.writeIndex();
            }
        }
        synchronized (this) {
            Segment active = segments.isEmpty() ? null : segments.lastEntry().getValue();
            var point =
                    new CheckpointV1Format.PartitionPoint(
                            id,
                            logStartOffset,
                            flushedOffset,
                            active == null ? start.activeBase() : active.baseOffset(),
                            active == null ? start.activeBytes() : active.sizeBytes(),
                            sizeBytes,
                            epochs.list());
            var dirty = List.copyOf(unsynced);
            Optional<Path> newNames = directoryUnsynced ? Optional.of(directory) : Optional.empty();
            unsynced.clear();
            directoryUnsynced = false;
            return new FlushPoint(point, dirty, newNames);
        }
    }

    /// Finds the segments on disk, as of the checkpoint: what a crashed process wrote after that is
    /// cut off, because the write-ahead log brings it again. Under the monitor.
    private void load() throws IOException {
        if (loaded) {
            return;
        }
        loaded = true;
        for (Path path : disk.list(directory)) {
            String name = path.getFileName().toString();
            if (!name.endsWith(Segment.LOG_SUFFIX)) {
                continue;
            }
            long base = Long.parseLong(name.substring(0, name.indexOf('.')));
            int size =
                    base == start.activeBase()
                            ? start.activeBytes()
                            : Math.toIntExact(disk.size(path));
            var segment = new Segment(disk, files, directory, base, size, null);
            if (base > start.activeBase() || size == 0) {
                segment.delete();
                continue;
            }
            if (base == start.activeBase()) {
                segment.restore();
            }
            segments.put(base, segment);
        }
        if (start.flushedOffset() > logStartOffset
                && (segments.isEmpty() || segments.firstKey() > logStartOffset)) {
            throw new SinewException(
                    ErrorCode.DAMAGED_DATA,
                    directory
                            + " lacks the segment that holds offset "
                            + logStartOffset
                            + ". Restore it from a backup, or delete the topic");
        }
    }

    // ---- deletion
    // --------------------------------------------------------------------------------

    /// From now on nothing of this partition goes to disk.
    void markDeleted() {
        deleted = true;
    }

    boolean isDeleted() {
        return deleted;
    }

    /// Deletes all files; [#markDeleted] came before. Flusher's thread, so that it meets no write.
    void deleteFiles() throws IOException {
        flush();
        List<Segment> all;
        synchronized (this) {
            load();
            all = List.copyOf(segments.values());
            segments.clear();
        }
        for (Segment segment : unsynced) {
            segment.file().release();
        }
        unsynced.clear();
        for (Segment segment : all) {
            segment.delete();
        }
        for (Path leftover : disk.list(directory)) {
            disk.delete(leftover);
        }
        disk.delete(directory);
    }
}
