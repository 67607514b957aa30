package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.Schema.Anything;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Texts;
import io.sinew.http.Schema.Truth;
import io.sinew.http.Schema.Whole;
import io.sinew.queue.Queue;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Records in JSON: as [MessageJson] has messages, and with two ways more of saying what the value
/// is. `json` is any value, which is stored as it was written; `tombstone` says that there is none.
final class TopicRecordJson {
    /// The member that may be anything.
    static final String JSON = "json";

    /// The year 9999, beyond which times are not written as people do.
    private static final long TIME_MAX_MS = 253_402_300_799_999L;

    /// A record as it is appended.
    static final Shape NEW_RECORD =
            Shape.of(
                    "NewRecord",
                    Member.optional(
                            "text", Text.any(), "The value; one of this and the next three"),
                    Member.optional("base64", Text.any(), "The value, as bytes"),
                    Member.optional(JSON, new Anything(), "The value, stored as it was written"),
                    Member.optional("tombstone", new Truth(), "That there is no value"),
                    Member.optional("key", Text.any(), "Decides on the partition"),
                    Member.optional("keyBase64", Text.any(), "A key of other bytes than UTF-8"),
                    Member.optional("headers", new Texts(), "Travel with it"),
                    Member.optional(
                            "partition", Whole.partition(), "Where it is to go, whatever its key"),
                    Member.optional(
                            "timestampMs",
                            Whole.of(0, TIME_MAX_MS),
                            "When it came about, in ms since 1970; now, unless it says so"));

    /// Several of them.
    static final Shape NEW_RECORDS =
            Shape.of(
                    "NewRecords",
                    Member.needed(
                            "records", new Listed(NEW_RECORD, 1, Queue.SEND_MAX), "In order"));

    /// A record as it is read.
    static final Shape RECORD =
            Shape.of(
                            "Record",
                            Member.needed("partition", Whole.partition(), "Where it is"),
                            Member.needed("offset", Whole.count(), "Where it is"),
                            Member.needed(
                                    "timestampMs",
                                    Whole.of(Long.MIN_VALUE, Long.MAX_VALUE),
                                    "When it came about, in ms since 1970"),
                            Member.optional("tombstone", new Truth(), "That there is no value"))
                    .with("Record", MessageJson.CONTENT);

    private TopicRecordJson() {}

    /// A record, and where it is to go.
    ///
    /// @param partition empty for where its key says, or the next one's turn
    record Placed(NewRecord record, OptionalInt partition) {}

    // ---- in

    /// The records of a body: one, or several in `records`.
    static List<Placed> records(byte[] body, long nowMs) {
        JsonMembers members = JsonText.parse(body, JSON);
        if (!members.has("records")) {
            return List.of(record(members.as(NEW_RECORD), nowMs));
        }
        return members.as(NEW_RECORDS).objects("records").stream()
                .map(each -> record(each, nowMs))
                .toList();
    }

    private static Placed record(JsonMembers members, long nowMs) {
        byte[] value = value(members);
        byte[] key = members.bytes("key", "keyBase64");
        var headers = new ArrayList<Header>();
        members.texts("headers").forEach((name, text) -> headers.add(Header.of(name, text)));
        long timestampMs = members.number("timestampMs").orElse(nowMs);
        var partition = members.number("partition");
        return new Placed(
                new NewRecord(key, value, headers, timestampMs),
                partition.isPresent()
                        ? OptionalInt.of((int) partition.getAsLong())
                        : OptionalInt.empty());
    }

    private static byte @Nullable [] value(JsonMembers members) {
        int ways = 0;
        for (String name : List.of("text", "base64", JSON)) {
            ways += members.has(name) ? 1 : 0;
        }
        boolean tombstone = members.truth("tombstone");
        if (ways + (tombstone ? 1 : 0) != 1) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "A record has a 'text', or bytes in 'base64', or any value in 'json', or"
                            + " \"tombstone\":true; one of them");
        }
        byte[] json = members.raw(JSON);
        return json == null ? members.bytes("text", "base64") : json;
    }

    // ---- out

    static void write(JsonGenerator json, int partition, StoredRecord record) {
        json.writeNumberProperty("partition", partition);
        json.writeNumberProperty("offset", record.offset());
        json.writeNumberProperty("timestampMs", record.timestampMs());
        if (record.value() == null) {
            json.writeBooleanProperty("tombstone", true);
        }
        MessageJson.writeContent(json, record.key(), record.value(), record.headers());
    }
}
