package io.sinew.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.ApacheKafka;
import io.sinew.kit.Eventually;
import io.sinew.kit.FreePorts;
import io.sinew.kit.TempFolder;
import io.sinew.server.Door.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Work queues of several processes on one Apache Kafka, each process with its own door.
@Timeout(120)
class SharedQueuesTest {
    private static final Path CLASS_PATH = Path.of(System.getProperty("sinew.kafka.classpath"));
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PARTITIONS = 4;
    private static final String WORK = "/v1/queues/work";

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
        create(first, "work", PARTITIONS);
        share("work", PARTITIONS, first, second);
    }

    @AfterAll
    static void stop() throws Exception {
        second.close();
        first.close();
        kafka.close();
        folder.close();
    }

    private static void create(Door door, String queue, int partitions) throws Exception {
        String body = "{\"partitions\":" + partitions + ",\"settings\":{\"failures.max\":\"1\"}}";
        assertThat(door.insist("PUT", "/v1/queues/" + queue, body).status()).isEqualTo(201);
    }

    /// Has both doors take part in a queue, and waits until each has partitions of it.
    private static void share(String queue, int partitions, Door one, Door other) throws Exception {
        var begun =
                CompletableFuture.runAsync(() -> {
                    try {
                        other.ask("GET", "/v1/queues/" + queue, "");
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
        one.ask("GET", "/v1/queues/" + queue, "");
        begun.join();
        Eventually.await(
                LIMIT,
                "a fair share of " + queue,
                () ->
                        held(queue, partitions, one).size() == partitions / 2
                                && held(queue, partitions, other).size() == partitions / 2);
    }

    /// The partitions that a door has.
    private static List<Integer> held(String queue, int partitions, Door door) throws Exception {
        var held = new ArrayList<Integer>();
        for (int partition = 0; partition < partitions; partition++) {
            if (door.askForwarded(Integer.toString(partition), "GET", "/v1/queues/" + queue, "")
                            .status()
                    == 200) {
                held.add(partition);
            }
        }
        return held;
    }

    /// Sends messages one by one, so that they go to all partitions in turn.
    private static void send(Door door, String queue, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            String body = "{\"text\":\"message " + i + "\"}";
            String path = "/v1/queues/" + queue + "/messages";
            assertThat(door.insist("POST", path, body).status()).isEqualTo(200);
        }
    }

    /// The receipts of so many messages, received through one door.
    private static List<String> receive(Door door, String queue, int count) throws Exception {
        var receipts = new ArrayList<String>();
        String path = "/v1/queues/" + queue + "/receive?max=10&waitMs=5000";
        while (receipts.size() < count) {
            Answer answer = door.insist("POST", path, "");
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

    private static void settle(Door door, String what, List<String> receipts) throws Exception {
        Answer answer = door.insist("POST", WORK + what, body(receipts));
        assertThat(answer.all("result")).hasSize(receipts.size()).containsOnly("done");
        assertThat(answer.all("receipt")).isEqualTo(receipts);
    }

    private static void assertEmpty(String path) throws Exception {
        for (Door door : List.of(first, second)) {
            Answer described = door.insist("GET", path, "");
            assertThat(described.one("ready")).isEqualTo("0");
            assertThat(described.one("leased")).isEqualTo("0");
        }
    }

    // ---- refusals

    @Test
    void a_door_that_the_others_cant_find_is_not_opened() {
        for (var http : List.of(new InetSocketAddress("0.0.0.0", 8080), Door.loopback(0))) {
            assertThatThrownBy(() ->
                            new ClusterServerConfig(
                                    kafka.bootstrap(), Map.of(), http, Optional.empty()))
                    .isInstanceOfSatisfying(
                            SinewException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
                                assertThat(e).hasMessageContaining("--advertised-http");
                            });
        }
    }

    @Test
    void a_request_that_was_sent_on_is_answered_here_or_refused_and_goes_no_further()
            throws Exception {
        int theirs = held("work", PARTITIONS, second).getFirst();
        for (String what : List.of("/pause", "/receive", "/purge")) {
            Answer answer = first.askForwarded(Integer.toString(theirs), "POST", WORK + what, "");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.one("code")).isEqualTo("NOT_OWNER");
            assertThat(answer.retryAfter()).contains("1");
        }
        assertThat(second.insist("GET", WORK, "").one("paused")).isEqualTo("false");
        Answer nonsense = first.askForwarded("1,x", "POST", WORK + "/pause", "");
        assertThat(nonsense.status()).isEqualTo(400);
        assertThat(nonsense.one("code")).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void doors_that_are_taken_for_each_other_ask_once_and_not_in_circles() throws Exception {
        int port = FreePorts.next();
        int otherPort = FreePorts.next();
        try (Door one = Door.open(kafka.bootstrap(), port, otherPort);
                Door other = Door.open(kafka.bootstrap(), otherPort, port)) {
            create(one, "crossed", 2);
            share("crossed", 2, one, other);
            Answer answer = one.ask("POST", "/v1/queues/crossed/pause", "");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.one("code")).isEqualTo("NOT_OWNER");
        }
    }

    /// Takes connections, reads what comes first, and hangs up.
    private static void hangUp(ServerSocket socket) {
        try {
            while (true) {
                try (Socket caller = socket.accept()) {
                    int _ = caller.getInputStream().read();
                }
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private static void stopListening(ServerSocket socket) throws IOException {
        socket.close();
    }

    @Test
    void what_a_peer_did_not_say_that_it_did_is_never_called_done() throws Exception {
        String queue = "/v1/queues/silent";
        try (var socket = new ServerSocket()) {
            socket.bind(Door.loopback(0));
            Thread.ofVirtual().start(() -> hangUp(socket));
            try (Door silent =
                    Door.open(kafka.bootstrap(), FreePorts.next(), socket.getLocalPort())) {
                create(first, "silent", 2);
                share("silent", 2, first, silent);
                for (String what : List.of("/pause", "/purge")) {
                    Answer lost = first.ask("POST", queue + what, "");
                    assertThat(lost.status()).isEqualTo(503);
                    assertThat(lost.one("code")).isEqualTo("TIMED_OUT");
                    assertThat(lost.retryAfter()).contains("1");
                }
                stopListening(socket);
                Answer unreached = first.ask("GET", queue, "");
                assertThat(unreached.status()).isEqualTo(503);
                assertThat(unreached.one("code")).isEqualTo("NOT_OWNER");
                assertThat(unreached.one("detail")).contains("nothing was done there");
                // Who only wants messages is given those that there are.
                assertThat(first.ask("POST", queue + "/receive", "").status()).isEqualTo(200);
                send(first, "silent", 2);
            }
        }
        // It is gone, and the first one has all of them.
        assertThat(first.insist("POST", queue + "/resume", "").status()).isEqualTo(204);
        assertThat(receive(first, "silent", 2)).hasSize(2);
    }

    // ---- either door will do

    @Test
    void messages_sent_through_one_door_are_received_and_settled_through_the_other()
            throws Exception {
        send(first, "work", 8);
        assertThat(first.insist("GET", WORK, "").one("ready")).isEqualTo("8");
        assertThat(second.insist("GET", WORK, "").one("ready")).isEqualTo("8");
        Answer seen = second.insist("GET", WORK + "/peek?max=100", "");
        assertThat(new HashSet<>(seen.all("partition"))).hasSize(PARTITIONS);
        assertThat(seen.all("text")).hasSize(8).doesNotHaveDuplicates();

        List<String> receipts = receive(second, "work", 8);
        assertThat(first.insist("GET", WORK, "").one("leased")).isEqualTo("8");
        settle(first, "/extend", receipts);
        settle(first, "/ack", receipts);
        assertEmpty(WORK);
        assertThat(second.insist("POST", WORK + "/ack", body(receipts)).all("result"))
                .containsOnly("lost");
    }

    /// A group whose messages go to that partition.
    private static String groupOf(int partition) {
        for (int i = 0; true; i++) {
            int hash = (("g" + i).hashCode() * 0x9e3779b1) >>> 1;
            if (hash % PARTITIONS == partition) {
                return "g" + i;
            }
        }
    }

    private static String message(String text, int partition) {
        return "{\"text\":\"" + text + "\",\"group\":\"" + groupOf(partition) + "\"}";
    }

    @Test
    void messages_of_a_door_that_no_consumer_asks_are_not_the_last_ones() throws Exception {
        String ours = message("ours", held("work", PARTITIONS, first).getFirst());
        String theirs = message("theirs", held("work", PARTITIONS, second).getFirst());
        String many = (ours + ",").repeat(40) + theirs;
        first.insist("POST", WORK + "/messages", "{\"messages\":[" + many + "]}");
        var texts = new ArrayList<String>();
        while (!texts.contains("theirs")) {
            Answer received = first.insist("POST", WORK + "/receive?waitMs=20000", "");
            texts.add(received.one("text"));
            settle(first, "/ack", received.all("receipt"));
        }
        assertThat(texts).hasSizeLessThan(40);
        assertThat(first.insist("POST", WORK + "/purge", "").status()).isEqualTo(204);
        assertEmpty(WORK);
    }

    private static CompletableFuture<Answer> waiting(Door door) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return door.ask("POST", WORK + "/receive?waitMs=30000", "");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void what_another_door_gives_to_a_consumer_that_has_something_already_is_there_for_others()
            throws Exception {
        String ours = message("ours", held("work", PARTITIONS, first).getFirst());
        String theirs = message("theirs", held("work", PARTITIONS, second).getFirst());
        for (int i = 0; i < 4; i++) {
            CompletableFuture<Answer> consumer = waiting(first);
            first.insist("POST", WORK + "/messages", ours);
            settle(first, "/ack", consumer.join().all("receipt"));
            // A question for messages is on its way still, or waits there.
            first.insist("POST", WORK + "/messages", theirs);
            Answer received = second.insist("POST", WORK + "/receive?waitMs=20000", "");
            assertThat(received.all("text")).containsExactly("theirs");
            settle(second, "/ack", received.all("receipt"));
        }
        assertEmpty(WORK);
    }

    @Test
    void a_consumer_that_waits_at_one_door_gets_what_comes_to_the_partitions_of_the_other()
            throws Exception {
        for (Door door : List.of(first, second)) {
            Door other = door == first ? second : first;
            int theirs = held("work", PARTITIONS, other).getFirst();
            CompletableFuture<Answer> consumer = waiting(door);
            Answer sent = door.insist("POST", WORK + "/messages", message("x", theirs));
            assertThat(sent.one("partition")).isEqualTo(Integer.toString(theirs));
            Answer received = consumer.join();
            assertThat(received.one("partition")).isEqualTo(Integer.toString(theirs));
            settle(door, "/ack", received.all("receipt"));
        }
        assertEmpty(WORK);
    }

    @Test
    void a_dedupe_id_is_known_at_either_door() throws Exception {
        var messages = new ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            messages.add("{\"text\":\"x\",\"priority\":7,\"dedupeId\":\"dedupe " + i + "\"}");
        }
        String body = "{\"messages\":[" + String.join(",", messages) + "]}";
        Answer sent = first.insist("POST", WORK + "/messages", body);
        assertThat(new HashSet<>(sent.all("partition"))).hasSize(PARTITIONS);
        assertThat(sent.all("duplicate")).hasSize(12).containsOnly("false");
        // Taken in a moment after it was sent.
        Eventually.await(
                LIMIT,
                "all of them",
                () -> first.insist("GET", WORK, "").one("ready").equals("12"));
        Answer again = second.insist("POST", WORK + "/messages", body);
        assertThat(again.all("duplicate")).hasSize(12).containsOnly("true");
        assertThat(again.all("offset")).isEqualTo(sent.all("offset"));
        settle(second, "/ack", receive(first, "work", 12));
        assertEmpty(WORK);
    }

    @Test
    void a_pause_at_one_door_stops_deliveries_at_both() throws Exception {
        assertThat(first.insist("POST", WORK + "/pause", "").status()).isEqualTo(204);
        send(second, "work", 8);
        for (Door door : List.of(first, second)) {
            assertThat(door.insist("GET", WORK, "").one("paused")).isEqualTo("true");
            Answer none = door.insist("POST", WORK + "/receive?max=10", "");
            assertThat(none.body()).isEqualTo("{\"messages\":[]}");
        }
        assertThat(second.insist("POST", WORK + "/resume", "").status()).isEqualTo(204);
        settle(second, "/ack", receive(first, "work", 4));
        assertThat(second.insist("POST", WORK + "/purge", "").status()).isEqualTo(204);
        assertEmpty(WORK);
    }

    @Test
    void dead_letters_are_seen_and_sent_again_through_either_door() throws Exception {
        send(first, "work", 8);
        List<String> receipts = receive(first, "work", 8);
        Answer failed =
                second.insist(
                        "POST",
                        WORK + "/nack",
                        body(receipts).replaceFirst("}$", ",\"cause\":\"the bank is closed\"}"));
        assertThat(failed.all("result")).hasSize(8).containsOnly("done");
        for (Door door : List.of(first, second)) {
            Eventually.await(
                    LIMIT,
                    "dead letters",
                    () -> door.insist("GET", WORK + "/dead?max=100", "").all("cause").size() == 8);
        }
        Answer redriven = second.insist("POST", WORK + "/redrive", "{\"reason\":\"failed\"}");
        assertThat(redriven.body()).isEqualTo("{\"redriven\":8,\"complete\":true}");
        settle(first, "/ack", receive(second, "work", 8));
        assertEmpty(WORK);
        assertThat(first.insist("GET", WORK + "/dead", "").all("cause")).isEmpty();
    }

    @Test
    void dead_letters_of_both_are_sent_again_in_parts_or_one_alone_and_none_twice()
            throws Exception {
        send(first, "work", 8);
        Answer failed = first.insist("POST", WORK + "/nack", body(receive(first, "work", 8)));
        assertThat(failed.all("result")).hasSize(8).containsOnly("done");
        Eventually.await(
                LIMIT,
                "dead letters",
                () -> first.insist("GET", WORK + "/dead?max=100", "").all("reason").size() == 8);
        Answer counted = first.insist("POST", WORK + "/redrive", "{\"dryRun\":true}");
        assertThat(counted.one("redriven")).isEqualTo("8");

        Answer letters = second.insist("GET", WORK + "/dead?max=1", "");
        Answer one =
                second.insist(
                        "POST",
                        WORK + "/redrive",
                        "{\"partition\":%s,\"offset\":%s}"
                                .formatted(
                                        letters.all("partition").getFirst(),
                                        letters.all("offset").getFirst()));
        assertThat(one.one("redriven")).isEqualTo("1");
        int sent = 1;
        String from = "";
        for (boolean complete = false; !complete; ) {
            Answer some = second.insist("POST", WORK + "/redrive", "{\"max\":3" + from + "}");
            sent += Integer.parseInt(some.one("redriven"));
            from =
                    some.all("next").stream()
                            .map(",\"from\":\"%s\""::formatted)
                            .findFirst()
                            .orElse("");
            complete = from.isEmpty();
        }
        assertThat(sent).isEqualTo(8);
        settle(first, "/ack", receive(second, "work", 8));
        assertEmpty(WORK);
    }

    @Test
    void what_is_received_at_most_once_is_settled_wherever_it_was() throws Exception {
        send(first, "work", 8);
        var texts = new ArrayList<String>();
        while (texts.size() < 8) {
            Answer some =
                    second.insist(
                            "POST",
                            WORK + "/receive",
                            "{\"max\":10,\"waitMs\":5000,\"atMostOnce\":true}");
            assertThat(some.all("receipt")).isEmpty();
            texts.addAll(some.all("text"));
        }
        assertThat(texts).hasSize(8).doesNotHaveDuplicates();
        assertEmpty(WORK);
    }

    @Test
    void a_queue_that_is_deleted_at_one_door_is_gone_at_the_other() throws Exception {
        create(first, "gone", 2);
        share("gone", 2, first, second);
        assertThat(first.insist("DELETE", "/v1/queues/gone", "").status()).isEqualTo(204);
        assertThat(second.ask("GET", "/v1/queues/gone", "").one("code"))
                .isEqualTo("QUEUE_NOT_FOUND");
        String group = "sinew.share.gone.ledger.sinew.gone.ledger";
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            Eventually.await(
                    LIMIT,
                    "an end of the sharing",
                    () ->
                            admin.describeConsumerGroups(List.of(group))
                                    .all()
                                    .get()
                                    .get(group)
                                    .members()
                                    .isEmpty());
        }
    }

    // ---- the end of one

    @Test
    void when_a_process_stops_the_others_take_over_and_what_was_acknowledged_stays_so()
            throws Exception {
        String queue = "/v1/queues/moving";
        create(first, "moving", 2);
        List<String> held;
        var load = new QueueLoad(queue, first, 150);
        try (Door leaving = Door.open(kafka.bootstrap())) {
            share("moving", 2, first, leaving);
            send(leaving, "moving", 4);
            held = receive(leaving, "moving", 4);
            load.start();
            load.start(first);
            load.start(leaving);
            Eventually.await(LIMIT, "half of it", () -> load.finished() > 75);
        }
        load.join();
        Answer described = first.insist("GET", queue, "");
        assertThat(described.one("leased")).isEqualTo("4");
        assertThat(described.one("ready")).isEqualTo("0");
        // The key of receipts is everybody's, and outlives who made it.
        assertThat(first.insist("POST", queue + "/ack", body(held)).all("result"))
                .hasSize(4)
                .containsOnly("done");
    }
}
