package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is due, when.
class TimerWheelTest {
    private static final long START = 1_700_000_000_003L;

    private final Rows rows = new Rows();
    private final TimerWheel wheel = new TimerWheel(rows, START);

    private int add(long offset, long dueMs) {
        int row = rows.add(offset, 0);
        rows.due(row, dueMs);
        wheel.add(row);
        return row;
    }

    private List<Long> advance(long nowMs) {
        var due = new ArrayList<Long>();
        wheel.advance(nowMs, row -> due.add(rows.offset(row)));
        return due;
    }

    @Test
    void nothing_is_early_and_nothing_is_later_than_a_tick() {
        add(0, START + 100);
        assertThat(advance(START + 99)).isEmpty();
        assertThat(advance(START + 108)).containsExactly(0L);
        assertThat(wheel.nextMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void what_is_overdue_when_it_is_added_is_due_at_once() {
        add(0, START - 1_000_000);
        add(1, 0);
        assertThat(advance(START)).containsExactlyInAnyOrder(0L, 1L);
    }

    @Test
    void a_century_is_not_too_far() {
        long far = START + 100L * 366 * 24 * 3_600_000;
        add(0, far);
        add(1, Long.MAX_VALUE - 10);
        assertThat(advance(far - 1_000)).isEmpty();
        assertThat(advance(far + 8)).containsExactly(0L);
        assertThat(wheel.count()).isEqualTo(1);
    }

    @Test
    void a_clock_that_goes_back_changes_nothing() {
        add(0, START + 50);
        advance(START + 20);
        assertThat(advance(START - 10_000)).isEmpty();
        assertThat(advance(START + 58)).containsExactly(0L);
    }

    @Test
    void any_times_come_due_in_their_order_whatever_is_taken_out_meanwhile() {
        Trials.run(
                200,
                random -> {
                    var table = new Rows();
                    var timers = new TimerWheel(table, START);
                    Map<Long, Long> expected = new HashMap<>();
                    long now = START;
                    long next = 0;
                    for (int step = 0; step < 300; step++) {
                        int range = 1 << random.nextInt(30);
                        switch (random.nextInt(4)) {
                            case 0, 1 -> {
                                int row = table.add(next, 0);
                                long due = now - 100 + random.nextLong(1_000L + range);
                                table.due(row, due);
                                timers.add(row);
                                expected.put(next++, due);
                            }
                            case 2 -> {
                                if (!expected.isEmpty()) {
                                    long offset = expected.keySet().iterator().next();
                                    timers.remove(table.find(offset));
                                    table.remove(table.find(offset));
                                    expected.remove(offset);
                                }
                            }
                            default -> {
                                now += random.nextLong(range);
                                long until = now;
                                assertThat(timers.nextMs() > until || !expected.isEmpty()).isTrue();
                                var due = new ArrayList<Long>();
                                timers.advance(until, row -> due.add(table.offset(row)));
                                assertThat(due)
                                        .containsExactlyInAnyOrderElementsOf(
                                                expected.entrySet().stream()
                                                        .filter(e ->
                                                                TimerWheel.isOver(
                                                                        e.getValue(), until))
                                                        .map(Map.Entry::getKey)
                                                        .toList());
                                due.forEach(expected::remove);
                                due.forEach(offset -> table.remove(table.find(offset)));
                                assertThat(timers.count()).isEqualTo(expected.size());
                            }
                        }
                    }
                });
    }
}
