package io.sinew.topics;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A record as it was read.
///
/// @param timestampMs in ms since 1970: the producer's time, or that of the append, as the topic
///   says
public record StoredRecord(
        long offset,
        long timestampMs,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers) {
    // Written out for the same reason as in [NewRecord].
    public StoredRecord(
            long offset,
            long timestampMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        this.offset = offset;
        this.timestampMs = timestampMs;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
    }

    /// The last header of that name, if there is one.
    public Optional<Header> header(String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).name().equals(name)) {
                return Optional.of(headers.get(i));
            }
        }
        return Optional.empty();
    }

    /// Bytes of key, value and headers.
    public int sizeBytes() {
        return Sizes.of(key, value, headers);
    }
}
