package io.sinew.bench;

import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/// What the disk itself can do in this very run, for comparison: blocks written one after the other
/// into a file that was filled with zeros before.
record DiskRates(int blockSizeKib) {
    /// The name under which it appears beside the peers.
    static final String PEER = "disk";

    private static final long FILE_SIZE_BYTES = 512L << 20;

    String name() {
        return "disk/" + blockSizeKib + "KiB";
    }

    String meaning() {
        return ("the disk itself, blocks of %d KiB into a preallocated file; latencies "
                        + "are of one write + fdatasync")
                .formatted(blockSizeKib);
    }

    Readings measure(Path folder, Duration duration) throws IOException {
        Path path = folder.resolve("disk");
        try (DiskFile file = Disk.system().open(path)) {
            ByteBuffer block = ByteBuffer.allocateDirect(blockSizeKib << 10);
            write(file, block);
            block.clear();
            var random = new SplittableRandom(blockSizeKib);
            while (block.hasRemaining()) {
                block.put((byte) random.nextInt());
            }
            long nanos = write(file, block);
            var readings =
                    new Readings().put(Quantity.SEQUENTIAL_MB_PER_S, FILE_SIZE_BYTES * 1e3 / nanos);
            synced(file, block, duration, readings);
            return readings;
        } finally {
            Disk.system().delete(path);
        }
    }

    /// Writes the whole file and syncs once.
    private static long write(DiskFile file, ByteBuffer block) throws IOException {
        long startNanos = Clock.system().nanos();
        for (long position = 0; position < FILE_SIZE_BYTES; position += block.capacity()) {
            file.write(block.clear(), position);
        }
        file.sync();
        return Clock.system().nanos() - startNanos;
    }

    /// Syncs after each block.
    private static void synced(
            DiskFile file, ByteBuffer block, Duration duration, Readings readings)
            throws IOException {
        var latency = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
        long startNanos = Clock.system().nanos();
        long now = startNanos;
        for (long n = 0; now - startNanos < duration.toNanos(); n++) {
            file.write(block.clear(), n * block.capacity() % FILE_SIZE_BYTES);
            file.sync();
            long end = Clock.system().nanos();
            latency.recordValue(end - now);
            now = end;
        }
        double bytes = (double) latency.getTotalCount() * block.capacity();
        readings.put(Quantity.SYNCED_MB_PER_S, bytes * 1e3 / (now - startNanos)).latency(latency);
    }
}
