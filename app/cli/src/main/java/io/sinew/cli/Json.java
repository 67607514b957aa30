package io.sinew.cli;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON for scripts. Loaded only by who writes it.
final class Json {
    private static final JsonMapper COMPACT = JsonMapper.shared();
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /// On several lines.
    static String pretty(Object value) {
        return PRETTY.writeValueAsString(value);
    }

    /// On one line.
    static String line(Object value) {
        return COMPACT.writeValueAsString(value);
    }
}
