package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.BatchEncoder;
import io.sinew.log.BatchV2Format;
import io.sinew.log.Commit;
import io.sinew.log.CompactionFacts;
import io.sinew.log.Compactor;
import io.sinew.log.Dirt;
import io.sinew.log.LogEntry;
import io.sinew.log.LogStore;
import io.sinew.log.MarkerV0Format;
import io.sinew.log.PartitionLog;
import io.sinew.log.PlainRecord;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// One partition as its clients meet it: checks what producers send and appends it to the log;
/// gives the log to readers. Appends are one at a time, under its lock.
public final class Partition {
    /// Bytes of a batch of several records from this process. Whoever reads one of them reads and
    /// checks all of its batch: a queue that delivers in another order than that of its log does so
    /// again and again.
    static final int BATCH_BYTES = 32 << 10;

    private final Topic topic;
    private final int index;
    private final LogStore store;
    private final PartitionLog log;
    private final AppendCounts counts;
    private final JointAppends joint = new JointAppends(this);
    private final ReentrantLock lock = new ReentrantLock();
    private final ProducerStates producers = new ProducerStates();

    /// Whether there was a transaction here since the start: most partitions never see one, and
    /// their readers need not take the lock.
    private volatile boolean transactional;

    /// Ends of transactions whose markers may not be durable yet, oldest first.
    private final ArrayDeque<Ending> endings = new ArrayDeque<>();

    private volatile TopicConfig config;

    /// A transaction that began at the one offset and was ended by a marker at the other.
    private record Ending(long firstOffset, long markerOffset) {}

    Partition(
            Topic topic,
            int index,
            LogStore store,
            PartitionLog log,
            TopicConfig config,
            AppendCounts counts) {
        this.topic = topic;
        this.index = index;
        this.store = store;
        this.log = log;
        this.config = config;
        this.counts = counts;
    }

    public int index() {
        return index;
    }

    public String topicName() {
        return topic.name();
    }

    /// For reading.
    public PartitionLog log() {
        return log;
    }

    public TopicConfig config() {
        return config;
    }

    void configure(TopicConfig value) {
        config = value;
        log.configure(value.partition());
    }

    /// Where an append went.
    ///
    /// @param baseOffset offset of the batch's first record
    /// @param logAppendMs the broker's time on the batch, or -1 when the producer's stands
    /// @param commit when it is safe
    public record Appended(long baseOffset, long logAppendMs, Commit commit) {}

    /// Checks and appends one batch. Its bytes are copied: the caller may use the buffer again.
    ///
    /// @param batch from position to limit
    /// @throws SinewException as [BatchV2Format#requireOne] and [BatchIntake#take];
    ///   `BATCH_TOO_LARGE`, `INVALID_TXN_STATE`, `TRANSACTION_ABORTABLE`, `INVALID_PRODUCER_EPOCH`,
    ///   `OUT_OF_ORDER_SEQUENCE`, `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`
    public Appended append(ByteBuffer batch, long nowMs) throws InterruptedException {
        TopicConfig limits = config;
        requireAcceptable(batch, limits);
        ByteBuffer taken = store.intake().take(batch, limits.recordRules(nowMs));
        boolean idempotent = BatchV2Format.producerId(taken, taken.position()) >= 0;
        OptionalLong stampMs = stampMs(limits, nowMs);
        store.awaitRoom();
        lock.lock();
        try {
            if (idempotent) {
                Optional<Long> original = producers.check(taken);
                if (original.isPresent()) {
                    counts.duplicate();
                    // Safe once everything before now is, the original included.
                    return new Appended(original.get(), -1, store.barrier());
                }
            }
            PartitionLog.Append append = log.append(taken, store.leaderEpoch(), stampMs);
            producers.replay(taken, append.baseOffset(), nowMs);
            counts.appended(taken);
            return new Appended(append.baseOffset(), stampMs.orElse(-1), append.commit());
        } finally {
            lock.unlock();
        }
    }

    // ---- the embedded engine's calls

    /// What is appended here by callers in this process.
    JointAppends joint() {
        return joint;
    }

    /// Waits until the log has room for more.
    ///
    /// @throws SinewException `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`
    void awaitRoom() throws InterruptedException {
        store.awaitRoom();
    }

    /// Batches of records from this process, checked and packed as the topic wants them.
    ///
    /// @throws SinewException `BATCH_TOO_LARGE`, `INVALID_RECORD`, `INVALID_TIMESTAMP`
    List<ByteBuffer> batchesOf(List<PlainRecord> records, long nowMs) throws InterruptedException {
        TopicConfig limits = config;
        var batches = new ArrayList<ByteBuffer>(1);
        for (ByteBuffer batch : BatchEncoder.encode(records, BATCH_BYTES, limits.maxBatchBytes())) {
            batches.add(store.intake().take(batch, limits.recordRules(nowMs)));
        }
        return batches;
    }

    /// Where batches went.
    ///
    /// @param baseOffset offset of the first record; those of the others follow
    /// @param commit when all of them are safe
    record AppendedOwn(long baseOffset, Commit commit) {}

    /// Appends batches from [#batchesOf], of a MiB together, more or less. An interruption comes
    /// before all of them or does not matter.
    ///
    /// @param batches one at least
    /// @throws SinewException `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`
    AppendedOwn appendOwn(List<ByteBuffer> batches, long nowMs) throws InterruptedException {
        store.awaitRoom();
        lock.lock();
        try {
            OptionalLong stampMs = stampMs(config, nowMs);
            long baseOffset = log.nextOffset();
            Commit last = Commit.ofNothing();
            for (ByteBuffer batch : batches) {
                last = log.append(batch, store.leaderEpoch(), stampMs).commit();
                counts.appended(batch);
            }
            return new AppendedOwn(baseOffset, last);
        } finally {
            lock.unlock();
        }
    }

    private static OptionalLong stampMs(TopicConfig limits, long nowMs) {
        return limits.logAppendTime() ? OptionalLong.of(nowMs) : OptionalLong.empty();
    }

    /// Takes the lock under which the partition is appended to. [#letGo] must follow.
    void hold() {
        lock.lock();
    }

    void letGo() {
        lock.unlock();
    }

    /// What is appended for a batch from [#batchesOf]. [#counted] must follow.
    LogEntry entryOf(ByteBuffer batch, long nowMs) {
        return new LogEntry.Batch(log, batch, store.leaderEpoch(), stampMs(config, nowMs));
    }

    /// Counts a batch that was appended.
    void counted(ByteBuffer batch) {
        counts.appended(batch);
    }

    private static void requireAcceptable(ByteBuffer batch, TopicConfig limits) {
        if (batch.remaining() > limits.maxBatchBytes()) {
            throw new SinewException(
                    ErrorCode.BATCH_TOO_LARGE,
                    "The batch has "
                            + batch.remaining()
                            + " bytes; the topic takes "
                            + limits.maxBatchBytes()
                            + " (max.message.bytes)");
        }
        BatchV2Format.requireOne(batch);
        int at = batch.position();
        if (BatchV2Format.isTransactional(batch, at) && BatchV2Format.producerId(batch, at) < 0) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD, "transactional records need a producer id");
        }
    }

    // ---- transactions: the coordinator's calls

    /// From now until a marker ends it, the partition takes part in the producer's transaction.
    ///
    /// @param fromZero as in [ProducerStates#admit]
    void admit(long producerId, short epoch, boolean fromZero) {
        lock.lock();
        try {
            transactional = true;
            producers.admit(producerId, epoch, fromZero);
        } finally {
            lock.unlock();
        }
    }

    /// Whether the partition takes part in a transaction of that producer.
    public boolean admits(long producerId, short epoch) {
        lock.lock();
        try {
            return producers.isAdmitted(producerId, epoch);
        } finally {
            lock.unlock();
        }
    }

    /// Ends the producer's transaction: appends its marker.
    ///
    /// @param epoch the marker's
    /// @param skipKnown append nothing if the producer is at that epoch with nothing open, as after
    ///   a crash in the middle of the markers
    /// @throws SinewException `DISK_FULL`, `LOG_STOPPED`
    Commit endTransaction(
            long producerId, short epoch, boolean commit, boolean skipKnown, long nowMs) {
        lock.lock();
        try {
            if (skipKnown
                    && producers.hasEnded(producerId, epoch)
                    && !producers.isAdmitted(producerId, epoch)) {
                return Commit.ofNothing();
            }
            long first = producers.openedAt(producerId);
            long offset = log.nextOffset();
            var marker =
                    new MarkerV0Format.Marker(
                            producerId,
                            epoch,
                            commit,
                            store.leaderEpoch(),
                            first,
                            Math.min(producers.firstOpenedWithout(producerId), offset + 1));
            PartitionLog.Append append =
                    log.append(
                            MarkerV0Format.encode(marker, nowMs),
                            store.leaderEpoch(),
                            OptionalLong.empty());
            producers.end(marker, offset, nowMs);
            if (first >= 0) {
                endings.add(new Ending(first, offset));
            }
            return append.commit();
        } finally {
            lock.unlock();
        }
    }

    /// Where readers of committed records stop: before the first record of a transaction that is
    /// open, or whose end is not durable. Never before the log's start: a trim may go beyond.
    public long lastStableOffset() {
        long end = log.endOffset();
        if (!transactional) {
            // One that begins now begins behind that end.
            return end;
        }
        lock.lock();
        try {
            end = log.endOffset();
            while (!endings.isEmpty() && endings.getFirst().markerOffset() < end) {
                endings.removeFirst();
            }
            long stable = Math.min(end, producers.firstOpenedWithout(-1));
            for (Ending ending : endings) {
                stable = Math.min(stable, ending.firstOffset());
            }
            return Math.max(stable, log.logStartOffset());
        } finally {
            lock.unlock();
        }
    }

    /// Takes in a batch from the write-ahead log. When it was appended is not known; the time of
    /// the replay keeps its producer from being forgotten early.
    void replay(ByteBuffer batch, long nowMs) {
        int at = batch.position();
        long offset = BatchV2Format.baseOffset(batch, at);
        Optional<MarkerV0Format.Marker> marker = MarkerV0Format.decode(batch, at);
        lock.lock();
        try {
            if (BatchV2Format.isTransactional(batch, at)) {
                transactional = true;
            }
            if (marker.isPresent()) {
                producers.end(marker.get(), offset, nowMs);
            } else {
                producers.replay(batch, offset, nowMs);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends the recovery: what producers sent counts as far as the log has it.
    void recovered() {
        lock.lock();
        try {
            producers.forgetFrom(log.nextOffset());
        } finally {
            lock.unlock();
        }
    }

    /// Deletes the records before `offset`; -1 stands for the end.
    ///
    /// @return where the log starts then; it is durable when the commit is
    /// @throws SinewException `OFFSET_OUT_OF_RANGE`
    public Trimmed deleteBefore(long offset) {
        long target = offset == -1 ? log.endOffset() : offset;
        if (target < 0) {
            throw new SinewException(
                    ErrorCode.OFFSET_OUT_OF_RANGE, "cannot delete up to offset " + offset);
        }
        Commit commit = log.trim(target);
        return new Trimmed(log.logStartOffset(), commit);
    }

    /// Where the log starts after a deletion.
    public record Trimmed(long logStartOffset, Commit commit) {}

    /// The idempotent producers that the partition remembers.
    public Collection<IdempotentProducer> producers() {
        lock.lock();
        try {
            return List.copyOf(producers.describe());
        } finally {
            lock.unlock();
        }
    }

    void expireProducers(long oldestMs) {
        lock.lock();
        try {
            producers.expire(oldestMs);
        } finally {
            lock.unlock();
        }
    }

    /// Writes the producers if there are any, behind the partition's id.
    boolean writeProducers(DataOutputStream out) throws IOException {
        lock.lock();
        try {
            if (producers.isEmpty()) {
                return false;
            }
            out.writeLong(topic.id().getMostSignificantBits());
            out.writeLong(topic.id().getLeastSignificantBits());
            out.writeInt(index);
            producers.writeTo(out);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void readProducers(DataInputStream in) throws IOException {
        producers.readFrom(in);
        transactional = producers.firstOpenedWithout(-1) != Long.MAX_VALUE;
    }

    /// Applies retention (`retention.ms`, `retention.bytes`) as of `nowMs`.
    ///
    /// @return bytes freed
    long retain(long nowMs) throws IOException, InterruptedException {
        // First what needs no record: a disk that is full to the last refuses the rest.
        long freed = log.deleteTrimmedSegments();
        TopicConfig limits = config;
        if (!limits.deletes()) {
            return freed;
        }
        long oldestMs = limits.retentionMs() < 0 ? Long.MIN_VALUE : nowMs - limits.retentionMs();
        long maxBytes = limits.retentionBytes() < 0 ? Long.MAX_VALUE : limits.retentionBytes();
        long start = log.retainableStart(oldestMs, maxBytes, nowMs);
        if (start <= log.logStartOffset()) {
            return freed;
        }
        log.trim(start);
        return freed + log.deleteTrimmedSegments();
    }

    // ---- compaction

    /// How much could be compacted as of `nowMs`.
    Dirt dirt(long nowMs) throws IOException {
        return Dirt.of(log, config.compaction(), lastStableOffset(), nowMs);
    }

    /// Compacts what can be compacted.
    ///
    /// @return as [Compactor#compact]
    boolean compact(Compactor compactor, BooleanSupplier stop)
            throws IOException, InterruptedException {
        return compactor.compact(log, config.compaction(), compactionFacts(), stop);
    }

    private CompactionFacts compactionFacts() {
        // First: what becomes stable meanwhile is for the next time.
        long stable = lastStableOffset();
        lock.lock();
        try {
            return new CompactionFacts(stable, producers.lastOffsets(log.endOffset()));
        } finally {
            lock.unlock();
        }
    }
}
