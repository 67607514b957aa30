package io.sinew.http;

import io.sinew.base.SinewException;
import io.sinew.ledger.LedgerCounts;
import java.util.NoSuchElementException;
import tools.jackson.core.JsonGenerator;

/// How the messages of a queue or a subscription are at the moment.
///
/// @param paused whether deliveries are stopped in any partition
record SourceStatus(LedgerCounts counts, boolean paused) {
    static final SourceStatus NOTHING = new SourceStatus(new LedgerCounts(0, 0, 0, 0, 0), false);

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
