package io.sinew.cluster;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Clients of one cluster, with all settings that the engine's promises hang on, and the one admin
/// client that everybody asks. Whoever gets a producer or a consumer closes it.
final class Clients implements AutoCloseable {
    private final ClusterSettings settings;
    private final Refusals refusals;
    private final Admin admin;

    /// Tells the clients of this process apart.
    private final AtomicLong count = new AtomicLong();

    private final Map<String, ConsumerGroupMetadata> groups = new ConcurrentHashMap<>();

    private Clients(ClusterSettings settings, Refusals refusals) {
        this.settings = settings;
        this.refusals = refusals;
        this.admin = made("admin", () -> Admin.create(properties("admin", Map.of())));
    }

    /// Clients of a cluster that has answered.
    ///
    /// @throws SinewException `ENGINE_UNAVAILABLE` when it does not within [ClusterLimits#OPEN]
    static Clients connect(ClusterSettings settings) throws InterruptedException {
        var refusals = new Refusals(settings.bootstrap());
        String what = "opening the engine";
        if (Arrays.stream(settings.bootstrap().split(",")).noneMatch(Clients::hasAddress)) {
            throw refusals.unavailable(
                    what, new KafkaException("no such host is known to this machine"));
        }
        var clients = new Clients(settings, refusals);
        try {
            clients.admin
                    .describeCluster()
                    .nodes()
                    .get(ClusterLimits.OPEN.toNanos(), TimeUnit.NANOSECONDS);
            return clients;
        } catch (TimeoutException e) {
            clients.close();
            throw refusals.unavailable(
                    what, new KafkaException("no answer within " + ClusterLimits.OPEN, e));
        } catch (ExecutionException e) {
            clients.close();
            throw refusals.of(e, what);
        } catch (InterruptedException e) {
            clients.close();
            throw e;
        }
    }

    private static boolean hasAddress(String server) {
        int colon = server.lastIndexOf(':');
        try {
            int port = Integer.parseInt(server.substring(colon + 1));
            return !new InetSocketAddress(server.substring(0, colon), port).isUnresolved();
        } catch (IllegalArgumentException e) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "bootstrap: '" + server + "' has no port between 0 and 65535",
                    e);
        }
    }

    ClusterSettings settings() {
        return settings;
    }

    Refusals refusals() {
        return refusals;
    }

    Admin admin() {
        return admin;
    }

    /// Waits for an answer, which comes within [ClusterLimits#GIVE_UP].
    ///
    /// @param what was asked for, as in [Refusals#of]
    <T> T answer(Future<T> answer, String what) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw refusals.of(e, what);
        }
    }

    KafkaProducer<byte[], byte[]> producer(String role, Map<String, Object> more) {
        var all = new HashMap<>(more);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, ClusterLimits.BATCH_BYTES);
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, ClusterLimits.REQUEST_BYTES);
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) ClusterLimits.PRODUCER_BYTES);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ClusterLimits.GIVE_UP.toMillis());
        all.put(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                ClusterLimits.millis(ClusterLimits.GIVE_UP));
        return made(
                role,
                () ->
                        new KafkaProducer<>(
                                properties(role, all),
                                new ByteArraySerializer(),
                                new ByteArraySerializer()));
    }

    KafkaConsumer<byte[], byte[]> consumer(String role, Map<String, Object> more) {
        var all = new HashMap<>(more);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        all.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        return made(
                role,
                () ->
                        new KafkaConsumer<>(
                                properties(role, all),
                                new ByteArrayDeserializer(),
                                new ByteArrayDeserializer()));
    }

    /// What stands for a group in a transaction that commits positions of it from outside, as no
    /// member of it. Only a consumer can tell: its maker is gone from Kafka 5.0 on.
    ConsumerGroupMetadata outside(String group) {
        ConsumerGroupMetadata known = groups.get(group);
        if (known == null) {
            try (var consumer = consumer("group", Map.of(ConsumerConfig.GROUP_ID_CONFIG, group))) {
                known = consumer.groupMetadata();
            }
            if (groups.size() >= ClusterLimits.GROUPS_MAX) {
                groups.clear();
            }
            groups.put(group, known);
        }
        return known;
    }

    private Map<String, Object> properties(String role, Map<String, Object> more) {
        var all = new HashMap<String, Object>(settings.clientProperties());
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        all.put(
                CommonClientConfigs.CLIENT_ID_CONFIG,
                settings.prefix() + role + "." + count.incrementAndGet());
        all.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        all.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        all.put(
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                ClusterLimits.millis(ClusterLimits.ANSWER));
        if (!role.equals("append") && !role.equals("own")) {
            all.put(
                    CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    ClusterLimits.millis(ClusterLimits.GIVE_UP));
        }
        all.putAll(more);
        return all;
    }

    private interface Making<T> {
        T make();
    }

    private <T> T made(String role, Making<T> making) {
        try {
            return making.make();
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof ConfigException) {
                throw new SinewException(
                        ErrorCode.INVALID_CONFIG, "client properties: " + cause.getMessage(), e);
            }
            throw refusals.unavailable("making the client '" + role + "'", cause);
        }
    }

    /// Closes the admin client.
    @Override
    public void close() {
        close(ClusterLimits.CLOSE);
    }

    void close(Duration atMost) {
        admin.close(atMost);
    }
}
