package io.sinew.http;

import io.sinew.base.SinewException;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Truth;
import io.sinew.http.Schema.Whole;
import io.sinew.ledger.LedgerCounts;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/// How the messages of a queue or a subscription are at the moment.
///
/// @param paused whether deliveries are stopped in any partition
record SourceStatus(LedgerCounts counts, boolean paused) {
    static final SourceStatus NOTHING = new SourceStatus(new LedgerCounts(0, 0, 0, 0, 0), false);

    /// What [#write] writes.
    ///
    /// @param doomed as in [MessageSource]
    static List<Member> members(String doomed) {
        List<Member> counts =
                Stream.of("ready", "delayed", "leased", doomed, "unseen")
                        .map(name -> Member.needed(name, Whole.count(), "How many are"))
                        .toList();
        String name = doomed.equals(MessageSource.PARKED) ? "SubscriptionCounts" : "QueueCounts";
        return List.of(
                Member.optional("paused", new Truth(), "Whether deliveries are stopped"),
                Member.optional(
                        "counts", new Shape(name, counts, false), "Messages by how they are"));
    }

    SourceStatus plus(SourceStatus other) {
        return new SourceStatus(counts.plus(other.counts), paused || other.paused);
    }

    /// What a peer says of its partitions, as [#write] wrote it there.
    ///
    /// @param doomed as in [MessageSource]
    static SourceStatus of(Peer peer, JsonMembers answer, String doomed) {
        try {
            JsonMembers counts = answer.object("counts").orElseThrow();
            return new SourceStatus(
                    new LedgerCounts(
                            count(counts, "ready"),
                            count(counts, "delayed"),
                            count(counts, "leased"),
                            count(counts, doomed),
                            count(counts, "unseen")),
                    answer.truth("paused"));
        } catch (SinewException | NoSuchElementException e) {
            throw Peers.strange(peer, e);
        }
    }

    private static long count(JsonMembers counts, String name) {
        return counts.number(name, 0, Long.MAX_VALUE).orElseThrow();
    }

    /// @param doomed as in [MessageSource]
    void write(JsonGenerator json, String doomed) {
        json.writeBooleanProperty("paused", paused);
        json.writeObjectPropertyStart("counts");
        json.writeNumberProperty("ready", counts.ready());
        json.writeNumberProperty("delayed", counts.delayed());
        json.writeNumberProperty("leased", counts.leased());
        json.writeNumberProperty(doomed, counts.doomed());
        json.writeNumberProperty("unseen", counts.unseen());
        json.writeEndObject();
    }
}
