package io.sinew.http;

import java.util.HexFormat;

/// A JSON object that is written member by member (RFC 8259): all that answers of a few members
/// need, for a library would cost more time at start than the rest of the door's own code.
final class JsonObject {
    private final StringBuilder text = new StringBuilder("{");

    JsonObject with(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    JsonObject with(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    private void name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(name);
        text.append(':');
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            // Half of a surrogate pair has no bytes in UTF-8.
            if (c < ' ' || Character.isSurrogate(c)) {
                text.append("\\u").append(HexFormat.of().toHexDigits((short) c));
            } else {
                if (c == '"' || c == '\\') {
                    text.append('\\');
                }
                text.append(c);
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
