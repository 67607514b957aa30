package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static io.sinew.clients.JavaClients.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Eventually;
import io.sinew.kit.ForkedSinew;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections that misbehave. Each is closed or held, and nobody else notices: after each test,
/// and where it says so during it, an ordinary client is served.
class BadInputTest {
    private static final int FETCH_BYTES = 50_000_000;

    /// A client that is served at all is served within this; it is far below the time that a
    /// misbehaving connection may hold on.
    private static final int SERVED_MS = 10_000;

    @TempDir static Path folder;
    private static ForkedSinew sinew;
    private static JavaClients clients;

    private final List<RawClient> connections = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        sinew = ForkedSinew.start(folder);
        clients = new JavaClients(sinew.bootstrap());
    }

    @AfterAll
    static void stop() {
        sinew.close();
    }

    private RawClient connect() throws IOException {
        RawClient connection = RawClient.connect(sinew.address());
        connections.add(connection);
        return connection;
    }

    @AfterEach
    void an_ordinary_client_is_served() throws Exception {
        try {
            assertServed("afterwards");
            assertThat(sinew.process().lastLines())
                    .noneMatch(line -> line.contains("SEVERE") || line.contains("OutOfMemory"));
        } finally {
            for (RawClient connection : connections) {
                connection.close();
            }
        }
    }

    private static void assertServed(String topic) throws Exception {
        var config =
                Map.<String, Object>of(
                        "delivery.timeout.ms", SERVED_MS,
                        "request.timeout.ms", SERVED_MS,
                        "max.block.ms", SERVED_MS,
                        "linger.ms", 0);
        try (var producer = clients.producer(config)) {
            var record = new ProducerRecord<byte[], byte[]>(topic, JavaClients.bytes("v"));
            assertThat(producer.send(record).get(SERVED_MS, TimeUnit.MILLISECONDS).hasOffset())
                    .isTrue();
        }
    }

    @Test
    void garbage_ends_its_connection() {
        Trials.run(
                100,
                random -> {
                    var garbage = new byte[1 + random.nextInt(5_000)];
                    random.nextBytes(garbage);
                    // Not a length that would be waited for.
                    garbage[0] |= 0x40;
                    try (RawClient connection = RawClient.connect(sinew.address())) {
                        connection.send(garbage);
                        if (garbage.length >= Integer.BYTES) {
                            assertThat(connection.readToEnd()).isZero();
                        }
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, 104_857_601, 7, 0, -1, Integer.MIN_VALUE})
    void a_length_out_of_bounds_ends_its_connection(int length) throws Exception {
        RawClient connection = connect();
        connection.announce(length);
        assertThat(connection.readToEnd()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, 999, 32_767})
    void an_api_that_is_not_served_ends_its_connection(int api) throws Exception {
        RawClient connection = connect();
        connection.announce(14, header(api, 0));
        assertThat(connection.readToEnd()).isZero();
    }

    @Test
    void a_version_that_is_not_served_ends_its_connection() throws Exception {
        RawClient connection = connect();
        connection.announce(14, header(0, 99));
        assertThat(connection.readToEnd()).isZero();
    }

    private static byte[] header(int api, int version) {
        return ByteBuffer.allocate(14).putShort((short) api).putShort((short) version).array();
    }

    @Test
    void requests_that_stop_half_way_do_not_hold_up_others() throws Exception {
        for (int i = 0; i < 200; i++) {
            connect().announce(8_000_000, header(0, 9));
        }
        for (int i = 0; i < 5; i++) {
            connect().announce(100_000_000, header(0, 9));
        }
        assertServed("beside-half-requests");
    }

    @Test
    void a_thousand_connections_that_come_and_go_leave_nothing_behind() throws Exception {
        long before = openConnections();
        for (int i = 0; i < 1_000; i++) {
            try (RawClient connection = RawClient.connect(sinew.address())) {
                if (i % 3 == 1) {
                    connection.announce(50_000, header(0, 9));
                } else if (i % 3 == 2) {
                    connection.fetch(i, new TopicPartition("nothing", 0), 0, FETCH_BYTES);
                }
            }
        }
        Eventually.await(LIMIT, "connections to end", () -> openConnections() <= before);
    }

    private static long openConnections() throws Exception {
        return sinew.metric("sinew_kafka_connections");
    }

    @Test
    void readers_that_do_not_read_hold_up_nobody() throws Exception {
        var partition = new TopicPartition("slowly-read", 0);
        List<String> values = numbered("x".repeat(10_000), 800);
        clients.send(partition, Map.of(), values);
        for (int i = 0; i < 10; i++) {
            RawClient slow = connect();
            for (int request = 0; request < 20; request++) {
                slow.fetch(request, partition, 0, FETCH_BYTES);
            }
        }
        int rounds = 8;
        for (int round = 1; round <= rounds; round++) {
            clients.send(partition, Map.of(), values);
            // The last batches are in memory still.
            connect().fetch(0, partition, round * 800L, FETCH_BYTES);
        }
        assertServed("beside-slow-readers");
        try (var consumer = clients.consumer(Map.of())) {
            consumer.assign(List.of(partition));
            int count = (rounds + 1) * values.size();
            assertThat(JavaClients.take(consumer, count)).hasSize(count);
        }
    }

    @Test
    void a_connection_that_asks_on_and_on_without_reading_is_held_at_its_limit() throws Exception {
        clients.send(new TopicPartition("asked", 0), Map.of(), List.of("v".repeat(500_000)));
        RawClient greedy = connect();
        var asking =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try {
                                for (int i = 0; i < 100_000; i++) {
                                    greedy.fetch(i, new TopicPartition("asked", 0), 0, 500_000);
                                }
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        assertServed("beside-a-greedy-reader");
        assertThat(asking.isAlive()).isTrue();
        greedy.close();
        asking.join();
    }
}
