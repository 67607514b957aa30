package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FarMessagesTest {
    private static final long HOUR_MS = 3_600_000;
    private static final long NOW_MS = 1_800_000_000_000L;

    private final FarMessages far = new FarMessages(2 * HOUR_MS);

    @Test
    void a_message_is_far_two_hours_ahead_and_near_an_hour_before_its_hour_begins() {
        assertThat(far.isFar(NOW_MS + 2 * HOUR_MS - 1, NOW_MS)).isFalse();
        assertThat(far.isFar(NOW_MS + 2 * HOUR_MS, NOW_MS)).isTrue();

        long dueMs = NOW_MS + 5 * HOUR_MS + 7;
        far.add(new FarMessage(3, dueMs), NOW_MS);
        long hourMs = dueMs / HOUR_MS * HOUR_MS;
        assertThat(far.nearMs()).isEqualTo(hourMs - HOUR_MS);
        assertThat(far.near(hourMs - HOUR_MS - 1, 10)).isEmpty();
        assertThat(far.near(hourMs - HOUR_MS, 10).orElseThrow().messages())
                .containsExactly(new FarMessage(3, dueMs));
    }

    @Test
    void a_million_messages_of_a_year_take_six_bytes_each_at_most() {
        var random = new SplittableRandom(1);
        int count = 1_000_000;
        for (int offset = 0; offset < count; offset++) {
            long dueMs = NOW_MS + random.nextLong(2 * HOUR_MS, 365 * 24 * HOUR_MS);
            far.add(new FarMessage(offset, dueMs), NOW_MS);
        }
        assertThat(far.count()).isEqualTo(count);
        assertThat(far.sizeBytes()).isLessThan(6L * count);
    }

    @Test
    void however_far_apart_the_messages_are_due_there_are_few_buckets() {
        for (int i = 0; i < 100_000; i++) {
            far.add(new FarMessage(i, NOW_MS + (i + 2) * 1_000L * HOUR_MS), NOW_MS);
        }
        assertThat(far.bucketCount()).isLessThanOrEqualTo(FarMessages.BUCKETS_MAX + 1);
        assertThat(far.from(99_999, 1))
                .containsExactly(new FarMessage(99_999, NOW_MS + 100_001 * 1_000L * HOUR_MS));
    }

    @Test
    void what_is_no_message_of_the_bucket_any_more_is_not_taken_for_one() {
        far.add(new FarMessage(1, NOW_MS + 3 * HOUR_MS), NOW_MS);
        far.add(new FarMessage(2, NOW_MS + 3 * HOUR_MS), NOW_MS);
        FarMessages.Lot lot = far.near(NOW_MS + 3 * HOUR_MS, 10).orElseThrow();
        far.dropBefore(2);
        assertThat(far.has(lot)).isFalse();
        assertThat(far.lowest()).isEqualTo(2);
        far.dropBefore(3);
        assertThat(far.near(Long.MAX_VALUE, 10)).isEmpty();
        assertThat(far.lowest()).isEqualTo(Long.MAX_VALUE);
    }

    /// Additions, also out of order as from the last bucket, drops, and looks, beside a sorted map.
    @Test
    void they_are_what_a_sorted_map_of_them_would_be() {
        Trials.run(
                200,
                random -> {
                    var tested = new FarMessages(2_000);
                    var model = new TreeMap<Long, Long>();
                    long nowMs = 10_000;
                    for (int step = 0; step < 200; step++) {
                        nowMs += random.nextInt(300);
                        switch (random.nextInt(8)) {
                            case 0 -> {
                                FarMessages.Lot lot =
                                        tested.near(nowMs, 1 + random.nextInt(5)).orElse(null);
                                if (lot != null) {
                                    tested.drop(lot.bucket(), lot.messages().size());
                                    lot.messages().forEach(gone -> model.remove(gone.offset()));
                                }
                            }
                            case 1 -> {
                                long offset = random.nextLong(1_000);
                                if (random.nextInt(10) == 0) {
                                    tested.dropBefore(offset);
                                    model.headMap(offset).clear();
                                }
                            }
                            default -> {
                                long offset = random.nextLong(1_000);
                                if (!model.containsKey(offset)) {
                                    long dueMs = nowMs + 2_000 + random.nextLong(20_000_000);
                                    tested.add(new FarMessage(offset, dueMs), nowMs);
                                    model.put(offset, dueMs);
                                }
                            }
                        }
                        check(tested, model, random.nextLong(1_000));
                    }
                });
    }

    private static void check(FarMessages tested, NavigableMap<Long, Long> model, long from) {
        assertThat(tested.count()).isEqualTo(model.size());
        assertThat(tested.lowest()).isEqualTo(model.isEmpty() ? Long.MAX_VALUE : model.firstKey());
        List<FarMessage> expected =
                model.tailMap(from).entrySet().stream()
                        .limit(7)
                        .map(entry -> new FarMessage(entry.getKey(), entry.getValue()))
                        .toList();
        assertThat(tested.from(from, 7)).isEqualTo(expected);
        var all = new ArrayList<FarMessage>();
        tested.forEach(3, lot -> all.addAll(lot.messages()));
        all.sort(Comparator.comparingLong(FarMessage::offset));
        assertThat(all.stream().map(FarMessage::offset)).containsExactlyElementsOf(model.keySet());
    }
}
