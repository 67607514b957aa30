package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
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

    private static final String MEMBERS =
            "text, base64, json, tombstone, key, keyBase64, headers, partition and timestampMs";

    /// The year 9999, beyond which times are not written as people do.
    private static final long TIME_MAX_MS = 253_402_300_799_999L;

    private TopicRecordJson() {}

    /// A record, and where it is to go.
    ///
    /// @param partition empty for where its key says, or the next one's turn
    record Placed(NewRecord record, OptionalInt partition) {}

    // ---- in

    /// The records of a body: one, or several in `records`.
    static List<Placed> records(byte[] body, int most, long nowMs) {
        JsonMembers members = JsonText.parse(body, JSON);
        if (!members.has("records")) {
            return List.of(record(members, nowMs));
        }
        List<JsonMembers> all = members.objects("records", most);
        members.requireNoMore("records, or the members of one record");
        return all.stream().map(each -> record(each, nowMs)).toList();
    }

    private static Placed record(JsonMembers members, long nowMs) {
        byte[] value = value(members);
        byte[] key = members.bytes("key", "keyBase64");
        var headers = new ArrayList<Header>();
        members.texts("headers").forEach((name, text) -> headers.add(Header.of(name, text)));
        long timestampMs = members.number("timestampMs", 0, TIME_MAX_MS).orElse(nowMs);
        var partition = members.number("partition", 0, Integer.MAX_VALUE);
        members.requireNoMore(MEMBERS);
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
