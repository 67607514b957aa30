package io.sinew.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record outside of any batch. The bytes are not copied: nobody changes them.
///
/// @param timestampMs in ms since 1970
public record PlainRecord(
        byte @Nullable [] key, byte @Nullable [] value, List<Header> headers, long timestampMs) {
    /// A name, in UTF-8, and a value that travel with a record.
    public record Header(byte[] name, byte @Nullable [] value) {}
}
