package io.sinew.queue;

import io.sinew.ledger.Registry;
import io.sinew.topics.Engine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which queues there are: the [Registry] in topic `sinew-queues`, with a queue's settings and the
/// count of its `partitions`.
final class QueueRegistry {
    static final String TOPIC = "sinew-queues";

    private static final String PARTITIONS = "partitions";

    private final Registry registry;

    QueueRegistry(Engine engine) {
        this.registry = new Registry(engine, TOPIC);
    }

    Optional<QueueInfo> find(String name) throws InterruptedException {
        return Optional.ofNullable(all().get(name));
    }

    /// All queues by name.
    Map<String, QueueInfo> all() throws InterruptedException {
        var queues = new TreeMap<String, QueueInfo>();
        registry.all().forEach((name, properties) -> queues.put(name, infoOf(name, properties)));
        return queues;
    }

    private static QueueInfo infoOf(String name, Map<String, String> properties) {
        var settings = new LinkedHashMap<String, String>(properties);
        String partitions = settings.remove(PARTITIONS);
        int count = partitions == null ? 1 : Integer.parseInt(partitions);
        return new QueueInfo(name, count, QueueSettings.defaults().with(settings));
    }

    /// Writes a queue down; durable when it returns.
    void put(QueueInfo info, long nowMs) throws InterruptedException {
        var properties = new LinkedHashMap<String, String>();
        properties.put(PARTITIONS, Integer.toString(info.partitionCount()));
        properties.putAll(info.settings().toMap());
        registry.put(info.name(), properties, nowMs);
    }

    /// Forgets a queue; durable when it returns.
    void remove(String name, long nowMs) throws InterruptedException {
        registry.remove(name, nowMs);
    }
}
