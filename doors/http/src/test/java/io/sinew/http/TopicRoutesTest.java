package io.sinew.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.http.QueueClient.Answer;
import io.sinew.kit.Eventually;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Topics as somebody sees them who speaks HTTP.
@Timeout(120)
class TopicRoutesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private QueueClient http;

    @BeforeEach
    void open() throws IOException {
        http = new QueueClient(TopicRoutes.ROOT);
    }

    @AfterEach
    void close() throws IOException {
        http.close();
    }

    private void create(String name, int partitions) throws Exception {
        Answer answer = http.put("/" + name, "{\"partitions\":" + partitions + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    private Answer append(String topic, String body) throws Exception {
        Answer answer = http.post("/" + topic + "/records", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private Answer read(String topic, String query) throws Exception {
        Answer answer = http.get("/" + topic + "/records?" + query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static void assertRefused(int status, ErrorCode code, Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code.name());
    }

    private void assertBad(Answer answer, String detail) {
        assertRefused(400, ErrorCode.INVALID_REQUEST, answer);
        assertThat(answer.one("detail")).contains(detail);
    }

    // ---- what is refused

    @Test
    void a_topic_that_is_not_there_is_not_found_by_any_route() throws Exception {
        ErrorCode unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        for (String path : List.of("", "/records?offset=0", "/tail")) {
            assertRefused(404, unknown, http.get("/no" + path));
        }
        assertRefused(404, unknown, http.post("/no/records", "{\"text\":\"a\"}"));
        assertRefused(404, unknown, http.delete("/no"));
        String event = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/a\",\"type\":\"t\"}";
        List<String> structured = List.of("Content-Type", "application/cloudevents+json");
        assertRefused(
                404,
                unknown,
                http.sendTo("POST", "/v1/topics/no/events", structured, event.getBytes(UTF_8)));
    }

    @Test
    void a_partition_that_is_not_there_is_not_found_by_any_route() throws Exception {
        create("orders", 2);
        ErrorCode unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        String place = "{\"text\":\"a\",\"partition\":2}";
        Answer answer = http.post("/orders/records", place);
        assertRefused(404, unknown, answer);
        assertThat(answer.one("detail")).contains("has no partition 2: it has 0 to 1");
        assertRefused(404, unknown, http.get("/orders/records?offset=0&partition=2"));
        assertRefused(404, unknown, http.get("/orders/tail?partition=0,2"));
        assertThat(http.get("/orders").all("end")).containsExactly("0", "0");
    }

    @Test
    void a_topic_that_is_there_a_wrong_name_and_a_wrong_setting_are_refused() throws Exception {
        create("orders", 1);
        assertRefused(409, ErrorCode.TOPIC_ALREADY_EXISTS, http.put("/orders", ""));
        assertRefused(400, ErrorCode.INVALID_TOPIC_NAME, http.put("/a%20b", ""));
        assertRefused(
                400,
                ErrorCode.INVALID_CONFIG,
                http.put("/other", "{\"settings\":{\"retention.mss\":\"1\"}}"));
        assertBad(http.put("/other", "{\"partitions\":0}"), "'partitions' is a whole number");
        assertBad(http.put("/other", "{\"partitons\":1}"), "'partitons' is not known");
        assertBad(http.get("?x=1"), "'x' is not known");
        assertThat(http.get("").all("name")).containsExactly("orders");
        Answer method = http.post("/orders", "");
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.one("detail")).contains("PUT, GET, DELETE");
        assertThat(http.get("/orders/nonsense").status()).isEqualTo(404);
    }

    @Test
    void what_belongs_to_a_queue_or_to_sinew_is_not_broken_from_here() throws Exception {
        http.sendTo("PUT", "/v1/queues/pay", List.of(), new byte[0]);
        ErrorCode ours = ErrorCode.POLICY_VIOLATION;
        for (String topic : List.of("pay", "pay.ledger", "pay.dead", "pay.dead.ledger")) {
            assertRefused(400, ours, http.delete("/" + topic));
        }
        assertRefused(400, ours, http.post("/pay.ledger/records", "{\"text\":\"a\"}"));
        assertThat(read("pay.ledger", "offset=beginning").all("nextOffset")).hasSize(1);
        for (String topic : List.of("sinew-queues", "sinew-receipts", "sinew-new")) {
            assertRefused(400, ours, http.put("/" + topic, ""));
            assertRefused(400, ours, http.delete("/" + topic));
            assertRefused(400, ours, http.post("/" + topic + "/records", "{\"text\":\"a\"}"));
            assertRefused(400, ours, http.get("/" + topic + "/records?offset=beginning"));
            assertRefused(400, ours, http.get("/" + topic + "/tail"));
        }
        // A record of the queue's topic is a message, from whatever door.
        append("pay", "{\"text\":\"42\"}");
        Answer received =
                http.sendTo("POST", "/v1/queues/pay/receive?waitMs=20000", List.of(), new byte[0]);
        assertThat(received.one("text")).isEqualTo("42");
    }

    @Test
    void a_record_that_is_not_what_it_should_be_is_refused_with_the_place() throws Exception {
        create("orders", 1);
        String path = "/orders/records";
        assertBad(http.post(path, ""), "not a JSON object");
        assertBad(http.post(path, "[]"), "not a JSON object");
        assertBad(http.post(path, "{\"json\":{\"a\":1"), "not JSON");
        assertBad(http.post(path, "{\"json\":{\"a\":1,\"a\":2}}"), "Duplicate");
        assertBad(http.post(path, "{\"json\":1} 2"), "goes on behind");
        assertBad(http.post(path, "{}"), "A record has a 'text'");
        assertBad(http.post(path, "{\"json\":null}"), "A record has a 'text'");
        assertBad(http.post(path, "{\"text\":\"a\",\"json\":1}"), "one of them");
        assertBad(http.post(path, "{\"text\":\"a\",\"tombstone\":true}"), "one of them");
        assertBad(http.post(path, "{\"tombstone\":\"yes\"}"), "'tombstone' is true or false");
        assertBad(http.post(path, "{\"text\":\"a\",\"partition\":-1}"), "'partition' is a whole");
        assertBad(http.post(path, "{\"text\":\"a\",\"timestampMs\":-1}"), "'timestampMs' is a");
        assertBad(http.post(path, "{\"text\":\"a\",\"headers\":{\"x\":1}}"), "'headers.x'");
        assertBad(http.post(path, "{\"text\":\"a\",\"headers\":{\"json\":1}}"), "'headers.json'");
        assertBad(http.post(path, "{\"text\":\"a\",\"delayMs\":1}"), "'delayMs' is not known");
        assertBad(
                http.post(path, "{\"records\":[{\"text\":\"a\"},{\"json\":1,\"x\":1}]}"),
                "'records[1].x' is not known");
        byte[] utf16 = "{\"json\":1}".getBytes(StandardCharsets.UTF_16LE);
        assertBad(http.send("POST", path, utf16), "another encoding");
        byte[] broken = "{\"json\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertBad(http.send("POST", path, broken), "not JSON");
        assertBad(
                http.sendTo(
                        "POST",
                        "/v1/topics/orders/records",
                        List.of("Idempotency-Key", "\"k\""),
                        "{\"text\":\"a\"}".getBytes(UTF_8)),
                "Idempotency-Key is not honoured");
        assertThat(http.get("/orders").one("end")).isEqualTo("0");
    }

    @Test
    void a_question_for_records_that_is_not_clear_is_refused() throws Exception {
        create("orders", 2);
        String path = "/orders/records?";
        assertBad(http.get(path + "partition=0"), "Say from where");
        assertBad(http.get(path + "partition=0&offset=1&timeMs=1"), "Say from where");
        assertBad(http.get(path + "offset=0"), "Say which 'partition'");
        assertBad(http.get(path + "partition=0&offset=first"), "'offset' is a number");
        assertBad(http.get(path + "partition=x&offset=0"), "'partition' is a whole number");
        assertBad(http.get(path + "partition=0&offset=0&max=0"), "'max' is a whole number");
        assertBad(http.get(path + "partition=0&offset=0&waitMs=600000"), "'waitMs' is a whole");
        assertBad(http.get(path + "partition=0&offset=0&limit=1"), "'limit' is not known");
        assertRefused(400, ErrorCode.OFFSET_OUT_OF_RANGE, http.get(path + "partition=0&offset=1"));
        assertBad(http.get("/orders/tail?from=now"), "'from' is 'end' or 'beginning'");
        assertBad(http.get("/orders/tail?from=end&timeMs=0"), "Say one of");
        assertBad(http.get("/orders/tail?after=x"), "not the id of an event");
        assertBad(http.get("/orders/tail?after=0:0,0:1"), "not the id of an event");
        assertBad(http.get("/orders/tail?after=2:0"), "not the id of an event");
        assertBad(http.get("/orders/tail?partition=a"), "'partition' is a number");
        assertRefused(400, ErrorCode.OFFSET_OUT_OF_RANGE, http.get("/orders/tail?after=0:1"));
    }

    @Test
    void a_body_that_would_cost_much_is_refused_before_it_does() throws Exception {
        create("orders", 1);
        String path = "/orders/records";
        assertBad(http.post(path, "{\"json\":" + "[".repeat(10_000)), "nesting depth");
        assertBad(http.post(path, "{\"json\":[" + "0,".repeat(1_500_000) + "0]}"), "oken count");
        assertBad(http.post(path, "{\"json\":{\"" + "n".repeat(100_000) + "\":1}}"), "ame length");
        assertBad(http.post(path, "{\"json\":" + "9".repeat(5_000) + "}"), "umber");
        String list = "{\"text\":\"a\"},".repeat(10_000);
        assertBad(
                http.post(path, "{\"records\":[" + list + "{\"text\":\"a\"}]}"),
                "an array of 1 to 10000");
        assertRefused(
                413,
                ErrorCode.BATCH_TOO_LARGE,
                http.post(path, "{\"text\":\"" + "x".repeat(2 << 20) + "\"}"));
        assertThat(http.announce("POST", path, 17 << 20)).isEqualTo(413);
        assertThat(http.send("POST", "/orders/events", new byte[17 << 20]).status()).isEqualTo(413);
        assertThat(http.announce("PUT", "/other", 100 << 10)).isEqualTo(413);
        assertThat(http.get("/orders").one("end")).isEqualTo("0");
    }

    @Test
    void headers_without_end_and_bodies_that_are_cut_off_disturb_nobody() throws Exception {
        create("orders", 1);
        byte[] line = ("ce-x: " + "y".repeat(1_000) + "\r\n").getBytes(US_ASCII);
        try (Socket socket = http.connect()) {
            var out = socket.getOutputStream();
            out.write("POST /v1/topics/orders/events HTTP/1.1\r\nHost: x\r\n".getBytes(US_ASCII));
            long written = 0;
            try {
                for (; written < 100 << 20; written += line.length) {
                    out.write(line);
                }
            } catch (IOException e) {
                // Closed by the door.
            }
            assertThat(written).isLessThan(100 << 20);
        }
        for (String path : List.of("records", "events")) {
            try (Socket socket = http.connect()) {
                String half =
                        "POST /v1/topics/orders/"
                                + path
                                + " HTTP/1.1\r\nHost: x\r\nce-id: 1\r\nce-source: /\r\n"
                                + "ce-type: t\r\nce-specversion: 1.0\r\n"
                                + "Content-Length: 100\r\n\r\n{\"text\":\"half\"}";
                socket.getOutputStream().write(half.getBytes(US_ASCII));
                socket.shutdownOutput();
                String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
                assertThat(answer).doesNotContain("200 OK");
            }
        }
        assertThat(http.get("/orders").one("end")).isEqualTo("0");
    }

    @Test
    void a_body_with_a_byte_changed_is_taken_or_refused_and_never_our_fault() throws Exception {
        create("orders", 2);
        byte[] good =
                ("{\"records\":[{\"json\":{\"a\":[1,2.5,true,null]},\"key\":\"k\"},"
                                + "{\"base64\":\"/wD+\",\"headers\":{\"h\":\"v\"},\"partition\":1}]}")
                        .getBytes(UTF_8);
        Trials.run(
                300,
                random -> {
                    byte[] body = good.clone();
                    for (int i = 0; i < 1 + random.nextInt(2); i++) {
                        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
                    }
                    Answer answer = http.send("POST", "/orders/records", body);
                    assertThat(answer.status())
                            .as(new String(body, UTF_8) + answer.body())
                            .isIn(200, 400, 404);
                });
    }

    // ---- what works

    @Test
    void a_topic_is_created_described_listed_and_deleted() throws Exception {
        Answer created =
                http.put("/orders", "{\"partitions\":2,\"settings\":{\"retention.ms\":\"60000\"}}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.one("partitions")).isEqualTo("2");
        assertThat(created.one("retention.ms")).isEqualTo("60000");
        append("orders", "{\"text\":\"a\",\"partition\":1}");
        Answer described = http.get("/orders");
        assertThat(described.all("start")).containsExactly("0", "0");
        assertThat(described.all("end")).containsExactly("0", "1");
        assertThat(described.one("retention.ms")).isEqualTo("60000");
        assertThat(http.get("").body())
                .isEqualTo("{\"topics\":[{\"name\":\"orders\",\"partitions\":2}]}");
        assertThat(http.delete("/orders").status()).isEqualTo(204);
        assertThat(http.get("").body()).isEqualTo("{\"topics\":[]}");
    }

    @Test
    void records_come_out_as_they_went_in() throws Exception {
        create("orders", 1);
        append(
                "orders",
                "{\"records\":["
                        + "{\"text\":\"gr\u00fc\u00df \\\"dich\\\"\",\"key\":\"k\",\"timestampMs\":7,"
                        + "\"headers\":{\"trace\":\"t1\"}},"
                        + "{\"base64\":\"/wD+\",\"keyBase64\":\"gA==\",\"timestampMs\":8},"
                        + "{\"json\": { \"b\" : 0.10, \"a\":[1e400,{\"json\":\"\\u00fc\"}]} ,"
                        + "\"timestampMs\":9},"
                        + "{\"json\":\"x\",\"timestampMs\":10},"
                        + "{\"json\":12.50,\"timestampMs\":11},"
                        + "{\"tombstone\":true,\"key\":\"k\",\"timestampMs\":12}]}");
        http.restart();
        assertThat(read("orders", "offset=0").body())
                .isEqualTo(
                        "{\"records\":["
                                + "{\"partition\":0,\"offset\":0,\"timestampMs\":7,\"key\":\"k\","
                                + "\"text\":\"gr\u00fc\u00df \\\"dich\\\"\","
                                + "\"headers\":{\"trace\":\"t1\"}},"
                                + "{\"partition\":0,\"offset\":1,\"timestampMs\":8,"
                                + "\"keyBase64\":\"gA==\",\"base64\":\"/wD+\"},"
                                + "{\"partition\":0,\"offset\":2,\"timestampMs\":9,\"text\":"
                                + "\"{ \\\"b\\\" : 0.10, \\\"a\\\":[1e400,{\\\"json\\\":"
                                + "\\\"\\\\u00fc\\\"}]}\"},"
                                + "{\"partition\":0,\"offset\":3,\"timestampMs\":10,"
                                + "\"text\":\"\\\"x\\\"\"},"
                                + "{\"partition\":0,\"offset\":4,\"timestampMs\":11,"
                                + "\"text\":\"12.50\"},"
                                + "{\"partition\":0,\"offset\":5,\"timestampMs\":12,"
                                + "\"tombstone\":true,\"key\":\"k\"}],\"nextOffset\":6}");
    }

    @Test
    void records_go_where_they_say_or_where_their_key_says_or_to_all_in_turn() throws Exception {
        create("orders", 3);
        Answer placed = append("orders", "{\"text\":\"a\",\"key\":\"foobar\",\"partition\":1}");
        assertThat(placed.one("partition")).isEqualTo("1");
        Answer keyed = append("orders", "{\"text\":\"b\",\"key\":\"foobar\"}");
        int expected = (-790332482 & 0x7fffffff) % 3;
        assertThat(keyed.one("partition")).isEqualTo(Integer.toString(expected));
        Answer free =
                append(
                        "orders",
                        "{\"records\":[{\"text\":\"1\"},{\"text\":\"2\"},{\"text\":\"3\"}]}");
        assertThat(new HashSet<>(free.all("partition"))).hasSize(3);
        for (int i = 0; i < 3; i++) {
            String place = "partition=" + free.all("partition").get(i);
            String offset = "&offset=" + free.all("offset").get(i);
            assertThat(read("orders", place + offset + "&max=1").one("text"))
                    .isEqualTo(Integer.toString(i + 1));
        }
    }

    @Test
    void a_reader_goes_on_from_the_offset_that_it_was_told() throws Exception {
        create("orders", 1);
        var records = new ArrayList<String>();
        for (int i = 0; i < 250; i++) {
            records.add("{\"text\":\"" + i + "\",\"timestampMs\":" + (1000 + i) + "}");
        }
        append("orders", "{\"records\":[" + String.join(",", records) + "]}");
        var texts = new ArrayList<String>();
        String next = "beginning";
        while (texts.size() < 250) {
            Answer some = read("orders", "max=60&offset=" + next);
            texts.addAll(some.all("text"));
            next = some.one("nextOffset");
        }
        assertThat(texts).hasSize(250).doesNotHaveDuplicates();
        assertThat(next).isEqualTo("250");
        assertThat(read("orders", "offset=end").body())
                .isEqualTo("{\"records\":[],\"nextOffset\":250}");
        assertThat(read("orders", "timeMs=1240&max=1").one("text")).isEqualTo("240");
        assertThat(read("orders", "timeMs=9999999999999").one("nextOffset")).isEqualTo("250");
    }

    private CompletableFuture<Answer> waiting(String query) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return read("orders", query);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void a_reader_that_waits_is_answered_as_soon_as_there_is_something() throws Exception {
        create("orders", 2);
        for (int i = 0; i < 20; i++) {
            String place = "partition=1&waitMs=30000&offset=" + i;
            List<CompletableFuture<Answer>> all = List.of(waiting(place), waiting(place));
            append("orders", "{\"text\":\"" + i + "\",\"partition\":1}");
            for (CompletableFuture<Answer> one : all) {
                assertThat(one.join().one("text")).isEqualTo(Integer.toString(i));
            }
        }
        assertThat(read("orders", "partition=0&offset=0&waitMs=300").one("nextOffset"))
                .isEqualTo("0");
    }

    @Test
    void a_reader_that_waits_for_what_is_deleted_or_for_a_door_that_closes_is_told()
            throws Exception {
        create("orders", 1);
        CompletableFuture<Answer> waits = CompletableFuture.supplyAsync(this::status);
        assertThat(read("orders", "offset=0&waitMs=300").one("nextOffset")).isEqualTo("0");
        http.delete("/orders");
        assertThat(waits.join().status()).isIn(200, 404);
        create("orders", 1);
        CompletableFuture<Answer> again = CompletableFuture.supplyAsync(this::status);
        assertThat(read("orders", "offset=0&waitMs=300").one("nextOffset")).isEqualTo("0");
        http.closeDoor();
        assertThat(again.join().status()).isIn(503, -1, 200);
    }

    private Answer status() {
        try {
            return http.get("/orders/records?offset=0&waitMs=60000");
        } catch (Exception e) {
            return new Answer(-1, "");
        }
    }

    @Test
    void readers_that_hang_up_leave_nothing_behind() throws Exception {
        create("orders", 1);
        for (int i = 0; i < 20; i++) {
            try (Socket gone = http.connect()) {
                String wait = "/v1/topics/orders/records?offset=0&waitMs=60000 HTTP/1.1\r\n";
                gone.getOutputStream().write(("GET " + wait + "Host: x\r\n\r\n").getBytes(UTF_8));
            }
        }
        Eventually.await(PATIENCE, "an end", () -> http.followedPartitions() == 0);
    }
}
