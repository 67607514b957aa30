package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What has gone wrong in other queues, one decision after the other.
class LedgerStateTest {
    private static final LedgerScene.Wish PLAIN = LedgerScene.Wish.NONE;

    private final LedgerScene scene = LedgerScene.usual();

    private static LedgerScene scene(int failuresMax, int groupConcurrency, int trackedMax) {
        return new LedgerScene(
                new LedgerSettings(
                        30_000,
                        failuresMax,
                        RetryPolicy.defaults(),
                        groupConcurrency,
                        300_000,
                        1_000,
                        trackedMax,
                        60_000,
                        LedgerSettings.FAR_MS,
                        LedgerSettings.PINNED_MAX,
                        0));
    }

    private void leaseRunsOut() {
        scene.pass(scene.settings.leaseMs() + 100);
    }

    // ---- what is counted

    @Test
    void a_consumer_that_dies_with_many_messages_burns_an_attempt_of_the_one_that_killed_it_only() {
        scene.sendPlain(300);
        long poison = 217;
        var attempts = new HashMap<Long, Integer>();
        int deaths = 0;
        for (int i = 0; i < 10_000 && scene.counts().live() > 0; i++) {
            List<HandedMessage> messages = scene.receive(300);
            messages.forEach(m -> attempts.merge(m.offset(), m.attempt(), Math::max));
            if (messages.stream().anyMatch(m -> m.offset() == poison)) {
                deaths++;
                leaseRunsOut();
            } else {
                messages.forEach(message -> assertThat(scene.ack(message)).isTrue());
            }
            scene.pass(600_000);
            scene.bury();
        }
        assertThat(scene.counts().live()).isZero();
        assertThat(attempts.remove(poison)).isEqualTo(scene.settings.failuresMax());
        assertThat(attempts)
                .hasSize(299)
                .allSatisfy((offset, attempt) -> assertThat(attempt).isOne());
        // With 300, with four, and then alone until it has failed too often.
        assertThat(deaths).isEqualTo(2 + scene.settings.failuresMax());
    }

    @Test
    void what_is_given_back_or_extended_or_delivered_has_not_failed() {
        scene.sendPlain(1);
        for (int i = 0; i < 50; i++) {
            HandedMessage message = scene.receiveOne();
            assertThat(message.attempt()).isOne();
            assertThat(scene.extend(message, 60_000)).isTrue();
            assertThat(scene.giveBack(message, 0)).isTrue();
        }
    }

    @Test
    void a_lease_that_somebody_else_has_by_now_settles_nothing_in_any_way() {
        scene.sendPlain(1);
        HandedMessage old = scene.receiveOne();
        leaseRunsOut();
        scene.pass(600_000);
        HandedMessage now = scene.receiveOne();
        assertThat(now.offset()).isEqualTo(old.offset());
        List<String> before = LedgerScene.picture(scene.state);
        assertThat(scene.ack(old)).isFalse();
        assertThat(scene.fail(old)).isFalse();
        assertThat(scene.giveBack(old, 0)).isFalse();
        assertThat(scene.reject(old)).isFalse();
        assertThat(scene.extend(old, 1_000)).isFalse();
        assertThat(LedgerScene.picture(scene.state)).isEqualTo(before);
        assertThat(scene.ack(now)).isTrue();
    }

    @Test
    void lease_numbers_go_round_after_very_many_restarts_and_still_tell_consumers_apart() {
        scene.sendPlain(1);
        var given = new HashSet<Integer>();
        for (int restart = 0; restart < 200; restart++) {
            scene.write(List.of(scene.state.open(1 << 24)));
            HandedMessage message = scene.receiveOne();
            assertThat(given.add(message.lease())).as("restart %s", restart).isTrue();
            // A lease of one message has an odd number, also where numbers are negative.
            assertThat(message.lease() & 1).isOne();
            assertThat(scene.giveBack(message, 0)).isTrue();
            assertThat(scene.ack(message)).isFalse();
        }
    }

    // ---- no storms

    @Test
    void what_failed_together_does_not_come_back_together_nor_at_once() {
        scene.sendPlain(1_000);
        scene.receive(1_000).forEach(message -> assertThat(scene.fail(message)).isTrue());
        assertThat(scene.receive(1_000)).isEmpty();
        scene.pass(740);
        assertThat(scene.counts().ready()).isZero();
        var rounds = new ArrayList<Long>();
        for (int i = 0; i < 5; i++) {
            long before = scene.counts().ready();
            scene.pass(112);
            rounds.add(scene.counts().ready() - before);
        }
        assertThat(rounds).allSatisfy(round -> assertThat(round).isBetween(50L, 500L));
        assertThat(scene.counts().ready()).isEqualTo(1_000);
    }

    @Test
    void each_failure_waits_twice_as_long_and_never_longer_than_the_longest() {
        var policy = new RetryPolicy(1_000, 60_000);
        for (int failures = 1; failures <= 10_000; failures++) {
            long usual = failures > 6 ? 60_000 : 1_000L << (failures - 1);
            long wait = policy.waitMs(failures, 17);
            assertThat(wait).isBetween(usual * 3 / 4, usual * 5 / 4);
            assertThat(wait).isEqualTo(policy.waitMs(failures, 17));
        }
    }

    @Test
    void after_a_down_time_what_is_overdue_waits_to_be_asked_for_and_comes_once() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            scene.send(PLAIN.due(scene.nowMs + 1_000 + i));
        }
        scene.nowMs += 86_400_000;
        scene.state = scene.replayed();
        assertThat(scene.counts()).isEqualTo(new LedgerCounts(1_000, 0, 0, 0, 0));
        assertThat(scene.receive(10)).hasSize(10);
        assertThat(scene.counts()).isEqualTo(new LedgerCounts(990, 0, 10, 0, 0));
    }

    // ---- order

    @Test
    void a_group_waits_for_its_first_in_back_off_and_for_one_that_was_given_back() {
        for (int i = 0; i < 3; i++) {
            scene.send(PLAIN.group("a"));
        }
        HandedMessage first = scene.receiveOne();
        assertThat(scene.fail(first)).isTrue();
        assertThat(scene.receive(10)).isEmpty();
        assertThat(scene.counts()).isEqualTo(new LedgerCounts(2, 1, 0, 0, 0));
        scene.pass(10_000);
        HandedMessage again = scene.receiveOne();
        assertThat(again.offset()).isZero();
        assertThat(scene.giveBack(again, 5_000)).isTrue();
        assertThat(scene.receive(10)).isEmpty();
        scene.pass(6_000);
        for (long offset = 0; offset < 3; offset++) {
            HandedMessage next = scene.receiveOne();
            assertThat(next.offset()).isEqualTo(offset);
            assertThat(scene.ack(next)).isTrue();
        }
    }

    @Test
    void a_group_goes_on_when_its_first_has_failed_for_good() {
        LedgerScene strict = scene(1, 1, 100);
        strict.send(PLAIN.group("a"));
        strict.send(PLAIN.group("a"));
        assertThat(strict.fail(strict.receiveOne())).isTrue();
        assertThat(strict.offsets(10)).containsExactly(1L);
    }

    @Test
    void of_a_group_as_many_are_out_as_it_may_have_and_the_next_when_one_is_back() {
        LedgerScene pairs = scene(5, 2, 100);
        for (int i = 0; i < 4; i++) {
            pairs.send(PLAIN.group("a"));
        }
        List<HandedMessage> two = pairs.receive(10);
        assertThat(two).hasSize(2);
        assertThat(pairs.receive(10)).isEmpty();
        assertThat(pairs.ack(two.getLast())).isTrue();
        assertThat(pairs.offsets(10)).containsExactly(2L);
    }

    @Test
    void a_message_that_comes_back_keeps_its_priority_and_its_place() {
        for (int i = 0; i < 3; i++) {
            scene.send(PLAIN.priority(9).group("a"));
        }
        scene.send(PLAIN.priority(8));
        HandedMessage first = scene.receiveOne();
        assertThat(first.offset()).isZero();
        assertThat(scene.giveBack(first, 0)).isTrue();
        assertThat(scene.receiveOne().offset()).isZero();
    }

    @Test
    void groups_take_turns_however_many_messages_one_of_them_has() {
        for (int concurrency : new int[] {1, 1_000}) {
            LedgerScene some = scene(5, concurrency, 10_000);
            for (int i = 0; i < 1_000; i++) {
                some.send(PLAIN.group("large"));
            }
            for (int i = 0; i < 10; i++) {
                some.send(PLAIN.group("small"));
            }
            int small = 0;
            for (int turn = 0; turn < 20; turn++) {
                HandedMessage message = some.receiveOne();
                small += message.offset() >= 1_000 ? 1 : 0;
                if (concurrency == 1) {
                    assertThat(some.ack(message)).isTrue();
                }
            }
            assertThat(small).isEqualTo(10);
        }
    }

    @Test
    void a_low_priority_is_served_now_and_then_while_higher_ones_never_end() {
        long low = scene.send(PLAIN.priority(0));
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 200 && !seen.contains(low); i++) {
            scene.send(PLAIN.priority(9));
            HandedMessage message = scene.receiveOne();
            seen.add(message.offset());
            assertThat(scene.ack(message)).isTrue();
            scene.pass(10_000);
        }
        assertThat(seen).contains(low);
    }

    // ---- how much is looked at

    @Test
    void messages_in_back_off_fill_no_more_than_their_room_and_make_room_again() {
        LedgerScene small = scene(1, 1, 10);
        for (int i = 0; i < 10; i++) {
            small.send(PLAIN.due(small.nowMs + 60_000));
        }
        assertThat(small.state.hasRoom()).isFalse();
        small.pass(61_000);
        small.receive(10).forEach(message -> assertThat(small.ack(message)).isTrue());
        assertThat(small.state.hasRoom()).isTrue();
    }

    /// What looked at all that wait for each delivery would take hours for this.
    @Test
    void the_next_message_is_found_among_very_many_without_a_look_at_the_others() {
        for (int i = 0; i < 400_000; i++) {
            scene.send(
                    switch (i % 4) {
                        case 0 -> PLAIN.group("g" + i % 100_000);
                        case 1 -> PLAIN.due(scene.nowMs + 1_000_000_000 + i);
                        case 2 -> PLAIN.priority(i % 10);
                        default -> PLAIN;
                    });
        }
        int dealt = 0;
        for (List<HandedMessage> some = scene.receive(3);
                !some.isEmpty();
                some = scene.receive(3)) {
            for (HandedMessage message : some) {
                assertThat(scene.ack(message)).isTrue();
                dealt++;
            }
        }
        assertThat(dealt).isEqualTo(300_000);
        assertThat(scene.counts()).isEqualTo(new LedgerCounts(0, 100_000, 0, 0, 0));
    }

    // ---- dedupe ids

    @Test
    void a_dedupe_window_goes_by_the_records_own_times_and_is_bounded() {
        LedgerScene small =
                new LedgerScene(
                        new LedgerSettings(
                                1_000,
                                5,
                                RetryPolicy.defaults(),
                                1,
                                60_000,
                                3,
                                100,
                                60_000,
                                LedgerSettings.FAR_MS,
                                LedgerSettings.PINNED_MAX,
                                0));
        for (String id : List.of("a", "b", "c", "a")) {
            small.send(PLAIN.dedupe(id));
        }
        assertThat(small.counts().ready()).isEqualTo(3);
        var id = MessageFacts.DedupeId.of("d".getBytes(StandardCharsets.UTF_8));
        // A sender is told before an id is driven out, and when there is room again.
        assertThat(small.state.known(id, small.nowMs)).isEqualTo(new DedupeAnswer.Full());
        assertThat(small.state.known(id, small.nowMs + 60_001)).isEqualTo(new DedupeAnswer.Fresh());
        // And who does not ask is delivered: the oldest id goes.
        small.send(PLAIN.dedupe("d"));
        small.send(PLAIN.dedupe("b"));
        small.send(PLAIN.dedupe("a"));
        assertThat(small.counts().ready()).isEqualTo(5);
    }

    // ---- messages that are not there any more

    @Test
    void messages_whose_records_are_gone_are_no_longer_live_and_hold_up_nobody() throws Exception {
        for (int i = 0; i < 3; i++) {
            scene.send(PLAIN.group("a"));
        }
        HandedMessage first = scene.receiveOne();
        scene.write(scene.state.gone(first.offset()));
        assertThat(scene.ack(first)).isFalse();
        scene.bury();
        assertThat(scene.receiveOne().offset()).isOne();
        assertThat(LedgerScene.picture(scene.replayed()))
                .isEqualTo(LedgerScene.picture(scene.state));
    }

    @Test
    void a_pause_and_a_purge_leave_consumers_what_they_have() {
        scene.sendPlain(4);
        List<HandedMessage> two = scene.receive(2);
        scene.write(List.of(scene.state.pause(true)));
        assertThat(scene.receive(10)).isEmpty();
        scene.write(List.of(scene.state.purge(scene.nextOffset)));
        assertThat(scene.counts()).isEqualTo(new LedgerCounts(0, 0, 2, 0, 0));
        assertThat(scene.ack(two.getFirst())).isTrue();
        scene.write(List.of(scene.state.pause(false)));
        leaseRunsOut();
        scene.pass(600_000);
        assertThat(scene.offsets(10)).containsExactly(two.getLast().offset());
    }
}
