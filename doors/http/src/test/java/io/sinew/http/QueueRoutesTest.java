package io.sinew.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.http.QueueClient.Answer;
import io.sinew.kit.Eventually;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Work queues as somebody sees them who speaks HTTP.
@Timeout(120)
class QueueRoutesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private QueueClient http;

    @BeforeEach
    void open() throws IOException {
        http = new QueueClient();
    }

    @AfterEach
    void close() throws IOException {
        http.close();
    }

    private void create(String name, String body) throws Exception {
        assertThat(http.put("/" + name, body).status()).isEqualTo(201);
    }

    private void send(String name, String... texts) throws Exception {
        for (String text : texts) {
            String body = "{\"text\":\"" + text + "\"}";
            assertThat(http.post("/" + name + "/messages", body).status()).isEqualTo(200);
        }
    }

    private Answer receive(String name) throws Exception {
        return http.post("/" + name + "/receive?max=10&waitMs=20000", "");
    }

    private static String receipts(Answer received) {
        return "{\"receipts\":[\"" + String.join("\",\"", received.all("receipt")) + "\"]}";
    }

    private static void assertRefused(int status, ErrorCode code, Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code.name());
        assertThat(answer.one("number")).isEqualTo(Integer.toString(code.number()));
    }

    private void assertBad(Answer answer, String detail) {
        assertRefused(400, ErrorCode.INVALID_REQUEST, answer);
        assertThat(answer.one("detail")).contains(detail);
    }

    // ---- what is refused

    @Test
    void a_queue_that_is_not_there_is_not_found_by_any_route() throws Exception {
        for (String path : List.of("/receive", "/pause", "/resume", "/purge", "/redrive")) {
            assertRefused(404, ErrorCode.QUEUE_NOT_FOUND, http.post("/no" + path, ""));
        }
        assertRefused(
                404, ErrorCode.QUEUE_NOT_FOUND, http.post("/no/messages", "{\"text\":\"a\"}"));
        for (String path : List.of("", "/peek", "/dead")) {
            assertRefused(404, ErrorCode.QUEUE_NOT_FOUND, http.get("/no" + path));
        }
        assertRefused(404, ErrorCode.QUEUE_NOT_FOUND, http.delete("/no"));
    }

    @Test
    void a_queue_that_is_there_a_wrong_name_and_a_wrong_setting_are_refused() throws Exception {
        create("pay", "");
        assertRefused(409, ErrorCode.QUEUE_ALREADY_EXISTS, http.put("/pay", "{}"));
        assertRefused(400, ErrorCode.INVALID_TOPIC_NAME, http.put("/a%20b", "{}"));
        assertRefused(
                400,
                ErrorCode.INVALID_CONFIG,
                http.put("/other", "{\"settings\":{\"lease.mss\":\"1\"}}"));
        assertBad(http.put("/other", "{\"settings\":{\"lease.ms\":1}}"), "'settings.lease.ms'");
        assertBad(http.put("/other", "{\"partitions\":0}"), "'partitions' is a whole number");
    }

    @Test
    void another_method_is_refused_with_those_that_there_are() throws Exception {
        Answer answer = http.post("/pay", "");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.one("detail")).contains("PUT, GET, DELETE");
        assertThat(http.get("/pay/nonsense").status()).isEqualTo(404);
    }

    @Test
    void a_body_that_is_not_what_it_should_be_is_refused_with_the_place() throws Exception {
        create("pay", "");
        String path = "/pay/messages";
        assertBad(http.post(path, ""), "not a JSON object");
        assertBad(http.post(path, "nonsense"), "not JSON");
        assertBad(http.post(path, "[]"), "not a JSON object");
        assertBad(http.post(path, "{\"text\":\"a\"} {}"), "goes on behind");
        assertBad(http.post(path, "{\"text\":\"a"), "not JSON");
        assertBad(http.post(path, "{\"text\":\"a\",\"headers\":{\"x\":"), "not JSON");
        assertBad(http.post(path, "{}"), "A message has a 'text'");
        assertBad(http.post(path, "{\"text\":null}"), "A message has a 'text'");
        assertBad(http.post(path, "{\"text\":7}"), "'text' is a text");
        assertBad(http.post(path, "{\"text\":\"a\",\"base64\":\"YQ==\"}"), "both");
        assertBad(http.post(path, "{\"base64\":\"*\"}"), "'base64' is base 64");
        assertBad(http.post(path, "{\"text\":\"\\ud800\"}"), "surrogate");
        assertBad(http.post(path, "{\"text\":\"a\",\"txt\":\"b\"}"), "'txt' is not known");
        assertBad(http.post(path, "{\"text\":\"a\",\"text\":\"b\"}"), "Duplicate");
        assertBad(http.post(path, "{\"text\":\"a\",\"delayMs\":\"1\"}"), "'delayMs' is a whole");
        assertBad(http.post(path, "{\"text\":\"a\",\"delayMs\":1.5}"), "'delayMs' is a whole");
        assertBad(http.post(path, "{\"text\":\"a\",\"delayMs\":-1}"), "'delayMs' is a whole");
        assertBad(
                http.post(path, "{\"text\":\"a\",\"dueMs\":99999999999999999999}"),
                "'dueMs' is a whole");
        assertBad(http.post(path, "{\"text\":\"a\",\"priority\":10}"), "from 0 to 9");
        assertBad(http.post(path, "{\"text\":\"a\",\"headers\":{\"x\":1}}"), "'headers.x'");
        assertBad(http.post(path, "{\"text\":\"a\",\"headers\":[]}"), "'headers' is an object");
        assertBad(http.post(path, "{\"messages\":[]}"), "'messages' is an array of 1 to");
        assertBad(http.post(path, "{\"messages\":[7]}"), "an array of objects");
        assertBad(
                http.post(path, "{\"messages\":[{\"text\":\"a\"},{\"text\":\"b\",\"x\":1}]}"),
                "'messages[1].x' is not known");
        assertBad(
                http.post(path, "{\"messages\":[{\"text\":\"a\"}],\"text\":\"b\"}"),
                "'text' is not known");
        assertBad(http.post("/pay/receive?max=0", ""), "'max' is a whole number");
        assertBad(http.post("/pay/receive?maxx=1", ""), "'maxx' is not known");
        assertBad(http.post("/pay/receive?max=1&max=2", ""), "more than once");
        assertBad(http.post("/pay/receive", "{\"waitMs\":600000}"), "'waitMs' is a whole");
        assertThat(http.get("/pay").one("ready")).isEqualTo("0");
    }

    @Test
    void a_body_that_would_cost_much_is_refused_before_it_does() throws Exception {
        create("pay", "");
        String path = "/pay/messages";
        assertBad(http.post(path, "{\"a\":".repeat(10_000)), "nesting depth");
        assertBad(http.post(path, "{\"a\":[" + "0,".repeat(1_500_000) + "0]}"), "oken count");
        assertBad(http.post(path, "{\"" + "n".repeat(100_000) + "\":1}"), "ame length");
        assertBad(http.post(path, "{\"delayMs\":" + "9".repeat(1_000) + "}"), "umber");
        String list = "{\"text\":\"a\"},".repeat(10_000);
        assertBad(
                http.post(path, "{\"messages\":[" + list + "{\"text\":\"a\"}]}"),
                "an array of 1 to 10000");
        assertThat(http.post(path, "{\"text\":\"" + "x".repeat(2 << 20) + "\"}").code())
                .isEqualTo(ErrorCode.BATCH_TOO_LARGE.name());
        assertThat(http.announce("POST", path, 17 << 20)).isEqualTo(413);
        assertThat(http.announce("POST", "/pay/redrive", 100 << 10)).isEqualTo(413);
        assertThat(http.get("/pay").one("ready")).isEqualTo("0");
    }

    @Test
    void headers_without_end_and_a_body_that_is_cut_off_disturb_nobody() throws Exception {
        create("pay", "");
        byte[] line = ("X: " + "y".repeat(1_000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = http.connect()) {
            var out = socket.getOutputStream();
            out.write(ascii("POST /v1/queues/pay/messages HTTP/1.1\r\nHost: x\r\n"));
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
        try (Socket socket = http.connect()) {
            socket.getOutputStream()
                    .write(
                            ascii(
                                    "POST /v1/queues/pay/messages HTTP/1.1\r\nHost: x\r\n"
                                            + "Content-Length: 100\r\n\r\n{\"text\":\"half"));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .doesNotContain("200 OK");
        }
        assertThat(http.get("/pay").one("ready")).isEqualTo("0");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void receipts_that_were_not_given_out_are_refused() throws Exception {
        create("pay", "");
        create("mail", "");
        send("pay", "a");
        Answer received = receive("pay");
        String receipt = received.one("receipt");
        for (String wrong :
                List.of(
                        "",
                        "x",
                        "0.0.0",
                        receipt.replaceFirst("^0", "1"),
                        receipt.substring(0, receipt.length() - 1),
                        receipt.substring(0, receipt.length() - 22) + "A".repeat(22))) {
            assertBad(http.post("/pay/ack", "{\"receipts\":[\"" + wrong + "\"]}"), "given out");
        }
        assertBad(http.post("/mail/ack", receipts(received)), "not given out for the queue 'mail'");
        assertThat(http.post("/pay/ack", receipts(received)).one("result")).isEqualTo("done");
        assertThat(http.post("/pay/ack", receipts(received)).one("result")).isEqualTo("lost");
    }

    @Test
    void a_full_queue_says_so() throws Exception {
        create("pay", "{\"settings\":{\"messages.max\":\"1\"}}");
        send("pay", "a");
        Eventually.await(PATIENCE, "it", () -> http.get("/pay").one("ready").equals("1"));
        assertRefused(429, ErrorCode.QUEUE_FULL, http.post("/pay/messages", "{\"text\":\"b\"}"));
    }

    // ---- consumers that go away

    private static final String WAITS =
            "POST /v1/queues/pay/receive?waitMs=30000 HTTP/1.1\r\nHost: x\r\n\r\n";

    @Test
    void a_consumer_that_hung_up_while_it_waited_takes_nothing_from_others() throws Exception {
        create("pay", "{\"settings\":{\"lease.ms\":\"3600000\"}}");
        for (int i = 0; i < 5; i++) {
            try (Socket gone = http.connect()) {
                gone.getOutputStream().write(ascii(WAITS));
            }
        }
        send("pay", "a");
        Answer received = receive("pay");
        assertThat(received.one("text")).isEqualTo("a");
        assertThat(received.one("attempt")).isEqualTo("1");
    }

    @Test
    void a_request_that_is_sent_ahead_of_the_answer_is_not_taken_for_a_hang_up() throws Exception {
        create("pay", "");
        try (Socket socket = http.connect()) {
            socket.getOutputStream()
                    .write(ascii(WAITS + "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"));
            // So that it has waited for a while before there is something.
            assertThat(http.post("/pay/receive?waitMs=600", "").all("receipt")).isEmpty();
            send("pay", "a");
            var in = socket.getInputStream();
            var seen = new StringBuilder();
            while (seen.indexOf("\"UP\"") < 0) {
                seen.append((char) in.read());
            }
            assertThat(seen).contains("\"text\":\"a\"");
        }
    }

    @Test
    void a_door_that_closes_keeps_nobody_waiting() throws Exception {
        create("pay", "");
        var waiting =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return http.post("/pay/receive?waitMs=30000", "").status();
                    } catch (Exception e) {
                        return -1;
                    }
                });
        assertThat(http.post("/pay/receive?waitMs=300", "").all("receipt")).isEmpty();
        http.closeDoor();
        assertThat(waiting.get()).isIn(503, -1, 200);
    }

    // ---- what works

    @Test
    void a_message_is_sent_received_and_acknowledged_as_it_is() throws Exception {
        create("pay", "{\"partitions\":2,\"settings\":{\"lease.ms\":\"60000\"}}");
        Answer sent =
                http.post(
                        "/pay/messages",
                        "{\"messages\":["
                                + "{\"text\":\"gr\u00fc\u00df \\\"dich\\\"\",\"key\":\"k\","
                                + "\"headers\":{\"trace\":\"t1\"},\"group\":\"g\"},"
                                + "{\"base64\":\"/wD+\",\"keyBase64\":\"gA==\",\"group\":\"g\"}]}");
        assertThat(sent.all("offset")).containsExactly("0", "1");
        assertThat(sent.all("duplicate")).containsOnly("false");
        Answer first = receive("pay");
        assertThat(first.one("text")).isEqualTo("gr\u00fc\u00df \\\"dich\\\"");
        assertThat(first.one("key")).isEqualTo("k");
        assertThat(first.one("trace")).isEqualTo("t1");
        assertThat(http.post("/pay/ack", receipts(first)).one("result")).isEqualTo("done");
        Answer second = receive("pay");
        assertThat(second.one("base64")).isEqualTo("/wD+");
        assertThat(second.one("keyBase64")).isEqualTo("gA==");
        Answer described = http.get("/pay");
        assertThat(described.one("leased")).isEqualTo("1");
        assertThat(described.one("lease.ms")).isEqualTo("60000");
        assertThat(described.one("deadLetters")).isEqualTo("pay.dead");
    }

    @Test
    void what_is_received_at_most_once_is_gone_and_has_no_receipt() throws Exception {
        create("pay", "");
        send("pay", "a");
        assertBad(http.post("/pay/receive?atMostOnce=true&leaseMs=5", ""), "has no lease");
        Answer received = http.post("/pay/receive?atMostOnce=true&waitMs=20000", "");
        assertThat(received.one("text")).isEqualTo("a");
        assertThat(received.all("receipt")).isEmpty();
        Answer described = http.get("/pay");
        assertThat(described.one("leased")).isEqualTo("0");
        assertThat(described.one("ready")).isEqualTo("0");
    }

    @Test
    void receipts_outlive_a_restart_as_leases_do() throws Exception {
        create("pay", "");
        send("pay", "a");
        Answer received = receive("pay");
        String extended = "{\"leaseMs\":60000," + receipts(received).substring(1);
        assertThat(http.post("/pay/extend", extended).one("result")).isEqualTo("done");
        http.restart();
        assertThat(http.post("/pay/ack", receipts(received)).one("result")).isEqualTo("done");
        assertThat(http.get("/pay").one("leased")).isEqualTo("0");
    }

    @Test
    void a_dedupe_id_a_delay_and_a_priority_are_minded() throws Exception {
        create("pay", "");
        String twice = "{\"text\":\"a\",\"dedupeId\":\"d\",\"priority\":1}";
        assertThat(http.post("/pay/messages", twice).one("duplicate")).isEqualTo("false");
        Eventually.await(
                PATIENCE,
                "a double to be known",
                () -> http.post("/pay/messages", twice).one("duplicate").equals("true"));
        http.post("/pay/messages", "{\"text\":\"later\",\"delayMs\":3600000}");
        http.post("/pay/messages", "{\"text\":\"first\",\"priority\":9}");
        Eventually.await(PATIENCE, "all", () -> http.get("/pay").one("unseen").equals("0"));
        assertThat(receive("pay").all("text")).startsWith("first", "a").doesNotContain("later");
        assertThat(http.get("/pay").one("delayed")).isEqualTo("1");
    }

    @Test
    void a_message_that_failed_is_looked_at_as_a_dead_letter_and_sent_again() throws Exception {
        create("pay", "{\"settings\":{\"failures.max\":\"1\"}}");
        send("pay", "poison", "refused");
        Answer received = receive("pay");
        String one = "{\"receipts\":[\"" + received.all("receipt").get(0) + "\"],";
        assertThat(http.post("/pay/nack", one + "\"cause\":\"no luck\"}").one("result"))
                .isEqualTo("done");
        Answer other = received.all("receipt").size() == 2 ? received : receive("pay");
        String two = "{\"receipts\":[\"" + other.all("receipt").getLast() + "\"],";
        assertThat(http.post("/pay/reject", two + "\"cause\":\"nonsense\"}").one("result"))
                .isEqualTo("done");
        Eventually.await(
                PATIENCE, "two letters", () -> http.get("/pay/dead").all("text").size() == 2);
        Answer dead = http.get("/pay/dead?max=10");
        assertThat(dead.all("reason")).containsExactlyInAnyOrder("failed", "rejected");
        assertThat(dead.all("cause")).containsExactlyInAnyOrder("no luck", "nonsense");
        Answer again = http.post("/pay/redrive", "{\"reason\":\"failed\",\"perSecond\":100}");
        assertThat(again.one("redriven")).isEqualTo("1");
        assertThat(again.one("complete")).isEqualTo("true");
        assertThat(receive("pay").one("text")).isEqualTo("poison");
        assertThat(http.get("/pay/dead").one("reason")).isEqualTo("rejected");
        assertBad(http.post("/pay/redrive", "{\"headerName\":\"x\"}"), "belong together");
        assertBad(http.post("/pay/redrive", "{\"offset\":1}"), "belong together");
        assertBad(http.post("/pay/redrive", "{\"reason\":\"x\"}"), "there are failed");
        assertBad(http.post("/pay/redrive", "{\"from\":\"x\"}"), "is not where");
        assertBad(
                http.post("/pay/redrive", "{\"offset\":1,\"partition\":0,\"max\":2}"),
                "'max' is not known here");
        String place =
                "{\"partition\":0,\"offset\":" + http.get("/pay/dead").all("offset").get(0) + "}";
        assertThat(http.post("/pay/redrive", "{\"dryRun\":true}").one("redriven")).isEqualTo("1");
        assertThat(http.post("/pay/redrive", place).one("redriven")).isEqualTo("1");
        assertThat(http.post("/pay/redrive", place).one("redriven")).isEqualTo("0");
        assertThat(receive("pay").one("text")).isEqualTo("refused");
    }

    @Test
    void a_redrive_that_runs_out_of_time_or_of_letters_to_send_says_where_to_go_on()
            throws Exception {
        create("pay", "{\"settings\":{\"failures.max\":\"1\"}}");
        send("pay", "a", "b", "c");
        for (int i = 0; i < 3; i++) {
            Answer one = http.post("/pay/receive?waitMs=20000", "");
            assertThat(http.post("/pay/nack", receipts(one)).one("result")).isEqualTo("done");
        }
        Eventually.await(PATIENCE, "three", () -> http.get("/pay/dead").all("text").size() == 3);
        Answer first = http.post("/pay/redrive", "{\"perSecond\":1,\"withinMs\":1}");
        assertThat(first.one("complete")).isEqualTo("false");
        Answer second =
                http.post("/pay/redrive", "{\"max\":1,\"from\":\"" + first.one("next") + "\"}");
        assertThat(second.one("redriven")).isEqualTo("1");
        assertThat(second.one("complete")).isEqualTo("true");
        Answer third = http.post("/pay/redrive", "{\"from\":\"" + second.one("next") + "\"}");
        assertThat(third.all("next")).isEmpty();
        assertThat(http.get("/pay/dead").all("text")).isEmpty();
    }

    @Test
    void a_message_that_was_given_back_has_not_failed() throws Exception {
        create("pay", "{\"settings\":{\"failures.max\":\"1\"}}");
        send("pay", "a");
        String back = "{\"returned\":true," + receipts(receive("pay")).substring(1);
        assertThat(http.post("/pay/nack", back).one("result")).isEqualTo("done");
        assertThat(receive("pay").one("attempt")).isEqualTo("1");
    }

    @Test
    void a_queue_is_paused_resumed_looked_at_purged_listed_and_deleted() throws Exception {
        create("mail", "");
        create("pay", "");
        send("pay", "a", "b");
        assertThat(http.post("/pay/pause", "").status()).isEqualTo(204);
        assertThat(http.get("/pay").one("paused")).isEqualTo("true");
        assertThat(http.post("/pay/receive", "").all("receipt")).isEmpty();
        Eventually.await(
                PATIENCE,
                "both",
                () -> http.get("/pay/peek").all("text").equals(List.of("a", "b")));
        assertThat(http.get("/pay/peek?max=1").one("state")).isEqualTo("ready");
        assertThat(http.post("/pay/resume", "").status()).isEqualTo(204);
        assertThat(http.post("/pay/purge", "").status()).isEqualTo(204);
        assertThat(http.get("/pay").one("ready")).isEqualTo("0");
        assertThat(http.get("").all("name"))
                .containsExactly("mail", "mail.dead", "pay", "pay.dead");
        assertThat(http.get("?counts=true").all("ready")).hasSize(4);
        assertThat(http.delete("/pay").status()).isEqualTo(204);
        assertThat(http.get("").all("name")).containsExactly("mail", "mail.dead");
    }
}
