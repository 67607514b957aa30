package io.sinew.ledger;

import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/// Writes dead letters: each of them and the change that takes its message away are one commit.
final class Burial {
    /// Bytes of dead letters in one commit.
    private static final long COMMIT_BYTES = 4 << 20;

    private final ShardLog log;
    private final TopicPartition dead;
    private final BodyCache bodies;
    private final long nowMs;

    Burial(ShardLog log, String deadTopic, BodyCache bodies, long nowMs) {
        this.log = log;
        this.dead = new TopicPartition(deadTopic, log.data().partition());
        this.bodies = bodies;
        this.nowMs = nowMs;
    }

    /// Writes them, and tells of each commit when it is durable.
    ///
    /// @param buried applies the change
    void bury(List<DoomedMessage> doomed, Consumer<LedgerOp> buried) throws InterruptedException {
        var letters = new ArrayList<NewRecord>();
        var offsets = new ArrayList<Long>();
        long bytes = 0;
        for (DoomedMessage message : doomed) {
            Optional<StoredRecord> record = log.record(message.offset(), bodies);
            // What the log does not have any more leaves nothing to put there.
            if (record.isPresent()) {
                NewRecord letter = DeadLetters.of(record.get(), log.data(), message, nowMs);
                letters.add(letter);
                bytes += letter.sizeBytes();
            }
            offsets.add(message.offset());
            if (bytes >= COMMIT_BYTES) {
                commit(letters, offsets, buried);
                bytes = 0;
            }
        }
        if (!offsets.isEmpty()) {
            commit(letters, offsets, buried);
        }
    }

    private void commit(List<NewRecord> letters, List<Long> offsets, Consumer<LedgerOp> buried)
            throws InterruptedException {
        var op = new LedgerOp.Buried(offsets.stream().mapToLong(Long::longValue).toArray());
        // All of them were taken in, and what was taken in behind them does not matter.
        ByteSink changes =
                LedgerRecordV1Format.begin(LongStream.of(op.offsets()).max().orElse(0) + 1);
        LedgerRecordV1Format.put(changes, op);
        List<Owner.Append> appends =
                letters.isEmpty() ? List.of() : List.of(new Owner.Append(dead, letters));
        log.commit(List.of(changes.toBytes()), appends, nowMs);
        buried.accept(op);
        letters.clear();
        offsets.clear();
    }
}
