package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.broker.QuotaEdit;
import io.sinew.broker.QuotaEntity;
import io.sinew.broker.QuotaKind;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.FetchResponse;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.MetadataResponse;
import io.sinew.kafkawire.ProduceRequest;
import io.sinew.kafkawire.ProduceResponse;
import io.sinew.kit.Batches;
import io.sinew.kit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterClientQuotasOptions;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Quotas over the wire: set by an administrator, felt by producers and consumers.
class QuotasTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    /// What the raw client calls itself.
    private static final QuotaEntity RAW = new QuotaEntity.ClientId("raw");

    @TempDir Path directory;
    private LiveDoor door;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        door.broker()
                .topics()
                .create(new UUID(1, 1), "orders", 1, Map.of())
                .commit()
                .awaitDurable();
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    private void set(QuotaKind kind, double limit) throws Exception {
        var edit = new QuotaEdit(kind, OptionalDouble.of(limit));
        door.broker().quotas().alter(RAW, List.of(edit)).awaitDurable();
    }

    private void lift(QuotaKind kind) throws Exception {
        var edit = new QuotaEdit(kind, OptionalDouble.empty());
        door.broker().quotas().alter(RAW, List.of(edit)).awaitDurable();
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(door.broker().clock().nanos());
    }

    // ---- the pause

    @Test
    void the_answer_leaves_first_and_then_the_connection_is_not_heard_until_the_pause_is_over()
            throws Exception {
        // Some 1,080 bytes, at 100 a second over 10 seconds: less than a second too much.
        set(QuotaKind.PRODUCE, 100);
        try (var client = RawClient.to(door)) {
            long startMs = nowMs();
            var produced =
                    client.ask(
                            ApiKey.PRODUCE,
                            8,
                            Requests.produce("orders", Batches.plain().ofBytes(1_000)),
                            ProduceResponse.class);
            assertThat(produced.throttleTimeMs).isPositive();
            assertThat(produced.responses.getFirst().partitionResponses.getFirst().errorCode)
                    .isZero();
            var second =
                    client.ask(ApiKey.METADATA, 9, new MetadataRequest(), MetadataResponse.class);
            assertThat(nowMs() - startMs).isGreaterThanOrEqualTo(produced.throttleTimeMs);
            assertThat(second.throttleTimeMs).isZero();
        }
    }

    @Test
    void a_pause_is_of_one_connection_and_the_others_are_heard() throws Exception {
        set(QuotaKind.PRODUCE, 1);
        try (var paused = RawClient.to(door);
                var other = RawClient.to(door)) {
            var produced =
                    paused.ask(
                            ApiKey.PRODUCE,
                            8,
                            Requests.produce("orders", Batches.plain().ofBytes(1_000)),
                            ProduceResponse.class);
            assertThat(produced.throttleTimeMs).isGreaterThan(60_000);
            paused.send(ApiKey.METADATA, 9, new MetadataRequest());
            other.ask(ApiKey.METADATA, 9, new MetadataRequest(), MetadataResponse.class);
        }
        // Closing the door in the end does not wait for the pause.
    }

    @Test
    void a_producer_that_wants_no_answers_pauses_too() throws Exception {
        set(QuotaKind.PRODUCE, 100);
        try (var client = RawClient.to(door)) {
            ProduceRequest request = Requests.produce("orders", Batches.plain().ofBytes(1_000));
            request.acks = 0;
            client.sendUnanswered(ApiKey.PRODUCE, 8, request);
            // Asked for nothing more, the quota tells what there is to pause already.
            Eventually.await(
                    Duration.ofSeconds(20),
                    "the pause",
                    () -> door.broker().quotas().charge(QuotaKind.PRODUCE, "raw", 0) > 0);
        }
    }

    @Test
    void a_fetch_over_the_quota_is_answered_without_records_which_cost_nothing() throws Exception {
        try (var client = RawClient.to(door)) {
            for (int i = 0; i < 4; i++) {
                client.ask(
                        ApiKey.PRODUCE,
                        8,
                        Requests.produce("orders", Batches.plain().ofBytes(1_000)),
                        ProduceResponse.class);
            }
        }
        set(QuotaKind.FETCH, 300);
        try (var client = RawClient.to(door)) {
            var first =
                    client.ask(ApiKey.FETCH, 8, Requests.fetch("orders", 0), FetchResponse.class);
            // No more than the quota gives at once; the last batch may be cut off.
            assertThat(first.throttleTimeMs).isZero();
            assertThat(sizeOf(first)).isBetween(1_000, 3_000);
            double used = door.broker().quotas().used(QuotaKind.FETCH, "raw");
            assertThat(used).isPositive();
            var second =
                    client.ask(ApiKey.FETCH, 8, Requests.fetch("orders", 2), FetchResponse.class);
            assertThat(second.throttleTimeMs).isPositive();
            assertThat(second.responses).isEmpty();
            assertThat(door.broker().quotas().used(QuotaKind.FETCH, "raw")).isEqualTo(used);
        }
        lift(QuotaKind.FETCH);
        try (var client = RawClient.to(door)) {
            var third =
                    client.ask(ApiKey.FETCH, 8, Requests.fetch("orders", 2), FetchResponse.class);
            assertThat(sizeOf(third)).isBetween(2_000, 3_000);
        }
    }

    private static int sizeOf(FetchResponse response) {
        var records = response.responses.getFirst().partitions.getFirst().records;
        return records == null ? 0 : records.sizeBytes();
    }

    @Test
    void a_batch_larger_than_the_quota_ever_gives_is_delivered_all_the_same() throws Exception {
        try (var client = RawClient.to(door)) {
            client.ask(
                    ApiKey.PRODUCE,
                    8,
                    Requests.produce("orders", Batches.plain().ofBytes(1_000)),
                    ProduceResponse.class);
            set(QuotaKind.FETCH, 10);
            var fetched =
                    client.ask(ApiKey.FETCH, 8, Requests.fetch("orders", 0), FetchResponse.class);
            assertThat(sizeOf(fetched)).isGreaterThan(1_000);
            assertThat(fetched.throttleTimeMs).isGreaterThan(60_000);
        }
        try (var client = RawClient.to(door)) {
            // Another connection of the same client does not get round the pause.
            var fetched =
                    client.ask(ApiKey.FETCH, 8, Requests.fetch("orders", 0), FetchResponse.class);
            assertThat(fetched.responses).isEmpty();
        }
    }

    @Test
    void a_full_fetch_that_has_to_pause_leaves_no_session_behind() throws Exception {
        try (var client = RawClient.to(door)) {
            client.ask(
                    ApiKey.PRODUCE,
                    8,
                    Requests.produce("orders", Batches.plain().ofBytes(1_000)),
                    ProduceResponse.class);
            set(QuotaKind.FETCH, 1_000);
            door.broker().quotas().charge(QuotaKind.FETCH, "raw", 10_500);
            var request = Requests.fetch("orders", 0);
            request.sessionEpoch = FetchSession.INITIAL_EPOCH;
            var answer = client.ask(ApiKey.FETCH, 8, request, FetchResponse.class);
            assertThat(answer.throttleTimeMs).isPositive();
            assertThat(answer.sessionId).isEqualTo(FetchSession.NO_SESSION);
            assertThat(answer.errorCode).isZero();
        }
    }

    @Test
    void time_spent_on_requests_is_charged_whatever_the_api() throws Exception {
        set(QuotaKind.REQUEST, 1e-6);
        try (var client = RawClient.to(door)) {
            var answer =
                    client.ask(ApiKey.METADATA, 9, new MetadataRequest(), MetadataResponse.class);
            assertThat(answer.throttleTimeMs).isBetween(1, 1_000);
        }
    }

    // ---- administration

    private static ClientQuotaEntity entity(String type, @Nullable String name) {
        var entries = new HashMap<String, String>();
        entries.put(type, name);
        return new ClientQuotaEntity(entries);
    }

    private static void alter(
            Admin admin, ClientQuotaEntity entity, ClientQuotaAlteration.Op... ops)
            throws Exception {
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(ops))))
                .all()
                .get();
    }

    private static ClientQuotaAlteration.Op op(String key, @Nullable Double value) {
        return new ClientQuotaAlteration.Op(key, value);
    }

    @Test
    void an_administrator_sets_reads_and_removes_quotas() throws Exception {
        ClientQuotaEntity shop = entity("client-id", "shop");
        ClientQuotaEntity others = entity("client-id", null);
        try (Admin admin = door.admin()) {
            alter(admin, shop, op("producer_byte_rate", 1000.0), op("request_percentage", 12.5));
            alter(admin, others, op("consumer_byte_rate", 2000.0));
            assertThat(admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get())
                    .isEqualTo(
                            Map.of(
                                    shop,
                                    Map.of(
                                            "producer_byte_rate",
                                            1000.0,
                                            "request_percentage",
                                            12.5),
                                    others,
                                    Map.of("consumer_byte_rate", 2000.0)));
            for (var expected :
                    List.of(
                            Map.entry(ClientQuotaFilterComponent.ofEntity("client-id", "shop"), 1),
                            Map.entry(ClientQuotaFilterComponent.ofEntity("client-id", "bank"), 0),
                            Map.entry(ClientQuotaFilterComponent.ofDefaultEntity("client-id"), 1),
                            Map.entry(ClientQuotaFilterComponent.ofEntityType("client-id"), 2),
                            Map.entry(ClientQuotaFilterComponent.ofEntityType("user"), 0))) {
                var filter = ClientQuotaFilter.containsOnly(List.of(expected.getKey()));
                assertThat(admin.describeClientQuotas(filter).entities().get())
                        .as("%s", filter)
                        .hasSize(expected.getValue());
            }
            alter(admin, shop, op("producer_byte_rate", null), op("request_percentage", null));
            assertThat(admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get())
                    .containsOnlyKeys(others);
        }
    }

    @Test
    void users_and_addresses_have_no_quotas_and_the_answer_says_why() throws Exception {
        try (Admin admin = door.admin()) {
            for (String type : List.of("user", "ip")) {
                assertThatThrownBy(() ->
                                alter(admin, entity(type, "x"), op("producer_byte_rate", 1.0)))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("client ids");
            }
        }
    }

    @Test
    void a_quota_that_is_only_validated_is_not_set() throws Exception {
        try (Admin admin = door.admin()) {
            var alteration =
                    new ClientQuotaAlteration(
                            entity("client-id", "shop"), List.of(op("producer_byte_rate", 5.0)));
            var options = new AlterClientQuotasOptions().validateOnly(true);
            admin.alterClientQuotas(List.of(alteration), options).all().get();
            assertThat(door.broker().quotas().all()).isEmpty();
        }
    }

    // ---- Kafka's own clients

    private static double metric(Map<MetricName, ? extends Metric> metrics, String name) {
        return metrics.values().stream()
                .filter(metric -> metric.metricName().name().equals(name))
                .map(metric -> (Double) metric.metricValue())
                .filter(value -> !value.isNaN())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }

    @Test
    void producers_and_consumers_are_slowed_down_and_get_everything() throws Exception {
        // In two windows a second's quota can be used at once, not ten.
        try (var few = LiveDoor.open(directory.resolve("few"), Map.of("quota.window.num", "2"))) {
            few.broker()
                    .topics()
                    .create(new UUID(1, 1), "orders", 1, Map.of())
                    .commit()
                    .awaitDurable();
            try (Admin admin = few.admin()) {
                alter(
                        admin,
                        entity("client-id", "shop"),
                        op("producer_byte_rate", 50_000.0),
                        op("consumer_byte_rate", 50_000.0));
            }
            String value = "x".repeat(1_000);
            try (var producer = few.producer(Map.of("client.id", "shop", "linger.ms", 0))) {
                var sent = new ArrayList<Future<?>>();
                for (int i = 0; i < 100; i++) {
                    sent.add(producer.send(new ProducerRecord<>("orders", 0, "k", value)));
                }
                for (var one : sent) {
                    one.get();
                }
                assertThat(metric(producer.metrics(), "produce-throttle-time-max")).isPositive();
            }
            try (var consumer =
                    few.consumer(Map.of("client.id", "shop", "fetch.max.bytes", 30_000))) {
                consumer.assign(List.of(ORDERS));
                consumer.seekToBeginning(List.of(ORDERS));
                int read = 0;
                while (read < 100) {
                    read += consumer.poll(Duration.ofSeconds(1)).count();
                }
                assertThat(metric(consumer.metrics(), "fetch-throttle-time-max")).isPositive();
            }
        }
    }
}
