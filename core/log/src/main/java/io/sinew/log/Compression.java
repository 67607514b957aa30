package io.sinew.log;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.xerial.snappy.SnappyOutputStream;

/// The codecs that a batch's attributes can name, by number. Batches pass through as they are; they
/// are unpacked to look up a time inside one, to look at what a topic asks of its records, and to
/// be packed in another way (`compression.type`).
public enum Compression {
    NONE(0),
    GZIP(1),
    SNAPPY(2),
    LZ4(3),
    ZSTD(4);

    /// Kafka packs at this LZ4 level by the quick way, which knows no levels.
    private static final int LZ4_QUICK_LEVEL = 9;

    private static final int GZIP_BUFFER_BYTES = 8 << 10;
    private static final long UNKNOWN_SIZE = -1;

    private final int number;

    Compression(int number) {
        this.number = number;
    }

    static Compression of(int number) {
        for (Compression codec : values()) {
            if (codec.number == number) {
                return codec;
            }
        }
        throw new SinewException(
                ErrorCode.UNSUPPORTED_COMPRESSION, "unknown compression codec " + number);
    }

    /// In a batch's attributes.
    int number() {
        return number;
    }

    /// @param packed from position to limit
    InputStream unpack(ByteBuffer packed) throws IOException {
        return switch (this) {
            case NONE -> new BufferBytes(packed);
            case GZIP -> new GZIPInputStream(new BufferBytes(packed), GZIP_BUFFER_BYTES);
            case SNAPPY -> new SnappyChunks(copied(packed));
            case LZ4 -> new LZ4FrameInputStream(new BufferBytes(packed));
            case ZSTD -> new ZstdInputStreamNoFinalizer(new BufferBytes(packed));
        };
    }

    private static byte[] copied(ByteBuffer packed) {
        var bytes = new byte[packed.remaining()];
        packed.get(packed.position(), bytes);
        return bytes;
    }

    /// Packs what is written to the stream; to be closed in the end.
    ///
    /// @param level for the codecs that have levels
    OutputStream pack(OutputStream packed, int level) throws IOException {
        return switch (this) {
            case NONE -> packed;
            case GZIP -> new GzipOfLevel(packed, level);
            case SNAPPY -> new SnappyOutputStream(packed);
            case LZ4 ->
                    new LZ4FrameOutputStream(
                            packed,
                            LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB,
                            UNKNOWN_SIZE,
                            lz4(level),
                            XXHashFactory.fastestInstance().hash32(),
                            LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(packed, level);
        };
    }

    private static LZ4Compressor lz4(int level) {
        LZ4Factory factory = LZ4Factory.fastestInstance();
        return level == LZ4_QUICK_LEVEL ? factory.fastCompressor() : factory.highCompressor(level);
    }

    private static final class GzipOfLevel extends GZIPOutputStream {
        GzipOfLevel(OutputStream packed, int level) throws IOException {
            super(packed, GZIP_BUFFER_BYTES);
            def.setLevel(level);
        }
    }
}
