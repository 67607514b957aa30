package io.sinew.clients;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/// A record that proves itself: who wrote it, the how-manieth of this writer in its partition it
/// is, and a checksum over both and the filler behind them.
///
/// @param writer who sent it
/// @param number 0, 1, 2 … for each writer and partition
record LoadRecord(int writer, long number) {
    private static final int HEADER_BYTES = 16;
    private static final int USUAL_FILLER_BYTES = 400;
    private static final int LARGE_FILLER_BYTES = 30_000;

    /// One record in so many is large, so that batches of several pages are torn too.
    private static final int LARGE_ONE_IN = 100;

    byte[] toBytes(SplittableRandom random) {
        int most = random.nextInt(LARGE_ONE_IN) == 0 ? LARGE_FILLER_BYTES : USUAL_FILLER_BYTES;
        var bytes = new byte[HEADER_BYTES + random.nextInt(most)];
        random.nextBytes(bytes);
        var buffer = ByteBuffer.wrap(bytes).putInt(4, writer).putLong(8, number);
        buffer.putInt(0, checksum(bytes));
        return bytes;
    }

    /// Reads a record back.
    ///
    /// @throws AssertionError when it is not what was sent
    static LoadRecord of(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER_BYTES || buffer.getInt(0) != checksum(bytes)) {
            throw new AssertionError("a record of " + bytes.length + " bytes is damaged");
        }
        return new LoadRecord(buffer.getInt(4), buffer.getLong(8));
    }

    private static int checksum(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
        return (int) crc.getValue();
    }
}
