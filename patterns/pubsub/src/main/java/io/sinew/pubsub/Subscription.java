package io.sinew.pubsub;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.DoomedMessage;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerCounts;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageConsumer;
import io.sinew.ledger.MessageHandler;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.topics.Engine;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A subscription to a topic: each record that its filter lets through is a message, dealt with by
/// one consumer of this subscription, and stays until that has said so. What others do with the
/// same record changes nothing here.
///
/// Messages are met as in a work queue, at least once; in the order of the topic as far as nobody
/// fails and nothing is delayed, and in order for sure within an ordered group (the header
/// `sinew-group`). The topic's retention goes on: what it deletes is not delivered any more. Safe
/// for any thread; what waits blocks its caller, which had better be a virtual thread.
public final class Subscription {
    /// Messages that one call looks at.
    public static final int LOOK_MAX = 1_000;

    private final Engine engine;
    private final Clock clock;
    private final SubscriptionInfo info;
    private final Ledger ledger;

    Subscription(Engine engine, Clock clock, SubscriptionInfo info, Ledger ledger) {
        this.engine = engine;
        this.clock = clock;
        this.info = info;
        this.ledger = ledger;
    }

    public SubscriptionInfo info() {
        return info;
    }

    /// The state of its messages, for whoever needs more than is here.
    public Ledger ledger() {
        return ledger;
    }

    // ---- consumers

    /// As [#receive(int, Duration, Duration)] with the subscription's own lease.
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

    /// The message failed, and is to be tried again if it may, when the settings say.
    public Settled fail(Message message, String cause) throws InterruptedException {
        return settle(message.receipt(), new Verdict.Failed(Optional.empty(), cause));
    }

    /// Has a handler deal with messages until it is closed.
    public MessageConsumer consume(ConsumerOptions options, MessageHandler handler) {
        return MessageConsumer.start(ledger, options, handler, clock);
    }

    // ---- administration, of the partitions that are served here

    /// How many messages are in which state. Of the records that are not looked at yet it is not
    /// known whether the filter lets them through: all of them count.
    public LedgerCounts counts() throws InterruptedException {
        return ledger.counts();
    }

    /// Stops deliveries, or goes on with them; what consumers have they may still settle.
    public void pause(boolean paused) throws InterruptedException {
        for (int partition : ledger.partitions()) {
            ledger.pause(partition, paused);
        }
    }

    /// Whether deliveries are stopped in any partition.
    public boolean isPaused() {
        return ledger.partitions().stream().anyMatch(ledger::isPaused);
    }

    /// Goes on from somewhere else, also with what was dealt with before. All messages are
    /// forgotten: consumers have theirs no more, and what was parked is parked no more.
    public void seek(StartPosition position) throws InterruptedException {
        for (int partition : ledger.partitions()) {
            ledger.seek(
                    partition, position.in(engine, new TopicPartition(info.topic(), partition)));
        }
    }

    // ---- parked messages

    /// Parked messages of a partition, from an offset on, in their order.
    ///
    /// @throws SinewException `NOT_OWNER`, `INVALID_REQUEST`
    public List<ParkedMessage> parked(int partition, long from, int most)
            throws InterruptedException {
        if (most < 1 || most > LOOK_MAX) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "Look at 1 to " + LOOK_MAX + " messages at a time");
        }
        var found = new ArrayList<ParkedMessage>();
        for (DoomedMessage why : ledger.doomed(partition, from, most)) {
            found.add(new ParkedMessage(partition, why, ledger.record(partition, why.offset())));
        }
        return found;
    }

    /// Has all parked messages tried again, as if they had never failed. Nobody but this
    /// subscription's consumers sees anything of it.
    ///
    /// @return how many
    public long redriveAll() throws InterruptedException {
        long count = 0;
        for (int partition : ledger.partitions()) {
            List<Long> offsets = parkedOffsets(partition, 0);
            while (!offsets.isEmpty()) {
                ledger.redrive(partition, offsets);
                count += offsets.size();
                // One that fails again meanwhile stays.
                offsets = parkedOffsets(partition, offsets.getLast() + 1);
            }
        }
        return count;
    }

    private List<Long> parkedOffsets(int partition, long from) {
        return ledger.doomed(partition, from, LOOK_MAX).stream()
                .map(DoomedMessage::offset)
                .toList();
    }
}
