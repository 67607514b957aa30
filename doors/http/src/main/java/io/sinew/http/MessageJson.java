package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageHeaders;
import io.sinew.ledger.SeenMessage;
import io.sinew.queue.NewMessage;
import io.sinew.queue.Queue;
import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Messages in JSON. Bytes are text where they are UTF-8, else in base 64 under another name:
/// `text` or `base64`, `key` or `keyBase64`, in `headers` or in `headersBase64`. Of headers of one
/// name the last is shown.
final class MessageJson {
    private static final String MEMBERS =
            "text, base64, key, keyBase64, headers, delayMs, dueMs, ttlMs, priority, group and"
                    + " dedupeId";

    private static final long TEN_YEARS_MS = 10L * 365 * 24 * 60 * 60 * 1000;

    private MessageJson() {}

    // ---- in

    /// The messages of a body: one, or several in `messages`.
    static List<JsonMembers> messages(JsonMembers body) {
        if (!body.has("messages")) {
            return List.of(body);
        }
        List<JsonMembers> all = body.objects("messages", Queue.SEND_MAX);
        body.requireNoMore("messages, or the members of one message");
        return all;
    }

    static NewMessage message(JsonMembers members) {
        byte[] value = members.bytes("text", "base64");
        if (value == null) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "A message has a 'text', or bytes in 'base64'");
        }
        byte[] key = members.bytes("key", "keyBase64");
        var headers = new ArrayList<Header>();
        members.texts("headers").forEach((name, text) -> headers.add(Header.of(name, text)));
        if (members.has("delayMs") && members.has("dueMs")) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "A message has 'delayMs' or 'dueMs', not both");
        }
        OptionalLong due = members.number("dueMs", 0, Long.MAX_VALUE);
        var message =
                new NewMessage(
                        key,
                        value,
                        headers,
                        duration(members.number("delayMs", 0, TEN_YEARS_MS)),
                        due.isPresent() ? Optional.of(due.getAsLong()) : Optional.empty(),
                        duration(members.number("ttlMs", 1, TEN_YEARS_MS)),
                        (int)
                                members.number("priority", 0, MessageHeaders.PRIORITY_MAX)
                                        .orElse(MessageHeaders.PRIORITY_DEFAULT),
                        members.text("group"),
                        members.text("dedupeId"));
        members.requireNoMore(MEMBERS);
        return message;
    }

    static Optional<Duration> duration(OptionalLong ms) {
        return ms.isPresent() ? Optional.of(Duration.ofMillis(ms.getAsLong())) : Optional.empty();
    }

    // ---- out

    /// A message as a consumer gets it.
    ///
    /// @param receipt empty when it is settled already
    static void write(JsonGenerator json, Message message, Optional<String> receipt) {
        json.writeStartObject();
        receipt.ifPresent(text -> json.writeStringProperty("receipt", text));
        json.writeNumberProperty("partition", message.receipt().partition());
        json.writeNumberProperty("offset", message.receipt().offset());
        json.writeNumberProperty("attempt", message.attempt());
        json.writeNumberProperty("sentMs", message.timestampMs());
        writeContent(json, message.key(), message.value(), message.headers());
        json.writeEndObject();
    }

    /// A message as somebody sees it who only looks.
    static void write(
            JsonGenerator json, int partition, SeenMessage seen, Optional<StoredRecord> record) {
        json.writeStartObject();
        json.writeNumberProperty("partition", partition);
        json.writeNumberProperty("offset", seen.offset());
        json.writeStringProperty("state", seen.place().name().toLowerCase(Locale.ROOT));
        json.writeNumberProperty("failures", seen.failures());
        if (seen.dueMs() > 0) {
            json.writeNumberProperty("dueMs", seen.dueMs());
        }
        if (record.isPresent()) {
            StoredRecord stored = record.get();
            json.writeNumberProperty("sentMs", stored.timestampMs());
            writeContent(json, stored.key(), stored.value(), stored.headers());
            writeDeath(json, stored);
        }
        json.writeEndObject();
    }

    /// Why a dead letter is one.
    private static void writeDeath(JsonGenerator json, StoredRecord record) {
        Optional<String> reason = record.header(DeadLetters.REASON).map(Header::text);
        if (reason.isEmpty()) {
            return;
        }
        json.writeObjectPropertyStart("dead");
        json.writeStringProperty("reason", reason.get());
        writeText(json, "queue", record, DeadLetters.TOPIC);
        writeText(json, "partition", record, DeadLetters.PARTITION);
        writeText(json, "offset", record, DeadLetters.OFFSET);
        writeText(json, "sentMs", record, DeadLetters.SENT);
        writeText(json, "failures", record, DeadLetters.FAILURES);
        json.writeArrayPropertyStart("history");
        for (String line :
                record.header(DeadLetters.HISTORY).map(Header::text).orElse("").lines().toList()) {
            int space = line.indexOf(' ');
            if (space > 0 && isNumber(line.substring(0, space))) {
                json.writeStartObject();
                json.writeNumberProperty("atMs", Long.parseLong(line.substring(0, space)));
                json.writeStringProperty("cause", line.substring(space + 1));
                json.writeEndObject();
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static boolean isNumber(String text) {
        return text.matches("[0-9]{1,18}");
    }

    /// What one of our own headers says; anybody could have written it, so a number need not be
    /// one.
    private static void writeText(
            JsonGenerator json, String member, StoredRecord record, String header) {
        String text = record.header(header).map(Header::text).orElse("");
        if (isNumber(text)) {
            json.writeNumberProperty(member, Long.parseLong(text));
        } else if (!text.isEmpty()) {
            json.writeStringProperty(member, text);
        }
    }

    /// Key, value and headers.
    static void writeContent(
            JsonGenerator json,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        writeBytes(json, "key", "keyBase64", key);
        writeBytes(json, "text", "base64", value);
        var texts = new TreeMap<String, String>();
        var others = new TreeMap<String, String>();
        for (Header header : headers) {
            byte[] bytes = header.value();
            Optional<String> text = bytes == null ? Optional.of("") : text(bytes);
            texts.remove(header.name());
            others.remove(header.name());
            if (text.isPresent()) {
                texts.put(header.name(), text.get());
            } else {
                others.put(header.name(), Base64.getEncoder().encodeToString(bytes));
            }
        }
        writeTexts(json, "headers", texts);
        writeTexts(json, "headersBase64", others);
    }

    private static void writeTexts(JsonGenerator json, String member, Map<String, String> texts) {
        if (!texts.isEmpty()) {
            json.writeObjectPropertyStart(member);
            texts.forEach(json::writeStringProperty);
            json.writeEndObject();
        }
    }

    private static void writeBytes(
            JsonGenerator json, String ofText, String ofBase64, byte @Nullable [] bytes) {
        if (bytes == null) {
            return;
        }
        Optional<String> text = text(bytes);
        if (text.isPresent()) {
            json.writeStringProperty(ofText, text.get());
        } else {
            json.writeStringProperty(ofBase64, Base64.getEncoder().encodeToString(bytes));
        }
    }

    /// Text, if the bytes are valid UTF-8.
    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
