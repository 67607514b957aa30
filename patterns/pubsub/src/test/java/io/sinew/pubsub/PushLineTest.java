package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Attempts at endpoints of this machine that behave in every way.
class PushLineTest {
    private static final EndpointRules LOOPBACK = EndpointRules.allowing("127.0.0.0/8");

    private PushReceiver receiver;
    private PushClient client;

    @BeforeEach
    void open() throws Exception {
        receiver = PushReceiver.start(PushReceiver.ok());
        client = client(LOOPBACK, EndpointLookup.system());
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        receiver.close();
    }

    private static PushClient client(EndpointRules rules, EndpointLookup lookup)
            throws NoSuchAlgorithmException {
        return new PushClient(rules, lookup, SSLContext.getDefault(), 100, new Metrics());
    }

    private static PushSettings settings(String url, String... more) {
        Map<String, String> changes = new HashMap<>();
        for (int i = 0; i < more.length; i += 2) {
            changes.put(more[i], more[i + 1]);
        }
        return PushSettings.of(url).with(changes);
    }

    private static WebhookRequest request(byte[] body) {
        return new WebhookRequest("id", Map.of("webhook-id", "id"), body);
    }

    private static PushOutcome post(PushLine line) throws InterruptedException {
        return line.post(request(new byte[] {'{', '}'}), 0);
    }

    private static PushOutcome post(PushClient client, PushSettings settings)
            throws InterruptedException {
        try (PushLine line = client.line(settings)) {
            return post(line);
        }
    }

    private static void assertTrouble(PushOutcome outcome, PushTrouble trouble) {
        assertThat(outcome.reason()).as(outcome.toString()).hasValue(trouble);
    }

    private static void write(OutputStream out, String text) throws Exception {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    // ---- answers that never end

    @Test
    void an_endpoint_that_never_answers_costs_its_time_and_its_connection() throws Exception {
        receiver.answer(receiver.never());
        assertTrouble(
                post(client, settings(receiver.url("/"), "push.timeout.ms", "300")),
                PushTrouble.TIMEOUT);
        assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void an_endpoint_that_drips_its_headers_costs_its_time_and_its_connection() throws Exception {
        receiver.answer((_, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nx: ");
            drip(out, "a");
        });
        assertTrouble(
                post(client, settings(receiver.url("/"), "push.timeout.ms", "500")),
                PushTrouble.TIMEOUT);
        awaitEnd();
    }

    /// Until the other side has had enough.
    private static void drip(OutputStream out, String part) throws Exception {
        while (true) {
            write(out, part);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void awaitEnd() throws Exception {
        Eventually.await(PushScene.PATIENCE, "the end", () -> receiver.ended() == 1);
    }

    @Test
    void an_endpoint_that_says_for_ever_that_it_will_go_on_costs_its_time() throws Exception {
        receiver.answer((_, out) -> drip(out, "HTTP/1.1 102 Processing\r\n\r\n"));
        assertTrouble(
                post(client, settings(receiver.url("/"), "push.timeout.ms", "500")),
                PushTrouble.TIMEOUT);
        awaitEnd();
    }

    @Test
    void an_answer_counts_although_its_body_drips_and_costs_the_connection() throws Exception {
        receiver.answer((_, out) -> {
            write(out, "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
            drip(out, "a");
        });
        var attempt =
                new FutureTask<>(() ->
                        post(client, settings(receiver.url("/"), "push.timeout.ms", "120000")));
        Thread _ = Thread.ofVirtual().start(attempt);
        Eventually.await(PushScene.PATIENCE, "the answer", attempt::isDone);
        assertThat(attempt.get()).isEqualTo(new PushOutcome.Delivered(200));
        awaitEnd();
    }

    @Test
    void an_answer_counts_although_its_body_is_endless_and_costs_the_connection() throws Exception {
        var sent = new AtomicInteger();
        byte[] much = new byte[1 << 16];
        Arrays.fill(much, (byte) 'a');
        receiver.answer((_, out) -> {
            write(out, "HTTP/1.1 500 No\r\ncontent-length: 1000000000000\r\n\r\n");
            while (true) {
                out.write(much);
                sent.addAndGet(1);
            }
        });
        assertTrouble(post(client, settings(receiver.url("/"))), PushTrouble.SERVER_ERROR);
        awaitEnd();
        // What the machine's buffers hold, and no more.
        assertThat(sent.get()).isLessThan(1_000);
    }

    @Test
    void an_answer_that_is_longer_than_it_may_be_costs_the_connection() throws Exception {
        PushLine line = client.line(settings(receiver.url("/")));
        receiver.answer((_, out) -> {
            write(out, "HTTP/1.1 200 OK\r\ncontent-length: 16384\r\n\r\n");
            out.write(new byte[16 << 10]);
        });
        assertThat(post(line)).isEqualTo(new PushOutcome.Delivered(200));
        assertThat(post(line)).isEqualTo(new PushOutcome.Delivered(200));
        assertThat(receiver.connections()).isEqualTo(1);
        receiver.answer((_, out) -> {
            write(out, "HTTP/1.1 200 OK\r\ncontent-length: 20000\r\n\r\n");
            out.write(new byte[20_000]);
        });
        assertThat(post(line)).isEqualTo(new PushOutcome.Delivered(200));
        assertThat(post(line)).isEqualTo(new PushOutcome.Delivered(200));
        assertThat(receiver.connections()).isEqualTo(2);
    }

    @Test
    void headers_without_end_are_not_read() throws Exception {
        receiver.answer((_, out) -> {
            write(out, "HTTP/1.1 200 OK\r\n");
            while (true) {
                write(out, "x: y\r\n");
            }
        });
        assertTrouble(post(client, settings(receiver.url("/"))), PushTrouble.PROTOCOL);
        receiver.answer((_, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nx: ");
            while (true) {
                write(out, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
            }
        });
        assertTrouble(post(client, settings(receiver.url("/"))), PushTrouble.PROTOCOL);
    }

    @Test
    void an_endpoint_that_reads_nothing_costs_its_time() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
                PushLine line =
                        client.line(
                                settings(
                                        "http://127.0.0.1:" + silent.getLocalPort(),
                                        "push.timeout.ms",
                                        "500"))) {
            // More than the buffers of both sides hold.
            assertTrouble(line.post(request(new byte[64 << 20]), 0), PushTrouble.TIMEOUT);
        }
    }

    @Test
    void a_name_that_nobody_looks_up_costs_its_time_and_one_thread() throws Exception {
        var hold = new CountDownLatch(1);
        var lookups = new AtomicInteger();
        try (PushClient other =
                client(
                        LOOPBACK,
                        _ -> {
                            lookups.incrementAndGet();
                            return held(hold);
                        })) {
            PushSettings settings = settings("http://hook.test/", "push.timeout.ms", "200");
            PushLine line = other.line(settings);
            assertTrouble(post(line), PushTrouble.TIMEOUT);
            assertTrouble(post(line), PushTrouble.TIMEOUT);
            assertThat(lookups).hasValue(1);
            hold.countDown();
        }
    }

    private static List<InetAddress> held(CountDownLatch hold) throws UnknownHostException {
        try {
            hold.await();
            return List.of();
        } catch (InterruptedException e) {
            throw new UnknownHostException("interrupted");
        }
    }

    // ---- wrong answers

    @Test
    void a_redirect_is_a_failure_and_is_not_followed() throws Exception {
        try (PushReceiver elsewhere = PushReceiver.start(PushReceiver.ok())) {
            for (int status : new int[] {300, 301, 302, 303, 307, 308}) {
                receiver.answer(PushReceiver.status(status, "location: " + elsewhere.url("/")));
                assertTrouble(post(client, settings(receiver.url("/"))), PushTrouble.REDIRECT);
            }
            assertThat(elsewhere.connections()).isZero();
        }
    }

    @Test
    void what_is_no_http_is_a_failure() throws Exception {
        for (String answer :
                new String[] {
                    "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 99 No\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n"
                }) {
            receiver.answer((_, out) -> {
                write(out, answer);
                throw new AssertionError("closes");
            });
            assertTrouble(post(client, settings(receiver.url("/"))), PushTrouble.PROTOCOL);
        }
    }

    @Test
    void each_status_is_what_standard_webhooks_says() throws Exception {
        PushLine line = client.line(settings(receiver.url("/")));
        for (int status : new int[] {200, 201, 202, 204, 299}) {
            receiver.answer((_, out) -> write(out, "HTTP/1.1 " + status + " OK\r\n\r\n"));
            if (status != 204) {
                receiver.answer(PushReceiver.status(status));
            }
            assertThat(post(line)).isEqualTo(new PushOutcome.Delivered(status));
        }
        for (int status : new int[] {429, 502, 503, 504}) {
            receiver.answer(PushReceiver.status(status, "retry-after: 7"));
            assertTrouble(post(line), PushTrouble.THROTTLED);
            assertThat(post(line).askedWait())
                    .hasValueSatisfying(wait -> assertThat(wait).hasSeconds(7));
        }
        for (int status : new int[] {400, 401, 404, 408, 413, 418}) {
            receiver.answer(PushReceiver.status(status));
            assertTrouble(post(line), PushTrouble.CLIENT_ERROR);
        }
        for (int status : new int[] {500, 501, 505, 599, 999}) {
            receiver.answer(PushReceiver.status(status));
            assertTrouble(post(line), PushTrouble.SERVER_ERROR);
        }
        receiver.answer(PushReceiver.status(410));
        assertThat(post(line)).isEqualTo(new PushOutcome.Gone());
    }

    // ---- who is on the other side

    @Test
    void a_certificate_that_nobody_vouches_for_is_refused(@TempDir Path folder) throws Exception {
        PushCertificates made = PushCertificates.make(folder);
        EndpointLookup lookup = _ -> List.of(InetAddress.ofLiteral("127.0.0.1"));
        try (PushReceiver secured = PushReceiver.startSecured(made.having(), PushReceiver.ok());
                PushClient strict = client(LOOPBACK, lookup);
                PushClient told =
                        new PushClient(LOOPBACK, lookup, made.trusting(), 100, new Metrics())) {
            String port = ":" + secured.port() + "/";
            assertTrouble(post(strict, settings("https://hook.test" + port)), PushTrouble.TLS);
            assertTrouble(post(told, settings("https://other.test" + port)), PushTrouble.TLS);
            assertTrouble(post(told, settings("https://127.0.0.1" + port)), PushTrouble.TLS);
            assertThat(secured.requests()).isEmpty();
            assertThat(post(told, settings("https://hook.test" + port)))
                    .isEqualTo(new PushOutcome.Delivered(200));
        }
    }

    @Test
    void an_endpoint_that_never_ends_its_handshake_costs_its_time() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"))) {
            assertTrouble(
                    post(
                            client,
                            settings(
                                    "https://127.0.0.1:" + silent.getLocalPort(),
                                    "push.timeout.ms",
                                    "300")),
                    PushTrouble.TIMEOUT);
        }
    }

    @Test
    void an_endpoint_that_talks_in_clear_is_refused_by_https() throws Exception {
        try (PushReceiver plain =
                PushReceiver.start((_, out) -> write(out, "HTTP/1.1 200 OK\r\n\r\n"))) {
            PushOutcome outcome =
                    post(
                            client,
                            settings(
                                    "https://127.0.0.1:" + plain.port(),
                                    "push.timeout.ms",
                                    "1000"));
            assertThat(outcome).isInstanceOf(PushOutcome.Unanswered.class);
            assertThat(plain.requests()).isEmpty();
        }
    }

    @Test
    void an_address_where_nobody_listens_and_a_name_that_nobody_has_are_failures()
            throws Exception {
        int port = receiver.port();
        receiver.close();
        assertTrouble(post(client, settings("http://127.0.0.1:" + port)), PushTrouble.CONNECT);
        EndpointLookup nobody =
                host -> {
                    throw new UnknownHostException(host);
                };
        try (PushClient other = client(LOOPBACK, nobody)) {
            assertTrouble(post(other, settings("http://hook.test/")), PushTrouble.LOOKUP);
        }
    }

    // ---- addresses

    @Test
    void the_address_that_was_looked_at_is_the_one_that_is_connected_to() throws Exception {
        // 127.0.0.2 plays the internet here, 127.0.0.1 what must not be reached.
        EndpointRules rules = EndpointRules.allowing("127.0.0.2");
        var lookups = new AtomicInteger();
        EndpointLookup rebinding =
                _ ->
                        List.of(
                                InetAddress.ofLiteral(
                                        lookups.getAndIncrement() == 0
                                                ? "127.0.0.2"
                                                : "127.0.0.1"));
        try (PushReceiver there =
                        PushReceiver.start(
                                "127.0.0.2",
                                receiver.port(),
                                PushReceiver.status(200, "connection: close"));
                PushClient other = client(rules, rebinding)) {
            PushLine line = other.line(settings("http://hook.test:" + there.port() + "/"));
            assertThat(post(line)).isEqualTo(new PushOutcome.Delivered(200));
            assertThat(lookups).hasValue(1);
            PushOutcome second = post(line);
            assertTrouble(second, PushTrouble.ADDRESS);
            assertThat(second.cause()).contains("127.0.0.1");
            assertThat(there.requests()).hasSize(1);
            assertThat(there.requests().getFirst().header("host"))
                    .isEqualTo("hook.test:" + there.port());
            assertThat(receiver.connections()).isZero();
        }
    }

    @Test
    void of_several_addresses_those_that_are_not_allowed_are_passed_over() throws Exception {
        EndpointLookup both =
                _ ->
                        List.of(
                                InetAddress.ofLiteral("169.254.169.254"),
                                InetAddress.ofLiteral("::1"),
                                InetAddress.ofLiteral("127.0.0.1"));
        try (PushClient other = client(LOOPBACK, both)) {
            assertThat(post(other, settings("http://hook.test:" + receiver.port() + "/")))
                    .isEqualTo(new PushOutcome.Delivered(200));
        }
    }

    @Test
    void an_endpoint_that_is_never_allowed_has_no_line() throws Exception {
        try (PushClient strict = client(EndpointRules.internet(), EndpointLookup.system())) {
            assertThatThrownBy(() -> strict.line(settings(receiver.url("/"))))
                    .isInstanceOf(SinewException.class);
            assertThatThrownBy(() -> strict.line(settings("https://127.0.0.1/")))
                    .isInstanceOf(SinewException.class);
            assertTrouble(post(strict, settings("https://localhost/")), PushTrouble.ADDRESS);
        }
    }

    @Test
    void no_way_to_write_an_address_leads_where_nothing_may_be_sent() throws Exception {
        try (PushClient strict =
                client(new EndpointRules(List.of(), true), EndpointLookup.system())) {
            for (String host :
                    new String[] {
                        "localhost",
                        "LOCALHOST.",
                        "127.1",
                        "2130706433",
                        "0x7f000001",
                        "0x7f.1",
                        "0177.0.0.1",
                        "[::ffff:127.0.0.1]",
                        "[::ffff:7f00:1]",
                        "0"
                    }) {
                try (PushLine line =
                        strict.line(settings("http://" + host + ":" + receiver.port() + "/"))) {
                    assertThat(post(line)).isInstanceOf(PushOutcome.Unanswered.class);
                } catch (SinewException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
                }
            }
            assertThat(receiver.connections()).isZero();
        }
    }

    @Test
    void a_proxy_of_the_environment_is_not_used() throws Exception {
        System.setProperty("socksProxyHost", "127.0.0.1");
        System.setProperty("socksProxyPort", "1");
        System.setProperty("socksNonProxyHosts", "");
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", "1");
        try {
            assertThat(post(client, settings(receiver.url("/"))))
                    .isEqualTo(new PushOutcome.Delivered(200));
        } finally {
            System.clearProperty("socksProxyHost");
            System.clearProperty("socksProxyPort");
            System.clearProperty("socksNonProxyHosts");
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
    }

    // ---- requests and connections

    @Test
    void a_request_is_what_it_says_and_goes_where_the_url_says() throws Exception {
        PushLine line = client.line(settings(receiver.url("//a/%2e?b=c%20")));
        var request = new WebhookRequest("id", Map.of("webhook-id", "id"), new byte[] {'h', 'i'});
        assertThat(line.post(request, 0)).isEqualTo(new PushOutcome.Delivered(200));
        PushReceiver.Received received = receiver.requests().getFirst();
        assertThat(received.line()).isEqualTo("POST //a/%2e?b=c%20 HTTP/1.1");
        assertThat(received.lines())
                .containsExactly(
                        "host: 127.0.0.1:" + receiver.port(),
                        "content-length: 2",
                        "webhook-id: id");
        assertThat(received.text()).isEqualTo("hi");
    }

    @Test
    void one_request_after_the_other_goes_over_one_connection() throws Exception {
        PushLine line = client.line(settings(receiver.url("/")));
        for (int i = 0; i < 20; i++) {
            assertThat(post(line)).isEqualTo(new PushOutcome.Delivered(200));
        }
        assertThat(receiver.connections()).isEqualTo(1);
        line.close();
        awaitEnd();
    }

    @Test
    void a_kept_connection_that_was_closed_on_the_other_side_is_no_failure() throws Exception {
        PushLine line = client.line(settings(receiver.url("/")));
        for (int i = 1; i <= 5; i++) {
            receiver.answer((_, out) -> {
                PushReceiver.ok().answer(request0(), out);
                throw new AssertionError("closes");
            });
            assertThat(post(line)).isEqualTo(new PushOutcome.Delivered(200));
            int over = i;
            Eventually.await(PushScene.PATIENCE, "its end", () -> receiver.ended() == over);
        }
        assertThat(receiver.requests()).hasSize(5);
    }

    private static PushReceiver.Received request0() {
        return new PushReceiver.Received("", Map.of(), List.of(), new byte[0]);
    }

    @Test
    void a_fresh_connection_that_is_closed_without_an_answer_is_a_failure() throws Exception {
        receiver.answer((_, _) -> {
            throw new AssertionError("closes");
        });
        assertTrouble(post(client, settings(receiver.url("/"))), PushTrouble.PROTOCOL);
        assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void several_attempts_at_a_time_have_a_connection_each() throws Exception {
        var all = new CyclicBarrier(4);
        receiver.answer((request, out) -> {
            int _ = all.await();
            PushReceiver.ok().answer(request, out);
        });
        PushLine line = client.line(settings(receiver.url("/")));
        var attempts = new ArrayList<FutureTask<PushOutcome>>();
        for (int i = 0; i < 4; i++) {
            var attempt = new FutureTask<>(() -> post(line));
            attempts.add(attempt);
            Thread _ = Thread.ofVirtual().start(attempt);
        }
        for (FutureTask<PushOutcome> attempt : attempts) {
            assertThat(attempt.get()).isEqualTo(new PushOutcome.Delivered(200));
        }
        assertThat(receiver.connections()).isEqualTo(4);
    }
}
