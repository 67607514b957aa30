package io.sinew.log;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.xerial.snappy.Snappy;

/// Unpacks what producers mean by Snappy: either chunks in the framing of snappy-java (a header of
/// 16 bytes, then for each chunk its size as i32 and a Snappy block) or one bare Snappy block.
/// snappy-java's own stream believes the sizes that it reads and reserves the memory, up to
/// gigabytes for a batch of some bytes; this one holds them against what the bytes can unpack to.
final class SnappyChunks extends InputStream {
    private static final byte[] MAGIC = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
    private static final int HEADER_BYTES = 16;

    /// A Snappy block has at most 64 bytes for each 3.
    private static final int MAX_RATIO = 22;

    private final byte[] packed;
    private final boolean framed;
    private int position;
    private byte[] chunk = {};
    private int chunkPosition;

    SnappyChunks(byte[] packed) {
        this.packed = packed;
        this.framed = isHeader(0);
    }

    private boolean isHeader(int at) {
        return packed.length - at >= HEADER_BYTES
                && Arrays.equals(packed, at, at + MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    @Override
    public int read() throws IOException {
        return fill() ? chunk[chunkPosition++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int read = Math.min(count, chunk.length - chunkPosition);
        System.arraycopy(chunk, chunkPosition, target, from, read);
        chunkPosition += read;
        return read;
    }

    /// Whether there is another byte.
    private boolean fill() throws IOException {
        while (chunkPosition == chunk.length) {
            // Streams that were written one behind the other each bring their header.
            while (framed && isHeader(position)) {
                position += HEADER_BYTES;
            }
            if (position == packed.length) {
                return false;
            }
            int size = framed ? chunkSize() : packed.length;
            unpack(size);
        }
        return true;
    }

    private int chunkSize() throws IOException {
        if (packed.length - position < Integer.BYTES) {
            throw new EOFException("a Snappy chunk's size is cut off");
        }
        int size = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            size = (size << 8) | (packed[position++] & 0xff);
        }
        return size;
    }

    private void unpack(int size) throws IOException {
        if (size < 0 || size > packed.length - position) {
            throw new EOFException("a Snappy chunk is cut off");
        }
        int unpackedSize = Snappy.uncompressedLength(packed, position, size);
        if (unpackedSize < 0 || unpackedSize > (long) size * MAX_RATIO) {
            throw new IOException("a Snappy chunk claims to hold " + unpackedSize + " bytes");
        }
        chunk = new byte[unpackedSize];
        chunkPosition = 0;
        if (Snappy.uncompress(packed, position, size, chunk, 0) != unpackedSize) {
            throw new IOException("a Snappy chunk is shorter than it says");
        }
        position += size;
    }
}
