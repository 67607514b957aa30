package io.sinew.log;

import io.sinew.base.Check;
import io.sinew.base.Disk;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The log of one partition: segments on disk, and before them, in memory, the batches that are
/// only in the write-ahead log yet. Readers see what is durable and nothing else.
///
/// Who does what: one appender at a time (the owner holds its own lock around [#append]); the log
/// writer's thread reports what is durable; the flusher's thread moves batches to segments; anybody
/// reads. What they share is under this object's monitor.
public final class PartitionLog {
    /// Batches moved by one write at most.
    private static final int FLUSH_BATCHES = 1024;

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

    /// Bytes of the batches in `tail`.
    private long tailBytes;

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
            tailBytes += batch.sizeBytes();
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

    /// Reads durable batches from the one that holds `offset` on.
    ///
    /// @param maxBytes bytes to return at most; the last batch may be cut off there, as in Kafka
    /// @param firstWhole return the first batch whole even when it is larger
    /// @throws SinewException `OFFSET_OUT_OF_RANGE`, `UNKNOWN_TOPIC_OR_PARTITION` (it was deleted
    ///   meanwhile), `DAMAGED_DATA`
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
        try {
            return new LogRead(slice(offset, end, maxBytes, firstWhole), from, end);
        } catch (NoSuchFileException e) {
            throw missing(offset);
        }
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
                throw missing(offset);
            }
            segment = floor.getValue();
        }
        int position = segment.positionOf(offset);
        int available = segment.sizeBytes() - position;
        int size = Math.min(maxBytes, available);
        if (firstWhole && size < available) {
            size = Math.max(size, segment.batchBytesAt(position));
        }
        return size <= 0 ? LogSlice.empty() : FileSlice.open(segment, position, size);
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
                directory
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
            batch.buffer().retain();
            batches.add(batch);
            size += batch.sizeBytes();
        }
        return new TailSlice(batches, size);
    }

    /// The first record with `timestamp` or a later one, among the durable ones.
    public Optional<RecordPosition> firstAtOrAfter(long timestamp) throws IOException {
        return new TimeLookup(this).firstAtOrAfter(timestamp);
    }

    /// The first of the durable records with the largest timestamp.
    public Optional<RecordPosition> latestTimestamp() throws IOException {
        return new TimeLookup(this).latest();
    }

    /// The durable batches that are in memory only and not trimmed.
    synchronized TailSlice durableTail() {
        var batches = new ArrayList<TailBatch>();
        for (int i = tail.indexOf(logStartOffset);
                i < tail.size() && tail.get(i).lastOffset() < endOffset;
                i++) {
            tail.get(i).buffer().retain();
            batches.add(tail.get(i));
        }
        return new TailSlice(batches, 0);
    }

    // ---- trim and retention

    /// Moves the first readable offset forward, at most to the end; the records before it are gone
    /// for readers at once and from the disk later.
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

    /// Where the log would start if it kept only what the limits allow: whole segments. The active
    /// one can go by its age only, when nothing younger is in memory; its file is deleted after the
    /// next append. Records without a timestamp have no age.
    ///
    /// @param oldestMs records older than this may go; `Long.MIN_VALUE` for no limit
    /// @param maxBytes bytes to keep at least; `Long.MAX_VALUE` for no limit
    public long retainableStart(long oldestMs, long maxBytes) throws IOException {
        // First: what is flushed after this does not lie before it.
        long flushedEnd = endWithoutTail();
        List<Segment> all = segments();
        long excess = maxBytes == Long.MAX_VALUE ? 0 : sizeBytes - maxBytes;
        long from = logStartOffset;
        for (int i = 0; i < all.size(); i++) {
            Segment segment = all.get(i);
            long youngest = segment.maxTimestamp();
            boolean tooOld = youngest >= 0 && youngest < oldestMs;
            if (i + 1 == all.size()) {
                return tooOld ? Math.max(from, flushedEnd) : from;
            }
            boolean tooMuch = excess >= segment.sizeBytes();
            if (!tooOld && !tooMuch) {
                return from;
            }
            excess -= segment.sizeBytes();
            from = Math.max(from, all.get(i + 1).baseOffset());
        }
        return from;
    }

    /// The end if the last segment reaches it; else 0.
    private synchronized long endWithoutTail() {
        return tail.isEmpty() ? endOffset : 0;
    }

    synchronized List<Segment> segments() throws IOException {
        load();
        return List.copyOf(segments.values());
    }

    // ---- segments: the flusher's thread

    /// Moves the durable batches to segments, or drops them if the partition was deleted.
    ///
    /// @param moved told of the bytes after each write, so that a later failure does not hide them
    void flush(LongConsumer moved) throws IOException {
        while (true) {
            List<TailBatch> batches;
            synchronized (this) {
                if (!deleted) {
                    load();
                }
                batches = tail.endingBefore(endOffset, FLUSH_BATCHES);
            }
            if (batches.isEmpty()) {
                return;
            }
            for (int first = 0; first < batches.size(); ) {
                int next = batches.size();
                if (!deleted) {
                    Segment active = segmentFor(batches.get(first));
                    next = endOfWrite(active, batches, first);
                    append(active, batches.subList(first, next));
                }
                moved.accept(release(batches.subList(first, next)));
                first = next;
            }
        }
    }

    /// Index after the last batch that goes to `active` together with the first.
    private int endOfWrite(Segment active, List<TailBatch> batches, int first) {
        long room = (long) config.segmentBytes() - active.sizeBytes();
        int next = first;
        do {
            room -= batches.get(next).sizeBytes();
            next++;
        } while (next < batches.size()
                && batches.get(next).sizeBytes() <= room
                && batches.get(next).lastOffset() - active.baseOffset() <= Integer.MAX_VALUE);
        return next;
    }

    private void append(Segment active, List<TailBatch> batches) throws IOException {
        keepUntilSynced(active);
        active.append(batches, config.indexIntervalBytes());
        flushedOffset = batches.getLast().lastOffset() + 1;
    }

    /// A segment stays open until it is synced: a write that fails behind our back is reported to
    /// those who have the file open.
    private void keepUntilSynced(Segment segment) throws IOException {
        if (!unsynced.contains(segment)) {
            segment.file().acquire();
            unsynced.add(segment);
        }
    }

    /// Takes the oldest batches out of memory, because a segment has them.
    private long release(List<TailBatch> batches) {
        long released = 0;
        synchronized (this) {
            for (int i = 0; i < batches.size(); i++) {
                released += tail.removeFirst().sizeBytes();
            }
            tailBytes -= released;
        }
        for (TailBatch batch : batches) {
            batch.buffer().release();
        }
        return released;
    }

    private Segment segmentFor(TailBatch batch) throws IOException {
        Segment active = activeSegment();
        if (active != null && !mustRoll(active, batch)) {
            return active;
        }
        if (active != null && active.sizeBytes() > 0) {
            // Also when nothing was appended to it in this process: what a crash left behind its
            // end is
            // cut off, and this must be durable before a checkpoint calls another segment active.
            keepUntilSynced(active);
            active.finish();
        }
        disk.createDirectories(directory);
        directoryUnsynced = true;
        var fresh = new Segment(disk, files, directory, batch.baseOffset(), 0, new SegmentIndex());
        synchronized (this) {
            segments.put(batch.baseOffset(), fresh);
        }
        return fresh;
    }

    /// The segment that may grow. The last one is not it when it was full at the checkpoint: then
    /// the one that followed was trimmed and deleted, and a crash brought this one's name back.
    private synchronized @Nullable Segment activeSegment() {
        Map.Entry<Long, Segment> last = segments.lastEntry();
        return last == null || last.getKey() < start.activeBase() ? null : last.getValue();
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

    /// Writes down what is known of the segments that the next [#takeFlushPoint] gives.
    void writeIndexes() throws IOException {
        for (Segment segment : unsynced) {
            if (segment.sizeBytes() >= MIN_INDEXED_BYTES) {
                segment.writeIndex();
            }
        }
    }

    /// Takes the point reached by the last [#flush]; the caller syncs the segments, which nobody
    /// else remembers from now on: so nothing here may fail.
    FlushPoint takeFlushPoint() {
        synchronized (this) {
            Segment active = activeSegment();
            var point =
                    new CheckpointV1Format.PartitionPoint(
                            id,
                            logStartOffset,
                            flushedOffset,
                            active == null ? start.activeBase() : active.baseOffset(),
                            active == null ? start.activeBytes() : active.sizeBytes(),
                            sizeBytes - tailBytes,
                            epochs.list());
            var dirty = List.copyOf(unsynced);
            Optional<Path> newNames = directoryUnsynced ? Optional.of(directory) : Optional.empty();
            unsynced.clear();
            directoryUnsynced = false;
            return new FlushPoint(point, dirty, newNames);
        }
    }

    /// Finds the segments on disk, as of the checkpoint: what a crashed process wrote after that
    /// does not count, because the write-ahead log brings it again. Under the monitor.
    private void load() throws IOException {
        if (loaded) {
            return;
        }
        var found = new TreeMap<Long, Segment>();
        for (Path path : disk.list(directory)) {
            String name = path.getFileName().toString();
            if (!name.endsWith(Segment.LOG_SUFFIX)) {
                continue;
            }
            long base = Long.parseLong(name.substring(0, name.indexOf('.')));
            long actual = disk.size(path);
            int size = base == start.activeBase() ? start.activeBytes() : Math.toIntExact(actual);
            var segment = new Segment(disk, files, directory, base, size, null);
            if (base > start.activeBase() || size == 0) {
                segment.delete();
                continue;
            }
            segment.requireWhole(actual);
            found.put(base, segment);
        }
        segments.putAll(found);
        loaded = true;
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
        List<Segment> all;
        synchronized (this) {
            all = List.copyOf(segments.values());
            segments.clear();
            loaded = true;
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
        Path topic = directory.getParent();
        if (topic != null && disk.list(topic).isEmpty()) {
            disk.delete(topic);
        }
    }
}
