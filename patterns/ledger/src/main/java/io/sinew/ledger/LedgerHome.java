package io.sinew.ledger;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A partition that this process has: the name by which it alone may write to that partition of the
/// ledger topic, what its ledgers read in common, and up to where each of them needs what was
/// written. Safe for any thread.
final class LedgerHome implements AutoCloseable {
    /// Records of the ledger partition that a ledger with little to do may keep from being
    /// forgotten, for each of its ledgers, before it is asked for a snapshot.
    private static final long KEPT_EACH = 200;

    private static final long KEPT_MIN = 20_000;

    private final Engine engine;
    private final Clock clock;
    private final TopicPartition data;
    private final TopicPartition ledger;
    private final SharedReads reads;

    private final Known known;

    /// Held while the name is taken or the partition is read.
    private final ReentrantLock opening = new ReentrantLock();

    private final CountDownLatch ended = new CountDownLatch(1);

    /// The same partition's when this process had it the last time. Two would take the name from
    /// each other.
    private final Optional<CountDownLatch> before;

    private volatile boolean closed;

    // Under `opening`.
    private @Nullable JointOwner owner;

    /// Whether nothing was read since the name was taken.
    private boolean isFresh;

    /// What was read for ledgers that have not asked for it yet, by id.
    private final Map<String, Reading> recovered = new HashMap<>();

    private final ReentrantLock lock = new ReentrantLock();

    // Under `lock`.
    /// Where the snapshot begins that each ledger goes on from, by id.
    private final Map<String, Long> begins = new HashMap<>();

    /// Before it, everything was forgotten already.
    private long forgottenTo;

    /// How the ledgers that are open are asked for a snapshot.
    private final Map<String, Runnable> asking = new HashMap<>();

    /// @param place of the partition that its ledgers are written to
    /// @param before the partition's last one in this process, if it had the partition before
    LedgerHome(Engine engine, Clock clock, Place place, Known known, Optional<LedgerHome> before) {
        this.engine = engine;
        this.clock = clock;
        this.data = new TopicPartition(place.topic(), place.partition());
        this.ledger = new TopicPartition(place.ledgerTopic(), place.partition());
        this.reads = new SharedReads(engine, data);
        this.known = known;
        // Not the home itself, which has what it read, and the one before it.
        this.before = before.map(last -> last.ended);
    }

    /// Where its ledgers are.
    record Place(String topic, String ledgerTopic, int partition) {}

    /// The ledgers that there are.
    ///
    /// @param here those that are open in this process
    record Known(Ledgers.Ids ids, Supplier<? extends Collection<LedgerConfig>> here) {}

    Engine engine() {
        return engine;
    }

    Clock clock() {
        return clock;
    }

    TopicPartition data() {
        return data;
    }

    /// How a ledger reads its messages.
    MessageReads readsOf(LedgerConfig config) {
        return config.lane().isPresent()
                ? new LaneReads(reads, config.lane().get().filter())
                : new OwnReads(engine, data);
    }

    // ---- the name

    /// The name, taken now unless this process has it and nothing has gone wrong since.
    ///
    /// @throws SinewException `NOT_OWNER` when the partition was given up; what the engine throws
    JointOwner owner() throws InterruptedException {
        return opening(() -> {
            JointOwner last = owner;
            if (last != null && !last.isOver()) {
                return last;
            }
            before.ifPresent(LedgerHome::awaitEnd);
            requireOpen();
            if (last != null) {
                last.close();
            }
            recovered.clear();
            Owner taken = engine.own(ledger.topic() + "-" + ledger.partition());
            var joint = new JointOwner(taken, ledger);
            owner = joint;
            isFresh = true;
            requireOpen();
            return joint;
        });
    }

    private interface Step<T> {
        T run() throws InterruptedException;
    }

    private <T> T opening(Step<T> step) throws InterruptedException {
        opening.lockInterruptibly();
        try {
            requireOpen();
            return step.run();
        } finally {
            opening.unlock();
            if (closed) {
                end();
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new SinewException(
                    ErrorCode.NOT_OWNER, data + " is served no more here. Try again");
        }
    }

    // ---- the ledger partition

    /// What the partition says of a ledger.
    ///
    /// @param begin offset of the snapshot that the state goes on from, or of its first change; -1
    ///   when there is neither
    record Recovered(LedgerState state, long begin) {}

    /// The state of a ledger as the log has it. Right after the name was taken, the partition is
    /// read for all ledgers at once.
    ///
    /// @throws SinewException `DAMAGED_DATA`; what the engine throws
    Recovered recover(LedgerConfig config, long nowMs) throws InterruptedException {
        return opening(() -> {
            Reading reading = recovered.remove(idOf(config));
            if (reading == null) {
                var wanted = new LinkedHashSet<LedgerConfig>();
                if (isFresh) {
                    wanted.addAll(known.here().get());
                }
                wanted.add(config);
                recovered.putAll(read(wanted, nowMs));
                isFresh = false;
                reading = recovered.remove(idOf(config));
            }
            return Objects.requireNonNull(reading).outcome(engine.endOffset(data));
        });
    }

    private Map<String, Reading> read(Collection<LedgerConfig> wanted, long nowMs)
            throws InterruptedException {
        var readings = new HashMap<String, Reading>();
        for (LedgerConfig config : wanted) {
            readings.put(idOf(config), new Reading(config, nowMs));
        }
        long end = engine.endOffset(ledger);
        long next = engine.startOffset(ledger);
        while (next < end) {
            Fetched fetched = engine.read(ledger, next, ShardLog.READ_BYTES, Duration.ZERO);
            for (StoredRecord record : fetched.records()) {
                Reading reading = readings.get(idOf(record));
                if (reading != null) {
                    reading.take(record);
                }
            }
            next = fetched.nextOffset();
        }
        return readings;
    }

    static String idOf(LedgerConfig config) {
        return config.lane().map(Lane::id).orElse("");
    }

    private static String idOf(StoredRecord record) {
        byte[] key = record.key();
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }

    /// A ledger whose records are being read. What is wrong with them is nobody else's.
    private final class Reading {
        private final LedgerRecovery recovery;
        private final MessageReads messages;
        private final long nowMs;
        private @Nullable SinewException failure;

        Reading(LedgerConfig config, long nowMs) {
            this.recovery = LedgerRecovery.of(config, data.partition(), nowMs);
            this.messages = readsOf(config);
            this.nowMs = nowMs;
        }

        void take(StoredRecord record) throws InterruptedException {
            byte[] value = record.value();
            if (value == null || failure != null) {
                return;
            }
            try {
                recovery.take(record.offset(), value, this::ingest);
            } catch (SinewException e) {
                failure = e;
            }
        }

        private void ingest(LedgerState into, long upTo) throws InterruptedException {
            while (into.ingestedTo() < upTo) {
                long from = Math.max(into.ingestedTo(), engine.startOffset(data));
                if (from >= upTo) {
                    into.skipTo(upTo);
                    return;
                }
                Fetched fetched = messages.read(from);
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

        Recovered outcome(long dataEnd) {
            if (failure != null) {
                throw failure;
            }
            return new Recovered(recovery.state(dataEnd), recovery.begin());
        }
    }

    // ---- what is still needed of it

    /// A ledger is open.
    ///
    /// @param begin from where on it needs its records
    /// @param asked has it write a snapshot soon, so that it needs fewer of them
    void opened(LedgerConfig config, long begin, Runnable asked) {
        lock.lock();
        try {
            begins.put(idOf(config), begin);
            asking.put(idOf(config), asked);
        } finally {
            lock.unlock();
        }
    }

    private Set<String> open() {
        lock.lock();
        try {
            return new HashSet<>(begins.keySet());
        } finally {
            lock.unlock();
        }
    }

    /// A ledger needs no record from before its new snapshot any more. What nobody needs is
    /// forgotten; not before all are open, for nobody knows what the others need.
    void needsFrom(LedgerConfig config, long begin) throws InterruptedException {
        Set<String> before = open();
        Collection<String> ids = known.ids().all();
        long from;
        long upTo;
        var late = new ArrayList<Runnable>();
        lock.lock();
        try {
            begins.put(idOf(config), begin);
            if (!begins.keySet().containsAll(ids)) {
                return;
            }
            // One that was opened meanwhile may have come about after the ids were told.
            before.removeAll(ids);
            begins.keySet().removeAll(before);
            asking.keySet().removeAll(before);
            from = forgottenTo;
            upTo = begins.values().stream().mapToLong(Long::longValue).min().orElse(0);
            long kept = Math.max(KEPT_MIN, KEPT_EACH * ids.size());
            begins.forEach((id, needed) -> {
                Runnable ask = asking.get(id);
                if (begin - needed > kept && ask != null) {
                    late.add(ask);
                }
            });
        } finally {
            lock.unlock();
        }
        late.forEach(Runnable::run);
        if (upTo > from) {
            engine.trim(ledger, upTo);
            forgotten(upTo);
        }
    }

    private void forgotten(long upTo) {
        lock.lock();
        try {
            forgottenTo = Math.max(forgottenTo, upTo);
        } finally {
            lock.unlock();
        }
    }

    // ---- the end

    /// Gives the name up. Whoever is taking it at the moment is refused, and does the same.
    @Override
    public void close() {
        closed = true;
        end();
    }

    private void end() {
        if (!opening.tryLock()) {
            return;
        }
        try {
            JointOwner last = owner;
            owner = null;
            recovered.clear();
            if (last != null) {
                last.close();
            }
            ended.countDown();
        } finally {
            opening.unlock();
        }
    }

    private static void awaitEnd(CountDownLatch ended) {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
