package io.sinew.cli;

import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a listing of messages shows of one.
final class MessageCells {
    private static final int TEXT_CHARS = 60;

    private MessageCells() {}

    /// A text, or null for none.
    static @Nullable String text(JsonNode member) {
        return member.isString() ? member.asString() : null;
    }

    /// A time in ms since 1970 as people and scripts read it, or null for none.
    static @Nullable String time(JsonNode ms) {
        return ms.isNumber() ? Instant.ofEpochMilli(ms.asLong()).toString() : null;
    }

    /// The text of a message: for scripts all of it, for people its first line, or how many bytes
    /// it has that are no text.
    static @Nullable String body(JsonNode message, OutputFormat format) {
        String text = text(message.path("text"));
        return switch (format) {
            case JSON -> text;
            case TABLE -> text == null ? bytes(message) : beginning(text);
        };
    }

    private static String bytes(JsonNode message) {
        String coded = text(message.path("base64"));
        return coded == null ? "" : "(" + Base64.getDecoder().decode(coded).length + " bytes)";
    }

    private static String beginning(String text) {
        String line = text.lines().findFirst().orElse("");
        boolean cut = line.length() < text.stripTrailing().length();
        if (line.length() > TEXT_CHARS) {
            line = line.substring(0, TEXT_CHARS);
            cut = true;
        }
        return harmless(line) + (cut ? "…" : "");
    }

    /// A filter: for scripts as it is, for people its beginning on one line.
    static Object filter(JsonNode filter, OutputFormat format) {
        return switch (format) {
            case JSON -> filter;
            case TABLE -> beginning(Json.line(filter));
        };
    }

    /// A text without what a terminal would act upon.
    static String harmless(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
