package io.sinew.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ApacheKafka;
import io.sinew.kit.Eventually;
import io.sinew.kit.TempFolder;
import io.sinew.server.Door.Answer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Topics of one Apache Kafka over HTTP, through the doors of two processes.
@Timeout(120)
class SharedTopicsTest {
    private static final Path CLASS_PATH = Path.of(System.getProperty("sinew.kafka.classpath"));
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static TempFolder folder;
    private static ApacheKafka kafka;
    private static Door first;
    private static Door second;

    @BeforeAll
    static void start() throws Exception {
        folder = TempFolder.in(Path.of("target"));
        kafka =
                new ApacheKafka(
                        folder.path(),
                        Files.readString(CLASS_PATH).strip(),
                        ApacheKafka.TEST_FLAGS,
                        Map.of());
        kafka.format();
        kafka.start();
        first = Door.open(kafka.bootstrap());
        second = Door.open(kafka.bootstrap());
    }

    @AfterAll
    static void stop() throws Exception {
        second.close();
        first.close();
        kafka.close();
        folder.close();
    }

    private static void create(String topic, int partitions) throws Exception {
        Answer created =
                first.ask("PUT", "/v1/topics/" + topic, "{\"partitions\":" + partitions + "}");
        assertThat(created.status()).as(created.body()).isEqualTo(201);
    }

    private static KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()),
                new StringSerializer(),
                new StringSerializer());
    }

    @Test
    void what_is_refused_on_a_cluster_is_refused_as_clearly() throws Exception {
        create("narrow", 1);
        String records = "/v1/topics/narrow/records";
        Answer taken = second.ask("PUT", "/v1/topics/narrow", "");
        assertThat(taken.status()).isEqualTo(409);
        assertThat(second.ask("GET", "/v1/topics/no", "").status()).isEqualTo(404);
        assertThat(second.ask("POST", "/v1/topics/no/records", "{\"text\":\"a\"}").status())
                .isEqualTo(404);
        assertThat(second.ask("GET", "/v1/topics/no/tail", "").status()).isEqualTo(404);
        assertThat(second.ask("GET", records + "?offset=7", "").one("code"))
                .isEqualTo("OFFSET_OUT_OF_RANGE");
        String large = "{\"text\":\"" + "x".repeat(2 << 20) + "\"}";
        assertThat(second.ask("POST", records, large).status()).isEqualTo(413);
        Answer internal = second.ask("GET", "/v1/topics/__consumer_offsets", "");
        assertThat(internal.status()).isEqualTo(404);
        first.insist("PUT", "/v1/queues/work", "");
        for (String topic : List.of("work", "work.ledger", "sinew-queues")) {
            Answer refused = second.ask("DELETE", "/v1/topics/" + topic, "");
            assertThat(refused.one("code")).isEqualTo("POLICY_VIOLATION");
        }
    }

    @Test
    void a_door_and_kafkas_own_producer_agree_on_where_a_key_goes() throws Exception {
        create("keyed", 7);
        try (KafkaProducer<String, String> producer = producer()) {
            for (int i = 0; i < 40; i++) {
                String key = "key \u00fc " + i;
                int partition =
                        producer.send(new ProducerRecord<>("keyed", key, "x")).get().partition();
                Answer answer =
                        first.ask(
                                "POST",
                                "/v1/topics/keyed/records",
                                "{\"text\":\"x\",\"key\":\"" + key + "\"}");
                assertThat(answer.one("partition")).isEqualTo(Integer.toString(partition));
            }
        }
    }

    @Test
    void records_and_events_through_one_door_are_read_through_the_other_and_by_kafkas_consumer()
            throws Exception {
        create("orders", 2);
        String all =
                "{\"records\":[{\"json\":{\"a\":1.50},\"partition\":1},{\"text\":\"b\",\"partition\":0}]}";
        assertThat(first.ask("POST", "/v1/topics/orders/records", all).all("offset"))
                .containsExactly("0", "0");
        Answer read = second.ask("GET", "/v1/topics/orders/records?partition=1&offset=0", "");
        assertThat(read.one("nextOffset")).isEqualTo("1");
        assertThat(second.ask("GET", "/v1/topics/orders", "").all("end")).containsExactly("1", "1");
        var place = new TopicPartition("orders", 1);
        try (var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of("bootstrap.servers", kafka.bootstrap()),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            var values = new ArrayList<String>();
            Eventually.await(
                    LIMIT,
                    "the record",
                    () -> {
                        consumer.poll(Duration.ofMillis(100))
                                .forEach(record -> values.add(record.value()));
                        return !values.isEmpty();
                    });
            assertThat(values).containsExactly("{\"a\":1.50}");
        }
    }

    @Test
    void many_who_wait_at_either_door_for_one_partition_are_all_answered() throws Exception {
        create("waited", 1);
        var waiting = new ArrayList<CompletableFuture<Answer>>();
        // More than there are consumers for.
        for (int i = 0; i < 300; i++) {
            Door door = i % 2 == 0 ? first : second;
            waiting.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return door.ask(
                                            "GET",
                                            "/v1/topics/waited/records?offset=0&waitMs=60000",
                                            "");
                                } catch (Exception e) {
                                    throw new AssertionError(e);
                                }
                            },
                            task -> Thread.ofVirtual().start(task)));
        }
        Answer one = first.ask("GET", "/v1/topics/waited/records?offset=0&waitMs=1000", "");
        assertThat(one.one("nextOffset")).isEqualTo("0");
        try (KafkaProducer<String, String> producer = producer()) {
            producer.send(new ProducerRecord<>("waited", "k", "x")).get();
        }
        for (CompletableFuture<Answer> answer : waiting) {
            assertThat(answer.join().one("text")).isEqualTo("x");
        }
    }

    // ---- tails

    /// The next event's id, and its data.
    private record Event(String id, String data) {
        static Event next(BufferedReader reader) throws Exception {
            String id = "";
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    return new Event(id, line.substring(6));
                }
            }
            throw new AssertionError("the tail has ended");
        }

        String place() {
            return data.replaceAll(".*\"partition\":([0-9]+),\"offset\":([0-9]+).*", "$1:$2");
        }
    }

    private static BufferedReader tail(Door door, String query) throws Exception {
        return new BufferedReader(new InputStreamReader(door.stream("/v1/topics/" + query), UTF_8));
    }

    @Test
    void a_tail_that_goes_on_at_the_other_door_loses_nothing_and_gets_nothing_twice()
            throws Exception {
        create("tailed", 3);
        int count = 300;
        try (KafkaProducer<String, String> producer = producer()) {
            var places = new HashSet<String>();
            String id = "";
            int sent = 0;
            for (Door door : List.of(first, second, first, second)) {
                String start = id.isEmpty() ? "from=beginning" : "after=" + id;
                try (BufferedReader reader = tail(door, "tailed/tail?" + start)) {
                    for (int i = 0; i < count / 4; i++) {
                        // Half of them before they are asked for.
                        while (sent < count && sent < 2 * places.size() + 2) {
                            var _ =
                                    producer.send(
                                            new ProducerRecord<>("tailed", sent % 3, null, "x"));
                            sent++;
                        }
                        Event event = Event.next(reader);
                        assertThat(places.add(event.place())).isTrue();
                        id = event.id();
                    }
                }
            }
            assertThat(places).hasSize(count);
            assertThat(id).isEqualTo("0:100,1:100,2:100");
        }
    }

    @Test
    void records_that_the_cluster_deleted_are_a_gap() throws Exception {
        create("trimmed", 1);
        try (KafkaProducer<String, String> producer = producer();
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            for (int i = 0; i < 6; i++) {
                producer.send(new ProducerRecord<>("trimmed", 0, null, "" + i)).get();
            }
            var place = new TopicPartition("trimmed", 0);
            admin.deleteRecords(Map.of(place, RecordsToDelete.beforeOffset(4))).all().get();
            try (BufferedReader reader = tail(first, "trimmed/tail?after=0:1")) {
                Event gap = Event.next(reader);
                assertThat(gap.data())
                        .isEqualTo("{\"partition\":0,\"fromOffset\":1,\"toOffset\":4}");
                assertThat(Event.next(reader).place()).isEqualTo("0:4");
                producer.send(new ProducerRecord<>("trimmed", 0, null, "new")).get();
                assertThat(Event.next(reader).place()).isEqualTo("0:5");
                assertThat(Event.next(reader).id()).isEqualTo("0:7");
            }
        }
    }
}
