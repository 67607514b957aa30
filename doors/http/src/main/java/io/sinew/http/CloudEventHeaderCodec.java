package io.sinew.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// An attribute's value as a header of HTTP has it (CloudEvents HTTP binding 1.0.2, section
/// 3.1.3.2): in quotes perhaps, and with percent signs for what is not printable ASCII.
final class CloudEventHeaderCodec {
    private CloudEventHeaderCodec() {}

    /// @param attribute for refusals, which name it
    static String decode(String attribute, String header) {
        String text = unquoted(attribute, header.strip());
        var bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7e) {
                throw CloudEventAttributes.refused(
                        attribute, "has a character that has to be percent-encoded in a header");
            }
            if (c == '%') {
                bytes.write(octet(attribute, text, i + 1));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw CloudEventAttributes.refused(attribute, "is percent-encoded, but not UTF-8");
        }
    }

    private static int octet(String attribute, String text, int at) {
        int high = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
        int low = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
        if (high < 0 || low < 0) {
            throw CloudEventAttributes.refused(
                    attribute, "has a '%' without two hexadecimal digits behind it: write %25");
        }
        return (high << 4) | low;
    }

    /// RFC 7230, section 3.2.6.
    private static String unquoted(String attribute, String text) {
        if (!text.startsWith("\"")) {
            return text;
        }
        var plain = new StringBuilder();
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && i == text.length() - 1) {
                return plain.toString();
            }
            if (c == '"') {
                break;
            }
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                c = text.charAt(i);
            }
            plain.append(c);
        }
        throw CloudEventAttributes.refused(attribute, "begins with a quote that does not end it");
    }
}
