package io.sinew.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import io.sinew.base.DiskFullException;
import io.sinew.base.Metric;
import io.sinew.broker.BrokerMetric;
import io.sinew.kafka.KafkaMetric;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.LogMetric;
import java.io.IOException;
import java.io.SyncFailedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server on a disk that fails, seen through its doors.
@Timeout(60)
class HealthTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newHttpClient();
    private FaultyDisk disk = new FaultyDisk();
    private SinewServer server;

    private static InetSocketAddress freePort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private ServerConfig config(InetSocketAddress http) {
        return new ServerConfig(
                DIRECTORY, freePort(), Optional.empty(), Optional.of(http), Map.of());
    }

    @BeforeEach
    void start() throws IOException {
        server = SinewServer.start(config(freePort()), disk, Clock.system());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        disk.heal();
        server.close();
    }

    private void failSyncs() {
        disk.failEvery(
                FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".wal"),
                new SyncFailedException("Input/output error"));
    }

    private void fillDisk() {
        disk.limitTo(disk.usedBytes());
        // The write-ahead log has room in its file; a file system that copies on write has none.
        disk.failEvery(
                FaultyDisk.Selection.of(FaultyDisk.Operation.WRITE, ".wal"),
                new DiskFullException("No space left on device"));
    }

    private HttpResponse<String> get(String path) throws Exception {
        int port = server.httpAddress().orElseThrow().getPort();
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(20))
                        .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private String bootstrap() throws IOException {
        return "127.0.0.1:" + server.kafkaAddress().getPort();
    }

    /// A producer that takes the first answer for good.
    private KafkaProducer<String, String> producer() throws IOException {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrap(),
                        "enable.idempotence", "false",
                        "retries", "0"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static Future<RecordMetadata> send(
            KafkaProducer<String, String> producer, String value) {
        return producer.send(new ProducerRecord<>("orders", 0, "key", value));
    }

    private List<String> read(int count) throws IOException {
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrap(), "auto.offset.reset", "earliest"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("orders", 0)));
            var values = new ArrayList<String>();
            while (values.size() < count) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }

    /// The value of a series on `/metrics`.
    private double reading(String series) throws Exception {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no reading of " + series));
    }

    @Test
    void a_failed_sync_is_said_refuses_writes_for_good_and_lets_reads_go_on() throws Exception {
        try (var producer = producer()) {
            send(producer, "safe").get();
            failSyncs();
            assertThatThrownBy(() -> send(producer, "lost").get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(KafkaStorageException.class);
            HttpResponse<String> health = get("/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body())
                    .contains("\"status\":\"DOWN\"")
                    .contains("Input/output error")
                    .contains("then restart");
            assertThatThrownBy(() -> send(producer, "refused").get())
                    .hasCauseInstanceOf(KafkaStorageException.class);
        }
        assertThat(read(1)).containsExactly("safe");
        assertThat(reading("sinew_log_writable")).isZero();
        assertThat(reading("sinew_kafka_produce_refusals_total")).isEqualTo(2);
    }

    @Test
    void what_was_acknowledged_before_a_failed_sync_is_there_after_the_restart() throws Exception {
        try (var producer = producer()) {
            send(producer, "safe").get();
            failSyncs();
            assertThatThrownBy(() -> send(producer, "lost").get())
                    .hasCauseInstanceOf(KafkaStorageException.class);
        }
        server.close();
        disk = disk.processDeath();
        start();
        assertThat(read(1)).first().isEqualTo("safe");
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void a_full_disk_is_said_refuses_writes_and_is_over_when_there_is_space() throws Exception {
        try (var producer = producer();
                var other = producer()) {
            send(producer, "first").get();
            fillDisk();
            Future<RecordMetadata> waiting = send(producer, "second");
            Eventually.await(PATIENCE, "a full disk", () -> get("/health").statusCode() == 503);
            HttpResponse<String> health = get("/health");
            assertThat(health.body())
                    .contains("\"status\":\"DEGRADED\"")
                    .contains("free some space where " + DIRECTORY);
            assertThatThrownBy(() -> send(other, "refused").get())
                    .hasCauseInstanceOf(KafkaStorageException.class);
            assertThat(read(1)).first().isEqualTo("first");
            assertThat(reading("sinew_disk_usable_bytes")).isZero();

            disk.heal();
            assertThat(waiting.get().offset()).isEqualTo(1);
            assertThat(get("/health").statusCode()).isEqualTo(200);
            assertThat(send(other, "third").get().offset()).isEqualTo(2);
        }
        assertThat(read(3)).containsExactly("first", "second", "third");
    }

    @Test
    void an_http_address_that_is_taken_ends_the_start_and_leaves_nothing_open() throws Exception {
        server.close();
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var taken =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), other.getLocalPort());
            assertThatThrownBy(() -> SinewServer.start(config(taken), disk, Clock.system()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Cannot listen for HTTP");
        }
        // The data directory is free again.
        start();
    }

    @Test
    void without_an_address_there_is_no_http_door() throws Exception {
        server.close();
        server =
                SinewServer.start(
                        new ServerConfig(
                                DIRECTORY,
                                freePort(),
                                Optional.empty(),
                                Optional.empty(),
                                Map.of()),
                        disk,
                        Clock.system());
        assertThat(server.httpAddress()).isEmpty();
    }

    @Test
    void a_server_that_takes_writes_is_healthy() throws Exception {
        HttpResponse<String> health = get("/health");
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body())
                .matches("\\{\"status\":\"UP\",\"version\":\"[^\"]+\",\"uptimeSeconds\":\\d+}");
    }

    @Test
    void every_metric_of_every_module_has_a_reading() throws Exception {
        String page = get("/metrics").body();
        Stream.of(LogMetric.values(), BrokerMetric.values(), KafkaMetric.values())
                .flatMap(Stream::of)
                .map(Metric.class::cast)
                .forEach(metric ->
                        assertThat(page)
                                .containsPattern("(?m)^" + metric.id() + "(\\{[^}]+})? -?[0-9]"));
    }

    @Test
    void what_goes_through_the_doors_is_counted() throws Exception {
        try (var producer = producer()) {
            send(producer, "first").get();
            send(producer, "second").get();
        }
        assertThat(read(2)).hasSize(2);
        assertThat(reading("sinew_appended_records_total")).isEqualTo(2);
        assertThat(reading("sinew_appended_batches_total")).isEqualTo(2);
        assertThat(reading("sinew_appended_bytes_total")).isBetween(140.0, 400.0);
        assertThat(reading("sinew_kafka_requests_total{api=\"Produce\"}")).isEqualTo(2);
        assertThat(reading("sinew_kafka_requests_total{api=\"Fetch\"}")).isPositive();
        assertThat(reading("sinew_kafka_received_bytes_total")).isGreaterThan(140);
        assertThat(reading("sinew_kafka_sent_bytes_total")).isGreaterThan(140);
        assertThat(reading("sinew_kafka_connections_accepted_total")).isPositive();
        assertThat(reading("sinew_topics")).isEqualTo(1);
        assertThat(reading("sinew_wal_syncs_total")).isGreaterThanOrEqualTo(2);
        assertThat(reading("sinew_wal_sync_seconds_total")).isPositive();
        assertThat(reading("sinew_log_writable")).isEqualTo(1);
        assertThat(reading("sinew_disk_usable_bytes")).isPositive();
    }
}
