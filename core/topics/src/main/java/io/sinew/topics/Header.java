package io.sinew.topics;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A name and a value that travel with a record. The bytes are not copied: nobody changes them.
public record Header(String name, byte @Nullable [] value) {
    /// A header with text in UTF-8.
    public static Header of(String name, String text) {
        return new Header(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /// The value as text; empty for none.
    public String text() {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }
}
