package io.sinew.http;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.TopicInfo;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// How many partitions topics have, as it was a moment ago: a cluster would be asked over the
/// network at each request. Safe for any thread.
final class TopicCounts {
    private static final long AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(HttpLimits.COUNTED_MS);

    private final Engine engine;
    private final Clock clock;
    private final Map<String, Counted> known = new ConcurrentHashMap<>();

    private record Counted(int partitions, long atNanos) {}

    TopicCounts(Engine engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`
    int of(String topic) throws InterruptedException {
        Counted counted = known.get(topic);
        if (counted != null && clock.nanos() - counted.atNanos() < AGE_NANOS) {
            return counted.partitions();
        }
        int partitions = info(topic).partitionCount();
        if (known.size() >= HttpLimits.COUNTED) {
            known.clear();
        }
        known.put(topic, new Counted(partitions, clock.nanos()));
        return partitions;
    }

    /// The topic as it is now.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`
    TopicInfo info(String topic) throws InterruptedException {
        known.remove(topic);
        return engine.topic(topic)
                .orElseThrow(() ->
                        new SinewException(
                                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                                "There is no topic '" + topic + "'. Create it first"));
    }

    void forget(String topic) {
        known.remove(topic);
    }

    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION` when a topic has no such partition
    static int require(String topic, int partition, int count) {
        if (partition < 0 || partition >= count) {
            throw new SinewException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "The topic '"
                            + topic
                            + "' has no partition "
                            + partition
                            + ": it has 0 to "
                            + (count - 1));
        }
        return partition;
    }
}
