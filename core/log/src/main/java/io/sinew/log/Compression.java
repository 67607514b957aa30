package io.sinew.log;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import org.xerial.snappy.SnappyOutputStream;

/// The codecs that a batch's attributes can name, by number. Batches pass through as they are; they
/// are unpacked to look up a time inside one and to look at keys, and packed again by compaction.
enum Compression {
    NONE,
    GZIP,
    SNAPPY,
    LZ4,
    ZSTD;

    static Compression of(int number) {
        if (number >= values().length) {
            throw new SinewException(
                    ErrorCode.UNSUPPORTED_COMPRESSION, "unknown compression codec " + number);
        }
        return values()[number];
    }

    InputStream unpack(byte[] packed) throws IOException {
        var bytes = new ByteArrayInputStream(packed);
        return switch (this) {
            case NONE -> bytes;
            case GZIP -> new GZIPInputStream(bytes);
            case SNAPPY -> new SnappyChunks(packed);
            case LZ4 -> new LZ4FrameInputStream(bytes);
            case ZSTD -> new ZstdInputStreamNoFinalizer(bytes);
        };
    }

    /// Packs what is written to it into `out`, in the framing that Kafka's clients read; closing it
    /// ends that.
    OutputStream pack(OutputStream out) throws IOException {
        return switch (this) {
            case NONE -> out;
            case GZIP -> buffered(new GZIPOutputStream(out));
            case SNAPPY -> buffered(new SnappyOutputStream(out));
            case LZ4 -> buffered(new LZ4FrameOutputStream(out, BLOCKSIZE.SIZE_64KB));
            case ZSTD -> buffered(new ZstdOutputStreamNoFinalizer(out));
        };
    }

    /// The codecs are slow at a few bytes each.
    private static OutputStream buffered(OutputStream packing) {
        return new BufferedOutputStream(packing);
    }
}
