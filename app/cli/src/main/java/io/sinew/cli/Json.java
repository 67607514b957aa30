package io.sinew.cli;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON for scripts, and of servers. Loaded only by who needs it.
final class Json {
    private static final JsonMapper COMPACT = JsonMapper.shared();
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /// What a text says.
    ///
    /// @throws tools.jackson.core.JacksonException when it is not JSON
    static JsonNode read(String text) {
        return COMPACT.readTree(text);
    }

    /// On several lines.
    static String pretty(Object value) {
        return PRETTY.writeValueAsString(value);
    }

    /// On one line.
    static String line(Object value) {
        return COMPACT.writeValueAsString(value);
    }
}
