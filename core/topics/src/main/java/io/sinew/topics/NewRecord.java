package io.sinew.topics;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record that is to be appended. The bytes are not copied: nobody changes them until the append
/// is over.
///
/// @param timestampMs when it came about, in ms since 1970; a topic with
///   `message.timestamp.type=LogAppendTime` puts its own time in place of it
public record NewRecord(
        byte @Nullable [] key, byte @Nullable [] value, List<Header> headers, long timestampMs) {
    // Written out, because what javac writes into a class file for the short form does not say that
    // key and value may be null.
    public NewRecord(
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers,
            long timestampMs) {
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
        this.timestampMs = timestampMs;
    }

    /// Bytes of key, value and headers.
    public int sizeBytes() {
        return Sizes.of(key, value, headers);
    }
}
