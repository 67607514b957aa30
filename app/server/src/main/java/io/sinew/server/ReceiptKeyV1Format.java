package io.sinew.server;

import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.Supplier;

/// The file `receipts-v1.key` in the data directory: 32 random bytes and nothing else, by which the
/// HTTP door tells receipts that it gave out from others. It is made by the first request that
/// needs it and durable before that is answered, because leases outlive the process.
///
/// It is a file and no record, because every Kafka client may read every topic; and not the salt of
/// the write-ahead log, which has 64 bits and a work of its own.
final class ReceiptKeyV1Format implements Supplier<byte[]> {
    private static final int KEY_BYTES = 32;
    private static final String NAME = "receipts-v1.key";

    private final Disk disk;
    private final Path directory;

    ReceiptKeyV1Format(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /// Reads the key, and makes it if there is none. To be called by one thread at a time.
    ///
    /// @throws SinewException `DAMAGED_DATA`
    @Override
    public byte[] get() {
        try {
            Path file = directory.resolve(NAME);
            if (!disk.exists(file)) {
                make(file);
            }
            return read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void make(Path file) throws IOException {
        var key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Path unfinished = directory.resolve(NAME + ".new");
        try (DiskFile out = disk.open(unfinished)) {
            out.write(ByteBuffer.wrap(key), 0);
            out.sync();
        }
        disk.move(unfinished, file);
        disk.syncDirectory(directory);
    }

    private static SinewException damaged(Path file) {
        return new SinewException(
                ErrorCode.DAMAGED_DATA,
                file
                        + " does not have "
                        + KEY_BYTES
                        + " bytes. Restore it from a backup, or delete it: then receipts that were"
                        + " given out are refused, and their messages come again when their leases"
                        + " have run out");
    }

    private byte[] read(Path file) throws IOException {
        if (disk.size(file) != KEY_BYTES) {
            throw damaged(file);
        }
        var key = ByteBuffer.allocate(KEY_BYTES);
        try (DiskFile in = disk.openForReading(file)) {
            in.read(key, 0);
        }
        return key.array();
    }
}
