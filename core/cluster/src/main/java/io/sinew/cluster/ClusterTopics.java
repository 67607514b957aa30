package io.sinew.cluster;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.TopicInfo;
import io.sinew.topics.TopicPartition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;

/// The cluster's topics: made, changed and asked about. Kafka answers a change when its controller
/// has it; here it is answered when brokers show it, so that the caller can go on with it.
///
/// Kafka's internal topics are not there: nobody appends to a group's offsets by hand.
final class ClusterTopics {
    private final Clients clients;
    private final Clock clock;
    private final Map<String, TopicFacts> facts = new ConcurrentHashMap<>();

    ClusterTopics(Clients clients, Clock clock) {
        this.clients = clients;
        this.clock = clock;
    }

    void create(String name, int partitionCount, Map<String, String> settings)
            throws InterruptedException {
        String what = "creating topic '" + name + "'";
        checkCount(what, partitionCount);
        var topic =
                new NewTopic(name, Optional.of(partitionCount), Optional.empty()).configs(settings);
        clients.answer(clients.admin().createTopics(List.of(topic)).all(), what);
        awaitPartitions(what, name, partitionCount);
        ask(name);
    }

    Optional<TopicInfo> info(String name) throws InterruptedException {
        Optional<TopicDescription> description = describe(name);
        if (description.isEmpty()) {
            return Optional.empty();
        }
        var own = new HashMap<String, String>();
        for (ConfigEntry entry : settings(name)) {
            if (entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG && entry.value() != null) {
                own.put(entry.name(), entry.value());
            }
        }
        return Optional.of(new TopicInfo(name, description.get().partitions().size(), own));
    }

    Set<String> names() throws InterruptedException {
        return Set.copyOf(
                clients.answer(clients.admin().listTopics().names(), "listing the topics"));
    }

    void changeSettings(String name, Map<String, String> changes) throws InterruptedException {
        existing(name);
        Map<String, String> before = values(name);
        List<AlterConfigOp> ops =
                changes.entrySet().stream()
                        .map(change -> new ConfigEntry(change.getKey(), change.getValue()))
                        .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
                        .toList();
        if (ops.isEmpty()) {
            return;
        }
        String what = "changing the settings of topic '" + name + "'";
        clients.answer(
                clients.admin().incrementalAlterConfigs(Map.of(resource(name), ops)).all(), what);
        // A broker may show a value in another spelling than it was given: then it has changed.
        await(
                what,
                () -> {
                    Map<String, String> now = values(name);
                    return changes.entrySet().stream()
                            .allMatch(change -> shows(change, before, now));
                });
        ask(name);
    }

    private static boolean shows(
            Map.Entry<String, String> change, Map<String, String> before, Map<String, String> now) {
        String value = now.get(change.getKey());
        return spelling(change.getValue()).equals(spelling(Objects.requireNonNullElse(value, "")))
                || !Objects.equals(value, before.get(change.getKey()));
    }

    private static String spelling(String value) {
        return value.replace(" ", "");
    }

    void addPartitions(String name, int newCount) throws InterruptedException {
        existing(name);
        String what = "adding partitions to topic '" + name + "'";
        checkCount(what, newCount);
        clients.answer(
                clients.admin()
                        .createPartitions(Map.of(name, NewPartitions.increaseTo(newCount)))
                        .all(),
                what);
        awaitPartitions(what, name, newCount);
        ask(name);
    }

    void delete(String name) throws InterruptedException {
        existing(name);
        String what = "deleting topic '" + name + "'";
        facts.remove(name);
        clients.answer(clients.admin().deleteTopics(Set.of(name)).all(), what);
        await(what, () -> describe(name).isEmpty());
        facts.remove(name);
    }

    private static void checkCount(String what, int count) {
        if (count < 1) {
            throw new SinewException(
                    ErrorCode.INVALID_PARTITIONS,
                    what + ": " + count + " partitions; give 1 or more");
        }
        if (count > ClusterLimits.PARTITIONS_MAX) {
            throw new SinewException(
                    ErrorCode.TOO_MANY_PARTITIONS,
                    what
                            + ": "
                            + count
                            + " partitions; the most is "
                            + ClusterLimits.PARTITIONS_MAX);
        }
    }

    // ---- what a call goes by

    /// What is known of a partition's topic; asked for when that is old, or when it has no such
    /// partition.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`
    TopicFacts facts(TopicPartition partition) throws InterruptedException {
        TopicFacts known = facts.get(partition.topic());
        if (known == null
                || clock.nanos() - known.askedNanos() > ClusterLimits.FACTS_AGE.toNanos()
                || partition.partition() >= known.partitionCount()) {
            known = ask(partition.topic());
        }
        if (partition.partition() < 0 || partition.partition() >= known.partitionCount()) {
            throw new SinewException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "topic '"
                            + partition.topic()
                            + "' has no partition "
                            + partition.partition()
                            + ": it has "
                            + known.partitionCount());
        }
        return known;
    }

    /// Asks anew what a topic takes.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`
    TopicFacts ask(String topic) throws InterruptedException {
        int partitionCount = existing(topic).partitions().size();
        TopicFacts asked = TopicFacts.of(clock.nanos(), partitionCount, values(topic));
        if (facts.size() >= ClusterLimits.FACTS_MAX) {
            facts.clear();
        }
        facts.put(topic, asked);
        return asked;
    }

    private TopicDescription existing(String topic) throws InterruptedException {
        Optional<TopicDescription> description = describe(topic);
        if (description.isEmpty()) {
            facts.remove(topic);
            throw new SinewException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "there is no topic '" + topic + "': create it first");
        }
        return description.get();
    }

    private Optional<TopicDescription> describe(String name) throws InterruptedException {
        var answer = clients.admin().describeTopics(Set.of(name)).topicNameValues();
        try {
            TopicDescription description =
                    clients.answer(
                            Objects.requireNonNull(answer.get(name)),
                            "asking about topic '" + name + "'");
            return description.isInternal() ? Optional.empty() : Optional.of(description);
        } catch (SinewException e) {
            if (e.code() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                    || e.code() == ErrorCode.INVALID_TOPIC_NAME) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Map<String, String> values(String topic) throws InterruptedException {
        var values = new HashMap<String, String>();
        for (ConfigEntry entry : settings(topic)) {
            if (entry.value() != null) {
                values.put(entry.name(), entry.value());
            }
        }
        return values;
    }

    private Collection<ConfigEntry> settings(String topic) throws InterruptedException {
        var answer = clients.admin().describeConfigs(Set.of(resource(topic))).values();
        Config config =
                clients.answer(
                        Objects.requireNonNull(answer.get(resource(topic))),
                        "asking for the settings of topic '" + topic + "'");
        return config.entries();
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    // ---- until a change shows

    private interface Seen {
        boolean now() throws InterruptedException;
    }

    private void awaitPartitions(String what, String name, int count) throws InterruptedException {
        await(
                what,
                () ->
                        describe(name).stream()
                                        .flatMap(topic -> topic.partitions().stream())
                                        .filter(p -> p.leader() != null && !p.leader().isEmpty())
                                        .count()
                                >= count);
    }

    private void await(String what, Seen seen) throws InterruptedException {
        long beganNanos = clock.nanos();
        while (!seen.now()) {
            if (clock.nanos() - beganNanos > ClusterLimits.GIVE_UP.toNanos()) {
                throw new SinewException(
                        ErrorCode.ENGINE_UNAVAILABLE,
                        what
                                + ": the cluster has taken it, but does not show it after "
                                + ClusterLimits.GIVE_UP
                                + "; check that all of its brokers run");
            }
            LockSupport.parkNanos(ClusterLimits.LOOK_AGAIN.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException(what + " was interrupted");
            }
        }
    }
}
