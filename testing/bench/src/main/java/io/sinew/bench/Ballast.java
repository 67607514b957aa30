package io.sinew.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A large file that is read before each measurement, so that memory is full of page cache as on a
/// server that has been up for a while. Otherwise, on a virtual machine, whoever writes first to a
/// page pays for the hypervisor to find one, several times the cost of the copy itself, and the
/// figures show who came first.
final class Ballast implements AutoCloseable {
    private static final long KIB = 1024;
    private static final int STEP_BYTES = 4 << 20;

    /// Share of the memory that is not used by programs, in percent.
    private static final long SHARE_PERCENT = 95;

    /// Free memory that counts as full.
    private static final long LEFT_FREE_KIB = 600 * KIB;

    private final Path file;

    private Ballast(Path file) {
        this.file = file;
    }

    /// Whether a folder's disk has room for the file and as much again for the measurements.
    static boolean fits(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace() >= 2 * sizeBytes();
    }

    private static long sizeBytes() throws IOException {
        return MachineFacts.memoryKib("MemAvailable") * KIB * SHARE_PERCENT / 100;
    }

    /// Writes the file, which goes with this process at the latest.
    static Ballast in(Path folder) throws IOException {
        long sizeBytes = sizeBytes();
        Path file = folder.resolve("ballast");
        file.toFile().deleteOnExit();
        var zeros = ByteBuffer.allocateDirect(STEP_BYTES);
        try (FileChannel out =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            for (long written = 0; written < sizeBytes; written += STEP_BYTES) {
                out.write(zeros.clear());
            }
            out.force(true);
        }
        return new Ballast(file);
    }

    /// Fills the memory that has become free since.
    void fill() throws IOException {
        var window = ByteBuffer.allocateDirect(STEP_BYTES);
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            while (MachineFacts.memoryKib("MemFree") > LEFT_FREE_KIB
                    && in.read(window.clear()) > 0) {
                // Reading is all there is to do.
            }
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
