package io.sinew.queue;

import static io.sinew.queue.QueuesOnDisk.isQuiet;
import static io.sinew.queue.QueuesOnDisk.receiveOne;
import static io.sinew.queue.QueuesOnDisk.take;
import static io.sinew.queue.QueuesOnDisk.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.DeadReason;
import io.sinew.ledger.LedgerCounts;
import io.sinew.ledger.Message;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Dead letters that are sent again.
class RedriveTest {
    private QueuesOnDisk on;
    private Queue queue;
    private Queue dead;

    @BeforeEach
    void open() throws Exception {
        on = new QueuesOnDisk();
        queue = on.create("pay", Map.of("failures.max", "1"));
        dead = on.queue("pay.dead");
    }

    @AfterEach
    void close() throws IOException {
        on.close();
    }

    /// As many dead letters, `m0` and so on, with a header `n` of their number.
    private void kill(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            queue.send(NewMessage.of("m" + i).withHeader("n", "" + i).withDedupeId("d" + i));
            queue.fail(receiveOne(queue), "no");
        }
        Eventually.await(QueuesOnDisk.PATIENCE, "letters", () -> dead.counts().ready() == count);
    }

    private Redrive redrive(Redrive.Options options) {
        return dead.redrive(queue, options);
    }

    private static LetterFilter number(String number) {
        return LetterFilter.all().withHeader("n", number);
    }

    @Test
    void wrong_options_are_refused() {
        assertThatThrownBy(() -> Redrive.Options.all().atMost(0))
                .isInstanceOf(SinewException.class);
        assertThatThrownBy(() -> Redrive.Options.all().atMostPerSecond(-1))
                .isInstanceOf(SinewException.class);
        assertThatThrownBy(() -> LetterFilter.all().withReason("boredom"))
                .hasMessageContaining("failed, expired, rejected, gone");
        assertThatThrownBy(() -> Redrive.Place.parse("0.x.0"))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void letters_that_are_not_meant_are_never_away_and_nothing_is_counted_against_them()
            throws Exception {
        kill(5);
        Queue fresh = on.create("fresh", Map.of());
        fresh.send(List.of(NewMessage.of("0"), NewMessage.of("1"), NewMessage.of("2")));
        Eventually.await(QueuesOnDisk.PATIENCE, "three", () -> fresh.counts().ready() == 3);

        assertThat(redrive(Redrive.Options.only(number("3"))).run()).isEqualTo(1);

        List<Message> others = dead.receive(10, Duration.ZERO);
        assertThat(others.stream().map(QueuesOnDisk::text)).containsExactly("m0", "m1", "m2", "m4");
        assertThat(others).allSatisfy(letter -> assertThat(letter.attempt()).isEqualTo(1));
        // It is the first lease that was given here, as there.
        int first = fresh.receive(10, Duration.ZERO).getFirst().receipt().lease();
        assertThat(others).extracting(letter -> letter.receipt().lease()).containsOnly(first);
        assertThat(take(queue)).isEqualTo("m3");
        assertThat(isQuiet(queue)).isTrue();
    }

    @Test
    void a_letter_that_somebody_has_stays_with_them() throws Exception {
        kill(2);
        Message held = receiveOne(dead);
        assertThat(redrive(Redrive.Options.all()).run()).isEqualTo(1);
        assertThat(dead.redriveOne(queue, 0, held.receipt().offset())).isFalse();
        assertThat(take(queue)).isEqualTo("m1");
        assertThat(dead.ack(held)).isEqualTo(Settled.DONE);
        assertThat(isQuiet(queue)).isTrue();
        assertThat(dead.counts().live()).isZero();
    }

    @Test
    void letters_are_sent_again_each_once_as_they_were_and_in_their_order() throws Exception {
        kill(5);
        assertThat(redrive(Redrive.Options.all()).run()).isEqualTo(5);
        assertThat(redrive(Redrive.Options.all()).run()).isZero();
        for (int i = 0; i < 5; i++) {
            Message message = receiveOne(queue);
            assertThat(text(message)).isEqualTo("m" + i);
            assertThat(message.attempt()).isEqualTo(1);
            assertThat(message.header("n")).contains("" + i);
            assertThat(message.header(DeadLetters.REDRIVEN)).isPresent();
            assertThat(message.header(DeadLetters.REASON)).isEmpty();
            queue.ack(message);
        }
        assertThat(isQuiet(queue)).isTrue();
        assertThat(dead.counts()).isEqualTo(new LedgerCounts(0, 0, 0, 0, 0));
    }

    @Test
    void one_letter_is_sent_again_by_its_place() throws Exception {
        kill(3);
        assertThat(dead.redriveOne(queue, 0, 1)).isTrue();
        assertThat(dead.redriveOne(queue, 0, 1)).isFalse();
        assertThat(dead.redriveOne(queue, 0, 99)).isFalse();
        assertThat(take(queue)).isEqualTo("m1");
        assertThat(dead.counts().ready()).isEqualTo(2);
    }

    @Test
    void letters_are_chosen_by_reason_and_by_group() throws Exception {
        queue.send(List.of(NewMessage.of("a").inGroup("x"), NewMessage.of("b").inGroup("y")));
        Message a = receiveOne(queue);
        Message b = receiveOne(queue);
        queue.settle(a.receipt(), new Verdict.Rejected("nonsense"));
        queue.fail(b, "no");
        Eventually.await(QueuesOnDisk.PATIENCE, "two", () -> dead.counts().ready() == 2);
        LetterFilter failed = LetterFilter.all().withReason("failed");
        assertThat(redrive(Redrive.Options.only(failed.withGroup("x"))).run()).isZero();
        assertThat(redrive(Redrive.Options.only(failed)).run()).isEqualTo(1);
        assertThat(take(queue)).isEqualTo("b");
        LetterFilter ofX = LetterFilter.all().withGroup("x").withReason(DeadReason.REJECTED);
        assertThat(redrive(Redrive.Options.only(ofX)).run()).isEqualTo(1);
        assertThat(take(queue)).isEqualTo("a");
    }

    @Test
    void a_dry_run_counts_and_changes_nothing() throws Exception {
        kill(3);
        assertThat(redrive(Redrive.Options.only(number("1")).dryRun()).run()).isEqualTo(1);
        assertThat(redrive(Redrive.Options.all().dryRun()).run()).isEqualTo(3);
        assertThat(dead.counts()).isEqualTo(new LedgerCounts(3, 0, 0, 0, 0));
        assertThat(isQuiet(queue)).isTrue();
    }

    @Test
    void with_a_rate_each_letter_waits_for_its_turn() throws Exception {
        kill(3);
        var clock = new StoppedClock(on.clock);
        var redrive =
                new Redrive(
                        dead,
                        queue,
                        Redrive.Options.all().atMostPerSecond(10),
                        clock,
                        dead.ledger().partitions());
        assertThat(redrive.step()).isEqualTo(new Redrive.Step(1, 100_000_000, false));
        assertThat(redrive.step()).isEqualTo(new Redrive.Step(0, 100_000_000, false));
        clock.pass(60_000_000);
        assertThat(redrive.step()).isEqualTo(new Redrive.Step(0, 40_000_000, false));
        clock.pass(40_000_000);
        assertThat(redrive.step()).isEqualTo(new Redrive.Step(1, 100_000_000, false));
        // Time that nobody used is not made up for.
        clock.pass(10_000_000_000L);
        assertThat(redrive.step().sent()).isEqualTo(1);
        clock.pass(100_000_000);
        assertThat(redrive.step()).isEqualTo(new Redrive.Step(0, 0, true));
        assertThat(redrive.sent()).isEqualTo(3);
    }

    @Test
    void an_interrupted_redrive_is_gone_on_with_where_it_stopped() throws Exception {
        kill(5);
        Redrive first = redrive(Redrive.Options.all().atMost(2));
        assertThat(first.run()).isEqualTo(2);
        Redrive.Place place = first.rest().orElseThrow();
        Thread.currentThread().interrupt();
        assertThatThrownBy(redrive(Redrive.Options.all())::run)
                .isInstanceOf(InterruptedException.class);
        on.powerCycle(3);
        queue = on.queue("pay");
        dead = on.queue("pay.dead");
        Redrive.Place kept = Redrive.Place.parse(place.text());
        long sent = redrive(Redrive.Options.all().goingOnFrom(kept)).run();
        assertThat(dead.counts().live()).isZero();
        assertThat(sent).isLessThanOrEqualTo(3);
        var again = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            again.add(take(queue));
        }
        assertThat(again).containsExactly("m0", "m1", "m2", "m3", "m4");
        assertThat(isQuiet(queue)).isTrue();
    }

    @Test
    void what_dies_again_meanwhile_is_not_sent_a_second_time() throws Exception {
        kill(2);
        Redrive redrive = redrive(Redrive.Options.all().atMost(1));
        assertThat(redrive.run()).isEqualTo(1);
        queue.fail(receiveOne(queue), "no again");
        Eventually.await(QueuesOnDisk.PATIENCE, "it", () -> dead.counts().ready() == 2);
        Optional<Redrive.Place> rest = redrive.rest();
        assertThat(redrive(Redrive.Options.all().goingOnFrom(rest.orElseThrow())).run())
                .isEqualTo(1);
        assertThat(dead.counts().ready()).isEqualTo(1);
        assertThat(take(queue)).isEqualTo("m1");
        on.clock.pass(Duration.ofSeconds(1));
        assertThat(redrive(Redrive.Options.all()).run()).isEqualTo(1);
        assertThat(take(queue)).isEqualTo("m0");
    }
}
