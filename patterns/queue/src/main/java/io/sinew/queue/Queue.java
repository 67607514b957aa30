package io.sinew.queue;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerCounts;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageConsumer;
import io.sinew.ledger.MessageHandler;
import io.sinew.ledger.MessageHeaders;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.SeenMessage;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.topics.Engine;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/// A work queue: each message is dealt with by one consumer, and stays until that has said so.
///
/// What is sent is durable when [#send] returns, and what is settled when [#settle] does. A message
/// is delivered again when its consumer says that it failed, or falls silent for longer than its
/// lease; so a consumer meets a message twice now and then ([DeliveryMode#AT_LEAST_ONCE]). Who
/// can't have that sends with a dedupe id and acknowledges with [#acknowledgeWith]; who would
/// rather lose a message than meet it twice asks with [#receiveAtMostOnce]. Safe for any thread;
/// what waits blocks its caller, which had better be a virtual thread.
public final class Queue implements AutoCloseable {
    /// Messages of one [#send].
    public static final int SEND_MAX = 10_000;

    /// Bytes of a name, as of a group or a dedupe id.
    private static final int NAME_BYTES_MAX = 1_024;

    private final Engine engine;
    private final Clock clock;
    private final QueueInfo info;
    private final Ledger ledger;
    private final AtomicInteger turn = new AtomicInteger();

    /// Messages that may be sent to each partition before its fullness is looked at again: half of
    /// the room that there was, for others send too.
    private final AtomicLongArray spare;

    Queue(Engine engine, Clock clock, QueueInfo info, Ledger ledger) {
        this.engine = engine;
        this.clock = clock;
        this.info = info;
        this.ledger = ledger;
        this.spare = new AtomicLongArray(info.partitionCount());
    }

    public QueueInfo info() {
        return info;
    }

    /// The state of its messages, for whoever needs more than is here.
    public Ledger ledger() {
        return ledger;
    }

    // ---- senders

    /// Sends a message.
    ///
    /// @throws SinewException `INVALID_REQUEST`; `QUEUE_FULL`, `DEDUPE_WINDOW_FULL`;
    ///   `BATCH_TOO_LARGE`; what the engine throws
    public Sent send(NewMessage message) throws InterruptedException {
        return send(List.of(message)).getFirst();
    }

    /// Sends several messages. If it fails, some of them may have been sent.
    ///
    /// @return where each went, in their order
    /// @throws SinewException as [#send(NewMessage)]
    public List<Sent> send(List<NewMessage> messages) throws InterruptedException {
        require(
                !messages.isEmpty() && messages.size() <= SEND_MAX,
                "Send 1 to " + SEND_MAX + " messages at a time");
        long nowMs = clock.nowMs();
        var sent = new Sent[messages.size()];
        var byPartition = new HashMap<Integer, List<Integer>>();
        int next = turn.getAndIncrement();
        for (int i = 0; i < messages.size(); i++) {
            NewMessage message = messages.get(i);
            check(message);
            int partition = partitionOf(message, next);
            Optional<Sent> known = known(message, partition);
            if (known.isPresent()) {
                sent[i] = known.get();
            } else {
                byPartition.computeIfAbsent(partition, _ -> new ArrayList<>()).add(i);
            }
        }
        for (Map.Entry<Integer, List<Integer>> part : byPartition.entrySet()) {
            int partition = part.getKey();
            requireRoom(partition, part.getValue().size());
            List<NewRecord> records =
                    part.getValue().stream().map(i -> recordOf(messages.get(i), nowMs)).toList();
            long[] offsets = engine.append(new TopicPartition(info.name(), partition), records);
            for (int i = 0; i < offsets.length; i++) {
                sent[part.getValue().get(i)] = new Sent(partition, offsets[i], false);
            }
        }
        return List.of(sent);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new SinewException(ErrorCode.INVALID_REQUEST, message);
        }
    }

    private static void check(NewMessage message) {
        require(
                message.priority() >= 0 && message.priority() <= MessageHeaders.PRIORITY_MAX,
                "A priority is from 0 to 9, not " + message.priority());
        require(
                message.delay().map(delay -> !delay.isNegative()).orElse(true),
                "A delay is not negative");
        require(
                message.ttl().map(ttl -> ttl.toMillis() > 0).orElse(true),
                "A message lives for a millisecond at least");
        checkName(message.group(), "A group's name");
        checkName(message.dedupeId(), "A dedupe id");
    }

    private static void checkName(Optional<String> name, String what) {
        int size = name.map(text -> text.getBytes(StandardCharsets.UTF_8).length).orElse(1);
        require(
                size > 0 && size <= NAME_BYTES_MAX,
                what + " has 1 to " + NAME_BYTES_MAX + " bytes, not " + size);
    }

    /// The partition that a message with a group or a dedupe id goes to; the others go anywhere.
    public OptionalInt partitionOf(NewMessage message) {
        boolean meets = message.group().isPresent() || message.dedupeId().isPresent();
        return meets ? OptionalInt.of(partitionOf(message, 0)) : OptionalInt.empty();
    }

    /// Messages that must meet go to one partition; the others in turn, those of one call together.
    private int partitionOf(NewMessage message, int next) {
        Optional<String> meeting = message.group().or(message::dedupeId);
        int spread = meeting.map(text -> (text.hashCode() * 0x9e3779b1) >>> 1).orElse(next);
        return Math.floorMod(spread, info.partitionCount());
    }

    private Optional<Sent> known(NewMessage message, int partition) {
        if (message.dedupeId().isEmpty()) {
            return Optional.empty();
        }
        return switch (ledger.duplicate(partition, message.dedupeId().get())) {
            case Ledger.Duplicate.None() -> Optional.empty();
            case Ledger.Duplicate.Of(long offset) -> Optional.of(new Sent(partition, offset, true));
        };
    }

    /// Where another process has the partition nobody here knows how full it is.
    private void requireRoom(int partition, int count) throws InterruptedException {
        if (spare.addAndGet(partition, -count) >= 0) {
            return;
        }
        if (!ledger.partitions().contains(partition)) {
            return;
        }
        long most = Math.max(1, info.settings().messagesMax() / info.partitionCount());
        long live = ledger.counts(partition).live();
        if (live >= most) {
            throw new SinewException(
                    ErrorCode.QUEUE_FULL,
                    "The queue '"
                            + info.name()
                            + "' has "
                            + live
                            + " messages in partition "
                            + partition
                            + ", and takes "
                            + most
                            + " (messages.max). Send slower, or have more consumers");
        }
        spare.set(partition, (most - live) / 2 - count);
    }

    private NewRecord recordOf(NewMessage message, long nowMs) {
        var headers = new ArrayList<Header>(message.headers());
        Optional<Long> due =
                message.dueMs().or(() -> message.delay().map(delay -> nowMs + delay.toMillis()));
        due.ifPresent(ms -> headers.add(Header.of(MessageHeaders.DUE, Long.toString(ms))));
        long ttlMs = message.ttl().map(Duration::toMillis).orElse(info.settings().ttlMs());
        if (ttlMs > 0) {
            headers.add(Header.of(MessageHeaders.EXPIRES, Long.toString(nowMs + ttlMs)));
        }
        if (message.priority() != MessageHeaders.PRIORITY_DEFAULT) {
            headers.add(Header.of(MessageHeaders.PRIORITY, Integer.toString(message.priority())));
        }
        message.group().ifPresent(name -> headers.add(Header.of(MessageHeaders.GROUP, name)));
        message.dedupeId().ifPresent(id -> headers.add(Header.of(MessageHeaders.DEDUPE, id)));
        return new NewRecord(message.key(), message.value(), headers, nowMs);
    }

    // ---- consumers

    /// As [#receive(int, Duration, Duration)] with the queue's own lease.
    public List<Message> receive(int most, Duration wait) throws InterruptedException {
        return receive(most, wait, Duration.ofMillis(info.settings().leaseMs()));
    }

    /// Gives messages to a consumer, which has each for `lease`. As few as there are, and none
    /// after `wait`.
    ///
    /// @throws SinewException `INVALID_REQUEST`, `TOO_MANY_WAITERS`
    public List<Message> receive(int most, Duration wait, Duration lease)
            throws InterruptedException {
        return ledger.receive(most, wait, lease);
    }

    /// As [#receive(int, Duration)], at most once: the messages are dealt with when this returns,
    /// and their receipts settle nothing. What is lost on the way to whoever asked is lost.
    ///
    /// @throws SinewException as [#receive(int, Duration, Duration)] and [#settle]; then those that
    ///   it would have returned are gone, or come to somebody else
    public List<Message> receiveAtMostOnce(int most, Duration wait) throws InterruptedException {
        List<Message> messages = receive(most, wait);
        return ledger.settledNow(messages);
    }

    /// Takes what a consumer says of its message; durable when it returns `DONE`.
    ///
    /// @throws SinewException as [Ledger#settle]
    public Settled settle(Receipt receipt, Verdict verdict) throws InterruptedException {
        return ledger.settle(receipt, verdict);
    }

    /// The message is dealt with.
    public Settled ack(Message message) throws InterruptedException {
        return settle(message.receipt(), new Verdict.Done());
    }

    /// The message failed, and is to be tried again if it may, when the queue's settings say.
    public Settled fail(Message message, String cause) throws InterruptedException {
        return settle(message.receipt(), new Verdict.Failed(Optional.empty(), cause));
    }

    /// Acknowledges a message and sends others, to any queues of this engine, all or nothing. If
    /// the message is not the consumer's any more, nothing is sent.
    ///
    /// @param outgoing by the queue they go to; without dedupe ids, which need a look at the other
    ///   queue first
    /// @throws SinewException as [Ledger#acknowledgeWith]; `INVALID_REQUEST`
    public Settled acknowledgeWith(Receipt receipt, Map<Queue, List<NewMessage>> outgoing)
            throws InterruptedException {
        var appends = new ArrayList<Owner.Append>();
        long nowMs = clock.nowMs();
        for (Map.Entry<Queue, List<NewMessage>> to : outgoing.entrySet()) {
            appends.addAll(to.getKey().appendsOf(to.getValue(), nowMs));
        }
        return ledger.acknowledgeWith(receipt, appends);
    }

    private List<Owner.Append> appendsOf(List<NewMessage> messages, long nowMs) {
        var byPartition = new HashMap<Integer, List<NewRecord>>();
        int next = turn.getAndIncrement();
        for (NewMessage message : messages) {
            check(message);
            require(
                    message.dedupeId().isEmpty(),
                    "A message that goes with an acknowledgement has no dedupe id");
            byPartition
                    .computeIfAbsent(partitionOf(message, next), _ -> new ArrayList<>())
                    .add(recordOf(message, nowMs));
        }
        return byPartition.entrySet().stream()
                .map(part ->
                        new Owner.Append(
                                new TopicPartition(info.name(), part.getKey()), part.getValue()))
                .toList();
    }

    /// Has a handler deal with messages until it is closed.
    public MessageConsumer consume(ConsumerOptions options, MessageHandler handler) {
        return MessageConsumer.start(ledger, options, handler, clock);
    }

    // ---- administration

    /// How many messages are in which state, in the partitions that are served here.
    public LedgerCounts counts() throws InterruptedException {
        return ledger.counts();
    }

    /// Stops deliveries in the partitions that are served here, or goes on with them.
    public void pause(boolean paused) throws InterruptedException {
        for (int partition : ledger.partitions()) {
            ledger.pause(partition, paused);
        }
    }

    /// Whether deliveries are stopped in any partition that is served here.
    public boolean isPaused() {
        return ledger.partitions().stream().anyMatch(ledger::isPaused);
    }

    /// Drops all messages that no consumer has, in the partitions that are served here.
    public void purge() throws InterruptedException {
        for (int partition : ledger.partitions()) {
            ledger.purge(partition);
        }
    }

    /// A message that somebody looks at without taking it.
    ///
    /// @param record empty when the log does not have it any more
    public record Peeked(int partition, SeenMessage seen, Optional<StoredRecord> record) {}

    /// The first live messages of each partition that is served here, without taking them.
    ///
    /// @param most in all
    public List<Peeked> peek(int most) throws InterruptedException {
        require(most >= 1 && most <= Ledger.RECEIVE_MAX, "Look at 1 to 1000 messages at a time");
        var peeked = new ArrayList<Peeked>();
        for (int partition : ledger.partitions()) {
            for (SeenMessage seen : ledger.look(partition, 0, most - peeked.size())) {
                peeked.add(new Peeked(partition, seen, ledger.record(partition, seen.offset())));
            }
        }
        return peeked;
    }

    /// Dead letters that are to be sent again, to the queue that they come from: those of the
    /// partitions that are served here. Called on the queue of the dead letters; nothing is done
    /// before the first step.
    ///
    /// @param to the queue that they come from
    public Redrive redrive(Queue to, Redrive.Options options) {
        return redrive(to, options, ledger.partitions());
    }

    /// As [#redrive(Queue, Redrive.Options)], of some partitions.
    public Redrive redrive(Queue to, Redrive.Options options, Set<Integer> partitions) {
        return new Redrive(this, to, options, clock, partitions);
    }

    /// Sends one dead letter again, as [Redrive] does.
    ///
    /// @return false when there is none there, or somebody has it at the moment
    public boolean redriveOne(Queue to, int partition, long offset) throws InterruptedException {
        Optional<StoredRecord> letter = ledger.record(partition, offset);
        return letter.isPresent() && Redrive.send(this, to, partition, letter.get(), clock.nowMs());
    }

    @Override
    public void close() {
        ledger.close();
    }
}
