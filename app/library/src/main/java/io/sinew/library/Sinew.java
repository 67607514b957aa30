package io.sinew.library;

import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.cluster.ClusterEngine;
import io.sinew.cluster.ClusterSettings;
import io.sinew.log.DataDirectory;
import io.sinew.pubsub.EndpointRules;
import io.sinew.pubsub.Subscriptions;
import io.sinew.queue.Queue;
import io.sinew.queue.QueueSettings;
import io.sinew.queue.Queues;
import io.sinew.queue.Replier;
import io.sinew.queue.Requester;
import io.sinew.topics.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Sinew in this process: topics, and what is built on them. One for an application; safe for any
/// thread.
public final class Sinew implements AutoCloseable {
    /// Looks at whether a queue is there, a minute long.
    private static final int SERVED_LOOKS_MAX = 30_000;

    private static final long SERVED_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /// The address of a process that has no door: nobody can forward to it.
    private static final String NO_DOOR = "-";

    private final Engine engine;
    private final @Nullable Broker broker;
    private final Queues queues;
    private final String address;
    private final ReentrantLock subscribing = new ReentrantLock();

    /// Under its lock; opened when somebody asks for it.
    private @Nullable Subscriptions subscriptions;

    private Sinew(Engine engine, @Nullable Broker broker, String address) {
        this.engine = engine;
        this.broker = broker;
        this.address = address;
        this.queues = new Queues(engine, Clock.system(), address);
    }

    /// Opens Sinew on a data directory, which is made if it is not there and is this process's
    /// alone until it is closed. No sockets.
    ///
    /// @throws SinewException `DATA_DIRECTORY_LOCKED`, `DATA_DIRECTORY_TOO_NEW`, `DAMAGED_DATA`
    public static Sinew open(Path data) throws IOException {
        return open(data, Map.of());
    }

    /// As [#open(Path)].
    ///
    /// @param settings of the broker, by the names in docs/configuration.md
    /// @throws SinewException `INVALID_CONFIG` too
    public static Sinew open(Path data, Map<String, String> settings) throws IOException {
        BrokerSettings checked = BrokerSettings.of(settings);
        DataDirectory directory =
                DataDirectory.open(
                        Disk.system(),
                        data.toAbsolutePath().normalize(),
                        UUID.randomUUID().toString());
        try {
            Broker broker = Broker.open(directory, checked, Clock.system(), new Metrics());
            return new Sinew(new EmbeddedEngine(broker, UUID::randomUUID), broker, NO_DOOR);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /// Opens Sinew on an existing Kafka cluster. Several processes may: they share the work.
    ///
    /// @param bootstrap `HOST:PORT` of some of its brokers, with commas between them
    /// @throws SinewException `INVALID_CONFIG`, `ENGINE_UNAVAILABLE`
    public static Sinew connect(String bootstrap) throws InterruptedException {
        return connect(ClusterSettings.of(bootstrap), NO_DOOR);
    }

    /// As [#connect(String)].
    ///
    /// @param address where the other processes reach this one, for whoever forwards to the one
    ///   that has a partition
    public static Sinew connect(ClusterSettings settings, String address)
            throws InterruptedException {
        return new Sinew(ClusterEngine.open(settings), null, address);
    }

    /// The topics themselves.
    public Engine engine() {
        return engine;
    }

    /// The work queues.
    public Queues queues() {
        return queues;
    }

    /// The subscriptions to topics. The first call opens all that there are: from then on this
    /// process has its part in them.
    public Subscriptions subscriptions() throws InterruptedException {
        subscribing.lockInterruptibly();
        try {
            Subscriptions known = subscriptions;
            if (known == null) {
                known =
                        Subscriptions.open(
                                engine,
                                Clock.system(),
                                address,
                                EndpointRules.internet(),
                                new Metrics());
                subscriptions = known;
            }
            return known;
        } finally {
            subscribing.unlock();
        }
    }

    /// A queue, which is created with its defaults and one partition if it is not there. When Sinew
    /// has the data itself, the queue is ready when this returns; on a cluster the partitions that
    /// this process gets come one after the other.
    ///
    /// @throws SinewException `NOT_OWNER`: it takes long to read what is in the queue. Try again
    public Queue queue(String name) throws InterruptedException {
        if (queues.find(name).isEmpty()) {
            try {
                var _ = queues.create(name, 1, QueueSettings.defaults());
            } catch (SinewException e) {
                // Somebody else was first.
                if (e.code() != ErrorCode.QUEUE_ALREADY_EXISTS) {
                    throw e;
                }
            }
        }
        Queue queue = queues.queue(name);
        if (broker != null) {
            awaitServed(queue);
        }
        return queue;
    }

    /// As [#queue(String)], for values of an application.
    ///
    /// @param codec as `new JsonCodec<>(Payment.class)`
    public <T> TypedQueue<T> queue(String name, Codec<T> codec) throws InterruptedException {
        return new TypedQueue<>(queue(name), codec);
    }

    /// A topic for values of an application, which is created with one partition if it is not
    /// there.
    ///
    /// @throws SinewException as [Engine#createTopic]
    public <T> Topic<T> topic(String name, Codec<T> codec) throws InterruptedException {
        if (engine.topic(name).isEmpty()) {
            try {
                engine.createTopic(name, 1, Map.of());
            } catch (SinewException e) {
                // Somebody else was first.
                if (e.code() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                    throw e;
                }
            }
        }
        int count = engine.topic(name).orElseThrow().partitionCount();
        return new Topic<>(this, name, count, codec);
    }

    /// Nobody tells when a partition is there: this looks again and again.
    private static void awaitServed(Queue queue) throws InterruptedException {
        int count = queue.info().partitionCount();
        for (int i = 0; queue.ledger().partitions().size() < count; i++) {
            if (i == SERVED_LOOKS_MAX) {
                throw new SinewException(
                        ErrorCode.NOT_OWNER,
                        "Not all partitions of '" + queue.info().name() + "' are served yet");
            }
            LockSupport.parkNanos(SERVED_PAUSE_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("while a queue was being opened");
            }
        }
    }

    /// Sends requests to queues and takes their replies, until it is closed.
    ///
    /// @param replyQueue of this process alone, as in [Requester#open]
    public Requester requester(String replyQueue) throws InterruptedException {
        return Requester.open(queues, replyQueue, UUID.randomUUID());
    }

    /// Answers the requests in a queue.
    public Replier replier(Queue requests) {
        return new Replier(queues, requests);
    }

    /// The Kafka broker's settings and state, when Sinew has the data itself.
    Optional<Broker> broker() {
        return Optional.ofNullable(broker);
    }

    private void closeSubscriptions() {
        subscribing.lock();
        try {
            Subscriptions known = subscriptions;
            if (known != null) {
                known.close();
            }
        } finally {
            subscribing.unlock();
        }
    }

    /// Ends all work here. What was acknowledged is durable.
    @Override
    public void close() throws IOException {
        closeSubscriptions();
        queues.close();
        engine.close();
        if (broker != null) {
            broker.close();
        }
    }
}
