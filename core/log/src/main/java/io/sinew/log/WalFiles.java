package io.sinew.log;

import io.sinew.base.Check;
import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The files of the write-ahead log: where the next block goes, zeros ahead of it, and files used
/// again. Writing is the log writer's alone; [#recycleBefore] and [#prepareSpare] may be called by
/// one other thread.
final class WalFiles implements AutoCloseable {
    private static final String SUFFIX = ".wal";
    private static final String SPARE_PREFIX = "spare-";
    private static final int COPY_BYTES = 1 << 18;
    private static final int FIRST_FILL_BYTES = 1 << 20;
    private static final int MAX_FILL_BYTES = 8 << 20;

    private final Disk disk;
    private final Path directory;
    private final int fileBytes;
    private final long salt;
    private final int maxSpares;

    /// Files of full size that wait for their next use; under this object's monitor.
    private final ArrayDeque<Path> spares = new ArrayDeque<>();

    /// Number of the next spare's name, which no spare has.
    private long nextSpare;

    private final ByteBuffer zeros = ByteBuffer.allocateDirect(COPY_BYTES);

    private @Nullable DiskFile file;
    private long fileNumber = -1;
    private long filledTo;
    private int fillBytes = FIRST_FILL_BYTES;
    private volatile long nextLsn;
    private long oldestNumber;

    /// @param nextLsn where the next block goes; on a block's boundary
    /// @param oldestLsn the oldest still needed
    /// @param maxSpares files kept for their next use at most
    WalFiles(DataDirectory data, int fileBytes, long nextLsn, long oldestLsn, int maxSpares)
            throws IOException {
        this.disk = data.disk();
        this.directory = directoryIn(data);
        this.salt = data.salt();
        this.fileBytes = fileBytes;
        this.nextLsn = nextLsn;
        this.oldestNumber = oldestLsn / fileBytes;
        this.maxSpares = maxSpares;
        for (Path path : disk.list(directory)) {
            String name = path.getFileName().toString();
            if (name.startsWith(SPARE_PREFIX) && name.endsWith(SUFFIX)) {
                spares.add(path);
                nextSpare = Math.max(nextSpare, numberIn(name, SPARE_PREFIX.length()) + 1);
            }
        }
        for (long number : numbers(disk, directory)) {
            if (number < oldestNumber) {
                keepAsSpare(pathOf(directory, number));
            }
        }
    }

    /// Where the files are.
    static Path directoryIn(DataDirectory data) {
        return data.path().resolve("wal");
    }

    private static long numberIn(String name, int from) {
        return Long.parseLong(name.substring(from, name.length() - SUFFIX.length()));
    }

    static Path pathOf(Path directory, long number) {
        return directory.resolve(String.format(Locale.ROOT, "%016d%s", number, SUFFIX));
    }

    /// Numbers of the files in the directory, in order.
    static List<Long> numbers(Disk disk, Path directory) throws IOException {
        var numbers = new ArrayList<Long>();
        for (Path path : disk.list(directory)) {
            String name = path.getFileName().toString();
            if (name.endsWith(SUFFIX) && Character.isDigit(name.charAt(0))) {
                numbers.add(numberIn(name, 0));
            }
        }
        return numbers;
    }

    /// Where the next block will stand, unless it has to go to the next file.
    long nextLsn() {
        return nextLsn;
    }

    int fileBytes() {
        return fileBytes;
    }

    /// Makes durable what recovery found. A process that was killed leaves bytes that everybody can
    /// read and that a power failure still takes. After a failed sync the system may even call them
    /// clean, and a sync alone would not write them any more: they are written again first.
    ///
    /// @param from everything before it was durable when the last block was written
    void syncRecovered(long from) throws IOException {
        for (long lsn = from; lsn < nextLsn; lsn = (lsn / fileBytes + 1) * fileBytes) {
            Path path = pathOf(directory, lsn / fileBytes);
            if (disk.exists(path)) {
                int at = (int) (lsn % fileBytes);
                try (DiskFile recovered = disk.open(path)) {
                    rewrite(recovered, at, (int) Math.min(fileBytes, at + nextLsn - lsn));
                    recovered.sync();
                }
            }
        }
    }

    private static void rewrite(DiskFile target, int from, int to) throws IOException {
        var bytes = ByteBuffer.allocateDirect(COPY_BYTES);
        for (int at = from; at < to; ) {
            bytes.clear().limit(Math.min(COPY_BYTES, to - at));
            int count = target.read(bytes, at);
            if (count <= 0) {
                // The last page says that the rest of the file is empty.
                return;
            }
            target.write(bytes.flip(), at);
            at += count;
        }
    }

    /// Goes to the next file if `paddedBytes` no longer fit this one, and returns the place for the
    /// block.
    long placeFor(int paddedBytes, long syncedLsn, long term) throws IOException {
        Check.that(paddedBytes <= fileBytes, "a block fits a file");
        int at = (int) (nextLsn % fileBytes);
        if (at != 0 && at + paddedBytes > fileBytes) {
            endFile(at, syncedLsn, term);
        }
        return nextLsn;
    }

    /// Writes a block at the place that [#placeFor] gave. May be called again after a failure.
    void write(ByteBuffer block, long lsn) throws IOException {
        int sizeBytes = block.remaining();
        DiskFile target = fileFor(lsn);
        int at = (int) (lsn % fileBytes);
        fillAhead(target, at + sizeBytes);
        target.write(block, at);
        nextLsn = lsn + sizeBytes;
    }

    void sync() throws IOException {
        if (file != null) {
            file.sync();
        }
    }

    private void endFile(int at, long syncedLsn, long term) throws IOException {
        var page = ByteBuffer.allocate(WalV1Format.BLOCK_ALIGNMENT);
        WalV1Format.putBlockHeader(
                page,
                0,
                new WalV1Format.BlockHeader(nextLsn, syncedLsn, 0, fileBytes - at, 0, term),
                salt);
        DiskFile target = fileFor(nextLsn);
        target.write(page, at);
        nextLsn = nextLsn - at + fileBytes;
    }

    private DiskFile fileFor(long lsn) throws IOException {
        long number = lsn / fileBytes;
        DiskFile current = file;
        if (current != null && number == fileNumber) {
            return current;
        }
        if (current != null) {
            // Also when its last block filled it to the last byte: the sync that acknowledges the
            // group covers only the file that is open then.
            current.sync();
            current.close();
            file = null;
        }
        Path path = pathOf(directory, number);
        synchronized (this) {
            if (!spares.isEmpty() && !disk.exists(path)) {
                disk.move(spares.remove(), path);
            }
        }
        DiskFile opened = disk.open(path);
        try {
            disk.syncDirectory(directory);
            filledTo = opened.size();
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        file = opened;
        fileNumber = number;
        return opened;
    }

    /// Writes zeros ahead of the block, in steps that grow, so that syncs seldom have to record
    /// that the file grew, and a new log does not start with 64 MiB of zeros.
    private void fillAhead(DiskFile target, int blockEnd) throws IOException {
        if (blockEnd <= filledTo) {
            return;
        }
        long fillTo = Math.min(fileBytes, (long) blockEnd + fillBytes);
        fillBytes = Math.min(MAX_FILL_BYTES, fillBytes * 2);
        fill(target, filledTo, fillTo);
        filledTo = fillTo;
    }

    private void fill(DiskFile target, long from, long to) throws IOException {
        for (long at = from; at < to; ) {
            int step = (int) Math.min(zeros.capacity(), to - at);
            target.write(zeros.duplicate().clear().limit(step), at);
            at += step;
        }
    }

    /// Prepares the file after the current one when that is more than half used and no other waits.
    void prepareSpare() throws IOException {
        if (nextLsn % fileBytes < fileBytes / 2) {
            return;
        }
        synchronized (this) {
            if (!spares.isEmpty()) {
                return;
            }
        }
        Path unfinished = directory.resolve("unfinished");
        try (DiskFile fresh = disk.open(unfinished)) {
            fill(fresh, 0, fileBytes);
            fresh.sync();
        } catch (IOException e) {
            disk.delete(unfinished);
            throw e;
        }
        keepAsSpare(unfinished);
    }

    /// Frees the files that lie wholly before `lsn`: some become spares, the others go.
    void recycleBefore(long lsn) throws IOException {
        long keep = lsn / fileBytes;
        for (; oldestNumber < keep; oldestNumber++) {
            Path path = pathOf(directory, oldestNumber);
            if (disk.exists(path)) {
                keepAsSpare(path);
            }
        }
    }

    private void keepAsSpare(Path path) throws IOException {
        synchronized (this) {
            if (spares.size() >= maxSpares) {
                disk.delete(path);
                return;
            }
            Path spare =
                    directory.resolve(
                            String.format(
                                    Locale.ROOT, "%s%016d%s", SPARE_PREFIX, nextSpare, SUFFIX));
            disk.move(path, spare);
            nextSpare++;
            spares.add(spare);
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
