package io.sinew.ledger;

import io.sinew.base.Clock;
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
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What one shard of a ledger reads and writes: its partition of the topic, its partition of the
/// ledger, and the name by which it is the only one that may write there.
final class ShardLog implements AutoCloseable {
    /// Bytes of one read.
    static final int READ_BYTES = 1 << 20;

    /// Bytes that are read at once of far messages and of what lies between them.
    private static final int FAR_BYTES = 128 << 10;

    /// How long a commit that succeeded says that the name is still held: less than any process may
    /// be silent before others get what it has.
    private static final long PROOF_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Engine engine;
    private final Owner owner;
    private final Clock clock;
    private final LedgerConfig config;
    private final TopicPartition data;
    private final TopicPartition ledger;

    /// When the last commit that succeeded was begun.
    private volatile long provedNanos;

    private ShardLog(LedgerContext context, Owner owner, LedgerConfig config, int partition) {
        this.engine = context.engine();
        this.clock = context.clock();
        this.owner = owner;
        this.config = config;
        this.data = new TopicPartition(config.topic(), partition);
        this.ledger = new TopicPartition(config.ledgerTopic(), partition);
    }

    /// Takes the shard over from whoever had it.
    static ShardLog own(LedgerContext context, LedgerConfig config, int partition)
            throws InterruptedException {
        Owner owner = context.engine().own(config.ledgerTopic() + "-" + partition);
        return new ShardLog(context, owner, config, partition);
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
        long beganNanos = clock.nanos();
        long first = owner.commit(appends, List.of()).getFirst()[0];
        provedNanos = beganNanos;
        return first;
    }

    /// Makes sure that nobody else has the shard, as of a moment ago. A process that froze would
    /// otherwise give out, until it is told what it has lost, what another has dealt with.
    ///
    /// @throws SinewException `NOT_OWNER`
    void prove() throws InterruptedException {
        long beganNanos = clock.nanos();
        if (beganNanos - provedNanos < PROOF_NANOS) {
            return;
        }
        try {
            var _ = owner.commit(List.of(), List.of());
            provedNanos = beganNanos;
        } catch (SinewException e) {
            throw new SinewException(
                    ErrorCode.NOT_OWNER, data + " is not served here any more. Try again", e);
        }
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
    Optional<StoredRecord> record(long offset) throws InterruptedException {
        return readAt(offset, 1).flatMap(fetched -> recordAt(offset, fetched));
    }

    /// The same.
    ///
    /// @param bodies says how much is to be read, and gets what was read behind it
    Optional<StoredRecord> record(long offset, BodyCache bodies) throws InterruptedException {
        Optional<Fetched> fetched = readAt(offset, bodies.readBytes(offset));
        if (fetched.isEmpty()) {
            return Optional.empty();
        }
        List<StoredRecord> records = fetched.get().records();
        Optional<StoredRecord> found = recordAt(offset, fetched.get());
        bodies.readAhead(
                found.isPresent() ? records.subList(1, records.size()) : records,
                fetched.get().nextOffset());
        return found;
    }

    /// What there is from an offset on, unless that is before the start or behind the end.
    private Optional<Fetched> readAt(long offset, int maxBytes) throws InterruptedException {
        try {
            return Optional.of(engine.read(data, offset, maxBytes, Duration.ZERO));
        } catch (SinewException e) {
            if (e.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Optional<StoredRecord> recordAt(long offset, Fetched fetched) {
        return fetched.records().stream().findFirst().filter(first -> first.offset() == offset);
    }

    /// What is done with a far message.
    interface FarVisitor {
        /// Does something with a message.
        ///
        /// @param record empty if the log does not have it any more
        void visit(FarMessage message, Optional<StoredRecord> record) throws InterruptedException;
    }

    /// Reads the records of far messages.
    ///
    /// @param messages in the order of their offsets
    void forEach(List<FarMessage> messages, FarVisitor visitor) throws InterruptedException {
        int next = 0;
        long start = startOffset();
        while (next < messages.size() && messages.get(next).offset() < start) {
            visitor.visit(messages.get(next++), Optional.empty());
        }
        while (next < messages.size()) {
            long offset = messages.get(next).offset();
            Fetched fetched = engine.read(data, offset, FAR_BYTES, Duration.ZERO);
            if (fetched.nextOffset() <= offset) {
                throw LedgerRecovery.endsTooEarly(offset, offset + 1);
            }
            var records = new HashMap<Long, StoredRecord>();
            fetched.records().forEach(record -> records.put(record.offset(), record));
            while (next < messages.size() && messages.get(next).offset() < fetched.nextOffset()) {
                FarMessage message = messages.get(next++);
                visitor.visit(message, Optional.ofNullable(records.get(message.offset())));
            }
        }
    }

    /// What a ledger has to know of far messages whose records are still there.
    ///
    /// @param messages in the order of their offsets
    List<MessageFacts> facts(List<FarMessage> messages) throws InterruptedException {
        var found = new ArrayList<MessageFacts>(messages.size());
        forEach(
                messages,
                (_, record) -> record.ifPresent(there -> found.add(MessageFacts.of(there))));
        return found;
    }

    @Override
    public void close() {
        owner.close();
    }
}
