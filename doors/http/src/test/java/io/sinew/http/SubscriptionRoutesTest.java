package io.sinew.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.http.QueueClient.Answer;
import io.sinew.kit.Eventually;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Subscriptions as somebody sees them who speaks HTTP.
@Timeout(120)
class SubscriptionRoutesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String BILLING = "/orders/subscriptions/billing";
    private static final String MAIL = "/orders/subscriptions/mail";

    private QueueClient http;

    @BeforeEach
    void open() throws Exception {
        http = new QueueClient(TopicRoutes.ROOT);
        assertThat(http.put("/orders", "").status()).isEqualTo(201);
    }

    @AfterEach
    void close() throws IOException {
        http.close();
    }

    private void subscribe(String path, String body) throws Exception {
        Answer answer = http.put(path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    /// @param settings as `"failures.max":"1"`
    private void subscribeWith(String path, String settings) throws Exception {
        subscribe(path, "{\"settings\":{" + settings + "}}");
    }

    private void append(String... texts) throws Exception {
        for (String text : texts) {
            String body = "{\"text\":\"" + text + "\"}";
            assertThat(http.post("/orders/records", body).status()).isEqualTo(200);
        }
    }

    private Answer receive(String path) throws Exception {
        return http.post(path + "/receive?max=10&waitMs=20000", "");
    }

    /// So many messages, which need not come at once.
    private List<Answer> receive(String path, int count) throws Exception {
        var received = new ArrayList<Answer>();
        for (int i = 0; i < count; i++) {
            received.add(http.post(path + "/receive?waitMs=20000", ""));
        }
        return received;
    }

    private static String receipts(Answer received) {
        return "{\"receipts\":[\"" + String.join("\",\"", received.all("receipt")) + "\"]}";
    }

    /// Has so many messages fail for good.
    private void park(String path, int count) throws Exception {
        for (Answer received : receive(path, count)) {
            String body = "{\"cause\":\"no luck\"," + receipts(received).substring(1);
            assertThat(http.post(path + "/reject", body).one("result")).isEqualTo("done");
        }
    }

    private String parked(String path) throws Exception {
        return http.get(path).one("parked");
    }

    private static void assertRefused(int status, ErrorCode code, Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code.name());
        assertThat(answer.one("number")).isEqualTo(Integer.toString(code.number()));
    }

    private static void assertBad(Answer answer, String detail) {
        assertRefused(400, ErrorCode.INVALID_REQUEST, answer);
        assertThat(answer.one("detail")).contains(detail);
    }

    // ---- pushed

    @Test
    void the_secret_of_a_push_is_shown_to_whoever_makes_it_and_to_nobody_else() throws Exception {
        String push =
                "{\"push\":{\"url\":\"https://no-such-host.invalid/\",\"concurrency\":\"2\"}}";
        Answer created = http.put(BILLING, push);
        assertThat(created.status()).as(created.body()).isEqualTo(201);
        assertThat(created.body()).contains("whsec_").contains("\"concurrency\":\"2\"");
        String described = http.get(BILLING).body();
        assertThat(described)
                .doesNotContain(created.body().replaceAll(".*(whsec_[^\"]*).*", "$1"))
                .contains("\"pushState\":{\"state\":\"working\",\"delivered\":0")
                .contains("\"failures.max\":\"10\"");
        Answer changed = http.put(BILLING + "/push", push.replace("\"2\"", "\"3\""));
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        assertThat(http.get(BILLING).body()).contains("\"concurrency\":\"3\"");
        assertThat(http.delete(BILLING + "/push").status()).isEqualTo(204);
        assertThat(http.get(BILLING).body()).doesNotContain("push");
    }

    @Test
    void a_push_to_where_nothing_may_be_sent_is_refused_with_the_reason() throws Exception {
        for (String url : List.of("https://10.0.0.1/", "http://8.8.8.8/", "ftp://a/", "x")) {
            Answer refused = http.put(BILLING, "{\"push\":{\"url\":\"" + url + "\"}}");
            assertRefused(400, ErrorCode.INVALID_CONFIG, refused);
        }
        assertRefused(404, ErrorCode.SUBSCRIPTION_NOT_FOUND, http.get(BILLING));
        subscribe(BILLING, "");
        assertBad(http.put(BILLING + "/push", "{}"), "Say where to");
        assertRefused(
                400,
                ErrorCode.INVALID_CONFIG,
                http.put(BILLING, "{\"push\":{\"url\":\"https://a.example/\",\"x\":\"1\"}}"));
    }

    // ---- what is refused

    @Test
    void a_subscription_that_is_not_there_is_not_found_by_any_route() throws Exception {
        for (String path :
                List.of("/receive", "/pause", "/resume", "/redrive", "/drop", "/seek?to=end")) {
            assertRefused(404, ErrorCode.SUBSCRIPTION_NOT_FOUND, http.post(BILLING + path, ""));
        }
        for (String path : List.of("/ack", "/nack", "/extend", "/reject")) {
            assertRefused(
                    404,
                    ErrorCode.SUBSCRIPTION_NOT_FOUND,
                    http.post(BILLING + path, "{\"receipts\":[\"x\"]}"));
        }
        assertRefused(404, ErrorCode.SUBSCRIPTION_NOT_FOUND, http.get(BILLING));
        assertRefused(404, ErrorCode.SUBSCRIPTION_NOT_FOUND, http.get(BILLING + "/parked"));
        assertRefused(404, ErrorCode.SUBSCRIPTION_NOT_FOUND, http.delete(BILLING));
    }

    @Test
    void a_topic_that_is_not_there_and_one_that_is_somebodys_own_have_no_subscriptions()
            throws Exception {
        ErrorCode unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        assertRefused(404, unknown, http.put("/no/subscriptions/billing", ""));
        assertRefused(404, unknown, http.get("/no/subscriptions"));
        assertRefused(404, unknown, http.post("/no/preview", ""));
        subscribe(BILLING, "");
        for (String topic : List.of("sinew-subscriptions", "sinew-receipts")) {
            ErrorCode ours = ErrorCode.POLICY_VIOLATION;
            assertRefused(400, ours, http.put("/" + topic + "/subscriptions/spy", ""));
            assertRefused(400, ours, http.post("/" + topic + "/preview", ""));
        }
    }

    @Test
    void what_subscriptions_are_kept_in_is_not_written_to_nor_deleted() throws Exception {
        subscribe(BILLING, "");
        String ledgers = "/orders.subscriptions";
        assertRefused(
                400,
                ErrorCode.POLICY_VIOLATION,
                http.post(ledgers + "/records", "{\"text\":\"x\"}"));
        assertRefused(400, ErrorCode.POLICY_VIOLATION, http.delete(ledgers));
        assertRefused(400, ErrorCode.POLICY_VIOLATION, http.put(ledgers + "/subscriptions/a", ""));
    }

    @Test
    void a_topic_with_subscriptions_is_deleted_only_without_them() throws Exception {
        subscribe(BILLING, "");
        subscribe(MAIL, "");
        Answer refused = http.delete("/orders");
        assertRefused(400, ErrorCode.POLICY_VIOLATION, refused);
        assertThat(refused.one("detail"))
                .contains("has 2 subscriptions, such as 'billing'", "sinew sub delete");
        assertThat(http.delete(BILLING).status()).isEqualTo(204);
        assertThat(http.delete("/orders").one("detail")).contains("has 1 subscription, 'mail'");
        assertThat(http.delete(MAIL).status()).isEqualTo(204);
        assertThat(http.delete("/orders").status()).isEqualTo(204);
    }

    @Test
    void a_subscription_that_is_there_a_wrong_name_and_a_wrong_setting_are_refused()
            throws Exception {
        subscribe(BILLING, "");
        assertRefused(409, ErrorCode.SUBSCRIPTION_ALREADY_EXISTS, http.put(BILLING, "{}"));
        String path = "/orders/subscriptions/";
        assertBad(http.put(path + "a%20b", "{}"), "A subscription's name has");
        assertRefused(
                400,
                ErrorCode.INVALID_CONFIG,
                http.put(path + "a", "{\"settings\":{\"lease.mss\":\"1\"}}"));
        assertBad(http.put(path + "a", "{\"settings\":{\"lease.ms\":1}}"), "'settings.lease.ms'");
        assertBad(http.put(path + "a", "{\"start\":\"yesterday\"}"), "'yesterday' is no position");
        assertBad(http.put(path + "a", "{\"start\":true}"), "'start' is a text");
        assertBad(http.put(path + "a", "{\"filters\":[]}"), "'filters' is not known here");
        assertBad(http.put(path + "a", "[]"), "not a JSON object");
        assertThat(http.get("/orders/subscriptions").all("name")).containsExactly("billing");
    }

    private static void assertBadFilter(Answer answer, String detail) {
        assertRefused(400, ErrorCode.INVALID_FILTER, answer);
        assertThat(answer.one("detail")).contains(detail);
    }

    @Test
    void a_filter_that_is_none_is_refused_with_the_place_in_it() throws Exception {
        for (String method : List.of("PUT", "POST")) {
            String path = method.equals("PUT") ? BILLING : "/orders/preview";
            assertBadFilter(ask(method, path, "{\"filter\":7}"), "an array of CloudEvents");
            assertBadFilter(
                    ask(method, path, "{\"filter\": [{\"exakt\":{\"type\":\"a\"}}]}"), "column 3");
            assertBad(ask(method, path, "{\"filter\":[{\"not\":}]}"), "not JSON");
        }
        assertThat(http.get("/orders/subscriptions").all("name")).isEmpty();
    }

    @Test
    void a_filter_that_is_too_deep_or_too_long_is_refused_before_it_costs_much() throws Exception {
        for (String method : List.of("PUT", "POST")) {
            String path = method.equals("PUT") ? BILLING : "/orders/preview";
            String deep = "{\"not\":".repeat(40) + "{\"exact\":{\"a\":\"b\"}}" + "}".repeat(40);
            assertBadFilter(
                    ask(method, path, "{\"filter\":[" + deep + "]}"),
                    "more than 32 objects and arrays");
            assertBad(ask(method, path, "{\"filter\":" + "[".repeat(5_000)), "nesting depth");
            String text = "x".repeat(257 << 10);
            assertBadFilter(
                    ask(method, path, "{\"filter\":[{\"exact\":{\"a\":\"" + text + "\"}}]}"),
                    "too long");
            assertThat(http.announce(method, path, 17 << 20)).isEqualTo(413);
        }
        assertThat(http.announce("POST", "/orders/preview/more", 100 << 10)).isEqualTo(413);
    }

    private Answer ask(String method, String path, String body) throws Exception {
        return http.send(method, path, body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void members_that_are_not_known_or_of_another_type_are_refused() throws Exception {
        subscribe(BILLING, "");
        assertBad(http.post(BILLING + "/receive?maxx=1", ""), "'maxx' is not known");
        assertBad(http.post(BILLING + "/receive", "{\"waitMs\":600000}"), "'waitMs' is a whole");
        assertBad(http.post(BILLING + "/ack", "{\"receipts\":[]}"), "an array of 1 to 1000");
        assertBad(http.post(BILLING + "/seek", ""), "Say where 'to'");
        assertBad(http.post(BILLING + "/seek", "{\"to\":\"there\"}"), "'there' is no position");
        assertBad(http.post(BILLING + "/seek", "{\"to\":\"end\",\"at\":1}"), "'at' is not known");
        assertBad(http.get(BILLING + "/parked?max=101"), "'max' is a whole number");
        assertBad(http.get(BILLING + "/parked?from=1"), "'from' is not known");
        assertBad(http.get(BILLING + "?counts=true"), "'counts' is not known");
        assertBad(http.post("/orders/preview", "{\"last\":1001}"), "'last' is a whole number");
        assertBad(http.post("/orders/preview", "{\"max\":1}"), "'max' is not known");
        for (String what : List.of("/redrive", "/drop")) {
            String path = BILLING + what;
            assertBad(http.post(path, "{\"messages\":[]}"), "an array of 1 to 1000");
            assertBad(http.post(path, "{\"messages\":[{\"offset\":1}]}"), "a 'partition' and an");
            assertBad(
                    http.post(path, "{\"messages\":[{\"offset\":1,\"partition\":0,\"x\":1}]}"),
                    "'messages[0].x' is not known");
            assertBad(
                    http.post(path, "{\"messages\":[{\"offset\":1,\"partition\":1}]}"),
                    "There is no partition 1");
            assertBad(http.post(path, "{\"offset\":1,\"partition\":0}"), "is not known here");
        }
        Answer method = http.post(BILLING, "");
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.one("detail")).contains("PUT, GET, DELETE");
        assertThat(http.get(BILLING + "/nonsense").status()).isEqualTo(404);
    }

    @Test
    void a_receipt_settles_only_the_message_of_its_own_subscription() throws Exception {
        subscribe(BILLING, "");
        subscribe(MAIL, "");
        String queue = QueueRoutes.ROOT + "/pay";
        http.sendTo("PUT", queue, List.of(), new byte[0]);
        append("a");
        Answer received = receive(BILLING);
        String receipt = received.one("receipt");
        for (String wrong :
                List.of(
                        "",
                        "0.0.0",
                        receipt.replaceFirst("^0", "1"),
                        receipt.substring(0, receipt.length() - 22) + "A".repeat(22))) {
            assertBad(http.post(BILLING + "/ack", "{\"receipts\":[\"" + wrong + "\"]}"), "given");
        }
        for (String what : List.of("/ack", "/nack", "/extend", "/reject")) {
            assertBad(
                    http.post(MAIL + what, receipts(received)),
                    "not given out for the subscription 'mail' to 'orders'");
            byte[] body = receipts(received).getBytes(StandardCharsets.UTF_8);
            assertBad(
                    http.sendTo("POST", queue + what, List.of(), body),
                    "not given out for the queue 'pay'");
        }
        assertThat(http.post(BILLING + "/ack", receipts(received)).one("result")).isEqualTo("done");
        assertThat(http.post(BILLING + "/ack", receipts(received)).one("result")).isEqualTo("lost");
    }

    @Test
    void a_receipt_of_a_queue_is_refused_by_a_subscription() throws Exception {
        subscribe(BILLING, "");
        String queue = QueueRoutes.ROOT + "/orders2";
        http.sendTo("PUT", queue, List.of(), new byte[0]);
        byte[] message = "{\"text\":\"a\"}".getBytes(StandardCharsets.UTF_8);
        http.sendTo("POST", queue + "/messages", List.of(), message);
        Answer received =
                http.sendTo("POST", queue + "/receive?waitMs=20000", List.of(), new byte[0]);
        assertBad(http.post(BILLING + "/ack", receipts(received)), "not given out");
    }

    @Test
    void a_receipt_of_a_subscription_that_was_deleted_is_none_of_the_next_of_its_name()
            throws Exception {
        subscribe(BILLING, "{\"start\":\"beginning\"}");
        append("a");
        Answer received = receive(BILLING);
        http.delete(BILLING);
        subscribe(BILLING, "{\"start\":\"beginning\"}");
        assertThat(receive(BILLING).one("text")).isEqualTo("a");
        assertBad(http.post(BILLING + "/ack", receipts(received)), "not given out");
    }

    // ---- consumers that go away

    private static final String WAITS =
            """
            POST /v1/topics/orders/subscriptions/billing/receive?waitMs=30000 HTTP/1.1\r
            Host: x\r
            \r
            """;

    @Test
    void a_consumer_that_hung_up_while_it_waited_takes_nothing_from_others() throws Exception {
        subscribeWith(BILLING, "\"lease.ms\":\"3600000\"");
        for (int i = 0; i < 5; i++) {
            try (Socket gone = http.connect()) {
                gone.getOutputStream().write(WAITS.getBytes(StandardCharsets.US_ASCII));
            }
        }
        append("a");
        Answer received = receive(BILLING);
        assertThat(received.one("text")).isEqualTo("a");
        assertThat(received.one("attempt")).isEqualTo("1");
    }

    // ---- what works

    @Test
    void each_subscription_gets_what_its_filter_lets_through_and_settles_it_for_itself()
            throws Exception {
        subscribe(BILLING, "{\"filter\":[{\"prefix\":{\"type\":\"paid\"}}]}");
        subscribe(MAIL, "{\"filter\":{\"body\":{\"eur\":[{\"numeric\":[\">\",5]}]}}}");
        http.post("/orders/records", "{\"json\":{\"eur\":9},\"headers\":{\"ce_type\":\"paid.1\"}}");
        http.post("/orders/records", "{\"json\":{\"eur\":1},\"headers\":{\"ce_type\":\"sent\"}}");
        http.post("/orders/records", "{\"json\":{\"eur\":7},\"headers\":{\"ce_type\":\"sent\"}}");

        Answer billed = receive(BILLING);
        assertThat(billed.one("offset")).isEqualTo("0");
        assertThat(http.post(BILLING + "/ack", receipts(billed)).one("result")).isEqualTo("done");
        List<Answer> mailed = receive(MAIL, 2);
        assertThat(mailed.get(0).one("offset")).isEqualTo("0");
        assertThat(mailed.get(1).one("offset")).isEqualTo("2");
        Eventually.await(
                PATIENCE, "the rest to be seen", () -> http.get(BILLING).one("unseen").equals("0"));
        assertThat(http.get(BILLING).one("leased")).isEqualTo("0");
        assertThat(http.get(MAIL).one("leased")).isEqualTo("2");
    }

    @Test
    void a_subscription_is_described_and_listed_as_it_was_made() throws Exception {
        append("a", "b");
        String filter = "[{\"not\":{\"any\":[{\"exact\":{\"a\":\"gr\u00fc\u00df\"}}]}}]";
        subscribe(
                BILLING,
                "{\"filter\":" + filter + ",\"start\":1,\"settings\":{\"lease.ms\":\"5000\"}}");
        subscribe(MAIL + "?start=beginning", "");
        Answer described = http.get(BILLING);
        assertThat(described.body())
                .startsWith(
                        "{\"topic\":\"orders\",\"name\":\"billing\",\"filter\":"
                                + filter
                                + ",\"starts\":[1],\"settings\":{\"lease.ms\":\"5000\",")
                .contains("\"paused\":false,\"counts\":{");
        Answer all = http.get("/orders/subscriptions");
        assertThat(all.all("name")).containsExactly("billing", "mail");
        assertThat(all.all("starts")).containsExactly("[1", "[0");
        assertThat(http.get("/orders/subscriptions?counts=true").all("parked")).hasSize(2);
    }

    @Test
    void a_query_can_say_what_a_body_could() throws Exception {
        String filter = "%5B%7B%22exact%22:%7B%22a%22:%22b%22%7D%7D%5D";
        subscribe(BILLING + "?filter=" + filter + "&start=beginning", "");
        assertThat(http.get(BILLING).body()).contains("\"filter\":[{\"exact\":{\"a\":\"b\"}}]");
        assertBadFilter(http.put(MAIL + "?filter=7", ""), "an array of CloudEvents filters");
    }

    @Test
    void a_subscription_starts_at_its_end_and_is_sought_to_wherever_its_consumers_want()
            throws Exception {
        append("a", "b");
        subscribe(BILLING, "");
        append("c");
        assertThat(receive(BILLING).all("text")).containsExactly("c");
        assertThat(http.post(BILLING + "/seek", "{\"to\":1}").status()).isEqualTo(204);
        List<Answer> again = receive(BILLING, 2);
        assertThat(again.get(0).one("text")).isEqualTo("b");
        assertThat(again.get(1).one("text")).isEqualTo("c");
        http.post(BILLING + "/seek?to=beginning", "");
        assertThat(http.post(BILLING + "/ack", receipts(again.get(0))).one("result"))
                .isEqualTo("lost");
        assertThat(receive(BILLING, 1).getFirst().one("text")).isEqualTo("a");
        http.post(BILLING + "/seek?to=2100-01-01T00:00:00Z", "");
        append("d");
        assertThat(receive(BILLING).all("text")).containsExactly("d");
    }

    @Test
    void a_message_is_extended_given_back_and_received_at_most_once() throws Exception {
        subscribeWith(BILLING, "\"failures.max\":\"1\",\"lease.ms\":\"60000\"");
        append("a");
        Answer received = receive(BILLING);
        assertThat(http.post(BILLING + "/extend", receipts(received)).one("result"))
                .isEqualTo("done");
        String back = "{\"returned\":true," + receipts(received).substring(1);
        assertThat(http.post(BILLING + "/nack", back).one("result")).isEqualTo("done");
        Answer once = http.post(BILLING + "/receive?atMostOnce=true&waitMs=20000", "");
        assertThat(once.one("text")).isEqualTo("a");
        assertThat(once.one("attempt")).isEqualTo("1");
        assertThat(once.all("receipt")).isEmpty();
        assertThat(http.get(BILLING).one("leased")).isEqualTo("0");
    }

    @Test
    void a_subscription_is_paused_alone_and_receipts_outlive_a_restart() throws Exception {
        subscribe(BILLING, "");
        subscribe(MAIL, "");
        append("a");
        Answer received = receive(BILLING);
        assertThat(http.post(BILLING + "/pause", "").status()).isEqualTo(204);
        append("b");
        assertThat(http.post(BILLING + "/receive", "").all("receipt")).isEmpty();
        assertThat(receive(MAIL).all("text")).startsWith("a");
        http.restart();
        assertThat(http.get(BILLING).one("paused")).isEqualTo("true");
        assertThat(http.get(MAIL).one("paused")).isEqualTo("false");
        assertThat(http.post(BILLING + "/ack", receipts(received)).one("result")).isEqualTo("done");
        assertThat(http.post(BILLING + "/resume", "").status()).isEqualTo(204);
        assertThat(receive(BILLING).all("text")).containsExactly("b");
    }

    @Test
    void parked_messages_are_looked_at_page_by_page_with_why_they_are() throws Exception {
        subscribeWith(BILLING, "\"failures.max\":\"1\"");
        append("a", "b", "c");
        park(BILLING, 3);
        Answer first = http.get(BILLING + "/parked?max=2");
        assertThat(first.all("text")).containsExactly("a", "b");
        assertThat(first.all("reason")).containsExactly("rejected", "rejected");
        assertThat(first.all("cause")).containsExactly("no luck", "no luck");
        assertThat(first.body()).endsWith("\"next\":{\"partition\":0,\"offset\":2}}");
        Answer rest = http.get(BILLING + "/parked?max=2&partition=0&offset=2");
        assertThat(rest.all("text")).containsExactly("c");
        assertThat(rest.body()).doesNotContain("next");
        assertThat(http.get(BILLING + "/parked?partition=1").all("text")).isEmpty();
        assertThat(parked(BILLING)).isEqualTo("3");
    }

    @Test
    void parked_messages_are_tried_again_or_dropped_one_by_one_or_all() throws Exception {
        subscribeWith(BILLING, "\"failures.max\":\"1\"");
        append("a", "b", "c", "d");
        park(BILLING, 4);
        String some =
                "{\"messages\":[{\"partition\":0,\"offset\":1},{\"partition\":0,\"offset\":9}]}";
        assertThat(http.post(BILLING + "/redrive", some).body())
                .isEqualTo("{\"redriven\":1,\"complete\":true}");
        Answer again = receive(BILLING);
        assertThat(again.all("text")).containsExactly("b");
        assertThat(again.one("attempt")).isEqualTo("1");
        assertThat(http.post(BILLING + "/redrive", some).one("redriven")).isEqualTo("0");
        String one = "{\"messages\":[{\"partition\":0,\"offset\":0}]}";
        assertThat(http.post(BILLING + "/drop", one).body())
                .isEqualTo("{\"dropped\":1,\"complete\":true}");
        assertThat(http.get(BILLING + "/parked").all("text")).containsExactly("c", "d");
        assertThat(http.post(BILLING + "/redrive", "").one("redriven")).isEqualTo("2");
        assertThat(parked(BILLING)).isEqualTo("0");
        park(BILLING, 2);
        assertThat(http.post(BILLING + "/drop", "").one("dropped")).isEqualTo("2");
        assertThat(parked(BILLING)).isEqualTo("0");
        assertThat(http.post(BILLING + "/receive", "").all("text")).isEmpty();
    }

    @Test
    void a_preview_says_which_of_the_last_records_a_filter_lets_through() throws Exception {
        http.post("/orders/records", "{\"text\":\"old\",\"headers\":{\"type\":\"paid\"}}");
        http.post("/orders/records", "{\"text\":\"a\",\"headers\":{\"type\":\"paid\"}}");
        http.post("/orders/records", "{\"tombstone\":true,\"key\":\"k\"}");
        Answer answer =
                http.post(
                        "/orders/preview",
                        "{\"filter\":[{\"exact\":{\"type\":\"paid\"}}],\"last\":2}");
        assertThat(answer.one("matched")).isEqualTo("1");
        assertThat(answer.all("matches")).containsExactly("true", "false");
        assertThat(answer.all("offset")).containsExactly("1", "2");
        assertThat(answer.one("text")).isEqualTo("a");
        assertThat(answer.one("tombstone")).isEqualTo("true");
        assertThat(http.post("/orders/preview", "").one("matched")).isEqualTo("3");
        assertThat(http.get("/orders/subscriptions").all("name")).isEmpty();
    }
}
