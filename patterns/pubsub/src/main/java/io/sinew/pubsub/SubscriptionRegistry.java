package io.sinew.pubsub;

import io.sinew.ledger.Registry;
import io.sinew.topics.Engine;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which subscriptions there are: the [Registry] in topic `sinew-subscriptions`. A subscription's
/// name there is `TOPIC/NAME`; its properties are its settings and
///
/// ```
/// id      of its ledger
/// starts  offsets where it began, by partition, with commas between them
/// filter  the document, whose line breaks are spaces: JSON has no other use for them
/// push.…  the settings of its push, if it has one; its secrets too, as whoever reads the topic may
/// ```
final class SubscriptionRegistry {
    static final String TOPIC = "sinew-subscriptions";

    private static final String ID = "id";
    private static final String STARTS = "starts";
    private static final String FILTER = "filter";
    private static final String PUSH = "push.";

    private final Registry registry;

    /// What was read last: the same properties are not read into a subscription twice. Replaced as
    /// a whole.
    private volatile Map<String, Known> known = Map.of();

    private record Known(Map<String, String> properties, SubscriptionInfo info) {}

    SubscriptionRegistry(Engine engine) {
        this.registry = new Registry(engine, TOPIC);
    }

    private static String keyOf(String topic, String name) {
        return topic + "/" + name;
    }

    /// All subscriptions, by `TOPIC/NAME`.
    Map<String, SubscriptionInfo> all() throws InterruptedException {
        Map<String, Known> before = known;
        var now = new HashMap<String, Known>();
        var all = new TreeMap<String, SubscriptionInfo>();
        registry.all()
                .forEach((key, properties) -> {
                    Known same = before.get(key);
                    if (same == null || !same.properties().equals(properties)) {
                        same = new Known(properties, infoOf(key, properties));
                    }
                    now.put(key, same);
                    all.put(key, same.info());
                });
        known = now;
        return all;
    }

    Optional<SubscriptionInfo> find(String topic, String name) throws InterruptedException {
        String key = keyOf(topic, name);
        return Optional.ofNullable(registry.all().get(key))
                .map(properties -> infoOf(key, properties));
    }

    /// The ids of all subscriptions of a topic.
    List<String> ids(String topic) throws InterruptedException {
        return registry.all().entrySet().stream()
                .filter(each -> each.getKey().startsWith(topic + "/"))
                .map(each -> each.getValue().getOrDefault(ID, ""))
                .toList();
    }

    private static SubscriptionInfo infoOf(String key, Map<String, String> properties) {
        int slash = key.indexOf('/');
        var settings = new LinkedHashMap<String, String>(properties);
        String id = settings.remove(ID);
        String starts = settings.remove(STARTS);
        String filter = settings.remove(FILTER);
        var push = new LinkedHashMap<String, String>(settings);
        push.keySet().removeIf(property -> !property.startsWith(PUSH));
        settings.keySet().removeAll(push.keySet());
        return new SubscriptionInfo(
                key.substring(0, slash),
                key.substring(slash + 1),
                id == null ? key : id,
                filter == null || filter.isEmpty() ? Filter.all() : Filter.parse(filter),
                starts == null || starts.isEmpty()
                        ? List.of()
                        : Stream.of(starts.split(",", -1)).map(Long::parseLong).toList(),
                SubscriptionSettings.defaults().with(settings),
                push.isEmpty() ? Optional.empty() : Optional.of(PushSettings.from(push)));
    }

    /// Writes a subscription down; durable when it returns.
    void put(SubscriptionInfo info, long nowMs) throws InterruptedException {
        var properties = new LinkedHashMap<String, String>();
        properties.put(ID, info.id());
        properties.put(
                STARTS,
                info.starts().stream().map(String::valueOf).collect(Collectors.joining(",")));
        properties.put(FILTER, info.filter().text().replaceAll("[\\r\\n]", " "));
        properties.putAll(info.settings().toMap());
        info.push().ifPresent(push -> properties.putAll(push.toMap()));
        registry.put(keyOf(info.topic(), info.name()), properties, nowMs);
    }

    /// Forgets a subscription; durable when it returns.
    void remove(SubscriptionInfo info, long nowMs) throws InterruptedException {
        registry.remove(keyOf(info.topic(), info.name()), nowMs);
    }
}
