package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Texts;
import io.sinew.http.Schema.Whole;
import io.sinew.http.Schema.Word;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageHeaders;
import io.sinew.ledger.MessagePlace;
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
    private static final long TEN_YEARS_MS = 10L * 365 * 24 * 60 * 60 * 1000;

    /// A message as it is sent.
    static final Shape NEW_MESSAGE =
            Shape.of(
                    "NewMessage",
                    Member.optional("text", Text.any(), "What it says; this or base64"),
                    Member.optional("base64", Text.any(), "What it says, as bytes"),
                    Member.optional("key", Text.any(), "Travels with it"),
                    Member.optional("keyBase64", Text.any(), "A key of other bytes than UTF-8"),
                    Member.optional("headers", new Texts(), "Travel with it"),
                    Member.optional(
                            "delayMs", Whole.of(0, TEN_YEARS_MS), "Not delivered earlier, in ms"),
                    Member.optional(
                            "dueMs", Whole.count(), "Not delivered before, in ms since 1970"),
                    Member.optional("ttlMs", Whole.of(1, TEN_YEARS_MS), "How long it lives, in ms"),
                    Member.optional(
                            "priority",
                            Whole.of(
                                    0,
                                    MessageHeaders.PRIORITY_MAX,
                                    MessageHeaders.PRIORITY_DEFAULT),
                            "Higher goes first"),
                    Member.optional(
                            "group", Text.any(), "Delivered in order, one of a group at a time"),
                    Member.optional("dedupeId", Text.any(), "Sent once within dedupe.window.ms"));

    /// Several of them.
    static final Shape NEW_MESSAGES =
            Shape.of(
                    "NewMessages",
                    Member.needed(
                            "messages", new Listed(NEW_MESSAGE, 1, Queue.SEND_MAX), "In order"));

    private static final Member PARTITION =
            Member.needed("partition", Whole.partition(), "Where it is");
    private static final Member OFFSET = Member.needed("offset", Whole.count(), "Where it is");
    private static final Member FAILURES =
            Member.needed("failures", Whole.count(), "How often it failed");

    /// What [#writeContent] writes.
    static final List<Member> CONTENT =
            List.of(
                    Member.optional("key", Text.any(), "As it was sent"),
                    Member.optional("keyBase64", Text.any(), "In place of key: no UTF-8"),
                    Member.optional("text", Text.any(), "What it says"),
                    Member.optional("base64", Text.any(), "In place of text: no UTF-8"),
                    Member.optional("headers", new Texts(), "Those in UTF-8"),
                    Member.optional("headersBase64", new Texts(), "The others"));

    /// A failure of a message.
    static final Shape FAILURE =
            Shape.of(
                    "Failure",
                    Member.needed("atMs", Whole.count(), "When, in ms since 1970"),
                    Member.needed("cause", Text.any(), "What its consumer said"));

    /// The last ones.
    static final Member HISTORY = Member.needed("history", Listed.of(FAILURE), "The last failures");

    /// A message as a consumer gets it.
    static final Shape GIVEN =
            Shape.of(
                            "Message",
                            Member.optional(
                                    "receipt", Text.any(), "Names this delivery; not if settled"),
                            PARTITION,
                            OFFSET,
                            Member.needed(
                                    "attempt", Whole.count(), "Which delivery it is, from 1 on"),
                            Member.needed("sentMs", Whole.count(), "In ms since 1970"))
                    .with("Message", CONTENT);

    /// Why a dead letter is one. Anybody may have written what it is read from, so a number need
    /// not be one.
    private static final Shape DEATH =
            Shape.of(
                    "Death",
                    Member.needed("reason", Text.any(), "failed, expired, rejected or gone"),
                    Member.optional("queue", Word.any(), "Where it died"),
                    Member.optional("partition", Word.any(), "Where it was there"),
                    Member.optional("offset", Word.any(), "Where it was there"),
                    Member.optional("sentMs", Word.any(), "In ms since 1970"),
                    Member.optional("failures", Word.any(), "How often it failed"),
                    HISTORY);

    /// A message as somebody sees it who only looks.
    static final Shape SEEN =
            Shape.of(
                            "SeenMessage",
                            PARTITION,
                            OFFSET,
                            Member.needed("state", Text.of(MessagePlace.values()), "How it is"),
                            FAILURES,
                            Member.optional("dueMs", Whole.count(), "Until when, in ms since 1970"),
                            Member.optional("sentMs", Whole.count(), "In ms since 1970"),
                            Member.optional("dead", DEATH, "Why a dead letter is one"))
                    .with("SeenMessage", CONTENT);

    private MessageJson() {}

    // ---- in

    /// The messages of a body: one, or several in `messages`.
    static List<JsonMembers> messages(JsonMembers body) {
        if (!body.has("messages")) {
            return List.of(body.as(NEW_MESSAGE));
        }
        return body.as(NEW_MESSAGES).objects("messages");
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
        OptionalLong due = members.number("dueMs");
        return new NewMessage(
                key,
                value,
                headers,
                duration(members.number("delayMs")),
                due.isPresent() ? Optional.of(due.getAsLong()) : Optional.empty(),
                duration(members.number("ttlMs")),
                (int) members.whole("priority"),
                members.text("group"),
                members.text("dedupeId"));
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
