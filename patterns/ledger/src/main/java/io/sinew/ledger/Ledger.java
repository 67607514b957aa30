package io.sinew.ledger;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The state of each message of a topic for one queue or subscription, as far as this process has
/// the topic's partitions. Several processes share them; what this one does not have it refuses
/// with `NOT_OWNER`. Safe for any thread; what waits blocks its caller.
public final class Ledger implements AutoCloseable {
    /// Messages that one call may ask for.
    public static final int RECEIVE_MAX = 1_000;

    /// The longest wait for messages.
    public static final Duration WAIT_MAX = Duration.ofMinutes(5);

    /// Consumers that may wait for messages at a time.
    public static final int WAITERS_MAX = 10_000;

    /// Bytes of records that may be appended together with one acknowledgement.
    public static final long OUTGOING_BYTES_MAX = 8 << 20;

    private final Ledgers all;
    private final LedgerConfig config;
    private final LedgerContext context;
    private final Consumer<Ledger> closing;
    private final Arrivals arrivals = new Arrivals(WAITERS_MAX);
    private final ConcurrentSkipListMap<Integer, ShardSlot> slots = new ConcurrentSkipListMap<>();

    /// The last of each partition that was given up; it may not have ended yet.
    private final ConcurrentSkipListMap<Integer, ShardSlot> given = new ConcurrentSkipListMap<>();

    private final AtomicInteger turn = new AtomicInteger();

    /// @param closing gives the partitions back
    Ledger(Ledgers all, Clock clock, LedgerConfig config, BodyRoom room, Consumer<Ledger> closing) {
        this.all = all;
        this.config = config;
        this.closing = closing;
        this.context = new LedgerContext(clock, arrivals, room);
    }

    /// Opens a ledger that has its topics for itself, which must be there. Its partitions come one
    /// after the other.
    ///
    /// @param address as in [Engine#share]
    /// @param room for the records that it keeps in memory for delivery; the other ledgers of the
    ///   process may have the same
    public static Ledger open(
            Engine engine, Clock clock, LedgerConfig config, String address, BodyRoom room)
            throws InterruptedException {
        return Ledgers.alone(engine, clock, config, address, room);
    }

    /// What it is called where somebody reads of it: its topic, and its id among others there.
    public String name() {
        return config.lane().map(lane -> config.topic() + "/" + lane.id()).orElse(config.topic());
    }

    LedgerConfig config() {
        return config;
    }

    void gained(int partition, LedgerHome home) {
        var slot = new ShardSlot(home, config, context, given.get(partition));
        slots.put(partition, slot);
        slot.start();
    }

    void lost(int partition) {
        ShardSlot slot = slots.remove(partition);
        if (slot != null) {
            given.put(partition, slot);
            slot.close();
        }
    }

    // ---- partitions

    /// The partitions that are served here now.
    public Set<Integer> partitions() {
        var served = new TreeSet<Integer>();
        slots.forEach((partition, slot) -> {
            if (slot.shard().isPresent()) {
                served.add(partition);
            }
        });
        return served;
    }

    /// Where a partition is served, as [io.sinew.topics.Share#holder] has it.
    public Optional<String> holder(int partition) throws InterruptedException {
        return all.holder(partition);
    }

    private LedgerShard shard(int partition) {
        ShardSlot slot = slots.get(partition);
        return Optional.ofNullable(slot)
                .flatMap(ShardSlot::shard)
                .orElseThrow(() ->
                        new SinewException(
                                ErrorCode.NOT_OWNER,
                                config.topic()
                                        + "-"
                                        + partition
                                        + " is not served here at the moment. Try again"));
    }

    private List<LedgerShard> shards() {
        return slots.values().stream().flatMap(slot -> slot.shard().stream()).toList();
    }

    // ---- consumers

    /// Gives up to `most` messages to a consumer, who has each for `lease`.
    ///
    /// @param wait how long to wait for the first one; zero for not at all
    /// @throws SinewException `INVALID_REQUEST` beyond what is named here, `TOO_MANY_WAITERS`
    public List<Message> receive(int most, Duration wait, Duration lease)
            throws InterruptedException {
        require(most >= 1 && most <= RECEIVE_MAX, "1 to " + RECEIVE_MAX + " messages at a time");
        require(!wait.isNegative() && wait.compareTo(WAIT_MAX) <= 0, "a wait of 5 minutes at most");
        long leaseMs = leaseMs(lease);
        List<Message> found = arrivals.await(() -> take(most, leaseMs), wait.toNanos());
        return found == null ? List.of() : found;
    }

    private static long leaseMs(Duration lease) {
        long ms = lease.toMillis();
        require(
                ms >= 1 && ms <= LedgerSettings.LEASE_MAX_MS,
                "a lease from a millisecond to 12 hours");
        return ms;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new SinewException(ErrorCode.INVALID_REQUEST, "Ask for " + what);
        }
    }

    /// From the shards in turn; null for nothing.
    private @Nullable List<Message> take(int most, long leaseMs) throws InterruptedException {
        List<LedgerShard> all = shards();
        var messages = new ArrayList<Message>();
        int first = all.isEmpty() ? 0 : Math.floorMod(turn.getAndIncrement(), all.size());
        for (int i = 0; i < all.size() && messages.size() < most; i++) {
            LedgerShard shard = all.get((first + i) % all.size());
            try {
                messages.addAll(shard.receive(most - messages.size(), leaseMs));
            } catch (SinewException e) {
                if (e.code() != ErrorCode.NOT_OWNER && messages.isEmpty()) {
                    throw e;
                }
            }
        }
        return messages.isEmpty() ? null : messages;
    }

    /// Takes what a consumer says of a message; durable when it returns `DONE`.
    ///
    /// @throws SinewException `NOT_OWNER`; what the engine throws, and then nobody knows whether it
    ///   counts
    public Settled settle(Receipt receipt, Verdict verdict) throws InterruptedException {
        requireSane(verdict);
        Optional<CommitGroup> group = shard(receipt.partition()).rule(receipt, verdict);
        return group.isPresent() ? group.get().await() : Settled.LOST;
    }

    /// As [#settle] for several messages, with one wait.
    ///
    /// @return what became of each
    public List<Settled> settleAll(List<Receipt> receipts, Verdict verdict)
            throws InterruptedException {
        requireSane(verdict);
        var groups = new ArrayList<Optional<CommitGroup>>(receipts.size());
        for (Receipt receipt : receipts) {
            groups.add(shard(receipt.partition()).rule(receipt, verdict));
        }
        var settled = new ArrayList<Settled>(receipts.size());
        for (Optional<CommitGroup> group : groups) {
            settled.add(group.isPresent() ? group.get().await() : Settled.LOST);
        }
        return settled;
    }

    /// Those of a consumer's messages that it has not lost, acknowledged.
    ///
    /// @throws SinewException as [#settle]
    public List<Message> settledNow(List<Message> messages) throws InterruptedException {
        List<Receipt> receipts = messages.stream().map(Message::receipt).toList();
        List<Settled> settled = settleAll(receipts, new Verdict.Done());
        var kept = new ArrayList<Message>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            if (settled.get(i) == Settled.DONE) {
                kept.add(messages.get(i));
            }
        }
        return kept;
    }

    /// Acknowledges a message and appends records, all or nothing.
    ///
    /// @throws SinewException as [#settle]; `BATCH_TOO_LARGE`, `UNKNOWN_TOPIC_OR_PARTITION`,
    ///   `INVALID_RECORD`: nothing was done, and the consumer still has the message
    public Settled acknowledgeWith(Receipt receipt, List<Owner.Append> outgoing)
            throws InterruptedException {
        return acknowledgeIf(receipt.partition(), new CommitCondition.Held(receipt), outgoing);
    }

    /// As [#acknowledgeWith], of a message that no consumer has: ready, or delayed.
    ///
    /// @return `LOST` when a consumer has it, or it is dealt with
    public Settled acknowledgeFree(int partition, long offset, List<Owner.Append> outgoing)
            throws InterruptedException {
        return acknowledgeIf(partition, new CommitCondition.Free(offset), outgoing);
    }

    private Settled acknowledgeIf(
            int partition, CommitCondition condition, List<Owner.Append> outgoing)
            throws InterruptedException {
        long bytes =
                outgoing.stream()
                        .flatMap(append -> append.records().stream())
                        .mapToLong(record -> record.sizeBytes())
                        .sum();
        if (bytes > OUTGOING_BYTES_MAX) {
            throw new SinewException(
                    ErrorCode.BATCH_TOO_LARGE,
                    bytes + " bytes go with one acknowledgement; at most " + OUTGOING_BYTES_MAX);
        }
        return shard(partition).acknowledgeIf(condition, outgoing).await();
    }

    private static void requireSane(Verdict verdict) {
        Duration delay =
                switch (verdict) {
                    case Verdict.Done() -> Duration.ZERO;
                    case Verdict.Failed failed -> failed.delay().orElse(Duration.ZERO);
                    case Verdict.Returned(Duration value) -> value;
                    case Verdict.Rejected _ -> Duration.ZERO;
                    case Verdict.Extended(Duration lease) -> {
                        long _ = leaseMs(lease);
                        yield Duration.ZERO;
                    }
                };
        require(
                !delay.isNegative()
                        && delay.compareTo(Duration.ofMillis(RetryPolicy.WAIT_MAX_MS)) <= 0,
                "a delay of a year at most");
    }

    // ---- senders

    /// What a sender is told of a dedupe id.
    public sealed interface Duplicate {
        /// Nobody had it: send.
        record None() implements Duplicate {}

        /// The message at that offset had it: there is nothing to send.
        record Of(long offset) implements Duplicate {}
    }

    /// Whether a message with that dedupe id would be delivered.
    ///
    /// @throws SinewException `NOT_OWNER`; `DEDUPE_WINDOW_FULL`: so many ids are remembered that
    ///   another would drive out one too early
    public Duplicate duplicate(int partition, String dedupeId) {
        var id = MessageFacts.DedupeId.of(dedupeId.getBytes(StandardCharsets.UTF_8));
        return switch (shard(partition).known(id)) {
            case DedupeAnswer.Fresh() -> new Duplicate.None();
            case DedupeAnswer.Known(long offset) -> new Duplicate.Of(offset);
            case DedupeAnswer.Full() ->
                    throw new SinewException(
                            ErrorCode.DEDUPE_WINDOW_FULL,
                            config.settings().dedupeMax()
                                    + " dedupe ids are remembered in "
                                    + config.topic()
                                    + "-"
                                    + partition
                                    + " already. Send slower, shorten the window, or allow more");
        };
    }

    // ---- administration

    /// How many messages are in which state, in the partitions that are served here.
    public LedgerCounts counts() throws InterruptedException {
        var counts = new LedgerCounts(0, 0, 0, 0, 0);
        for (LedgerShard shard : shards()) {
            try {
                counts = counts.plus(shard.admin().counts());
            } catch (SinewException e) {
                // One that has ended meanwhile is not served here.
                if (e.code() != ErrorCode.NOT_OWNER) {
                    throw e;
                }
            }
        }
        return counts;
    }

    /// The counts of one partition.
    ///
    /// @throws SinewException `NOT_OWNER`
    public LedgerCounts counts(int partition) throws InterruptedException {
        return shard(partition).admin().counts();
    }

    /// Whether deliveries are stopped.
    ///
    /// @throws SinewException `NOT_OWNER`
    public boolean isPaused(int partition) {
        return shard(partition).admin().isPaused();
    }

    /// Stops deliveries, or goes on with them; what consumers have they may still settle.
    ///
    /// @throws SinewException `NOT_OWNER`
    public void pause(int partition, boolean paused) throws InterruptedException {
        var _ = shard(partition).admin().pause(paused).await();
    }

    /// Drops all messages that no consumer has.
    ///
    /// @throws SinewException `NOT_OWNER`
    public void purge(int partition) throws InterruptedException {
        var _ = shard(partition).purge().await();
    }

    /// Live messages from an offset on, in their order, without taking them.
    ///
    /// @throws SinewException `NOT_OWNER`
    public List<SeenMessage> look(int partition, long from, int most) {
        return shard(partition).admin().live(from, most);
    }

    /// The record of a message that somebody looks at, if the log still has it.
    ///
    /// @throws SinewException `NOT_OWNER`
    public Optional<StoredRecord> record(int partition, long offset) throws InterruptedException {
        return shard(partition).admin().record(offset);
    }

    /// The oldest live message's offset, if there is one.
    ///
    /// @throws SinewException `NOT_OWNER`
    public OptionalLong oldest(int partition) {
        return look(partition, 0, 1).stream().mapToLong(SeenMessage::offset).findFirst();
    }

    /// Doomed messages from an offset on, in their order: those that stay, or are on their way to
    /// where dead letters go.
    ///
    /// @throws SinewException `NOT_OWNER`
    public List<DoomedMessage> doomed(int partition, long from, int most) {
        return shard(partition).admin().doomed(from, most);
    }

    /// Has doomed messages tried again, as if they had never failed; durable when it returns. Those
    /// that are not doomed are left alone.
    ///
    /// @throws SinewException `NOT_OWNER`
    public void redrive(int partition, List<Long> offsets) throws InterruptedException {
        awaitDurable(shard(partition).admin().redrive(offsets));
    }

    /// Forgets doomed messages; durable when it returns. Those that are not doomed are left alone.
    ///
    /// @throws SinewException `NOT_OWNER`
    public void drop(int partition, List<Long> offsets) throws InterruptedException {
        awaitDurable(shard(partition).admin().drop(offsets));
    }

    private static void awaitDurable(Optional<CommitGroup> group) throws InterruptedException {
        if (group.isPresent()) {
            var _ = group.get().await();
        }
    }

    /// Forgets all messages with their leases, and goes on with the records from an offset on, also
    /// with those that were dealt with; durable when it returns.
    ///
    /// @param offset what is before the topic's start or behind its end counts as those
    /// @throws SinewException `NOT_OWNER`
    public void seek(int partition, long offset) throws InterruptedException {
        var _ = shard(partition).seek(offset).await();
    }

    /// Gives the partitions back, as they are when what was decided is written.
    @Override
    public void close() {
        endWaits();
        closing.accept(this);
    }

    /// Nobody waits for messages any more.
    void endWaits() {
        arrivals.close();
    }

    /// Its partitions were given back: returns when nothing is under way any more.
    void awaitEnd() {
        given.values().forEach(ShardSlot::join);
    }
}
