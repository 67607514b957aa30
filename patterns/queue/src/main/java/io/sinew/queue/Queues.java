package io.sinew.queue;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.BodyRoom;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerConfig;
import io.sinew.topics.Engine;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The queues of an engine. A queue is a topic of the same name, a topic with its ledger, and a
/// queue for its dead letters; any Kafka client may write to the first and read all of them.
public final class Queues implements AutoCloseable {
    /// Partitions that a queue may have.
    public static final int PARTITIONS_MAX = 1_000;

    /// Characters of a queue's name, which its other topics' names make longer.
    public static final int NAME_CHARS_MAX = 200;

    /// A message and what comes with it, in bytes; a topic takes 1 MiB unless it says otherwise.
    private static final String LEDGER_RECORD_BYTES = Integer.toString(8 << 20);

    /// Nobody but the ledger deletes anything, whatever the cluster's defaults are; and records
    /// have the time of the log, so that a process whose clock is wrong is not refused for it.
    private static final Map<String, String> KEEPING =
            Map.of(
                    "cleanup.policy", "delete",
                    "retention.ms", "-1",
                    "retention.bytes", "-1",
                    "message.timestamp.type", "LogAppendTime");

    /// For how long it may stay unnoticed that another process has deleted a queue.
    private static final long SEEN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Engine engine;
    private final Clock clock;
    private final String address;
    private final QueueRegistry registry;

    /// Of the messages of all queues that wait in memory for their delivery.
    private final BodyRoom room = BodyRoom.ofHeap();

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Open> open = new HashMap<>();

    /// A queue that is open here, and when it was last seen that it is still the one of that name.
    private record Open(Queue queue, long seenNanos) {}

    /// @param address where other processes reach this one, as in [Engine#share]
    public Queues(Engine engine, Clock clock, String address) {
        this.engine = engine;
        this.clock = clock;
        this.address = address;
        this.registry = new QueueRegistry(engine);
    }

    Clock clock() {
        return clock;
    }

    /// Where other processes reach this one.
    public String address() {
        return address;
    }

    /// Creates a queue, and one for its dead letters unless its settings say otherwise. What a
    /// crash interrupted is finished by doing it again.
    ///
    /// @throws SinewException `QUEUE_ALREADY_EXISTS`, `TOPIC_ALREADY_EXISTS`, `INVALID_TOPIC_NAME`,
    ///   `INVALID_PARTITIONS`
    public QueueInfo create(String name, int partitionCount, QueueSettings settings)
            throws InterruptedException {
        if (name.length() > NAME_CHARS_MAX) {
            throw new SinewException(
                    ErrorCode.INVALID_TOPIC_NAME,
                    "a queue's name has " + NAME_CHARS_MAX + " characters at most");
        }
        if (partitionCount < 1 || partitionCount > PARTITIONS_MAX) {
            throw new SinewException(
                    ErrorCode.INVALID_PARTITIONS,
                    "a queue has 1 to " + PARTITIONS_MAX + " partitions, not " + partitionCount);
        }
        lock.lock();
        try {
            if (registry.find(name).isPresent()) {
                throw new SinewException(
                        ErrorCode.QUEUE_ALREADY_EXISTS, "There is a queue '" + name + "' already");
            }
            var info = new QueueInfo(name, partitionCount, settings);
            if (settings.deadLetters()) {
                createOne(
                        new QueueInfo(
                                info.deadName(), partitionCount, QueueSettings.ofDeadLetters()));
            }
            createOne(info);
            return info;
        } finally {
            lock.unlock();
        }
    }

    /// The ledger's topic first: where it is and the queue is not, a creation was interrupted.
    private void createOne(QueueInfo info) throws InterruptedException {
        if (registry.find(info.name()).isPresent()) {
            return;
        }
        // In this order: another process may be creating the same queue.
        boolean there = engine.topic(info.name()).isPresent();
        boolean begun = engine.topic(info.ledgerTopic()).isPresent();
        if (there && !begun) {
            throw new SinewException(
                    ErrorCode.TOPIC_ALREADY_EXISTS,
                    "There is a topic '"
                            + info.name()
                            + "' already, and a queue deletes the records that it has dealt with."
                            + " Choose another name");
        }
        if (!begun) {
            var settings = new HashMap<String, String>(KEEPING);
            settings.put("max.message.bytes", LEDGER_RECORD_BYTES);
            createTopic(info.ledgerTopic(), info.partitionCount(), settings);
        }
        if (!there) {
            createTopic(info.name(), info.partitionCount(), KEEPING);
        }
        registry.put(info, clock.nowMs());
    }

    private void createTopic(String name, int partitionCount, Map<String, String> settings)
            throws InterruptedException {
        try {
            engine.createTopic(name, partitionCount, settings);
        } catch (SinewException e) {
            // It was not there a moment ago: another process has just made it, for the same queue.
            if (e.code() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    /// All queues, by their names.
    public Collection<QueueInfo> list() throws InterruptedException {
        return registry.all().values();
    }

    /// A queue as it was created, if there is one of that name.
    public Optional<QueueInfo> find(String name) throws InterruptedException {
        return registry.find(name);
    }

    /// The queue whose ledger is kept in that topic, if it is one's.
    public Optional<QueueInfo> findByLedger(String topic) throws InterruptedException {
        return topic.endsWith(QueueInfo.LEDGER)
                ? registry.find(topic.substring(0, topic.length() - QueueInfo.LEDGER.length()))
                : Optional.empty();
    }

    /// A queue to work with; the same one at each call, until it is deleted, here or by another
    /// process, or this is closed.
    ///
    /// @throws SinewException `QUEUE_NOT_FOUND`
    public Queue queue(String name) throws InterruptedException {
        lock.lock();
        try {
            Open known = open.get(name);
            if (known != null && clock.nanos() - known.seenNanos() < SEEN_NANOS) {
                return known.queue();
            }
            Optional<QueueInfo> info = registry.find(name);
            if (known != null && !info.equals(Optional.of(known.queue().info()))) {
                close(name);
                known = null;
            }
            Queue queue = known == null ? openQueue(info, name) : known.queue();
            open.put(name, new Open(queue, clock.nanos()));
            return queue;
        } finally {
            lock.unlock();
        }
    }

    private Queue openQueue(Optional<QueueInfo> found, String name) throws InterruptedException {
        QueueInfo info = found.orElseThrow(() -> missing(name));
        return new Queue(engine, clock, info, openLedger(info));
    }

    /// Closes a queue here if it is open, as when another process has deleted it.
    public void close(String name) {
        lock.lock();
        try {
            Open known = open.remove(name);
            if (known != null) {
                known.queue().close();
            }
        } finally {
            lock.unlock();
        }
    }

    private Ledger openLedger(QueueInfo info) throws InterruptedException {
        var config =
                LedgerConfig.alone(
                        info.name(),
                        info.ledgerTopic(),
                        info.settings().deadLetters()
                                ? Optional.of(info.deadName())
                                : Optional.empty(),
                        info.settings().ofLedger());
        return Ledger.open(engine, clock, config, address, room);
    }

    private static SinewException missing(String name) {
        return new SinewException(
                ErrorCode.QUEUE_NOT_FOUND,
                "There is no queue '" + name + "'. `sinew queue create` makes one");
    }

    /// Deletes a queue with all its messages, and its dead letters.
    ///
    /// @throws SinewException `QUEUE_NOT_FOUND`
    public void delete(String name) throws InterruptedException {
        lock.lock();
        try {
            QueueInfo info = registry.find(name).orElseThrow(() -> missing(name));
            deleteOne(info);
            Optional<QueueInfo> dead = registry.find(info.deadName());
            if (info.settings().deadLetters() && dead.isPresent()) {
                deleteOne(dead.get());
            }
        } finally {
            lock.unlock();
        }
    }

    private void deleteOne(QueueInfo info) throws InterruptedException {
        close(info.name());
        registry.remove(info.name(), clock.nowMs());
        for (String topic : new String[] {info.name(), info.ledgerTopic()}) {
            if (engine.topic(topic).isPresent()) {
                engine.deleteTopic(topic);
            }
        }
    }

    /// Ends the work of all queues here; the engine stays open.
    @Override
    public void close() {
        lock.lock();
        try {
            closeAll();
        } finally {
            open.clear();
            lock.unlock();
        }
    }

    /// All of them, also when one can't be closed in time.
    private void closeAll() {
        SinewException late = null;
        for (Open known : open.values()) {
            try {
                known.queue().close();
            } catch (SinewException e) {
                late = e;
            }
        }
        if (late != null) {
            throw late;
        }
    }
}
