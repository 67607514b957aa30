package io.sinew.pubsub;

import static io.sinew.pubsub.SubscriptionsUnderTest.TOPIC;
import static io.sinew.pubsub.SubscriptionsUnderTest.isQuiet;
import static io.sinew.pubsub.SubscriptionsUnderTest.receiveOne;
import static io.sinew.pubsub.SubscriptionsUnderTest.take;
import static io.sinew.pubsub.SubscriptionsUnderTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.DeadReason;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageConsumer;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Subscriptions as those see them who make them and take from them, whatever stores the topics.
abstract class SubscriptionContract {
    private static final String ORDERS = "[{\"exact\": {\"kind\": \"order\"}}]";
    private static final String REFUNDS = "{\"kind\": [\"refund\"]}";

    private SubscriptionsUnderTest on;

    /// Subscriptions on the engine in question, without a topic yet.
    abstract SubscriptionsUnderTest begin() throws Exception;

    @BeforeEach
    void open() throws Exception {
        on = begin();
        on.createTopic();
    }

    @AfterEach
    void close() throws Exception {
        on.close();
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SinewException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    // ---- what can't be

    @Test
    void what_is_not_there_and_what_is_there_already_is_refused() throws Exception {
        on.create("a", "", Map.of());
        assertRefused(ErrorCode.SUBSCRIPTION_ALREADY_EXISTS, () -> on.create("a", "", Map.of()));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> on.create("a/b", "", Map.of()));
        assertRefused(ErrorCode.INVALID_CONFIG, () -> on.create("b", "", Map.of("lease", "1")));
        assertRefused(
                ErrorCode.SUBSCRIPTION_NOT_FOUND,
                () -> on.subscriptions().subscription(TOPIC, "b"));
        assertRefused(
                ErrorCode.SUBSCRIPTION_NOT_FOUND, () -> on.subscriptions().delete(TOPIC, "b"));
        assertRefused(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                () ->
                        on.subscriptions()
                                .create(
                                        "no",
                                        "a",
                                        Filter.all(),
                                        new StartPosition.End(),
                                        SubscriptionSettings.defaults()));
        assertThat(on.subscriptions().list(TOPIC)).hasSize(1);
    }

    // ---- one record, many subscriptions

    @Test
    void what_one_does_with_a_record_changes_nothing_for_another() throws Exception {
        Subscription all = on.create("all", "", Map.of());
        Subscription orders = on.create("orders", ORDERS, Map.of());
        Subscription refunds = on.create("refunds", REFUNDS, Map.of());
        on.append("order", "o1");
        on.append("refund", "r1");
        on.append("order", "o2");
        assertThat(take(all, 3)).containsExactly("o1", "r1", "o2");
        assertThat(take(refunds, 1)).containsExactly("r1");
        Message first = receiveOne(orders);
        orders.fail(first, "not today");
        assertThat(take(orders, 1)).containsExactly("o2");
        assertThat(isQuiet(all)).isTrue();
        assertThat(isQuiet(refunds)).isTrue();
        on.clock.pass(Duration.ofMinutes(1));
        assertThat(take(orders, 1)).containsExactly("o1");
        assertThat(isQuiet(orders)).isTrue();
    }

    @Test
    void a_subscription_that_nobody_takes_from_delays_nobody() throws Exception {
        Subscription idle = on.create("idle", "", Map.of("tracked.max", "5"));
        Subscription busy = on.create("busy", "", Map.of());
        for (int i = 0; i < 50; i++) {
            on.append("order", "o" + i);
        }
        assertThat(take(busy, 50)).hasSize(50);
        assertThat(isQuiet(busy)).isTrue();
        assertThat(idle.counts().live()).isGreaterThanOrEqualTo(50);
        assertThat(take(idle, 50)).hasSize(50);
    }

    @Test
    void each_goes_on_from_where_it_was_after_a_restart_and_after_a_crash() throws Exception {
        for (int i = 0; i < 20; i++) {
            on.create("s" + i, i % 2 == 0 ? ORDERS : "", Map.of());
        }
        for (int i = 0; i < 10; i++) {
            on.append(i % 2 == 0 ? "order" : "refund", "m" + i);
        }
        for (int i = 0; i < 20; i++) {
            take(on.subscription("s" + i), i % 4);
        }
        on.restart();
        for (int i = 0; i < 20; i++) {
            take(on.subscription("s" + i), 1);
        }
        on.crash();
        on.append("order", "last");
        for (int i = 0; i < 20; i++) {
            List<String> expected = new ArrayList<>();
            for (int m = 0; m < 10; m++) {
                if (i % 2 != 0 || m % 2 == 0) {
                    expected.add("m" + m);
                }
            }
            expected.add("last");
            List<String> left = expected.subList(i % 4 + 1, expected.size());
            Subscription subscription = on.subscription("s" + i);
            assertThat(take(subscription, left.size())).as("s" + i).isEqualTo(left);
            assertThat(isQuiet(subscription)).isTrue();
        }
    }

    @Test
    void messages_of_one_group_come_one_at_a_time_in_their_order() throws Exception {
        Subscription subscription = on.create("a", "", Map.of());
        List<Header> group = List.of(Header.of("sinew-group", "g"));
        on.append(group, "1");
        on.append(group, "2");
        on.append(List.of(), "other");
        Message other = receiveOne(subscription);
        Message first = receiveOne(subscription);
        if (text(other).equals("1")) {
            Message of = other;
            other = first;
            first = of;
        }
        assertThat(text(first)).isEqualTo("1");
        assertThat(text(other)).isEqualTo("other");
        assertThat(isQuiet(subscription)).isTrue();
        subscription.ack(first);
        assertThat(take(subscription, 1)).containsExactly("2");
    }

    // ---- where it begins, and goes on

    @Test
    void it_begins_where_it_is_told_to() throws Exception {
        on.append("order", "0");
        on.append("order", "1");
        long ms = firstMs(1);
        Subscription end = on.create("end", "", new StartPosition.End(), Map.of());
        Subscription offset = on.create("offset", "", new StartPosition.Offset(1), Map.of());
        Subscription time = on.create("time", "", new StartPosition.Time(ms), Map.of());
        Subscription far = on.create("far", "", new StartPosition.Offset(1_000), Map.of());
        on.append("order", "2");
        assertThat(take(end, 1)).containsExactly("2");
        assertThat(take(far, 1)).containsExactly("2");
        assertThat(take(offset, 2)).containsExactly("1", "2");
        assertThat(receiveOne(time)).isNotNull();
        // Also when nothing was dealt with before the restart.
        Subscription late = on.create("late", "", new StartPosition.End(), Map.of());
        assertThat(isQuiet(late)).isTrue();
        on.restart();
        on.append("order", "3");
        assertThat(take(on.subscription("late"), 1)).containsExactly("3");
    }

    private long firstMs(long offset) throws InterruptedException {
        List<StoredRecord> records =
                on.engine()
                        .read(new TopicPartition(TOPIC, 0), offset, 1_000, Duration.ZERO)
                        .records();
        return records.getFirst().timestampMs();
    }

    @Test
    void a_topic_that_grows_is_heard_of_in_its_new_partitions_too() throws Exception {
        Subscription subscription = on.create("a", "", Map.of());
        on.engine().addPartitions(TOPIC, 2);
        on.append("order", "0");
        on.appendTo(1, "1");
        assertThat(take(subscription, 2)).containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void it_goes_back_and_forward_and_old_receipts_count_no_more() throws Exception {
        Subscription subscription = on.create("a", "", Map.of("dedupe.window.ms", "60000"));
        on.append(List.of(Header.of("sinew-dedupe", "x")), "0");
        on.append("order", "1");
        on.append("order", "2");
        assertThat(take(subscription, 2)).containsExactly("0", "1");
        Message held = receiveOne(subscription);
        subscription.seek(new StartPosition.Offset(0));
        assertThat(subscription.ack(held)).isEqualTo(Settled.LOST);
        // Also one whose dedupe id it knew.
        assertThat(take(subscription, 1)).containsExactly("0");
        on.crash();
        Subscription again = on.subscription("a");
        assertThat(take(again, 2)).containsExactly("1", "2");
        again.seek(new StartPosition.Beginning());
        again.seek(new StartPosition.End());
        on.append("order", "3");
        assertThat(take(again, 1)).containsExactly("3");
        on.restart();
        assertThat(isQuiet(on.subscription("a"))).isTrue();
    }

    // ---- parked messages

    @Test
    void what_fails_too_often_is_parked_with_its_reasons_and_can_be_tried_again() throws Exception {
        Map<String, String> settings =
                Map.of("failures.max", "2", "retry.first.ms", "0", "retry.max.ms", "0");
        Subscription subscription = on.create("a", "", settings);
        on.create("b", "", settings);
        long offset = on.append("order", "poison");
        subscription.fail(receiveOne(subscription), "first");
        subscription.fail(receiveOne(subscription), "second");
        on.append("order", "good");
        assertThat(take(subscription, 1)).containsExactly("good");
        assertThat(isQuiet(subscription)).isTrue();
        assertThat(subscription.counts().doomed()).isEqualTo(1);

        on.crash();
        Subscription again = on.subscription("a");
        List<ParkedMessage> parked = again.parked(0, 0, 10);
        assertThat(parked).hasSize(1);
        assertThat(parked.getFirst().why().offset()).isEqualTo(offset);
        assertThat(parked.getFirst().why().reason()).isEqualTo(DeadReason.FAILED);
        assertThat(parked.getFirst().why().notes())
                .extracting(note -> note.cause())
                .containsExactly("first", "second");
        assertThat(parked.getFirst().record()).isPresent();
        assertThat(again.redriveAll()).isEqualTo(1);
        assertThat(take(again, 1)).containsExactly("poison");
        assertThat(isQuiet(again)).isTrue();
        assertThat(again.counts().live()).isZero();
        // Nobody else sees anything of it.
        Subscription other = on.subscription("b");
        assertThat(take(other, 2)).containsExactly("poison", "good");
        assertThat(isQuiet(other)).isTrue();
    }

    @Test
    void too_many_parked_messages_stop_deliveries_until_they_are_dropped() throws Exception {
        Subscription subscription = on.create("a", "", Map.of("parked.max", "2"));
        for (int i = 0; i < 3; i++) {
            on.append("order", "m" + i);
        }
        for (int i = 0; i < 2; i++) {
            Message message = receiveOne(subscription);
            assertThat(subscription.settle(message.receipt(), new Verdict.Rejected("no")))
                    .isEqualTo(Settled.DONE);
        }
        assertThat(isQuiet(subscription)).isTrue();
        assertThat(subscription.counts().ready()).isEqualTo(1);
        subscription.ledger().drop(0, List.of(0L, 2L));
        assertThat(take(subscription, 1)).containsExactly("m2");
        assertThat(subscription.parked(0, 0, 10))
                .extracting(each -> each.why().offset())
                .containsExactly(1L);
    }

    @Test
    void what_the_topic_has_no_more_is_not_delivered_and_is_in_nobodys_way() throws Exception {
        Subscription subscription = on.create("a", "", Map.of());
        on.append("order", "0");
        on.append("order", "1");
        Message held = receiveOne(subscription);
        assertThat(text(held)).isEqualTo("0");
        Eventually.await(
                SubscriptionsUnderTest.PATIENCE,
                "both seen",
                () -> subscription.counts().unseen() == 0);
        on.engine().trim(new TopicPartition(TOPIC, 0), 2);
        on.restart();
        Subscription again = on.subscription("a");
        on.append("order", "2");
        assertThat(take(again, 1)).containsExactly("2");
        assertThat(isQuiet(again)).isTrue();
        assertThat(again.counts().live()).isZero();
    }

    // ---- administration

    @Test
    void a_pause_holds_over_a_restart_and_concerns_one_subscription() throws Exception {
        Subscription paused = on.create("a", "", Map.of());
        on.create("b", "", Map.of());
        paused.pause(true);
        on.append("order", "0");
        on.restart();
        paused = on.subscription("a");
        assertThat(paused.isPaused()).isTrue();
        assertThat(isQuiet(paused)).isTrue();
        assertThat(take(on.subscription("b"), 1)).containsExactly("0");
        paused.pause(false);
        assertThat(take(paused, 1)).containsExactly("0");
    }

    @Test
    void one_that_is_made_again_under_the_same_name_knows_nothing_of_the_first() throws Exception {
        Subscription first = on.create("a", "", Map.of());
        on.create("other", "", Map.of());
        on.append("order", "0");
        on.append("order", "1");
        take(first, 1);
        first.settle(receiveOne(first).receipt(), new Verdict.Rejected("no"));
        on.subscriptions().delete(TOPIC, "a");
        assertRefused(
                ErrorCode.SUBSCRIPTION_NOT_FOUND,
                () -> on.subscriptions().subscription(TOPIC, "a"));
        Subscription second = on.create("a", "", Map.of());
        assertThat(second.counts().doomed()).isZero();
        assertThat(take(second, 2)).containsExactly("0", "1");
        on.restart();
        assertThat(isQuiet(on.subscription("a"))).isTrue();
        assertThat(take(on.subscription("other"), 2)).hasSize(2);
    }

    @Test
    void a_handler_deals_with_what_its_subscription_lets_through() throws Exception {
        Subscription orders = on.create("orders", ORDERS, Map.of());
        var seen = new ConcurrentLinkedQueue<String>();
        try (MessageConsumer _ =
                orders.consume(
                        ConsumerOptions.concurrency(2),
                        message -> {
                            seen.add(text(message));
                            return new Verdict.Done();
                        })) {
            on.append("refund", "r");
            on.append("order", "o1");
            on.append("order", "o2");
            Eventually.await(SubscriptionsUnderTest.PATIENCE, "both", () -> seen.size() == 2);
        }
        assertThat(seen).containsExactlyInAnyOrder("o1", "o2");
        assertThat(isQuiet(orders)).isTrue();
    }

    // ---- pushed to an endpoint

    @Test
    void its_messages_are_pushed_and_tried_again_until_the_endpoint_takes_them() throws Exception {
        try (PushReceiver receiver = PushReceiver.start(PushReceiver.status(500))) {
            Subscription orders = createPush(receiver, "push.retry.s", "0,1,1,1,1,1,1,1,1,1");
            assertThat(orders.info().settings().failuresMax()).isEqualTo(11);
            on.append("refund", "r");
            on.append("order", "o1");
            await("two attempts", () -> receiver.requests().size() >= 2);
            receiver.answer(PushReceiver.ok());
            on.append("order", "o2");
            await("both", () -> orders.counts().live() == 0);
            assertThat(receiver.texts()).contains("o1", "o2").doesNotContain("r");
            PushStatus status = on.subscriptions().pushStatus(orders.info()).orElseThrow();
            assertThat(status.delivered()).isEqualTo(2);
        }
    }

    @Test
    void an_endpoint_that_wants_no_more_gets_no_more_until_somebody_resumes() throws Exception {
        try (PushReceiver receiver = PushReceiver.start(PushReceiver.status(410))) {
            Subscription orders = createPush(receiver, "push.retry.s", "0,0,0");
            on.append("order", "o1");
            await("the pause", orders::isPaused);
            int seen = receiver.requests().size();
            on.restart();
            Subscription again = on.subscription("orders");
            assertThat(again.isPaused()).isTrue();
            on.append("order", "o2");
            await("both seen", () -> again.counts().unseen() == 0);
            assertThat(receiver.requests()).hasSize(seen);
            receiver.answer(PushReceiver.ok());
            again.pause(false);
            await("both", () -> again.counts().live() == 0);
            assertThat(receiver.texts().subList(seen, receiver.texts().size()))
                    .containsExactlyInAnyOrder("o1", "o2");
        }
    }

    @Test
    void another_push_takes_the_place_of_the_first_and_none_leaves_the_messages() throws Exception {
        try (PushReceiver first = PushReceiver.start(PushReceiver.ok());
                PushReceiver second = PushReceiver.start(PushReceiver.ok())) {
            Subscription orders = createPush(first, "push.concurrency", "1");
            on.append("order", "o1");
            await("the first", () -> orders.counts().live() == 0);
            var _ =
                    on.subscriptions()
                            .changePush(
                                    TOPIC, "orders", Optional.of(PushSettings.of(second.url("/"))));
            on.append("order", "o2");
            await("the second", () -> orders.counts().live() == 0);
            var _ = on.subscriptions().changePush(TOPIC, "orders", Optional.empty());
            on.append("order", "o3");
            assertThat(take(orders, 1)).containsExactly("o3");
            assertThat(first.texts()).containsExactly("o1");
            assertThat(second.texts()).containsExactly("o2");
        }
    }

    @Test
    void a_subscription_that_is_deleted_pushes_nothing_any_more() throws Exception {
        try (PushReceiver receiver = PushReceiver.start(PushReceiver.ok())) {
            Subscription orders = createPush(receiver, "push.concurrency", "1");
            on.append("order", "o1");
            await("the first", () -> orders.counts().live() == 0);
            on.subscriptions().delete(TOPIC, "orders");
            assertThat(on.subscriptions().pushStatus(orders.info())).isEmpty();
            Subscription again = on.create("orders", "", new StartPosition.End(), Map.of());
            on.append("order", "o2");
            assertThat(take(again, 1)).containsExactly("o2");
            assertThat(receiver.texts()).containsExactly("o1");
        }
    }

    @Test
    void nobody_waits_for_the_endpoint_of_a_push_that_is_ended() throws Exception {
        try (PushReceiver receiver = PushReceiver.start(PushReceiver.ok())) {
            receiver.answer(receiver.never());
            Subscription orders = createPush(receiver, "push.timeout.ms", "10000");
            on.append("order", "o1");
            await("the attempt", () -> receiver.requests().size() == 1);
            var _ = on.subscriptions().changePush(TOPIC, "orders", Optional.empty());
            assertThat(receiver.ended()).as("the attempt is still under way").isZero();
            assertThat(orders.counts().leased()).isEqualTo(1);
        }
    }

    @Test
    void an_endpoint_that_is_not_allowed_is_refused_when_it_is_named() throws Exception {
        PushSettings push = PushSettings.of("http://169.254.169.254/latest");
        assertRefused(
                ErrorCode.INVALID_CONFIG,
                () ->
                        on.subscriptions()
                                .create(
                                        TOPIC,
                                        "a",
                                        Filter.all(),
                                        new StartPosition.End(),
                                        SubscriptionSettings.defaults(),
                                        Optional.of(push)));
        assertThat(on.subscriptions().list(TOPIC)).isEmpty();
    }

    private Subscription createPush(PushReceiver receiver, String name, String value)
            throws Exception {
        PushSettings push = PushSettings.of(receiver.url("/")).with(Map.of(name, value));
        var _ =
                on.subscriptions()
                        .create(
                                TOPIC,
                                "orders",
                                Filter.parse(ORDERS),
                                new StartPosition.Beginning(),
                                SubscriptionSettings.defaults(),
                                Optional.of(push));
        return on.subscription("orders");
    }

    private static void await(String what, Eventually.Condition condition) throws Exception {
        Eventually.await(SubscriptionsUnderTest.PATIENCE, what, condition);
    }

    // ---- without a subscription

    @Test
    void who_only_listens_hears_what_comes_while_he_does() throws Exception {
        on.append("order", "before");
        var heard = new ConcurrentLinkedQueue<String>();
        try (LiveSubscription _ =
                on.subscriptions()
                        .listen(
                                TOPIC,
                                Filter.parse(ORDERS),
                                record -> {
                                    heard.add(textOf(record));
                                    throw new IllegalStateException("meant");
                                })) {
            on.append("refund", "r");
            on.append("order", "o1");
            on.append("order", "o2");
            Eventually.await(SubscriptionsUnderTest.PATIENCE, "both", () -> heard.size() == 2);
        }
        assertThat(heard).containsExactly("o1", "o2");
    }

    private static String textOf(StoredRecord record) {
        return new String(Objects.requireNonNull(record.value()), StandardCharsets.UTF_8);
    }

    @Test
    void a_preview_shows_which_of_the_last_records_a_filter_lets_through() throws Exception {
        for (int i = 0; i < 4; i++) {
            on.append(i % 2 == 0 ? "order" : "refund", "m" + i);
        }
        List<PreviewedRecord> previewed =
                on.subscriptions().preview(TOPIC, Filter.parse(ORDERS), 3);
        assertThat(previewed)
                .extracting(each -> textOf(each.record()) + " " + each.matches())
                .containsExactly("m1 false", "m2 true", "m3 false");
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> on.subscriptions().preview(TOPIC, Filter.all(), 0));
    }
}
