package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What one shard of a ledger reads and writes: its partition of the topic, its partition of the
/// ledger, and the name by which it is the only one that may write there.
final class ShardLog implements AutoCloseable {
    /// Bytes of one read.
    static final int READ_BYTES = 1 << 20;

    /// Bytes that are read for a message that is not in memory, and for those behind it.
    private static final int BODY_BYTES = 128 << 10;

    private final Engine engine;
    private final Owner owner;
    private final LedgerConfig config;
    private final TopicPartition data;
    private final TopicPartition ledger;

    private ShardLog(Engine engine, Owner owner, LedgerConfig config, int partition) {
        this.engine = engine;
        this.owner = owner;
        this.config = config;
        this.data = new TopicPartition(config.topic(), partition);
        this.ledger = new TopicPartition(config.ledgerTopic(), partition);
    }

    /// Takes the shard over from whoever had it.
    static ShardLog own(Engine engine, LedgerConfig config, int partition)
            throws InterruptedException {
        Owner owner = engine.own(config.ledgerTopic() + "-" + partition);
        return new ShardLog(engine, owner, config, partition);
    }

    TopicPartition data() {
        return data;
    }

    // ---- the ledger partition

    /// The state as the log has it.
    LedgerState recover(long nowMs) throws InterruptedException {
        var recovery = new LedgerRecovery(config.settings(), nowMs);
        long end = engine.endOffset(ledger);
        long next = engine.startOffset(ledger);
        while (next < end) {
            Fetched fetched = engine.read(ledger, next, READ_BYTES, Duration.ZERO);
            for (StoredRecord record : fetched.records()) {
                byte[] value = record.value();
                if (value != null) {
                    recovery.take(value, (into, upTo) -> ingest(into, upTo, nowMs));
                }
            }
            next = fetched.nextOffset();
        }
        return recovery.state(engine.endOffset(data));
    }

    private void ingest(LedgerState into, long upTo, long nowMs) throws InterruptedException {
        while (into.ingestedTo() < upTo) {
            long from = Math.max(into.ingestedTo(), engine.startOffset(data));
            if (from >= upTo) {
                into.skipTo(upTo);
                return;
            }
            Fetched fetched = engine.read(data, from, READ_BYTES, Duration.ZERO);
            for (StoredRecord record : fetched.records()) {
                if (record.offset() < upTo) {
                    into.ingest(MessageFacts.of(record), nowMs);
                }
            }
            if (fetched.nextOffset() <= from) {
                throw LedgerRecovery.endsTooEarly(from, upTo);
            }
            into.skipTo(Math.min(upTo, fetched.nextOffset()));
        }
    }

    /// Whether only the records that were to go with the changes are in the way, and nothing was
    /// written.
    static boolean isRefusal(SinewException e) {
        return e.code() == ErrorCode.BATCH_TOO_LARGE
                || e.code() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                || e.code() == ErrorCode.INVALID_RECORD;
    }

    /// Writes changes, and what else is to be appended with them.
    ///
    /// @return the offset of the first of the changes
    /// @throws SinewException as [Owner#commit]
    long commit(List<byte[]> changes, List<Owner.Append> others, long nowMs)
            throws InterruptedException {
        var appends = new ArrayList<Owner.Append>();
        appends.add(
                new Owner.Append(
                        ledger,
                        changes.stream()
                                .map(value -> new NewRecord(null, value, List.of(), nowMs))
                                .toList()));
        appends.addAll(others);
        return owner.commit(appends, List.of()).getFirst()[0];
    }

    /// Forgets the ledger before an offset.
    void trimLedger(long offset) throws InterruptedException {
        engine.trim(ledger, offset);
    }

    // ---- the data partition

    /// Records from an offset on; waits a while for the first.
    Fetched read(long offset, Duration atMost) throws InterruptedException {
        return engine.read(data, offset, READ_BYTES, atMost);
    }

    long startOffset() throws InterruptedException {
        return engine.startOffset(data);
    }

    long endOffset() throws InterruptedException {
        return engine.endOffset(data);
    }

    /// Deletes the messages before an offset.
    void trimData(long offset) throws InterruptedException {
        if (offset > engine.startOffset(data)) {
            engine.trim(data, offset);
        }
    }

    /// The record at an offset, if the log still has it.
    ///
    /// @param others gets what was read behind it
    Optional<StoredRecord> record(long offset, BodyCache others) throws InterruptedException {
        Fetched fetched;
        try {
            fetched = engine.read(data, offset, BODY_BYTES, Duration.ZERO);
        } catch (SinewException e) {
            if (e.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                return Optional.empty();
            }
            throw e;
        }
        Optional<StoredRecord> found = Optional.empty();
        for (StoredRecord record : fetched.records()) {
            if (record.offset() == offset) {
                found = Optional.of(record);
            } else {
                others.offer(record);
            }
        }
        return found;
    }

    @Override
    public void close() {
        owner.close();
    }
}
