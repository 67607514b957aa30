package io.sinew.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import io.sinew.http.QueueClient.Answer;
import io.sinew.http.TailClient.Event;
import io.sinew.kit.Eventually;
import io.sinew.kit.Trials;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Topics as they are followed.
@Timeout(120)
class TopicTailTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Short, so that nobody waits for long.
    private static final HttpLimits LIMITS =
            new HttpLimits(1_000, 4 << 10, 8 << 10, 64 << 10, 30_000, 500, 500, 60_000);

    private QueueClient http;

    @BeforeEach
    void open() throws IOException {
        http = new QueueClient(TopicRoutes.ROOT, LIMITS);
    }

    @AfterEach
    void close() throws IOException {
        http.close();
    }

    private void create(String name, int partitions) throws Exception {
        assertThat(http.put("/" + name, "{\"partitions\":" + partitions + "}").status())
                .isEqualTo(201);
    }

    private void append(String topic, int partition, String text) throws Exception {
        var record = new NewRecord(null, text.getBytes(UTF_8), List.of(), 7);
        long[] _ = http.behind.engine.append(new TopicPartition(topic, partition), List.of(record));
    }

    private TailClient tail(String topic, String query) throws IOException {
        return tail(topic, query, "");
    }

    private TailClient tail(String topic, String query, String lastId) throws IOException {
        var client = new TailClient(http.port(), "/v1/topics/" + topic + "/tail?" + query, lastId);
        assertThat(client.head).startsWith("HTTP/1.1 200").contains("text/event-stream");
        return client;
    }

    private static List<String> texts(TailClient client, int count) throws IOException {
        var texts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            texts.add(client.event().data().replaceAll(".*\"text\":\"([^\"]*)\".*", "$1"));
        }
        return texts;
    }

    // ---- ends

    @Test
    void a_tail_ends_when_its_topic_is_deleted() throws Exception {
        create("orders", 2);
        try (TailClient client = tail("orders", "")) {
            append("orders", 0, "a");
            assertThat(texts(client, 1)).containsExactly("a");
            http.delete("/orders");
            assertThat(client.next()).isNull();
        }
        Eventually.await(PATIENCE, "an end", () -> http.followedPartitions() == 0);
    }

    @Test
    void tails_end_as_they_should_when_the_door_closes() throws Exception {
        create("orders", 1);
        try (TailClient idle = tail("orders", "");
                TailClient busy = tail("orders", "from=beginning")) {
            append("orders", 0, "a");
            assertThat(texts(idle, 1)).containsExactly("a");
            assertThat(texts(busy, 1)).containsExactly("a");
            http.closeDoor();
            assertThat(idle.next()).isNull();
            assertThat(busy.next()).isNull();
        }
    }

    @Test
    void a_topic_that_gets_more_partitions_is_followed_with_all_of_them_by_who_comes_again()
            throws Exception {
        create("orders", 1);
        String last;
        try (TailClient client = tail("orders", "")) {
            append("orders", 0, "a");
            last = client.event().id();
            http.behind.engine.addPartitions("orders", 2);
            append("orders", 1, "b");
            Event event = client.next();
            assertThat(event).isNull();
        }
        try (TailClient client = tail("orders", "", last)) {
            assertThat(texts(client, 1)).containsExactly("b");
        }
    }

    @Test
    void who_has_hung_up_is_noticed_and_who_has_not_hears_that_the_tail_is_there()
            throws Exception {
        create("orders", 1);
        create("quiet", 1);
        try (TailClient gone = tail("quiet", "")) {
            assertThat(gone.line()).isEqualTo("retry: 1000");
        }
        try (TailClient client = tail("orders", "")) {
            assertThat(client.line()).isEqualTo("retry: 1000");
            assertThat(client.line()).isEmpty();
            assertThat(client.line()).isEqualTo(":");
            Eventually.await(PATIENCE, "a look", () -> http.followedPartitions() == 1);
        }
    }

    @Test
    void a_client_that_takes_nothing_is_hung_up_on() throws Exception {
        http.close();
        http =
                new QueueClient(
                        TopicRoutes.ROOT,
                        new HttpLimits(100, 4 << 10, 8 << 10, 64 << 10, 30_000, 500, 500, 2_000));
        create("orders", 1);
        String large = "x".repeat(500_000);
        try (TailClient still = tail("orders", "")) {
            for (int i = 0; i < 60; i++) {
                append("orders", 0, large);
            }
            Eventually.await(PATIENCE, "a cut", () -> http.followedPartitions() == 0);
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    var _ = still.event();
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    // ---- what comes

    @Test
    void a_tail_begins_where_it_was_asked_to() throws Exception {
        create("orders", 1);
        for (int i = 0; i < 4; i++) {
            append("orders", 0, "old " + i);
        }
        long middle = Clock.system().nowMs();
        var late = new NewRecord(null, "late".getBytes(UTF_8), List.of(), middle);
        long[] _ = http.behind.engine.append(new TopicPartition("orders", 0), List.of(late));
        try (TailClient beginning = tail("orders", "from=beginning");
                TailClient end = tail("orders", "from=end");
                TailClient time = tail("orders", "timeMs=" + middle);
                TailClient after = tail("orders", "after=0:3");
                TailClient header = tail("orders", "from=beginning", "0:4")) {
            append("orders", 0, "new");
            assertThat(texts(beginning, 6))
                    .containsExactly("old 0", "old 1", "old 2", "old 3", "late", "new");
            assertThat(texts(end, 1)).containsExactly("new");
            assertThat(texts(time, 2)).containsExactly("late", "new");
            assertThat(texts(after, 3)).containsExactly("old 3", "late", "new");
            assertThat(texts(header, 2)).containsExactly("late", "new");
        }
    }

    @Test
    void an_event_says_what_records_out_say_and_its_id_where_to_go_on() throws Exception {
        create("orders", 2);
        Answer answer =
                http.post(
                        "/orders/records",
                        "{\"text\":\"gr\u00fc\u00df\\ndich\",\"key\":\"k\",\"partition\":1,"
                                + "\"headers\":{\"h\":\"v\"}}");
        assertThat(answer.status()).isEqualTo(200);
        String record = http.get("/orders/records?partition=1&offset=0").body();
        String inside = record.substring(record.indexOf('[') + 1, record.indexOf(']'));
        try (TailClient client = tail("orders", "from=beginning")) {
            assertThat(client.event()).isEqualTo(new Event("0:0,1:1", "", inside));
        }
        try (TailClient client = tail("orders", "from=beginning&partition=1")) {
            assertThat(client.event()).isEqualTo(new Event("1:1", "", inside));
        }
    }

    @Test
    void what_was_deleted_before_it_could_be_told_is_told_as_a_gap() throws Exception {
        create("orders", 1);
        for (int i = 0; i < 6; i++) {
            append("orders", 0, "" + i);
        }
        http.behind.engine.trim(new TopicPartition("orders", 0), 4);
        try (TailClient client = tail("orders", "after=0:1")) {
            assertThat(client.event())
                    .isEqualTo(
                            new Event(
                                    "0:4",
                                    "gap",
                                    "{\"partition\":0,\"fromOffset\":1,\"toOffset\":4}"));
            assertThat(texts(client, 2)).containsExactly("4", "5");
        }
    }

    @Test
    void a_tail_that_breaks_off_anywhere_goes_on_behind_the_last_event_that_it_got()
            throws Exception {
        create("orders", 3);
        var stop = new AtomicBoolean();
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int i = 0; !stop.get() && i < 100_000; i++) {
                                    append("orders", i % 3, "x");
                                }
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
        // Nobody leaves the feed alone, so that tails join it at any moment.
        try (TailClient _ = tail("orders", "")) {
            Trials.run(
                    10,
                    random -> {
                        String query = random.nextBoolean() ? "" : "&partition=0,2";
                        Map<Long, Long> next = new HashMap<>();
                        String last = "";
                        for (int i = 0; i < 12; i++) {
                            boolean asHeader = last.isEmpty() || random.nextBoolean();
                            String start = asHeader ? "from=beginning" : "after=" + last;
                            try (TailClient client =
                                    tail("orders", start + query, asHeader ? last : "")) {
                                for (int n = random.nextInt(60); n >= 0; n--) {
                                    Event event = client.event();
                                    long partition = event.number("partition");
                                    assertThat(event.number("offset"))
                                            .isEqualTo(next.getOrDefault(partition, 0L));
                                    next.merge(partition, 1L, Long::sum);
                                    last = event.id();
                                }
                            }
                        }
                        assertThat(next.keySet())
                                .isSubsetOf(query.isEmpty() ? Set.of(0L, 1L, 2L) : Set.of(0L, 2L));
                    });
        } finally {
            stop.set(true);
            writer.join();
        }
    }

    @Test
    void a_slow_client_misses_nothing_and_holds_back_nobody() throws Exception {
        create("orders", 1);
        int count = 300;
        String large = "x".repeat(100_000);
        try (TailClient slow = tail("orders", "");
                TailClient quick = tail("orders", "")) {
            for (int i = 0; i < count; i++) {
                append("orders", 0, large);
                assertThat(quick.event().place()).isEqualTo("0:" + i);
            }
            for (int i = 0; i < count; i++) {
                assertThat(slow.event().place()).isEqualTo("0:" + i);
            }
            append("orders", 0, "last");
            assertThat(texts(slow, 1)).containsExactly("last");
        }
    }

    @Test
    void many_tails_share_one_reader_and_each_gets_everything_once() throws Exception {
        create("orders", 2);
        var clients = new ArrayList<TailClient>();
        try {
            for (int i = 0; i < 200; i++) {
                clients.add(tail("orders", ""));
            }
            for (int i = 0; i < 50; i++) {
                append("orders", i % 2, "x");
            }
            for (TailClient client : clients) {
                var places = new HashSet<String>();
                for (int i = 0; i < 50; i++) {
                    places.add(client.event().place());
                }
                assertThat(places).hasSize(50);
            }
            assertThat(http.followedPartitions()).isEqualTo(2);
        } finally {
            for (TailClient client : clients) {
                client.close();
            }
        }
    }
}
