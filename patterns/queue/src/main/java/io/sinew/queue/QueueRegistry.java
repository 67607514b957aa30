package io.sinew.queue;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// Which queues there are: the compacted topic `sinew-queues`, with a record for each. Its key is
/// the queue's name, its value a line `name=value` for each setting, and one for `partitions`; a
/// tombstone says that it was deleted. Every process reads it to its end before it answers.
final class QueueRegistry {
    static final String TOPIC = "sinew-queues";

    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int READ_BYTES = 1 << 20;

    private final Engine engine;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<String, QueueInfo> queues = new TreeMap<>();
    private long next = -1;

    QueueRegistry(Engine engine) {
        this.engine = engine;
    }

    Optional<QueueInfo> find(String name) throws InterruptedException {
        return Optional.ofNullable(all().get(name));
    }

    /// All queues by name.
    Map<String, QueueInfo> all() throws InterruptedException {
        lock.lock();
        try {
            readOn();
            return new TreeMap<>(queues);
        } finally {
            lock.unlock();
        }
    }

    private void readOn() throws InterruptedException {
        if (next < 0) {
            if (engine.topic(TOPIC).isEmpty()) {
                return;
            }
            next = engine.startOffset(PARTITION);
        }
        long end = engine.endOffset(PARTITION);
        while (next < end) {
            Fetched fetched = engine.read(PARTITION, next, READ_BYTES, Duration.ZERO);
            fetched.records().forEach(this::take);
            next = fetched.nextOffset();
        }
    }

    private void take(StoredRecord record) {
        byte[] key = record.key();
        if (key == null) {
            return;
        }
        String name = new String(key, StandardCharsets.UTF_8);
        byte[] value = record.value();
        if (value == null) {
            queues.remove(name);
            return;
        }
        queues.put(name, infoOf(name, new String(value, StandardCharsets.UTF_8)));
    }

    private static QueueInfo infoOf(String name, String text) {
        var settings = new HashMap<String, String>();
        text.lines()
                .forEach(line -> {
                    int at = line.indexOf('=');
                    if (at > 0) {
                        settings.put(line.substring(0, at), line.substring(at + 1));
                    }
                });
        int partitions = Integer.parseInt(settings.getOrDefault("partitions", "1"));
        settings.remove("partitions");
        return new QueueInfo(name, partitions, QueueSettings.defaults().with(settings));
    }

    private static String textOf(QueueInfo info) {
        var text = new StringBuilder("partitions=").append(info.partitionCount()).append('\n');
        info.settings()
                .toMap()
                .forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
        return text.toString();
    }

    /// Writes a queue down; durable when it returns.
    void put(QueueInfo info, long nowMs) throws InterruptedException {
        write(new NewRecord(bytes(info.name()), bytes(textOf(info)), List.of(), nowMs));
    }

    /// Forgets a queue; durable when it returns.
    void remove(String name, long nowMs) throws InterruptedException {
        write(new NewRecord(bytes(name), null, List.of(), nowMs));
    }

    private void write(NewRecord record) throws InterruptedException {
        if (engine.topic(TOPIC).isEmpty()) {
            try {
                engine.createTopic(
                        TOPIC,
                        1,
                        Map.of(
                                "cleanup.policy",
                                "compact",
                                "message.timestamp.type",
                                "LogAppendTime"));
            } catch (SinewException e) {
                if (e.code() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                    throw e;
                }
            }
        }
        long[] _ = engine.append(PARTITION, List.of(record));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
