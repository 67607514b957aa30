package io.sinew.http;

import io.sinew.http.Schema.Anything;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Texts;
import io.sinew.http.Schema.Whole;
import io.sinew.ledger.DeadReason;
import io.sinew.ledger.DoomedMessage;
import io.sinew.ledger.FailureNote;
import io.sinew.pubsub.Filter;
import io.sinew.pubsub.PushSettings;
import io.sinew.pubsub.PushStatus;
import io.sinew.pubsub.SubscriptionInfo;
import io.sinew.topics.StoredRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;

/// Subscriptions, and what they have parked, in JSON.
final class SubscriptionJson {
    /// The member with a filter, which is JSON of its own.
    static final String FILTER = "filter";

    private static final String PUSH = "push";

    static final Shape SUBSCRIPTION =
            Shape.of(
                    "Subscription",
                    Member.needed("topic", Text.any(), "Whose records it is about"),
                    Member.needed("name", Text.any(), "Its own, within the topic"),
                    Member.needed(FILTER, new Anything(), "Which records"),
                    Member.needed(
                            "starts", Listed.of(Whole.count()), "Where it began, by partition"),
                    Member.needed("settings", new Texts(), "All of them"),
                    Member.optional(PUSH, new Texts(), "Where its messages are pushed, and how"));

    /// A message that is parked. What the record says is missing where the topic has it no more.
    static final Shape PARKED =
            Shape.of(
                            "ParkedMessage",
                            Member.needed("partition", Whole.partition(), "Where it is"),
                            Member.needed("offset", Whole.count(), "Where it is"),
                            Member.needed("reason", Text.of(DeadReason.values()), "Why"),
                            Member.needed("failures", Whole.count(), "How often it failed"),
                            MessageJson.HISTORY,
                            Member.optional("sentMs", Whole.count(), "In ms since 1970"))
                    .with("ParkedMessage", MessageJson.CONTENT);

    static final String PUSH_STATE = "pushState";

    /// How a push is doing.
    static final Shape PUSH_STATUS =
            Shape.of(
                    "PushState",
                    Member.needed("state", Text.of(PushStatus.State.values()), "In a word"),
                    Member.needed("delivered", Whole.count(), "Messages that the endpoint has"),
                    Member.needed(
                            "failed",
                            Shape.open("PushFailures"),
                            "Attempts that failed, by their reason"),
                    Member.needed("underWay", Whole.count(), "Messages that are at the endpoint"),
                    Member.needed(
                            "p99Ms", Whole.count(), "How long 99 of 100 attempts took at most"),
                    Member.optional(
                            "lastError",
                            Shape.of(
                                    "PushError",
                                    Member.needed("atMs", Whole.count(), "In ms since 1970"),
                                    Member.needed("cause", Text.any(), "In a few words")),
                            "What went wrong last"));

    private SubscriptionJson() {}

    /// The filter of a body; without one it is every record.
    ///
    /// @throws io.sinew.base.SinewException `INVALID_FILTER`
    static Filter filter(JsonMembers members) {
        return members.json(FILTER).map(Filter::parse).orElseGet(Filter::all);
    }

    /// The push of a body, if it has one: its settings without what all their names begin with.
    ///
    /// @throws io.sinew.base.SinewException `INVALID_CONFIG`
    static Optional<PushSettings> push(JsonMembers members) {
        Map<String, String> texts = members.texts(PUSH);
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        var settings = new LinkedHashMap<String, String>();
        texts.forEach((name, value) -> settings.put(PUSH + "." + name, value));
        return Optional.of(PushSettings.from(settings));
    }

    private static void write(JsonGenerator json, Map<String, String> push) {
        json.writeObjectPropertyStart(PUSH);
        push.forEach((name, value) ->
                json.writeStringProperty(name.substring(PUSH.length() + 1), value));
        json.writeEndObject();
    }

    /// A subscription as whoever made it is to see it: with the secrets of its push.
    static void writeCreated(JsonGenerator json, SubscriptionInfo info) {
        writeAllButPush(json, info);
        info.push().ifPresent(push -> write(json, push.toMap()));
    }

    static void write(JsonGenerator json, SubscriptionInfo info) {
        writeAllButPush(json, info);
        info.push().ifPresent(push -> write(json, push.toShow()));
    }

    /// How its push is doing in this process.
    static void write(JsonGenerator json, PushStatus status) {
        json.writeObjectPropertyStart(PUSH_STATE);
        json.writeStringProperty("state", word(status.state()));
        json.writeNumberProperty("delivered", status.delivered());
        json.writeObjectPropertyStart("failed");
        new TreeMap<>(status.failed())
                .forEach((why, count) -> json.writeNumberProperty(word(why), count));
        json.writeEndObject();
        json.writeNumberProperty("underWay", status.underWay());
        json.writeNumberProperty("p99Ms", Math.round(status.p99Ms()));
        status.lastError()
                .ifPresent(error -> {
                    json.writeObjectPropertyStart("lastError");
                    json.writeNumberProperty("atMs", error.atMs());
                    json.writeStringProperty("cause", error.cause());
                    json.writeEndObject();
                });
        json.writeEndObject();
    }

    private static String word(Enum<?> of) {
        return of.name().toLowerCase(Locale.ROOT);
    }

    private static void writeAllButPush(JsonGenerator json, SubscriptionInfo info) {
        json.writeStringProperty("topic", info.topic());
        json.writeStringProperty("name", info.name());
        json.writeName(FILTER);
        json.writeRawValue(info.filter().text());
        json.writeArrayPropertyStart("starts");
        info.starts().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeObjectPropertyStart("settings");
        info.settings().toMap().forEach(json::writeStringProperty);
        json.writeEndObject();
    }

    /// A message that is parked, with why.
    ///
    /// @param record empty if the topic does not have it any more
    static void write(
            JsonGenerator json, int partition, DoomedMessage why, Optional<StoredRecord> record) {
        json.writeStartObject();
        json.writeNumberProperty("partition", partition);
        json.writeNumberProperty("offset", why.offset());
        json.writeStringProperty("reason", why.reason().name().toLowerCase(Locale.ROOT));
        json.writeNumberProperty("failures", why.failures());
        writeHistory(json, why.notes());
        if (record.isPresent()) {
            StoredRecord stored = record.get();
            json.writeNumberProperty("sentMs", stored.timestampMs());
            MessageJson.writeContent(json, stored.key(), stored.value(), stored.headers());
        }
        json.writeEndObject();
    }

    private static void writeHistory(JsonGenerator json, List<FailureNote> notes) {
        json.writeArrayPropertyStart("history");
        for (FailureNote note : notes) {
            json.writeStartObject();
            json.writeNumberProperty("atMs", note.atMs());
            json.writeStringProperty("cause", note.cause());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
