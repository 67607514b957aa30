package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildProcess;
import io.sinew.kit.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process as its users meet it: started, stopped by signals, killed.
class UpProcessTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int KILLS = 3;
    private static final int RECORDS_BETWEEN_KILLS = 300;
    private static final int IN_FLIGHT_MAX = 50;

    @TempDir Path directory;

    @Test
    void a_kill_under_a_running_producer_loses_nothing_that_was_acknowledged() throws Exception {
        Path data = directory.resolve("data");
        ForkedSinew sinew = ForkedSinew.start(data, "127.0.0.1:0");
        Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        try {
            var stop = new AtomicBoolean();
            String address = sinew.address();
            Thread producer =
                    Thread.ofVirtual().start(() -> produceUntil(stop, address, acknowledged));
            for (int kill = 0; kill < KILLS; kill++) {
                int enough = acknowledged.size() + RECORDS_BETWEEN_KILLS;
                Eventually.await(
                        LIMIT, "acknowledged records", () -> acknowledged.size() >= enough);
                sinew.process().kill();
                sinew = ForkedSinew.start(data, address);
            }
            stop.set(true);
            producer.join();

            int count = acknowledged.size();
            List<String> stored = readAll(address);
            assertThat(count).isGreaterThan(KILLS * RECORDS_BETWEEN_KILLS);
            assertThat(new HashSet<>(stored)).containsAll(acknowledged);
            assertThat(stored).as("an idempotent producer's records").doesNotHaveDuplicates();
        } finally {
            sinew.close();
        }
    }

    private static List<String> readAll(String address) {
        Outcome listed = Outcome.of("", "topic", "list", "--bootstrap", address);
        String records = listed.out().strip().replaceFirst("(?s).* ", "");
        Outcome consumed =
                Outcome.of("", "consume", "numbers", "--max", records, "--bootstrap", address);
        return consumed.out().lines().toList();
    }

    private static void produceUntil(
            AtomicBoolean stop, String address, Queue<String> acknowledged) {
        var room = new Semaphore(IN_FLIGHT_MAX);
        try (var producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", address),
                        new StringSerializer(),
                        new StringSerializer())) {
            for (int number = 0; !stop.get(); number++) {
                String value = Integer.toString(number);
                room.acquireUninterruptibly();
                var _ =
                        producer.send(
                                new ProducerRecord<>("numbers", value),
                                (metadata, e) -> {
                                    room.release();
                                    if (e == null) {
                                        acknowledged.add(value);
                                    }
                                });
            }
        }
    }

    @Test
    void sigterm_stops_it_cleanly_and_the_next_start_has_everything() throws Exception {
        Path data = directory.resolve("data");
        try (ForkedSinew sinew = ForkedSinew.start(data, "127.0.0.1:0")) {
            Outcome produced =
                    Outcome.of("one\ntwo\n", "produce", "orders", "--bootstrap", sinew.address());
            assertThat(produced.exitCode()).isZero();

            assertThat(sinew.process().stop(LIMIT)).isTrue();

            assertThat(sinew.process().exitCode()).isZero();
        }
        try (ForkedSinew sinew = ForkedSinew.start(data, "127.0.0.1:0")) {
            Outcome consumed =
                    Outcome.of(
                            "", "consume", "orders", "--max", "2", "--bootstrap", sinew.address());
            assertThat(consumed.out()).isEqualTo("one\ntwo\n");
        }
    }

    @Test
    void what_it_prints_at_start_says_where_and_what() throws Exception {
        Path data = directory.resolve("data");
        try (ForkedSinew sinew = ForkedSinew.start(data, "127.0.0.1:0")) {
            assertThat(String.join("\n", sinew.process().lastLines()))
                    .containsPattern("^Sinew is ready after [0-9]+\\.[0-9]{2} s\n")
                    .contains("  kafka       " + sinew.address())
                    .contains("  data        " + data)
                    .contains("  durability  fsync");
        }
    }

    @Test
    void a_consumer_that_is_stopped_has_committed_what_it_printed_and_left_its_group()
            throws Exception {
        try (LiveServer server = LiveServer.start(directory.resolve("data"))) {
            server.runWith("one\ntwo\n", "produce", "orders");
            try (ChildProcess consumer =
                    ForkedSinew.run(
                            directory.resolve("consume.log"),
                            "consume",
                            "orders",
                            "--group",
                            "mail",
                            "--bootstrap",
                            server.address())) {
                consumer.awaitLine(LIMIT, line -> line.equals("two"));

                assertThat(consumer.stop(LIMIT)).isTrue();

                assertThat(consumer.exitCode()).isEqualTo(143);
            }
            assertThat(server.run("group", "list").out()).contains("mail   empty        0    0");
        }
    }
}
