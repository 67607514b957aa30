package io.sinew.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ApacheKafka;
import io.sinew.kit.Eventually;
import io.sinew.kit.TempFolder;
import io.sinew.server.Door.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Subscriptions of several processes on one Apache Kafka, each process with its own door.
@Timeout(120)
class SharedSubscriptionsTest {
    private static final Path CLASS_PATH = Path.of(System.getProperty("sinew.kafka.classpath"));
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PARTITIONS = 4;
    private static final String ORDERS = "/v1/topics/orders";
    private static final String BILLING = ORDERS + "/subscriptions/billing";
    private static final String MAIL = ORDERS + "/subscriptions/mail";

    /// Deeper than what doors read of each other where it is not a filter.
    private static final String FILTER =
            "[" + "{\"not\":".repeat(20) + "{\"exact\":{\"type\":\"paid\"}}" + "}".repeat(20) + "]";

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
                        Map.of("group.initial.rebalance.delay.ms", "0"));
        kafka.format();
        kafka.start();
        first = Door.open(kafka.bootstrap());
        second = Door.open(kafka.bootstrap());
        assertThat(first.insist("PUT", ORDERS, "{\"partitions\":" + PARTITIONS + "}").status())
                .isEqualTo(201);
        create(BILLING, "{\"filter\":" + FILTER + ",\"settings\":{\"failures.max\":\"1\"}}");
        create(MAIL, "");
        // Both take part without being asked: each looks for what the others have created.
        Eventually.await(
                LIMIT, "a fair share", () -> held(first).size() == 2 && held(second).size() == 2);
    }

    @AfterAll
    static void stop() throws Exception {
        second.close();
        first.close();
        kafka.close();
        folder.close();
    }

    private static void create(String path, String body) throws Exception {
        Answer answer = first.insist("PUT", path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    /// The partitions that a door has.
    private static List<Integer> held(Door door) throws Exception {
        var held = new ArrayList<Integer>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (door.askForwarded(Integer.toString(partition), "GET", BILLING, "").status()
                    == 200) {
                held.add(partition);
            }
        }
        return held;
    }

    private static String record(int partition) {
        return "{\"text\":\"of "
                + partition
                + "\",\"partition\":"
                + partition
                + ",\"headers\":{\"type\":\"paid\"}}";
    }

    /// A record that both subscriptions want into each partition, and one that one of them wants.
    private static void append(Door door) throws Exception {
        var records = new ArrayList<String>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            records.add(record(partition));
        }
        records.add("{\"text\":\"other\",\"partition\":0}");
        String body = "{\"records\":[" + String.join(",", records) + "]}";
        assertThat(door.insist("POST", ORDERS + "/records", body).status()).isEqualTo(200);
    }

    /// The receipts of so many messages, received through one door.
    private static List<String> receive(Door door, String path, int count) throws Exception {
        var receipts = new ArrayList<String>();
        while (receipts.size() < count) {
            Answer answer = door.insist("POST", path + "/receive?max=10&waitMs=5000", "");
            assertThat(answer.status()).isEqualTo(200);
            receipts.addAll(answer.all("receipt"));
        }
        assertThat(receipts).hasSize(count).doesNotHaveDuplicates();
        return receipts;
    }

    private static String body(List<String> receipts) {
        return receipts.stream()
                .map(receipt -> "\"" + receipt + "\"")
                .collect(Collectors.joining(",", "{\"receipts\":[", "]}"));
    }

    private static void settle(Door door, String path, List<String> receipts) throws Exception {
        Answer answer = door.insist("POST", path, body(receipts));
        assertThat(answer.all("result")).hasSize(receipts.size()).containsOnly("done");
        assertThat(answer.all("receipt")).isEqualTo(receipts);
    }

    private static void assertCount(String path, String state, int count) throws Exception {
        for (Door door : List.of(first, second)) {
            Eventually.await(
                    LIMIT,
                    count + " " + state,
                    () -> door.insist("GET", path, "").one(state).equals(Integer.toString(count)));
        }
    }

    /// Leaves nothing to be received.
    private static void clear() throws Exception {
        for (String path : List.of(BILLING, MAIL)) {
            assertThat(first.insist("POST", path + "/seek?to=end", "").status()).isEqualTo(204);
            assertCount(path, "ready", 0);
        }
    }

    // ---- refusals

    @Test
    void a_request_that_was_sent_on_is_answered_here_or_refused_and_goes_no_further()
            throws Exception {
        String theirs = Integer.toString(held(second).getFirst());
        for (String what : List.of("/pause", "/receive", "/seek?to=end", "/redrive", "/drop")) {
            Answer answer = first.askForwarded(theirs, "POST", BILLING + what, "");
            assertThat(answer.status()).as(what).isEqualTo(503);
            assertThat(answer.one("code")).isEqualTo("NOT_OWNER");
            assertThat(answer.retryAfter()).contains("1");
        }
        Answer parked = first.askForwarded(theirs, "GET", BILLING + "/parked", "");
        assertThat(parked.one("code")).isEqualTo("NOT_OWNER");
    }

    @Test
    void a_receipt_of_another_subscription_is_refused_by_either_door() throws Exception {
        append(first);
        String receipts = body(receive(first, MAIL, PARTITIONS + 1));
        for (Door door : List.of(first, second)) {
            Answer answer = door.insist("POST", BILLING + "/ack", receipts);
            assertThat(answer.one("code")).isEqualTo("INVALID_REQUEST");
        }
        clear();
    }

    // ---- either door will do

    @Test
    void messages_are_received_and_settled_through_either_door_by_each_subscription()
            throws Exception {
        append(first);
        assertCount(BILLING, "ready", PARTITIONS);
        assertCount(MAIL, "ready", PARTITIONS + 1);
        assertThat(second.insist("GET", BILLING, "").body()).contains("\"filter\":" + FILTER);
        List<String> billing = receive(second, BILLING, PARTITIONS);
        List<String> mail = receive(first, MAIL, PARTITIONS + 1);
        settle(first, BILLING + "/extend", billing);
        settle(first, BILLING + "/ack", billing);
        assertCount(MAIL, "leased", PARTITIONS + 1);
        settle(second, MAIL + "/ack", mail);
        assertCount(MAIL, "leased", 0);
    }

    @Test
    void a_consumer_that_waits_at_one_door_gets_what_comes_to_the_partitions_of_the_other()
            throws Exception {
        for (Door door : List.of(first, second)) {
            Door other = door == first ? second : first;
            int theirs = held(other).getFirst();
            var consumer =
                    CompletableFuture.supplyAsync(() -> {
                        try {
                            return door.ask("POST", BILLING + "/receive?waitMs=30000", "");
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    });
            door.insist("POST", ORDERS + "/records", record(theirs));
            Answer received = consumer.join();
            assertThat(received.one("partition")).isEqualTo(Integer.toString(theirs));
            settle(door, BILLING + "/ack", received.all("receipt"));
        }
        clear();
    }

    @Test
    void a_pause_and_a_seek_at_one_door_are_minded_by_both_and_by_no_other_subscription()
            throws Exception {
        assertThat(first.insist("POST", BILLING + "/pause", "").status()).isEqualTo(204);
        append(second);
        for (Door door : List.of(first, second)) {
            assertThat(door.insist("GET", BILLING, "").one("paused")).isEqualTo("true");
            assertThat(door.insist("POST", BILLING + "/receive?max=10", "").body())
                    .isEqualTo("{\"messages\":[]}");
        }
        settle(second, MAIL + "/ack", receive(first, MAIL, PARTITIONS + 1));
        assertThat(second.insist("POST", BILLING + "/seek", "{\"to\":\"end\"}").status())
                .isEqualTo(204);
        assertThat(second.insist("POST", BILLING + "/resume", "").status()).isEqualTo(204);
        append(first);
        settle(first, BILLING + "/ack", receive(second, BILLING, PARTITIONS));
        clear();
    }

    @Test
    void parked_messages_are_seen_in_order_and_seen_to_through_either_door() throws Exception {
        append(first);
        append(first);
        List<String> receipts = receive(first, BILLING, 2 * PARTITIONS);
        settle(second, BILLING + "/reject", receipts);
        assertCount(BILLING, "parked", 2 * PARTITIONS);
        for (Door door : List.of(first, second)) {
            assertThat(pages(door)).hasSize(2 * PARTITIONS).isSorted().doesNotHaveDuplicates();
        }
        String oneOfEach =
                new TreeMap<>(
                                pages(first).stream()
                                        .collect(
                                                Collectors.toMap(
                                                        each -> each.substring(0, 1),
                                                        each -> Long.parseLong(each.substring(2)),
                                                        Math::min)))
                        .entrySet().stream()
                                .map(each ->
                                        "{\"partition\":%s,\"offset\":%d}"
                                                .formatted(each.getKey(), each.getValue()))
                                .collect(Collectors.joining(",", "{\"messages\":[", "]}"));
        Answer some = second.insist("POST", BILLING + "/redrive", oneOfEach);
        assertThat(some.body()).isEqualTo("{\"redriven\":4,\"complete\":true}");
        settle(second, BILLING + "/reject", receive(first, BILLING, PARTITIONS));
        Answer dropped = second.insist("POST", BILLING + "/drop", oneOfEach);
        assertThat(dropped.body()).isEqualTo("{\"dropped\":4,\"complete\":true}");
        Answer all = first.insist("POST", BILLING + "/redrive", "");
        assertThat(all.body()).isEqualTo("{\"redriven\":4,\"complete\":true}");
        settle(first, BILLING + "/ack", receive(second, BILLING, PARTITIONS));
        assertCount(BILLING, "parked", 0);
        clear();
    }

    /// All parked messages, read three at a time, as `PARTITION:OFFSET` of equal length.
    private static List<String> pages(Door door) throws Exception {
        var all = new ArrayList<String>();
        String from = "";
        while (true) {
            Answer page = door.insist("GET", BILLING + "/parked?max=3" + from, "");
            List<String> partitions = page.all("partition");
            List<String> offsets = page.all("offset");
            int count = page.all("reason").size();
            for (int i = 0; i < count; i++) {
                all.add("%s:%06d".formatted(partitions.get(i), Long.parseLong(offsets.get(i))));
            }
            if (partitions.size() == count) {
                return all;
            }
            from = "&partition=" + partitions.getLast() + "&offset=" + offsets.getLast();
        }
    }

    @Test
    void a_subscription_that_is_created_and_deleted_at_one_door_is_so_at_the_other()
            throws Exception {
        String path = ORDERS + "/subscriptions/short";
        create(path, "{\"start\":\"beginning\"}");
        assertThat(second.insist("GET", path, "").one("name")).isEqualTo("short");
        assertThat(new HashSet<>(second.insist("GET", ORDERS + "/subscriptions", "").all("name")))
                .contains("billing", "mail", "short");
        assertThat(first.insist("DELETE", path, "").status()).isEqualTo(204);
        Eventually.await(
                LIMIT, "the end of it", () -> second.insist("GET", path, "").status() == 404);
        assertThat(second.insist("DELETE", ORDERS, "").one("code")).isEqualTo("POLICY_VIOLATION");
    }

    // ---- the end of one

    @Test
    void when_a_process_stops_the_others_take_over_and_what_was_leased_stays_so() throws Exception {
        List<String> receipts;
        try (Door leaving = Door.open(kafka.bootstrap())) {
            Eventually.await(LIMIT, "a part of it", () -> !held(leaving).isEmpty());
            append(leaving);
            receipts = receive(leaving, BILLING, PARTITIONS);
        }
        assertCount(BILLING, "leased", PARTITIONS);
        settle(second, BILLING + "/ack", receipts);
        Eventually.await(
                LIMIT, "a fair share", () -> held(first).size() == 2 && held(second).size() == 2);
        clear();
    }
}
