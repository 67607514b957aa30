package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Fetched;
import java.util.List;

/// Reads what is sent to a shard's partition, by whomever, and has the shard take it in. Has a
/// virtual thread.
final class ShardReader {
    private final LedgerShard shard;
    private final ShardLog log;
    private final BodyCache bodies;

    ShardReader(LedgerShard shard, ShardLog log, BodyCache bodies) {
        this.shard = shard;
        this.log = log;
        this.bodies = bodies;
    }

    /// Reads until the shard is over.
    void read() throws InterruptedException {
        while (true) {
            int seeks = shard.seeks();
            long next = shard.awaitRoom();
            if (next < 0) {
                return;
            }
            Fetched fetched;
            try {
                fetched = log.await(next, () -> shard.isOver() || shard.seeks() != seeks);
            } catch (SinewException e) {
                if (e.code() != ErrorCode.OFFSET_OUT_OF_RANGE) {
                    throw e;
                }
                long start = log.startOffset();
                if (start <= next) {
                    throw LedgerRecovery.endsTooEarly(log.endOffset(), next);
                }
                // Somebody deleted records that were not taken in yet.
                shard.ingest(next, List.of(), start);
                continue;
            }
            List<MessageFacts> facts = fetched.records().stream().map(MessageFacts::of).toList();
            fetched.records().forEach(bodies::arrived);
            shard.ingest(next, facts, fetched.nextOffset());
        }
    }
}
