package io.sinew.topics;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How large a record counts.
final class Sizes {
    private Sizes() {}

    static int of(byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        int size = length(key) + length(value);
        for (Header header : headers) {
            size += header.name().length() + length(header.value());
        }
        return size;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
