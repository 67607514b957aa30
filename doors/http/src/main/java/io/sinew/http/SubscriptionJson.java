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
import io.sinew.pubsub.SubscriptionInfo;
import io.sinew.topics.StoredRecord;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Subscriptions, and what they have parked, in JSON.
final class SubscriptionJson {
    /// The member with a filter, which is JSON of its own.
    static final String FILTER = "filter";

    static final Shape SUBSCRIPTION =
            Shape.of(
                    "Subscription",
                    Member.needed("topic", Text.any(), "Whose records it is about"),
                    Member.needed("name", Text.any(), "Its own, within the topic"),
                    Member.needed(FILTER, new Anything(), "Which records"),
                    Member.needed(
                            "starts", Listed.of(Whole.count()), "Where it began, by partition"),
                    Member.needed("settings", new Texts(), "All of them"));

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

    private SubscriptionJson() {}

    /// The filter of a body; without one it is every record.
    ///
    /// @throws io.sinew.base.SinewException `INVALID_FILTER`
    static Filter filter(JsonMembers members) {
        return members.json(FILTER).map(Filter::parse).orElseGet(Filter::all);
    }

    static void write(JsonGenerator json, SubscriptionInfo info) {
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
