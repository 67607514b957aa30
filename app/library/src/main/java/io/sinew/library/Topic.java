package io.sinew.library;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageConsumer;
import io.sinew.ledger.Verdict;
import io.sinew.pubsub.Filter;
import io.sinew.pubsub.StartPosition;
import io.sinew.pubsub.Subscription;
import io.sinew.pubsub.SubscriptionSettings;
import io.sinew.pubsub.Subscriptions;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Utils;

/// A topic whose records are values of an application, as a [Codec] writes and reads them. Kafka
/// clients may write to it and read it. Safe for any thread.
public final class Topic<T> {
    private static final int READ_BYTES = 1 << 20;

    private final Sinew sinew;
    private final Engine engine;
    private final String name;
    private final int partitionCount;
    private final Codec<T> codec;

    Topic(Sinew sinew, String name, int partitionCount, Codec<T> codec) {
        this.sinew = sinew;
        this.engine = sinew.engine();
        this.name = name;
        this.partitionCount = partitionCount;
        this.codec = codec;
    }

    /// Where a record is.
    public record Place(int partition, long offset) {}

    /// A record that was read.
    ///
    /// @param timestampMs in ms since 1970
    /// @param key empty if it has none
    public record Entry<T>(Place place, long timestampMs, String key, T value) {}

    /// What was read, in the order of the offsets.
    ///
    /// @param nextOffset where to read on
    public record Entries<T>(List<Entry<T>> entries, long nextOffset) {
        public Entries {
            entries = List.copyOf(entries);
        }
    }

    public String name() {
        return name;
    }

    public int partitionCount() {
        return partitionCount;
    }

    /// Appends a value; durable when it returns. Values with one key are in one partition, in their
    /// order: the one that Kafka's own producers choose for the key.
    ///
    /// @throws SinewException as [Engine#append]
    public Place append(String key, T value) throws InterruptedException {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        int partition = Utils.toPositive(Utils.murmur2(keyBytes)) % partitionCount;
        var record =
                new NewRecord(keyBytes, codec.encode(value), List.of(), Clock.system().nowMs());
        long[] offsets = engine.append(new TopicPartition(name, partition), List.of(record));
        return new Place(partition, offsets[0]);
    }

    /// Reads values from an offset on; waits a while for the first.
    ///
    /// @throws SinewException as [Engine#read]; `INVALID_RECORD`: there is something that is no
    ///   such value
    public Entries<T> read(int partition, long offset, Duration atMost)
            throws InterruptedException {
        Fetched fetched =
                engine.read(new TopicPartition(name, partition), offset, READ_BYTES, atMost);
        var entries = new ArrayList<Entry<T>>();
        for (StoredRecord record : fetched.records()) {
            entries.add(entry(partition, record));
        }
        return new Entries<>(entries, fetched.nextOffset());
    }

    /// Has a handler deal with the values that a filter lets through, until it is closed: each
    /// until the handler has dealt with it, tried again when it fails, whatever other subscriptions
    /// do. The subscription is created, from now on, if it is not there; if it is, it goes on where
    /// it was, with the filter that it has. A record that is no such value is parked at once, for
    /// another try would not make it one.
    ///
    /// @param subscription its name; processes that give the same one share its values
    /// @throws SinewException as [Subscriptions#create]
    public MessageConsumer subscribe(
            String subscription, Filter filter, ConsumerOptions options, ValueHandler<T> handler)
            throws InterruptedException {
        return subscription(subscription, filter)
                .consume(options, message -> handled(message, handler));
    }

    private Subscription subscription(String subscription, Filter filter)
            throws InterruptedException {
        Subscriptions all = sinew.subscriptions();
        try {
            var _ =
                    all.create(
                            name,
                            subscription,
                            filter,
                            new StartPosition.End(),
                            SubscriptionSettings.defaults());
        } catch (SinewException e) {
            if (e.code() != ErrorCode.SUBSCRIPTION_ALREADY_EXISTS) {
                throw e;
            }
        }
        return all.subscription(name, subscription);
    }

    private Verdict handled(Message message, ValueHandler<T> handler) throws Exception {
        byte[] bytes = message.value();
        if (bytes == null) {
            return new Verdict.Rejected("there is no value");
        }
        T value;
        try {
            value = codec.decode(bytes);
        } catch (SinewException e) {
            return new Verdict.Rejected(String.valueOf(e.getMessage()));
        }
        return handler.handle(value, message);
    }

    private Entry<T> entry(int partition, StoredRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        if (value == null) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD,
                    name + "-" + partition + " has a record without a value at " + record.offset());
        }
        return new Entry<>(
                new Place(partition, record.offset()),
                record.timestampMs(),
                key == null ? "" : new String(key, StandardCharsets.UTF_8),
                codec.decode(value));
    }
}
