package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What one shard of a ledger reads and writes: its partition of the topic, its partition of the
/// ledger, and the name by which it is the only one that may write there.
final class ShardLog {
    /// Bytes of one read.
    static final int READ_BYTES = 1 << 20;

    /// Bytes that are read at once of far messages and of what lies between them.
    private static final int FAR_BYTES = 128 << 10;

    /// How long a commit that succeeded says that the name is still held: less than any process may
    /// be silent before others get what it has.
    private static final long PROOF_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LedgerHome home;
    private final JointOwner owner;
    private final LedgerConfig config;
    private final MessageReads messages;
    private final byte @Nullable [] key;

    /// When the last commit that succeeded was begun.
    private volatile long provedNanos;

    /// Goes on with the name that the partition's home has, or takes it.
    ShardLog(LedgerHome home, LedgerConfig config) throws InterruptedException {
        this.home = home;
        this.owner = home.owner();
        this.config = config;
        this.messages = home.readsOf(config);
        this.key =
                config.lane().map(lane -> lane.id().getBytes(StandardCharsets.UTF_8)).orElse(null);
    }

    TopicPartition data() {
        return home.data();
    }

    // ---- the ledger partition

    /// The state as the log has it, as of now taken over for good.
    ///
    /// @param spareLeases as in [LedgerState#open]
    /// @param asked as in [LedgerHome#opened]
    LedgerState open(int spareLeases, long nowMs, Runnable asked) throws InterruptedException {
        LedgerHome.Recovered recovered = home.recover(config, nowMs);
        LedgerState state = recovered.state();
        var records = new ArrayList<byte[]>();
        boolean begins = recovered.begin() < 0;
        if (begins && config.lane().isPresent()) {
            state.writeTo(new LedgerSnapshotV1Format.Writer(records::add));
        }
        ByteSink opened = LedgerRecordV1Format.begin(state.ingestedTo());
        LedgerRecordV1Format.put(opened, state.open(spareLeases));
        records.add(opened.toBytes());
        long first = commit(records, List.of(), nowMs);
        home.opened(config, begins ? first : recovered.begin(), asked);
        return state;
    }

    /// Whether only the records that were to go with the changes are in the way, and nothing was
    /// written.
    static boolean isRefusal(SinewException e) {
        return e.code() == ErrorCode.BATCH_TOO_LARGE
                || e.code() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                || e.code() == ErrorCode.INVALID_RECORD
                || e.code() == ErrorCode.INVALID_TIMESTAMP;
    }

    /// Writes changes, and what else is to be appended with them.
    ///
    /// @return the offset of the first of the changes
    /// @throws SinewException as [Owner#commit]
    long commit(List<byte[]> changes, List<Owner.Append> others, long nowMs)
            throws InterruptedException {
        List<NewRecord> records =
                changes.stream().map(value -> new NewRecord(key, value, List.of(), nowMs)).toList();
        long beganNanos = home.clock().nanos();
        long first = owner.commit(records, others);
        provedNanos = beganNanos;
        return first;
    }

    /// Makes sure that nobody else has the shard, as of a moment ago. A process that froze would
    /// otherwise give out, until it is told what it has lost, what another has dealt with.
    ///
    /// @throws SinewException `NOT_OWNER`
    void prove() throws InterruptedException {
        long beganNanos = home.clock().nanos();
        if (beganNanos - provedNanos < PROOF_NANOS) {
            return;
        }
        try {
            long _ = owner.commit(List.of(), List.of());
            provedNanos = beganNanos;
        } catch (SinewException e) {
            throw new SinewException(
                    ErrorCode.NOT_OWNER, data() + " is not served here any more. Try again", e);
        }
    }

    /// The ledger goes on from a snapshot, and needs nothing from before it.
    void needsFrom(long offset) throws InterruptedException {
        home.needsFrom(config, offset);
    }

    // ---- the data partition

    /// As [MessageReads#await].
    Fetched await(long offset, BooleanSupplier over) throws InterruptedException {
        return messages.await(offset, over);
    }

    /// As [MessageReads#lookAgain].
    void lookAgain() {
        messages.lookAgain();
    }

    long startOffset() throws InterruptedException {
        return home.engine().startOffset(data());
    }

    long endOffset() throws InterruptedException {
        return home.engine().endOffset(data());
    }

    /// Deletes the messages before an offset.
    void trimData(long offset) throws InterruptedException {
        if (offset > startOffset()) {
            home.engine().trim(data(), offset);
        }
    }

    /// As [MessageReads#record(long)].
    Optional<StoredRecord> record(long offset) throws InterruptedException {
        return messages.record(offset);
    }

    /// As [MessageReads#record(long, BodyCache)].
    Optional<StoredRecord> record(long offset, BodyCache bodies) throws InterruptedException {
        return messages.record(offset, bodies);
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
            Fetched fetched = home.engine().read(data(), offset, FAR_BYTES, Duration.ZERO);
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
}
