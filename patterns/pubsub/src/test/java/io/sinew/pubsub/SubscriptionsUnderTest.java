package io.sinew.pubsub;

import io.sinew.kit.Eventually;
import io.sinew.ledger.Message;
import io.sinew.ledger.Settled;
import io.sinew.topics.Engine;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Subscriptions on one of the engines, in a time that the test moves, and what tests do with them.
abstract class SubscriptionsUnderTest implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final String TOPIC = "events";

    /// Where the endpoints of tests are.
    static final EndpointRules ENDPOINTS = EndpointRules.allowing("127.0.0.0/8");

    final MovableClock clock = new MovableClock();

    /// What stores the topics; another one after each [#restart] and [#crash].
    abstract Engine engine();

    /// The subscriptions; others after each [#restart] and [#crash].
    abstract Subscriptions subscriptions();

    /// Ends this process's part and begins it again.
    abstract void restart() throws Exception;

    /// What stores the topics dies without a warning, and everything is started again.
    abstract void crash() throws Exception;

    @Override
    public abstract void close() throws IOException;

    // ---- subscriptions

    /// A topic of one partition.
    void createTopic() throws InterruptedException {
        engine().createTopic(TOPIC, 1, Map.of("message.timestamp.type", "LogAppendTime"));
    }

    Subscription create(String name, String filter, Map<String, String> settings) throws Exception {
        return create(name, filter, new StartPosition.Beginning(), settings);
    }

    Subscription create(
            String name, String filter, StartPosition start, Map<String, String> settings)
            throws Exception {
        var _ =
                subscriptions()
                        .create(
                                TOPIC,
                                name,
                                filter.isEmpty() ? Filter.all() : Filter.parse(filter),
                                start,
                                SubscriptionSettings.defaults().with(settings));
        return subscription(name);
    }

    /// The subscription, when it is served.
    Subscription subscription(String name) throws Exception {
        Subscription subscription = subscriptions().subscription(TOPIC, name);
        int count = engine().topic(TOPIC).orElseThrow().partitionCount();
        Eventually.await(
                PATIENCE,
                "all partitions",
                () -> subscription.ledger().partitions().size() == count);
        return subscription;
    }

    // ---- records

    /// Appends a record with a header `kind`.
    long append(String kind, String text) throws InterruptedException {
        return append(List.of(Header.of("kind", kind)), text);
    }

    void appendTo(int partition, String text) throws InterruptedException {
        var record =
                new NewRecord(
                        null, text.getBytes(StandardCharsets.UTF_8), List.of(), clock.nowMs());
        long[] _ = engine().append(new TopicPartition(TOPIC, partition), List.of(record));
    }

    long append(List<Header> headers, String text) throws InterruptedException {
        var record =
                new NewRecord(null, text.getBytes(StandardCharsets.UTF_8), headers, clock.nowMs());
        return engine().append(new TopicPartition(TOPIC, 0), List.of(record))[0];
    }

    // ---- messages

    static Message receiveOne(Subscription subscription) throws InterruptedException {
        List<Message> messages = subscription.receive(1, PATIENCE);
        if (messages.size() != 1) {
            throw new AssertionError("there is no message");
        }
        return messages.getFirst();
    }

    /// The texts of so many messages, which are acknowledged.
    static List<String> take(Subscription subscription, int count) throws InterruptedException {
        var texts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            Message message = receiveOne(subscription);
            if (subscription.ack(message) != Settled.DONE) {
                throw new AssertionError("the message is somebody else's");
            }
            texts.add(text(message));
        }
        return texts;
    }

    static String text(Message message) {
        byte[] value = message.value();
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /// Whether there is nothing to deliver, once all that was appended has been taken in.
    static boolean isQuiet(Subscription subscription) throws Exception {
        Eventually.await(PATIENCE, "all records seen", () -> subscription.counts().unseen() == 0);
        return subscription.receive(1, Duration.ZERO).isEmpty();
    }
}
