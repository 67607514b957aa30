package io.sinew.pubsub;

import static io.sinew.pubsub.PushScene.PATIENCE;
import static io.sinew.pubsub.PushScene.TOPIC;
import static io.sinew.pubsub.PushScene.awaitCounts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.sinew.base.Metric;
import io.sinew.base.Metrics;
import io.sinew.kit.Eventually;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.LedgerCounts;
import io.sinew.topics.Header;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Messages of a ledger that are pushed to receivers of this machine.
class PushConsumerTest {
    /// Attempts of all endpoints together.
    private static final int ATTEMPTS_MAX = 40;

    private final Metrics metrics = new Metrics();
    private final List<String> disabled = new CopyOnWriteArrayList<>();
    private PushScene scene;
    private PushReceiver receiver;
    private PushClient client;

    @BeforeEach
    void open() throws Exception {
        scene = new PushScene();
        receiver = PushReceiver.start(PushReceiver.ok());
        client =
                new PushClient(
                        EndpointRules.allowing("127.0.0.0/8"),
                        EndpointLookup.system(),
                        SSLContext.getDefault(),
                        ATTEMPTS_MAX,
                        metrics);
    }

    @AfterEach
    void close() throws Exception {
        receiver.close();
        client.close();
        scene.close();
    }

    private PushSettings settings(String... more) {
        Map<String, String> changes = new HashMap<>();
        for (int i = 0; i < more.length; i += 2) {
            changes.put(more[i], more[i + 1]);
        }
        return PushSettings.of(receiver.url("/hook")).with(changes);
    }

    private Ledger ledger(PushSettings settings) throws Exception {
        return scene.ledger("a.ledger", settings.schedule().attempts());
    }

    private PushConsumer start(Ledger ledger, PushSettings settings) {
        return PushConsumer.start(ledger, TOPIC, settings, client, scene.clock, disabled::add);
    }

    private void awaitRequests(int count) throws Exception {
        Eventually.await(PATIENCE, count + " requests", () -> receiver.requests().size() >= count);
    }

    private static void verify(WebhookSecret secret, PushReceiver.Received request)
            throws Exception {
        Map<String, List<String>> headers =
                request.headers().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue())));
        new Webhook(secret.reveal()).verify(request.text(), headers);
    }

    private long sample(Metric metric, String label) {
        return metrics.samples().stream()
                .filter(sample -> sample.series().equals(new Metrics.Series(metric, label)))
                .mapToLong(sample -> sample.value().getAsLong())
                .sum();
    }

    // ---- failures

    @Test
    void a_message_that_fails_comes_again_by_the_schedule_and_is_a_dead_letter_behind_its_end()
            throws Exception {
        PushSettings settings = settings("push.retry.s", "100,1000");
        Ledger ledger = ledger(settings);
        receiver.answer(PushReceiver.status(500));
        try (PushConsumer consumer = start(ledger, settings)) {
            scene.send("{\"n\":1}");
            awaitCounts(ledger, "a wait", counts -> counts.delayed() == 1);
            assertThat(receiver.requests()).hasSize(1);
            scene.clock.pass(Duration.ofSeconds(121));
            awaitRequests(2);
            awaitCounts(ledger, "another wait", counts -> counts.delayed() == 1);
            scene.clock.pass(Duration.ofSeconds(1_201));
            awaitCounts(ledger, "the end", counts -> counts.doomed() == 1);
            assertThat(consumer.status().failed()).isEqualTo(Map.of(PushTrouble.SERVER_ERROR, 3L));
            assertThat(consumer.status().lastError())
                    .hasValueSatisfying(e -> assertThat(e.cause()).isEqualTo("answered 500"));
        }
        List<PushReceiver.Received> requests = receiver.requests();
        assertThat(requests)
                .extracting(r -> r.header("sinew-attempt"))
                .containsExactly("1", "2", "3");
        assertThat(requests).extracting(r -> r.header("webhook-id")).containsOnly("orders~v1-0-0");
        for (int i = 1; i < 3; i++) {
            long before = Long.parseLong(requests.get(i - 1).header("webhook-timestamp"));
            assertThat(Long.parseLong(requests.get(i).header("webhook-timestamp")))
                    .isGreaterThanOrEqualTo(before + (i == 1 ? 100 : 1_000));
        }
        assertThat(sample(PushMetric.ATTEMPTS, "server_error")).isEqualTo(3);
    }

    @Test
    void an_endpoint_that_is_gone_gets_no_more_and_its_messages_stay() throws Exception {
        PushSettings settings = settings("push.concurrency", "1");
        Ledger ledger = ledger(settings);
        receiver.answer(PushReceiver.status(410));
        scene.sendMany(5);
        try (PushConsumer consumer = start(ledger, settings)) {
            Eventually.await(PATIENCE, "the news", () -> !disabled.isEmpty());
            awaitCounts(ledger, "all to be there", counts -> counts.ready() == 5);
            assertThat(consumer.status().state()).isEqualTo(PushStatus.State.DISABLED);
        }
        assertThat(disabled).singleElement().asString().contains("410");
        assertThat(receiver.requests()).hasSize(1);
        receiver.answer(PushReceiver.ok());
        try (PushConsumer _ = start(ledger, settings)) {
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
        }
        assertThat(receiver.requests())
                .extracting(r -> r.header("sinew-attempt"))
                .containsOnly("1");
    }

    @Test
    void who_is_told_that_an_endpoint_is_gone_may_end_its_push() throws Exception {
        PushSettings settings = settings();
        Ledger ledger = ledger(settings);
        receiver.answer(PushReceiver.status(410));
        var itself = new CompletableFuture<PushConsumer>();
        var ended = new CountDownLatch(1);
        itself.complete(
                PushConsumer.start(
                        ledger,
                        TOPIC,
                        settings,
                        client,
                        scene.clock,
                        _ -> {
                            itself.join().close();
                            ended.countDown();
                        }));
        scene.send("{}");
        ended.await();
        assertThat(ledger.counts().ready()).isEqualTo(1);
    }

    @Test
    void what_an_endpoint_asks_us_to_wait_for_is_waited_for() throws Exception {
        PushSettings settings = settings("push.concurrency", "1", "push.retry.s", "0");
        Ledger ledger = ledger(settings);
        receiver.answer(PushReceiver.status(503, "Retry-After: 300"));
        scene.sendMany(2);
        try (PushConsumer _ = start(ledger, settings)) {
            awaitCounts(
                    ledger,
                    "one to wait, and the other too",
                    counts -> counts.delayed() == 1 && counts.ready() == 1);
            receiver.answer(PushReceiver.ok());
            scene.clock.pass(Duration.ofSeconds(301));
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
        }
        List<PushReceiver.Received> requests = receiver.requests();
        assertThat(requests).hasSize(3);
        long first = Long.parseLong(requests.getFirst().header("webhook-timestamp"));
        for (PushReceiver.Received later : requests.subList(1, 3)) {
            assertThat(Long.parseLong(later.header("webhook-timestamp")))
                    .isGreaterThanOrEqualTo(first + 300);
        }
    }

    @Test
    void a_dead_endpoint_is_left_alone_and_its_messages_are_with_nobody_and_not_blamed()
            throws Exception {
        PushSettings settings =
                settings(
                        "push.concurrency", "1",
                        "push.breaker.failures", "2",
                        "push.breaker.first.ms", "60000",
                        "push.retry.s", "1,1,1");
        Ledger ledger = ledger(settings);
        receiver.answer(PushReceiver.status(500));
        scene.sendMany(10);
        try (PushConsumer consumer = start(ledger, settings)) {
            awaitCounts(
                    ledger,
                    "eight to be left",
                    counts -> counts.ready() == 8 && counts.leased() == 0);
            Eventually.await(
                    PATIENCE,
                    "it to be left alone",
                    () -> consumer.status().state() == PushStatus.State.LEFT_ALONE);
            assertThat(receiver.requests()).hasSize(2);
            scene.clock.pass(Duration.ofSeconds(61));
            awaitRequests(3);
            Eventually.await(
                    PATIENCE,
                    "it to be left alone again",
                    () -> consumer.status().failed().get(PushTrouble.SERVER_ERROR) == 3);
            assertThat(consumer.status().state()).isEqualTo(PushStatus.State.LEFT_ALONE);
            receiver.answer(PushReceiver.ok());
            scene.clock.pass(Duration.ofSeconds(121));
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
            assertThat(consumer.status().state()).isEqualTo(PushStatus.State.WORKING);
            assertThat(consumer.status().delivered()).isEqualTo(10);
        }
        assertThat(receiver.requests()).hasSize(13);
        assertThat(sample(PushMetric.OPENINGS, "")).isEqualTo(2);
    }

    @Test
    void a_message_that_comes_when_the_endpoint_is_left_alone_goes_back_without_an_attempt()
            throws Exception {
        PushSettings settings =
                settings(
                        "push.concurrency", "2",
                        "push.breaker.failures", "1",
                        "push.breaker.first.ms", "60000",
                        "push.retry.s", "1,1,1");
        Ledger ledger = ledger(settings);
        var release = new CountDownLatch(1);
        receiver.answer((request, out) -> {
            release.await();
            PushReceiver.status(500).answer(request, out);
        });
        try (PushConsumer consumer = start(ledger, settings)) {
            scene.send("m0");
            awaitRequests(1);
            release.countDown();
            Eventually.await(
                    PATIENCE,
                    "it to be left alone",
                    () -> consumer.status().state() == PushStatus.State.LEFT_ALONE);
            scene.send("m1");
            awaitCounts(
                    ledger,
                    "both with nobody",
                    counts -> counts.leased() == 0 && counts.live() == 2 && counts.unseen() == 0);
            assertThat(receiver.texts()).containsExactly("m0");
            receiver.answer(PushReceiver.ok());
            scene.clock.pass(Duration.ofSeconds(61));
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
        }
        assertThat(receiver.requests())
                .filteredOn(request -> request.text().equals("m1"))
                .singleElement()
                .satisfies(request -> assertThat(request.header("sinew-attempt")).isEqualTo("1"));
    }

    @Test
    void an_endpoint_that_hangs_does_not_hold_up_another() throws Exception {
        try (PushReceiver hanging = PushReceiver.start(PushReceiver.ok())) {
            hanging.answer(hanging.never());
            PushSettings toNowhere =
                    PushSettings.of(hanging.url("/"))
                            .with(Map.of("push.concurrency", "200", "push.timeout.ms", "60000"));
            Ledger held = scene.ledger("b.ledger", 10);
            Ledger ledger = scene.ledger("a.ledger", 10);
            scene.sendMany(500);
            PushConsumer hung = start(held, toNowhere);
            try (PushConsumer consumer = start(ledger, settings())) {
                // Half of what there is: never all of it.
                Eventually.await(
                        PATIENCE,
                        "it to hang",
                        () -> hanging.requests().size() == ATTEMPTS_MAX / 2);
                awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
                assertThat(consumer.status().delivered()).isEqualTo(500);
            }
            assertThat(hung.status().delivered()).isZero();
            assertThat(hanging.requests()).hasSize(ATTEMPTS_MAX / 2);
            hanging.hangUp();
            hung.close();
        }
    }

    @Test
    void no_more_messages_are_at_an_endpoint_than_it_is_to_have_and_the_rest_is_with_nobody()
            throws Exception {
        PushSettings settings = settings("push.concurrency", "3");
        Ledger ledger = ledger(settings);
        var release = new Semaphore(0);
        receiver.answer((request, out) -> {
            release.acquire();
            PushReceiver.ok().answer(request, out);
        });
        scene.sendMany(10);
        try (PushConsumer consumer = start(ledger, settings)) {
            awaitRequests(3);
            assertThat(ledger.counts()).isEqualTo(new LedgerCounts(7, 0, 3, 0, 0));
            assertThat(consumer.status().underWay()).isEqualTo(3);
            release.release(10);
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
        }
        assertThat(receiver.connections()).isEqualTo(3);
    }

    // ---- restarts

    @Test
    void what_was_closed_in_the_middle_goes_on_and_nothing_comes_twice() throws Exception {
        PushSettings settings = settings("push.concurrency", "4");
        Ledger ledger = ledger(settings);
        scene.sendMany(200);
        try (PushConsumer _ = start(ledger, settings)) {
            awaitRequests(20);
        }
        assertThat(ledger.counts().leased()).isZero();
        try (PushConsumer _ = start(ledger, settings)) {
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
        }
        assertThat(receiver.texts()).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void a_power_cut_loses_nothing_and_repeats_only_what_was_not_settled() throws Exception {
        PushSettings settings = settings("push.concurrency", "4", "push.timeout.ms", "30000");
        Ledger ledger = ledger(settings);
        receiver.answer((request, out) -> {
            if (request.text().matches("m[0-4]?[0-9]")) {
                PushReceiver.ok().answer(request, out);
            } else {
                receiver.never().answer(request, out);
            }
        });
        scene.sendMany(100);
        PushConsumer first = start(ledger, settings);
        awaitCounts(ledger, "half to be settled", counts -> counts.live() == 50);
        awaitRequests(54);
        scene.powerCycle(5);
        var before = new HashSet<>(receiver.texts());
        assertThat(before).hasSize(54);
        receiver.hangUp();
        first.close();

        receiver = PushReceiver.start(PushReceiver.ok());
        PushSettings again = settings();
        Ledger reopened = scene.ledger("a.ledger", 10);
        // Whatever had a lease, it has run out.
        scene.clock.pass(Duration.ofMinutes(2));
        try (PushConsumer _ = start(reopened, again)) {
            awaitCounts(reopened, "all dealt with", counts -> counts.live() == 0);
        }
        assertThat(receiver.texts())
                .hasSize(50)
                .doesNotHaveDuplicates()
                .doesNotContain("m0", "m49");
    }

    // ---- what is sent

    @Test
    void each_request_is_verified_by_an_independent_library() throws Exception {
        PushSettings settings = settings();
        Ledger ledger = ledger(settings);
        scene.send("", "{\"n\":1}", List.of());
        scene.send("ada", "Ärger & Ä", List.of(Header.of("content-type", "text/plain")));
        try (PushConsumer _ = start(ledger, settings)) {
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
        }
        WebhookSecret secret = settings.secrets().getFirst();
        for (PushReceiver.Received request : receiver.requests()) {
            verify(secret, request);
        }
        assertThat(receiver.requests()).hasSize(2);
        assertThatThrownBy(() -> verify(WebhookSecret.generate(), receiver.requests().getFirst()))
                .isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void while_secrets_change_either_verifies() throws Exception {
        WebhookSecret old = WebhookSecret.generate();
        WebhookSecret next = WebhookSecret.generate();
        PushSettings settings = settings("push.secrets", old.reveal() + " " + next.reveal());
        Ledger ledger = ledger(settings);
        scene.send("{}");
        try (PushConsumer _ = start(ledger, settings)) {
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
        }
        PushReceiver.Received request = receiver.requests().getFirst();
        verify(old, request);
        verify(next, request);
        assertThat(request.header("webhook-signature").split(" ")).hasSize(2);
    }

    @Test
    void an_event_arrives_as_one_and_no_header_of_it_begins_another() throws Exception {
        PushSettings settings = settings();
        Ledger ledger = ledger(settings);
        scene.send(
                "k\r\nx-key: 1",
                "{}",
                List.of(
                        Header.of("ce_specversion", "1.0"),
                        Header.of("ce_type", "made\r\nx-type: 1\r\n\r\nGET / HTTP/1.1"),
                        Header.of("x-other\r\nx-name", "1"),
                        Header.of("content-type", "application/json\r\nx-content: 1")));
        try (PushConsumer _ = start(ledger, settings)) {
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
        }
        PushReceiver.Received request = receiver.requests().getFirst();
        assertThat(request.headers())
                .containsOnlyKeys(
                        "host",
                        "content-length",
                        "content-type",
                        "user-agent",
                        "webhook-id",
                        "webhook-timestamp",
                        "webhook-signature",
                        "sinew-attempt",
                        "ce-specversion",
                        "ce-type",
                        "ce-partitionkey")
                .containsEntry("ce-type", "made%0D%0Ax-type:%201%0D%0A%0D%0AGET%20/%20HTTP/1.1");
        assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void how_a_push_is_doing_can_be_seen() throws Exception {
        PushSettings settings = settings();
        Ledger ledger = ledger(settings);
        scene.sendMany(100);
        try (PushConsumer consumer = start(ledger, settings)) {
            awaitCounts(ledger, "all dealt with", counts -> counts.live() == 0);
            PushStatus status = consumer.status();
            assertThat(status.state()).isEqualTo(PushStatus.State.WORKING);
            assertThat(status.delivered()).isEqualTo(100);
            assertThat(status.failed()).isEmpty();
            assertThat(status.lastError()).isEmpty();
            assertThat(status.p99Ms()).isPositive();
        }
        assertThat(sample(PushMetric.ATTEMPTS, "delivered")).isEqualTo(100);
        assertThat(sample(PushMetric.SECONDS, "")).isPositive();
        assertThat(sample(PushMetric.UNDER_WAY, "")).isZero();
    }
}
