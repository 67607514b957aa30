package io.sinew.queue;

import static io.sinew.queue.QueuesOnDisk.isQuiet;
import static io.sinew.queue.QueuesOnDisk.receiveOne;
import static io.sinew.queue.QueuesOnDisk.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageConsumer;
import io.sinew.ledger.Settled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests, and the replies to them.
class RequesterTest {
    private static final Duration LONG = QueuesOnDisk.PATIENCE;
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final ConsumerOptions FOUR = ConsumerOptions.concurrency(4);

    private QueuesOnDisk on;
    private Queue requests;

    @BeforeEach
    void open() throws Exception {
        on = new QueuesOnDisk();
        requests = on.create("prices", Map.of("failures.max", "1"));
    }

    @AfterEach
    void close() throws IOException {
        on.close();
    }

    private Requester requester(long life, int openMax) throws Exception {
        return Requester.open(on.queues(), "shop.replies", new UUID(0, life), openMax);
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SinewException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void a_request_that_nobody_answers_in_time_says_so_and_is_not_dealt_with_in_vain()
            throws Exception {
        try (Requester requester = requester(1, 10)) {
            assertThat(requester.ask(requests, NewMessage.of("lamp"), SHORT))
                    .isEqualTo(new Answer.TimedOut(SHORT));
            assertThat(requester.openCount()).isZero();
        }
        on.clock.pass(Duration.ofSeconds(1));
        assertThat(isQuiet(requests)).isTrue();
        assertThat(receiveOne(on.queue("prices.dead")).header(DeadLetters.REASON))
                .contains("expired");
    }

    @Test
    void more_open_requests_than_allowed_are_refused_and_those_that_are_over_make_room()
            throws Exception {
        try (Requester requester = requester(1, 2)) {
            OpenRequest _ = requester.send(requests, NewMessage.of("a"), LONG);
            OpenRequest forgotten = requester.send(requests, NewMessage.of("b"), SHORT);
            Eventually.await(LONG, "the second to be over", forgotten::isOver);
            OpenRequest _ = requester.send(requests, NewMessage.of("c"), LONG);
            assertRefused(
                    ErrorCode.TOO_MANY_WAITERS,
                    () -> requester.send(requests, NewMessage.of("d"), LONG));
            assertThat(requester.openCount()).isEqualTo(2);
        }
        assertThat(requests.counts().live()).isEqualTo(3);
    }

    @Test
    void wrong_requests_are_refused_and_leave_nothing_open() throws Exception {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> requester(1, 0));
        Requester closed;
        try (Requester requester = requester(1, 1)) {
            closed = requester;
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> requester.send(requests, NewMessage.of("a"), Duration.ZERO));
            NewMessage large = NewMessage.of(new byte[2 << 20]);
            assertRefused(ErrorCode.BATCH_TOO_LARGE, () -> requester.send(requests, large, LONG));
            assertThat(requester.openCount()).isZero();
        }
        assertRefused(ErrorCode.LOG_STOPPED, () -> closed.send(requests, NewMessage.of("a"), LONG));
    }

    @Test
    void who_waits_when_the_requester_is_closed_is_told_so() throws Exception {
        Requester requester = requester(1, 10);
        OpenRequest request = requester.send(requests, NewMessage.of("a"), LONG);
        var waiting = new FutureTask<>(request::await);
        Thread.ofVirtual().start(waiting);
        requester.close();
        assertThat(waiting.get()).isEqualTo(new Answer.Abandoned());
        assertThat(request.await()).isEqualTo(new Answer.Abandoned());
    }

    @Test
    void each_request_has_its_own_reply() throws Exception {
        var replier = new Replier(on.queues(), requests);
        try (Requester requester = requester(1, 1_000);
                MessageConsumer _ =
                        replier.consume(
                                FOUR, request -> NewMessage.of("price of " + text(request)))) {
            var open = new ArrayList<OpenRequest>();
            for (int i = 0; i < 50; i++) {
                open.add(requester.send(requests, NewMessage.of("p" + i), LONG));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(open.get(i).await())
                        .isInstanceOfSatisfying(
                                Answer.Replied.class,
                                replied ->
                                        assertThat(text(replied.message())).startsWith("price of"));
            }
            assertThat(text(((Answer.Replied) open.get(7).await()).message()))
                    .isEqualTo("price of p7");
            assertThat(requester.openCount()).isZero();
            assertThat(requester.droppedCount()).isZero();
        }
        assertThat(requests.counts().live()).isZero();
        assertThat(on.queue("shop.replies").counts().live()).isZero();
    }

    @Test
    void a_reply_that_comes_too_late_twice_or_to_an_earlier_life_is_dropped_and_counted()
            throws Exception {
        var replier = new Replier(on.queues(), requests);
        try (Requester requester = requester(1, 10)) {
            OpenRequest late = requester.send(requests, NewMessage.of("a").withTtl(LONG), SHORT);
            assertThat(late.await()).isInstanceOf(Answer.TimedOut.class);
            replier.reply(receiveOne(requests), NewMessage.of("late"));
            Eventually.await(LONG, "it to be dropped", () -> requester.droppedCount() == 1);
            assertThat(late.await()).isInstanceOf(Answer.TimedOut.class);
            OpenRequest _ = requester.send(requests, NewMessage.of("b"), LONG);
        }
        try (Requester next = requester(2, 10)) {
            replier.reply(receiveOne(requests), NewMessage.of("to whom?"));
            Eventually.await(LONG, "it to be dropped", () -> next.droppedCount() == 1);
            OpenRequest request = next.send(requests, NewMessage.of("c"), LONG);
            Message asked = receiveOne(requests);
            String correlation = asked.header(ReplyHeaders.CORRELATION).orElseThrow();
            Queue replies = on.queue(asked.header(ReplyHeaders.REPLY_TO).orElseThrow());
            for (String text : new String[] {"first", "second"}) {
                // Whoever answers in another language does it like this.
                replies.send(NewMessage.of(text).withHeader(ReplyHeaders.CORRELATION, correlation));
            }
            Eventually.await(LONG, "the double", () -> next.droppedCount() == 2);
            assertThat(text(((Answer.Replied) request.await()).message())).isEqualTo("first");
        }
    }

    @Test
    void a_reply_and_its_acknowledgement_are_one_or_nothing() throws Exception {
        Queue offers = on.create("offers", Map.of());
        var replier = new Replier(on.queues(), offers);
        try (Requester requester = requester(1, 10)) {
            NewMessage asked = NewMessage.of("a").withTtl(Duration.ofHours(1));
            OpenRequest request = requester.send(offers, asked, LONG);
            Message first = receiveOne(offers);
            on.clock.pass(Duration.ofSeconds(40));
            // Its lease has run out, and it is somebody else's.
            Message second = receiveOne(offers);
            assertThat(replier.reply(first, NewMessage.of("first"))).isEqualTo(Settled.LOST);
            assertThat(replier.reply(second, NewMessage.of("second"))).isEqualTo(Settled.DONE);
            assertThat(text(((Answer.Replied) request.await()).message())).isEqualTo("second");
            assertThat(replier.reply(second, NewMessage.of("third"))).isEqualTo(Settled.LOST);
            assertThat(isQuiet(on.queue("shop.replies"))).isTrue();
            assertThat(requester.droppedCount()).isZero();
        }
    }

    @Test
    void what_asks_for_no_reply_is_refused_and_a_handler_that_fails_has_answered_nothing()
            throws Exception {
        var replier = new Replier(on.queues(), requests);
        requests.send(NewMessage.of("no request"));
        Message message = receiveOne(requests);
        assertThat(Replier.isRequest(message)).isFalse();
        assertRefused(
                ErrorCode.INVALID_REQUEST, () -> replier.reply(message, NewMessage.of("reply")));
        requests.fail(message, "then it is no use");
        try (Requester requester = requester(1, 10);
                MessageConsumer _ =
                        replier.consume(
                                FOUR,
                                _ -> {
                                    throw new IOException("no price");
                                })) {
            requests.send(NewMessage.of("no request either"));
            OpenRequest request = requester.send(requests, NewMessage.of("lamp"), LONG);
            Queue dead = on.queue("prices.dead");
            Eventually.await(LONG, "three letters", () -> dead.counts().ready() == 3);
            assertThat(requester.openCount()).isEqualTo(1);
            request.abandon();
        }
    }
}
