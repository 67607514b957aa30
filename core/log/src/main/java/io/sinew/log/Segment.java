package io.sinew.log;

import io.sinew.base.Check;
import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A file of consecutive batches of one partition: `<base offset>.log` holds them as they came, one
/// after the other, nothing between, as Apache Kafka's segments do. Only the flusher writes;
/// anybody reads what [#sizeBytes] covers.
final class Segment {
    static final String LOG_SUFFIX = ".log";
    static final String INDEX_SUFFIX = ".index";

    private static final int BASE_DIGITS = 20;
    private static final Pattern NAME = Pattern.compile("[0-9]{20}\\.[a-z]+");

    /// Bytes read at a time while walking over a whole segment.
    private static final int SCAN_BYTES = 64 << 10;

    /// Bytes read first while looking for a batch that the index says is near.
    private static final int LOOK_BYTES = 4 << 10;

    private final Disk disk;
    private final Path directory;
    private final long baseOffset;
    private final OpenFiles.SharedFile file;
    private volatile int sizeBytes;

    /// The batch found last. What is in a segment stays where it is, so this is never wrong;
    /// readers who look for different batches only take it from each other.
    private volatile Found found = Found.NOTHING;

    /// Largest timestamp of the first batch; `Long.MIN_VALUE` as long as nobody needed it.
    private volatile long firstTimestamp = Long.MIN_VALUE;

    private final IndexCache indexes;

    /// Whether another segment has this one's place, and perhaps its name.
    private volatile boolean retired;

    /// The index while the segment grows; else null, and the cache may have it. Under the monitor.
    private @Nullable SegmentIndex growing;

    /// Size of the segment when this process last wrote its index file; -1 before that. Owned by
    /// the flusher's thread.
    private int indexedBytes = -1;

    /// Size of the segment when its index was last summed up, and the sums; under the monitor.
    private int summedBytes = -1;

    private long maxTimestamp;
    private long firstAborted;

    /// A batch and its place.
    private record Found(long baseOffset, long lastOffset, int position, int sizeBytes) {
        static final Found NOTHING = new Found(-1, -2, -1, 0);

        boolean holds(long offset) {
            return baseOffset <= offset && offset <= lastOffset;
        }
    }

    /// @param sizeBytes what the file holds for certain
    /// @param growing what is known of those bytes, to be added to; null to read it when it is
    ///   needed
    Segment(
            Disk disk,
            OpenFiles files,
            Path directory,
            long baseOffset,
            int sizeBytes,
            @Nullable SegmentIndex growing) {
        this.disk = disk;
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.sizeBytes = sizeBytes;
        this.indexes = files.indexes();
        this.growing = growing;
        this.file = files.file(directory.resolve(name(baseOffset, LOG_SUFFIX)));
    }

    static String name(long baseOffset, String suffix) {
        return String.format(Locale.ROOT, "%020d%s", baseOffset, suffix);
    }

    /// Base offset of the segment whose file or index has this name; none when it is no segment's.
    static OptionalLong baseOffsetIn(String fileName, String suffix) {
        boolean named =
                NAME.matcher(fileName).matches()
                        && fileName.endsWith(suffix)
                        && fileName.compareTo(name(Long.MAX_VALUE, suffix)) <= 0;
        return named
                ? OptionalLong.of(Long.parseLong(fileName, 0, BASE_DIGITS, 10))
                : OptionalLong.empty();
    }

    long baseOffset() {
        return baseOffset;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    OpenFiles.SharedFile file() {
        return file;
    }

    /// @param actual length of the file; what lies behind the bytes that are known to be good is
    ///   overwritten, or cut off by [#finish]
    /// @throws SinewException `DAMAGED_DATA` when there are fewer, or more than any segment has
    void requireWhole(long actual) {
        Optional<String> damage = damage(actual);
        if (damage.isPresent()) {
            throw refusal(damage.get());
        }
    }

    /// What is wrong with a file of this length.
    Optional<String> damage(long actual) {
        return actual < sizeBytes || actual > Integer.MAX_VALUE
                ? Optional.of(
                        description("it is " + actual + " bytes long and should have " + sizeBytes))
                : Optional.empty();
    }

    /// Appends batches, whose base offsets all lie within an `int` of the segment's.
    void append(List<TailBatch> batches, int indexIntervalBytes) throws IOException {
        var sources = new ByteBuffer[batches.size()];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = batches.get(i).slice();
        }
        DiskFile opened = file.acquire();
        try {
            opened.write(sources, sizeBytes);
        } finally {
            file.release();
        }
        SegmentIndex entries = grow();
        int position = sizeBytes;
        for (TailBatch batch : batches) {
            if (firstTimestamp == Long.MIN_VALUE) {
                firstTimestamp = batch.maxTimestamp();
            }
            entries.add(
                    Math.toIntExact(batch.baseOffset() - baseOffset),
                    position,
                    batch.sizeBytes(),
                    batch.maxTimestamp(),
                    indexIntervalBytes);
            MarkerV0Format.aborted(batch.buffer().bytes(), batch.position())
                    .ifPresent(entries::addAborted);
            position += batch.sizeBytes();
        }
        sizeBytes = position;
    }

    /// Syncs the file, which somebody acquired before the first append and who no longer needs it
    /// after.
    void sync() throws IOException {
        DiskFile opened = file.acquire();
        try {
            opened.sync();
        } finally {
            file.release();
        }
        file.release();
    }

    /// Largest timestamp of the first batch; `Long.MIN_VALUE` when there is none.
    long firstTimestamp() throws IOException {
        if (firstTimestamp == Long.MIN_VALUE) {
            var cursor = new Cursor(0, LOOK_BYTES);
            if (cursor.next()) {
                firstTimestamp = cursor.maxTimestamp();
            }
        }
        return firstTimestamp;
    }

    /// No more batches come: cuts off what a failed write left behind the last one, because from
    /// now on the file's length says where the segment ends.
    void finish() throws IOException {
        DiskFile opened = file.acquire();
        try {
            if (opened.size() > sizeBytes) {
                opened.truncate(sizeBytes);
            }
        } finally {
            file.release();
        }
        writeIndex();
        synchronized (this) {
            if (growing != null) {
                indexes.put(this, growing);
                growing = null;
            }
        }
    }

    /// Writes the index file, if it does not cover the segment already.
    void writeIndex() throws IOException {
        if (indexedBytes == sizeBytes) {
            return;
        }
        Path path = directory.resolve(name(baseOffset, INDEX_SUFFIX));
        IndexV1Format.write(disk, path, baseOffset, index(), this::checksumAt);
        indexedBytes = sizeBytes;
    }

    /// The checksum of the batch at a position; 0 when there is none.
    private int checksumAt(int position) throws IOException {
        var header = ByteBuffer.allocate(BatchV2Format.HEADER_BYTES);
        DiskFile opened = file.acquire();
        try {
            opened.read(header, position);
        } finally {
            file.release();
        }
        return header.hasRemaining() ? 0 : BatchV2Format.storedChecksum(header, 0);
    }

    /// Remembers what every segment is asked for again and again, which must not cost each its
    /// index.
    private void sumUp() throws IOException {
        int size = sizeBytes;
        if (summedBytes != size) {
            SegmentIndex entries = index();
            maxTimestamp = entries.maxTimestamp();
            firstAborted = entries.firstAborted();
            summedBytes = size;
        }
    }

    /// Largest timestamp in the segment.
    synchronized long maxTimestamp() throws IOException {
        sumUp();
        return maxTimestamp;
    }

    /// Where the first of the aborted transactions begins that end here; `Long.MAX_VALUE` when none
    /// does.
    synchronized long firstAborted() throws IOException {
        sumUp();
        return firstAborted;
    }

    /// When the file was last written to, by the system's clock.
    long modifiedMs() throws IOException {
        return disk.modifiedMs(directory.resolve(name(baseOffset, LOG_SUFFIX)));
    }

    /// Time of the youngest record, as far as it can be believed: one from the future says only
    /// that its clock is wrong, and then it is the time of the last write to the file. A segment
    /// would else stay as long as its timestamps say.
    long youngestMs(long nowMs) throws IOException {
        long youngest = maxTimestamp();
        return youngest <= nowMs ? youngest : Math.min(nowMs, modifiedMs());
    }

    /// Another segment has taken this one's place: its name is gone or the other's. Who reads it
    /// may finish.
    void retire() {
        retired = true;
        indexes.remove(this);
        file.forget();
    }

    void delete() throws IOException {
        indexes.remove(this);
        file.delete();
        disk.delete(directory.resolve(name(baseOffset, INDEX_SUFFIX)));
    }

    /// The index, read or made again when it is not in memory.
    synchronized SegmentIndex index() throws IOException {
        SegmentIndex known = growing == null ? indexes.get(this) : growing;
        if (known == null) {
            known = retired ? null : readIndex();
            if (known == null) {
                known = new SegmentIndex();
            }
            complete(known);
            if (!retired) {
                indexes.put(this, known);
            }
        }
        return known;
    }

    private @Nullable SegmentIndex readIndex() throws IOException {
        Path path = directory.resolve(name(baseOffset, INDEX_SUFFIX));
        return IndexV1Format.read(disk, path, baseOffset, sizeBytes, this::checksumAt);
    }

    /// The index, to be added to: it stays in memory until [#finish].
    private synchronized SegmentIndex grow() throws IOException {
        SegmentIndex known = index();
        indexes.remove(this);
        growing = known;
        return known;
    }

    private void complete(SegmentIndex entries) throws IOException {
        var cursor = new Cursor(entries.coveredBytes(), SCAN_BYTES);
        while (cursor.next()) {
            entries.add(
                    Math.toIntExact(cursor.baseOffset() - baseOffset),
                    cursor.position(),
                    cursor.batchBytes(),
                    cursor.maxTimestamp(),
                    SCAN_BYTES);
            if (cursor.isControl()) {
                ByteBuffer marker = cursor.batch();
                // What it says decides which records are shown, so it is not merely believed.
                if (!BatchV2Format.checksumHolds(marker, 0)) {
                    throw damaged("the marker at offset " + cursor.baseOffset() + " is damaged");
                }
                MarkerV0Format.aborted(marker, 0).ifPresent(entries::addAborted);
            }
        }
    }

    /// Aborted transactions that end here.
    int abortedCount() throws IOException {
        return index().abortedCount();
    }

    /// Position of the batch that holds `offset`, or of the first one after it.
    ///
    /// @throws SinewException `DAMAGED_DATA` when there is none
    int positionOf(long offset) throws IOException {
        int position = positionAtOrAfter(offset);
        if (position < 0) {
            throw damaged("it ends before offset " + offset);
        }
        return position;
    }

    /// Position of the batch that holds `offset`, or of the first one after it, or -1.
    int positionAtOrAfter(long offset) throws IOException {
        Found last = found;
        if (last.holds(offset)) {
            return last.position();
        }
        int from = index().positionBefore((int) Math.min(Integer.MAX_VALUE, offset - baseOffset));
        if (last.lastOffset() < offset) {
            from = Math.max(from, last.position() + last.sizeBytes());
        }
        var cursor = new Cursor(from, LOOK_BYTES);
        while (cursor.next()) {
            if (cursor.lastOffset() >= offset) {
                found = cursor.found();
                return cursor.position();
            }
        }
        return -1;
    }

    /// An offset that all batches before a position lie before; as near as the index knows.
    long offsetAfter(int position) throws IOException {
        int delta = index().offsetDeltaAtOrAfter(position);
        return delta < 0 ? Long.MAX_VALUE : baseOffset + delta;
    }

    /// Size of the batch at a position.
    int batchBytesAt(int position) throws IOException {
        Found last = found;
        if (last.position() == position) {
            return last.sizeBytes();
        }
        var prefix = ByteBuffer.allocate(BatchV2Format.PREFIX_BYTES);
        DiskFile opened = file.acquire();
        try {
            opened.read(prefix, position);
        } finally {
            file.release();
        }
        return BatchV2Format.sizeBytes(prefix, 0);
    }

    /// Places a cursor on the first batch that holds a record of `timestamp` or later.
    @Nullable Cursor firstAtOrAfter(long timestamp) throws IOException {
        var cursor = new Cursor(index().positionForTimestamp(timestamp), LOOK_BYTES);
        while (cursor.next()) {
            if (cursor.maxTimestamp() >= timestamp) {
                return cursor;
            }
        }
        return null;
    }

    Cursor cursor() {
        return new Cursor(0, SCAN_BYTES);
    }

    /// Walks over the headers of a segment's batches. It reads what is in a window, which grows as
    /// long as batches are small beside it, and begins small again behind a batch that is not:
    /// nothing but a header is needed of that one.
    final class Cursor {
        private final int firstWindowBytes;
        private ByteBuffer window = ByteBuffer.allocate(0);
        private int windowStart;
        private int position = -1;
        private int nextPosition;

        private Cursor(int from, int firstWindowBytes) {
            this.nextPosition = from;
            this.firstWindowBytes = firstWindowBytes;
        }

        /// Goes to the next batch; false at the end of the segment.
        ///
        /// @throws SinewException `DAMAGED_DATA` when there is no batch where one must be
        boolean next() throws IOException {
            int end = sizeBytes;
            if (nextPosition >= end) {
                return false;
            }
            int stepBytes = nextPosition - position;
            position = nextPosition;
            int offsetInWindow = position - windowStart;
            if (offsetInWindow < 0
                    || offsetInWindow + BatchV2Format.HEADER_BYTES > window.limit()) {
                fill(end, stepBytes);
            }
            int size = BatchV2Format.sizeBytes(window, at());
            if (window.limit() - at() < BatchV2Format.HEADER_BYTES
                    || size < BatchV2Format.HEADER_BYTES
                    || size > end - position
                    || BatchV2Format.baseOffset(window, at()) < baseOffset) {
                throw damaged("there is no batch at byte " + position);
            }
            nextPosition = position + size;
            return true;
        }

        private void fill(int end, int stepBytes) throws IOException {
            int wanted =
                    stepBytes > window.limit()
                            ? firstWindowBytes
                            : Math.min(SCAN_BYTES, 2 * window.limit());
            int size = Math.min(wanted, end - position);
            if (window.capacity() < size) {
                window = ByteBuffer.allocate(size);
            }
            window.clear().limit(size);
            windowStart = position;
            DiskFile opened = file.acquire();
            try {
                opened.read(window, position);
            } finally {
                file.release();
            }
            window.flip();
            if (window.limit() < BatchV2Format.HEADER_BYTES) {
                throw damaged("it ends within the batch at byte " + position);
            }
        }

        private int at() {
            return position - windowStart;
        }

        int position() {
            return position;
        }

        int batchBytes() {
            return BatchV2Format.sizeBytes(window, at());
        }

        int recordCount() {
            return BatchV2Format.recordCount(window, at());
        }

        long baseOffset() {
            return BatchV2Format.baseOffset(window, at());
        }

        long lastOffset() {
            return BatchV2Format.lastOffset(window, at());
        }

        long maxTimestamp() {
            return BatchV2Format.maxTimestamp(window, at());
        }

        boolean isControl() {
            return BatchV2Format.isControl(window, at());
        }

        private Found found() {
            return new Found(baseOffset(), lastOffset(), position, batchBytes());
        }

        /// The whole batch, copied.
        ByteBuffer batch() throws IOException {
            var bytes = ByteBuffer.allocate(batchBytes());
            DiskFile opened = file.acquire();
            try {
                opened.read(bytes, position);
            } finally {
                file.release();
            }
            Check.that(!bytes.hasRemaining(), "a segment never shrinks");
            return bytes.flip();
        }
    }

    private String description(String what) {
        return directory.resolve(name(baseOffset, LOG_SUFFIX)) + " is damaged: " + what;
    }

    SinewException damaged(String what) {
        return refusal(description(what));
    }

    private static SinewException refusal(String damage) {
        return new SinewException(
                ErrorCode.DAMAGED_DATA,
                damage + ". Restore the file from a backup, or delete the topic");
    }
}
