package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Which things of a kind there are, for all processes of an engine: a compacted topic with a
/// record for each. Its key is the thing's name, its value a line `name=value` for each of its
/// properties; a tombstone says that it was deleted. Who asks reads the topic to its end first.
/// Safe for any thread.
public final class Registry {
    private static final int READ_BYTES = 1 << 20;

    private final Engine engine;
    private final TopicPartition partition;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final TreeMap<String, Map<String, String>> things = new TreeMap<>();
    private long next = -1;

    /// @param topic made when the first thing is
    public Registry(Engine engine, String topic) {
        this.engine = engine;
        this.partition = new TopicPartition(topic, 0);
    }

    /// All things by name, each with its properties.
    public Map<String, Map<String, String>> all() throws InterruptedException {
        lock.lock();
        try {
            readOn();
            return new TreeMap<>(things);
        } finally {
            lock.unlock();
        }
    }

    private void readOn() throws InterruptedException {
        if (next < 0) {
            if (engine.topic(partition.topic()).isEmpty()) {
                return;
            }
            next = engine.startOffset(partition);
        }
        long end = engine.endOffset(partition);
        while (next < end) {
            Fetched fetched = engine.read(partition, next, READ_BYTES, Duration.ZERO);
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
            things.remove(name);
        } else {
            things.put(name, properties(new String(value, StandardCharsets.UTF_8)));
        }
    }

    private static Map<String, String> properties(String text) {
        var properties = new LinkedHashMap<String, String>();
        text.lines()
                .forEach(line -> {
                    int at = line.indexOf('=');
                    if (at > 0) {
                        properties.put(line.substring(0, at), line.substring(at + 1));
                    }
                });
        return properties;
    }

    /// Writes a thing down; durable when it returns.
    ///
    /// @param properties none of which has a line break in it
    public void put(String name, Map<String, String> properties, long nowMs)
            throws InterruptedException {
        var text = new StringBuilder();
        properties.forEach((property, value) -> {
            if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
                throw new SinewException(
                        ErrorCode.INVALID_CONFIG, "'" + property + "' has a line break in it");
            }
            text.append(property).append('=').append(value).append('\n');
        });
        write(name, bytes(text.toString()), nowMs);
    }

    /// Forgets a thing; durable when it returns.
    public void remove(String name, long nowMs) throws InterruptedException {
        write(name, null, nowMs);
    }

    private void write(String name, byte @Nullable [] value, long nowMs)
            throws InterruptedException {
        if (engine.topic(partition.topic()).isEmpty()) {
            createTopic();
        }
        var record = new NewRecord(bytes(name), value, List.of(), nowMs);
        long[] _ = engine.append(partition, List.of(record));
    }

    /// Times are the log's, so that a process whose clock is wrong is not refused for it.
    private void createTopic() throws InterruptedException {
        var settings =
                Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime");
        try {
            engine.createTopic(partition.topic(), 1, settings);
        } catch (SinewException e) {
            // Another process was first.
            if (e.code() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
