package io.sinew.pubsub;

import io.sinew.ledger.Message;
import io.sinew.topics.Header;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A message as it is POSTed: by Standard Webhooks, and by the HTTP binding of CloudEvents in its
/// binary mode where the record is an event by their Kafka binding.
///
/// Of a record's headers those travel that can do no harm to whoever is on the other side, as a
/// header like `authorization` could that a producer of records chose: attributes of CloudEvents
/// (`ce_type` as `ce-type`), and the trace that a message belongs to. Values are percent-encoded as
/// that binding has it, so that no value ends a header or begins another.
///
/// @param headers names in lower case, each once
record WebhookRequest(String id, Map<String, String> headers, byte[] body) {
    /// Characters of a content type that a record may name.
    private static final int CONTENT_TYPE_CHARS_MAX = 256;

    private static final byte[] NOTHING = {};
    private static final String HEX = "0123456789ABCDEF";

    private static final Set<String> TRACE = Set.of("traceparent", "tracestate", "baggage");

    /// The request for an attempt.
    ///
    /// @param nowMs when it is made
    static WebhookRequest of(
            String source, Message message, List<WebhookSecret> secrets, long nowMs) {
        byte[] value = message.value();
        byte[] body = value == null ? NOTHING : value;
        String id = idOf(source, message);
        long nowS = Math.floorDiv(nowMs, 1_000L);
        var headers = new LinkedHashMap<String, String>();
        headers.put("user-agent", "sinew");
        headers.put("content-type", contentType(message, body));
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(nowS));
        headers.put(
                "webhook-signature",
                secrets.stream()
                        .map(secret -> secret.sign(id, nowS, body))
                        .collect(Collectors.joining(" ")));
        headers.put("sinew-attempt", Integer.toString(message.attempt()));
        for (Header header : message.headers()) {
            nameOf(header).ifPresent(name -> headers.put(name, encoded(valueOf(header))));
        }
        byte[] key = message.key();
        if (key != null) {
            boolean event = headers.containsKey("ce-specversion");
            headers.putIfAbsent(event ? "ce-partitionkey" : "sinew-key", encoded(key));
        }
        return new WebhookRequest(id, headers, body);
    }

    /// The same at each attempt. A '.' would be one too many in what is signed, and no name here
    /// has a '~' in it.
    static String idOf(String source, Message message) {
        return source.replace('.', '~')
                + "-"
                + message.receipt().partition()
                + "-"
                + message.receipt().offset();
    }

    /// What a record says, if it can stand in a header; if it says nothing, what its body looks
    /// like from both ends.
    private static String contentType(Message message, byte[] body) {
        Optional<String> said =
                message.header("content-type").map(String::strip).filter(WebhookRequest::isPlain);
        return said.orElseGet(
                () -> looksLikeJson(body) ? "application/json" : "application/octet-stream");
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty()
                && text.length() <= CONTENT_TYPE_CHARS_MAX
                && text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    private static boolean looksLikeJson(byte[] body) {
        int first = 0;
        int last = body.length - 1;
        while (first < last && isSpace(body[first])) {
            first++;
        }
        while (first < last && isSpace(body[last])) {
            last--;
        }
        return first < last
                && ((body[first] == '{' && body[last] == '}')
                        || (body[first] == '[' && body[last] == ']'));
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    /// The name by which a record's header travels, if it does.
    private static Optional<String> nameOf(Header header) {
        String name = header.name();
        if (name.startsWith("ce_") && isAttribute(name.substring(3))) {
            return Optional.of("ce-" + name.substring(3));
        }
        return TRACE.contains(name.toLowerCase(Locale.ROOT))
                ? Optional.of(name.toLowerCase(Locale.ROOT))
                : Optional.empty();
    }

    /// As CloudEvents names attributes.
    private static boolean isAttribute(String name) {
        return !name.isEmpty()
                && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }

    private static byte[] valueOf(Header header) {
        byte[] value = header.value();
        return value == null ? NOTHING : value;
    }

    /// Each byte that is not a visible character of ASCII as `%` and two digits, and '"' and '%'
    /// too.
    private static String encoded(byte[] value) {
        var text = new StringBuilder(value.length);
        for (byte b : value) {
            if (b > ' ' && b < 0x7f && b != '"' && b != '%') {
                text.append((char) b);
            } else {
                text.append('%').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
            }
        }
        return text.toString();
    }
}
