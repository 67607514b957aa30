package io.sinew.ledger;

import io.sinew.base.SinewException;
import io.sinew.topics.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gets the records of messages that are handed out.
record HandOut(LedgerShard shard, ShardLog log, BodyCache bodies) {
    /// The messages with their records. Those whose records are gone are left out, and dealt with;
    /// if one can't be read all are given back, for the consumer has not seen them.
    List<Message> withRecords(List<HandedMessage> handed) throws InterruptedException {
        var messages = new ArrayList<Message>(handed.size());
        int done = 0;
        try {
            for (HandedMessage one : handed) {
                log.prove();
                Optional<StoredRecord> record = bodies.take(one.offset());
                if (record.isEmpty()) {
                    record = log.record(one.offset(), bodies);
                }
                if (record.isPresent()) {
                    messages.add(one.with(log.data().partition(), record.get()));
                } else {
                    var _ = shard.changeIf((state, _) -> state.gone(one.offset()));
                }
                done++;
            }
            return messages;
        } finally {
            if (done < handed.size()) {
                giveBack(handed);
            }
        }
    }

    private void giveBack(List<HandedMessage> handed) {
        try {
            for (HandedMessage one : handed) {
                var _ =
                        shard.changeIf((state, nowMs) ->
                                state.giveBack(one.offset(), one.lease(), 0, nowMs));
            }
        } catch (SinewException e) {
            // The shard is over: its messages come again without that.
        }
    }
}
