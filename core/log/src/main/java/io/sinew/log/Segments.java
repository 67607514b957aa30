package io.sinew.log;

import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The segment files of one partition. Found on disk when first needed, so that a start does not
/// depend on how many there are. Only the flusher's thread adds and grows segments, and only a
/// compaction replaces them; anybody looks them up.
final class Segments {
    /// Aborted transactions that end in one segment at most: what a reader of committed records may
    /// have to look through, 2 MiB.
    static final int MAX_ABORTED = 1 << 16;

    private final Path directory;
    private final Disk disk;
    private final OpenFiles files;
    private final UnsyncedSegments unsynced;

    /// Where the active segment ended at the checkpoint this process started from.
    private final CheckpointV1Format.PartitionPoint start;

    /// Held while files are deleted or change places; taken before the monitor.
    private final ReentrantLock changing = new ReentrantLock();

    /// Whether all files were deleted; under `changing`.
    private boolean gone;

    // Under the monitor.
    private final TreeMap<Long, Segment> byBase = new TreeMap<>();
    private boolean loaded;

    /// How often segments were replaced. Changed under the monitor.
    private volatile int replacements;

    /// Bytes of all segments: what the checkpoint says until they are found, because segments that
    /// were deleted since are still in it. Changed under the monitor.
    private volatile long sizeBytes;

    /// Owned by the flusher's thread.
    private boolean directoryUnsynced;

    Segments(
            CheckpointV1Format.PartitionPoint start,
            Path directory,
            Disk disk,
            OpenFiles files,
            UnsyncedSegments unsynced) {
        this.start = start;
        this.directory = directory;
        this.disk = disk;
        this.files = files;
        this.unsynced = unsynced;
        this.sizeBytes = start.sizeBytes();
    }

    Path directory() {
        return directory;
    }

    /// Bytes of all segments; before anybody looked at them, those of the last checkpoint.
    long sizeBytes() {
        return sizeBytes;
    }

    // ---- look-up

    /// All of them, oldest first.
    synchronized List<Segment> list() throws IOException {
        load();
        return List.copyOf(byBase.values());
    }

    /// Whether it is still one of them.
    synchronized boolean contain(Segment segment) {
        return byBase.get(segment.baseOffset()) == segment;
    }

    /// As [#contain], once a change of places that is under way is over: while it lasts the old
    /// ones are still listed, and some of their names are gone.
    boolean containSettled(Segment segment) {
        changing.lock();
        try {
            return contain(segment);
        } finally {
            changing.unlock();
        }
    }

    /// Makes sure that the segments are as the checkpoint says.
    ///
    /// @throws SinewException `DAMAGED_DATA`
    synchronized void requireIntact() throws IOException {
        load();
    }

    /// The one that holds `offset` if any does.
    synchronized Optional<Segment> floor(long offset) throws IOException {
        load();
        return Optional.ofNullable(byBase.floorEntry(offset)).map(Map.Entry::getValue);
    }

    /// The one that holds `offset`, and those behind it.
    synchronized List<Segment> from(long offset) throws IOException {
        load();
        Long first = byBase.floorKey(offset);
        return first == null
                ? List.copyOf(byBase.values())
                : List.copyOf(byBase.tailMap(first).values());
    }

    /// Finds the segments on disk, as of the checkpoint: what a crashed process wrote after that
    /// does not count, because the write-ahead log brings it again. Under the monitor.
    private void load() throws IOException {
        if (loaded) {
            return;
        }
        var found = new TreeMap<Long, Segment>();
        List<Path> names = disk.list(directory);
        if (SegmentSwap.clearUp(disk, directory, names)) {
            names = disk.list(directory);
        }
        for (Path path : names) {
            OptionalLong named = baseOffsetIn(path, Segment.LOG_SUFFIX);
            if (named.isEmpty()) {
                continue;
            }
            long base = named.getAsLong();
            long actual = disk.size(path);
            Segment segment = found(base, actual);
            if (base > start.activeBase() || segment.sizeBytes() == 0) {
                segment.delete();
                continue;
            }
            segment.requireWhole(actual);
            found.put(base, segment);
        }
        deleteIndexesWithout(found.keySet());
        byBase.putAll(found);
        sizeBytes = found.values().stream().mapToLong(Segment::sizeBytes).sum();
        loaded = true;
    }

    private static OptionalLong baseOffsetIn(Path path, String suffix) {
        return Segment.baseOffsetIn(path.getFileName().toString(), suffix);
    }

    /// A crash between the deletions of a segment and of its index leaves the index.
    private void deleteIndexesWithout(Set<Long> bases) throws IOException {
        for (Path path : disk.list(directory)) {
            OptionalLong base = baseOffsetIn(path, Segment.INDEX_SUFFIX);
            if (base.isPresent() && !bases.contains(base.getAsLong())) {
                disk.delete(path);
            }
        }
    }

    /// A segment as the checkpoint has it.
    private Segment found(long base, long actual) {
        int size =
                base == start.activeBase()
                        ? start.activeBytes()
                        : (int) Math.min(Integer.MAX_VALUE, actual);
        return new Segment(disk, files, directory, base, size, null);
    }

    /// Checks what [#requireIntact] will, and changes nothing: before a start that replays batches
    /// to these segments.
    ///
    /// @throws SinewException `DAMAGED_DATA`
    void requireReplayable() throws IOException {
        for (Path path : disk.list(directory)) {
            OptionalLong base = baseOffsetIn(path, Segment.LOG_SUFFIX);
            if (base.isEmpty() || base.getAsLong() > start.activeBase()) {
                continue;
            }
            long actual = disk.size(path);
            Optional<String> damage = found(base.getAsLong(), actual).damage(actual);
            if (damage.isPresent()) {
                throw new SinewException(
                        ErrorCode.DAMAGED_DATA,
                        damage.get()
                                + ". It belongs to partition "
                                + directory.getFileName()
                                + " of topic "
                                + topicName()
                                + ", for which the write-ahead log has more records. Sinew does not"
                                + " start, so that nothing is lost silently. Restore the file from"
                                + " a backup; to go on without the records in it, move it away, and"
                                + " keep it");
            }
        }
    }

    private String topicName() {
        String name = directory.getName(directory.getNameCount() - 2).toString();
        return name.substring(0, name.lastIndexOf('~'));
    }

    /// The segment that may grow. The last one is not it when it was full at the checkpoint: then
    /// the one that followed was trimmed and deleted, and a crash brought this one's name back.
    private synchronized @Nullable Segment active() {
        Map.Entry<Long, Segment> last = byBase.lastEntry();
        return last == null || last.getKey() < start.activeBase() ? null : last.getValue();
    }

    // ---- growth: the flusher's thread

    /// Appends as many of the batches as belong in one segment, at least the first.
    ///
    /// @param roll begin a new segment whatever the sizes
    /// @return how many were appended
    int append(List<TailBatch> batches, PartitionConfig config, boolean roll) throws IOException {
        Segment segment = segmentFor(batches.getFirst(), config, roll);
        int count = countFor(segment, batches, config);
        unsynced.add(segment);
        int before = segment.sizeBytes();
        // The file of one that began empty is made now.
        directoryUnsynced |= before == 0;
        segment.append(batches.subList(0, count), config.indexIntervalBytes());
        grew(segment.sizeBytes() - before);
        return count;
    }

    private synchronized void grew(int bytes) {
        sizeBytes += bytes;
    }

    private Segment segmentFor(TailBatch batch, PartitionConfig config, boolean roll)
            throws IOException {
        list();
        Segment active = active();
        if (active != null && active.sizeBytes() == 0) {
            return active;
        }
        if (active != null && !roll && !isFull(active, batch, config)) {
            return active;
        }
        return begin(batch.baseOffset(), active);
    }

    /// Begins a segment behind the active one, if there is one.
    private Segment begin(long base, @Nullable Segment active) throws IOException {
        if (active != null) {
            // Also when nothing was appended to it in this process: what a crash left behind its
            // end is cut off, and this must be durable before a checkpoint calls another segment
            // active.
            unsynced.add(active);
            active.finish();
        }
        disk.createDirectories(directory);
        directoryUnsynced = true;
        var fresh = new Segment(disk, files, directory, base, 0, new SegmentIndex());
        synchronized (this) {
            byBase.put(base, fresh);
        }
        return fresh;
    }

    /// Whether the active segment began longer ago than a segment may take (`segment.ms`).
    boolean isRollDue(PartitionConfig config, long nowMs) throws IOException {
        list();
        Segment active = active();
        if (active == null || active.sizeBytes() == 0) {
            return false;
        }
        long first = active.firstTimestamp();
        return first >= 0 && nowMs - first > config.segmentMs();
    }

    /// Ends the active segment although nothing comes that needs another.
    ///
    /// @param next the offset behind its last batch
    void roll(long next) throws IOException {
        begin(next, active());
    }

    private static boolean isFull(Segment active, TailBatch batch, PartitionConfig config)
            throws IOException {
        long first = active.firstTimestamp();
        return active.sizeBytes() + (long) batch.sizeBytes() > config.segmentBytes()
                || batch.lastOffset() - active.baseOffset() > Integer.MAX_VALUE
                || active.abortedCount() >= MAX_ABORTED
                || (first >= 0 && batch.maxTimestamp() - first > config.segmentMs());
    }

    /// How many of the batches go to `segment` together: the first, and those that fit behind it.
    private static int countFor(Segment segment, List<TailBatch> batches, PartitionConfig config) {
        long room = (long) config.segmentBytes() - segment.sizeBytes();
        int next = 0;
        do {
            room -= batches.get(next).sizeBytes();
            next++;
        } while (next < batches.size()
                && batches.get(next).sizeBytes() <= room
                && batches.get(next).lastOffset() - segment.baseOffset() <= Integer.MAX_VALUE);
        return next;
    }

    // ---- checkpoint: the flusher's thread

    /// Where the segments end.
    ///
    /// @param activeBase base offset of the segment that may grow; -1 when there is none
    /// @param directory to be synced, if there are new names in it
    record Point(long activeBase, int activeBytes, Optional<Path> directory) {}

    /// Takes the point reached now. The caller syncs the directory, and nobody else remembers it:
    /// so nothing here may fail.
    Point takePoint() {
        Segment active = active();
        var point =
                new Point(
                        active == null ? start.activeBase() : active.baseOffset(),
                        active == null ? start.activeBytes() : active.sizeBytes(),
                        directoryUnsynced ? Optional.of(directory) : Optional.empty());
        directoryUnsynced = false;
        return point;
    }

    // ---- compaction

    /// Makes the file that a compaction writes to, empty; none when the partition was deleted.
    Optional<DiskFile> create(SegmentSwap swap) throws IOException {
        changing.lock();
        try {
            if (gone) {
                return Optional.empty();
            }
            disk.delete(swap.cleaned());
            return Optional.of(disk.open(swap.cleaned()));
        } finally {
            changing.unlock();
        }
    }

    /// Puts a compacted segment, whose file is synced, in the place of those it was made of.
    /// Readers of the old ones go on undisturbed.
    ///
    /// @return false, and nothing has changed, when some of the old ones were deleted meanwhile or
    ///   the disk is full
    /// @throws IOException the disk failed in the middle: the next start finishes what this began,
    ///   and until then the old segments are read
    boolean replace(List<Segment> old, SegmentSwap swap, int sizeBytes) throws IOException {
        changing.lock();
        try {
            if (gone || !list().containsAll(old)) {
                return false;
            }
            pin(old);
            if (!swap.commit()) {
                unpin(old);
                return false;
            }
            swap.finish();
            old.forEach(Segment::retire);
            var fresh = new Segment(disk, files, directory, swap.base(), sizeBytes, null);
            fresh.index();
            put(fresh, old);
            unpin(old);
            writeIndex(fresh);
            return true;
        } finally {
            changing.unlock();
        }
    }

    /// Keeps files open, so that they can be read without their names.
    private static void pin(List<Segment> segments) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            try {
                segments.get(i).file().acquire();
            } catch (IOException | RuntimeException e) {
                unpin(segments.subList(0, i));
                throw e;
            }
        }
    }

    private static void writeIndex(Segment segment) {
        try {
            segment.writeIndex();
        } catch (IOException _) {
            // It is made again when it is needed.
        }
    }

    private static void unpin(List<Segment> segments) {
        segments.forEach(segment -> segment.file().release());
    }

    private synchronized void put(Segment fresh, List<Segment> old) {
        for (Segment segment : old) {
            byBase.remove(segment.baseOffset());
            sizeBytes -= segment.sizeBytes();
        }
        byBase.put(fresh.baseOffset(), fresh);
        sizeBytes += fresh.sizeBytes();
        replacements++;
    }

    /// How often segments were replaced. Who asks before and after they look at segments, and is
    /// told the same, has looked at one state of them.
    int replacements() {
        return replacements;
    }

    // ---- deletion

    /// Whether [#deleteBefore] would find any.
    synchronized boolean anyBefore(long logStart) throws IOException {
        load();
        return byBase.size() > 1 && byBase.higherKey(byBase.firstKey()) <= logStart;
    }

    /// Deletes the segments that lie wholly before `logStart`; the last one always stays.
    ///
    /// @return bytes freed
    long deleteBefore(long logStart) throws IOException {
        changing.lock();
        try {
            var trimmed = new ArrayList<Segment>();
            long freed = 0;
            synchronized (this) {
                while (anyBefore(logStart)) {
                    Segment first = byBase.pollFirstEntry().getValue();
                    freed += first.sizeBytes();
                    trimmed.add(first);
                }
                sizeBytes -= freed;
            }
            for (Segment segment : trimmed) {
                unsynced.forget(segment);
                segment.delete();
            }
            return freed;
        } finally {
            changing.unlock();
        }
    }

    /// Deletes all files, and the topic's directory with its last partition. The flusher's thread.
    void deleteAll() throws IOException {
        changing.lock();
        try {
            gone = true;
            deleteFiles();
        } finally {
            changing.unlock();
        }
    }

    private void deleteFiles() throws IOException {
        List<Segment> all;
        synchronized (this) {
            all = List.copyOf(byBase.values());
            byBase.clear();
            sizeBytes = 0;
            loaded = true;
        }
        for (Segment segment : all) {
            unsynced.forget(segment);
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
