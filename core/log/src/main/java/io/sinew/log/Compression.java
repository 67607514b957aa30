package io.sinew.log;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4FrameInputStream;

/// The codecs that a batch's attributes can name, by number. Batches pass through as they are; they
/// are unpacked only to look up a time inside one.
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
}
