package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BodyCacheTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    private final BodyRoom room = new BodyRoom(32 * MIB);

    private static StoredRecord record(long offset, int sizeBytes) {
        var value = new byte[sizeBytes];
        Arrays.fill(value, (byte) offset);
        return new StoredRecord(offset, 1_000 + offset, null, value, List.of());
    }

    /// Offsets that the cache still has, of those before `end`; it has them no more then.
    private static List<Long> taken(BodyCache cache, long end) {
        return LongStream.range(0, end)
                .filter(offset -> cache.take(offset).isPresent())
                .boxed()
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    // ---- no room

    @Test
    void without_room_nothing_is_kept_and_no_more_is_read_than_one_message_takes() {
        try (var cache = new BodyCache(new BodyRoom(0))) {
            cache.arrived(record(0, KIB));
            cache.readAhead(List.of(record(1, KIB)), 2);
            assertThat(taken(cache, 2)).isEmpty();
            assertThat(cache.readBytes(2)).isEqualTo(4 * KIB);
        }
    }

    @Test
    void what_came_first_stays_when_there_is_no_room_for_all() {
        try (var cache = new BodyCache(room)) {
            for (int offset = 0; offset < 60_000; offset++) {
                cache.arrived(record(offset, KIB));
            }
            long keptBytes = 32L * MIB - room.leftBytes();
            assertThat(keptBytes).isBetween(14L * MIB, 20L * MIB);
            List<Long> kept = taken(cache, 60_000);
            assertThat(kept).isEqualTo(range(0, kept.size()));
            assertThat((long) kept.size()).isBetween(10_000L, 18_000L);
        }
    }

    @Test
    void what_deliveries_have_gone_past_makes_room_for_what_comes() {
        try (var cache = new BodyCache(room)) {
            for (int offset = 0; offset < 60_000; offset++) {
                cache.arrived(record(offset, KIB));
                if (offset % 2 == 0) {
                    assertThat(cache.take(offset)).as("record %d", offset).isPresent();
                }
            }
            List<Long> kept = taken(cache, 60_000);
            assertThat(kept).hasSizeGreaterThan(10_000).allMatch(offset -> offset % 2 == 1);
            assertThat(kept.getLast()).isEqualTo(59_999);
            assertThat(kept.getFirst()).isEqualTo(60_000 - 2L * kept.size() + 1);
        }
    }

    @Test
    void one_record_larger_than_what_is_kept_as_it_came_leaves_the_others() {
        try (var cache = new BodyCache(room)) {
            cache.arrived(record(0, KIB));
            cache.arrived(record(1, 5 * MIB));
            cache.arrived(record(2, KIB));
            cache.readAhead(List.of(record(10, KIB), record(11, 5 * MIB)), 12);
            assertThat(taken(cache, 12)).containsExactly(0L, 2L, 10L);
        }
    }

    @Test
    void of_what_was_read_ahead_the_last_stays() {
        try (var cache = new BodyCache(room)) {
            for (int offset = 0; offset < 10_000; offset++) {
                cache.readAhead(List.of(record(offset, KIB)), offset + 1);
            }
            List<Long> kept = taken(cache, 10_000);
            assertThat(kept).isEqualTo(range(10_000 - kept.size(), 10_000));
            assertThat(kept).hasSizeBetween(3_000, 4_096);
        }
    }

    @Test
    void a_backlog_that_nobody_receives_leaves_the_next_partition_half_of_what_is_left() {
        try (var first = new BodyCache(room);
                var second = new BodyCache(room)) {
            for (int offset = 0; offset < 60_000; offset++) {
                first.arrived(record(offset, KIB));
            }
            long left = room.leftBytes();
            assertThat(left).isGreaterThan(12L * MIB);
            for (int offset = 0; offset < 60_000; offset++) {
                second.arrived(record(offset, KIB));
            }
            assertThat(left - room.leftBytes()).isBetween(left / 2 - MIB, left / 2 + 4 * MIB);
            assertThat(second.readBytes(0)).isEqualTo(256 * KIB);
        }
    }

    @Test
    void all_of_the_room_is_given_back_at_the_end_and_nothing_is_kept_after_it() {
        var cache = new BodyCache(room);
        for (int offset = 0; offset < 10_000; offset++) {
            cache.arrived(record(offset, KIB));
            cache.readAhead(List.of(record(20_000 + offset, KIB)), 20_001 + offset);
        }
        assertThat(room.leftBytes()).isLessThan(20L * MIB);
        cache.close();
        assertThat(room.leftBytes()).isEqualTo(32L * MIB);
        cache.arrived(record(30_000, KIB));
        cache.readAhead(List.of(record(30_001, KIB)), 30_002);
        assertThat(taken(cache, 31_000)).isEmpty();
        assertThat(room.leftBytes()).isEqualTo(32L * MIB);
        cache.close();
        assertThat(room.leftBytes()).isEqualTo(32L * MIB);
    }

    @Test
    void a_backlog_that_is_gone_gives_back_what_it_took() {
        try (var cache = new BodyCache(room)) {
            for (int offset = 0; offset < 12_000; offset++) {
                cache.arrived(record(offset, KIB));
            }
            assertThat(room.leftBytes()).isLessThan(20L * MIB);
            assertThat(taken(cache, 12_000)).isEqualTo(range(0, 12_000));
            assertThat(room.leftBytes()).isGreaterThanOrEqualTo(32L * MIB - BodyCells.PAGE_BYTES);
        }
    }

    // ---- any order

    @Test
    void records_come_out_as_they_went_in_whatever_waits_and_whatever_goes() {
        Trials.run(
                30,
                random -> {
                    var own = new BodyRoom(64 * MIB);
                    try (var cache = new BodyCache(own)) {
                        var model = new HashMap<Long, StoredRecord>();
                        var waiting = new ArrayList<Long>();
                        long offset = random.nextInt(1_000);
                        for (int step = 0; step < 6_000; step++) {
                            if (waiting.isEmpty() || random.nextInt(3) > 0) {
                                offset += 1 + random.nextInt(3);
                                StoredRecord record = any(random, offset);
                                cache.arrived(record);
                                model.put(offset, record);
                                waiting.add(offset);
                            } else {
                                takeOne(random, cache, model, waiting);
                            }
                        }
                        while (!waiting.isEmpty()) {
                            takeOne(random, cache, model, waiting);
                        }
                        assertThat(own.leftBytes())
                                .isGreaterThanOrEqualTo(64L * MIB - BodyCells.PAGE_BYTES);
                    }
                    assertThat(own.leftBytes()).isEqualTo(64L * MIB);
                });
    }

    private static void takeOne(
            SplittableRandom random,
            BodyCache cache,
            Map<Long, StoredRecord> model,
            List<Long> waiting) {
        int index = random.nextInt(waiting.size());
        long offset = waiting.get(index);
        waiting.set(index, waiting.getLast());
        waiting.removeLast();
        StoredRecord found = cache.take(offset).orElseThrow();
        assertThat(shown(found)).isEqualTo(shown(Objects.requireNonNull(model.remove(offset))));
        assertThat(cache.take(offset)).isEmpty();
    }

    private static List<Object> shown(StoredRecord record) {
        var all = new ArrayList<Object>();
        all.add(record.offset());
        all.add(record.timestampMs());
        all.add(wrapped(record.key()));
        all.add(wrapped(record.value()));
        for (Header header : record.headers()) {
            all.add(header.name());
            all.add(wrapped(header.value()));
        }
        return all;
    }

    private static Optional<ByteBuffer> wrapped(byte @Nullable [] bytes) {
        return Optional.ofNullable(bytes).map(ByteBuffer::wrap);
    }

    private static StoredRecord any(SplittableRandom random, long offset) {
        var headers = new ArrayList<Header>();
        for (int i = random.nextInt(3); i > 0; i--) {
            headers.add(new Header("Größe-" + random.nextInt(9), bytes(random, 40)));
        }
        int most = random.nextInt(200) == 0 ? 200_000 : 3_000;
        return new StoredRecord(
                offset, random.nextLong(), bytes(random, 30), bytes(random, most), headers);
    }

    private static byte @Nullable [] bytes(SplittableRandom random, int most) {
        int size = random.nextInt(most + 1) - 1;
        if (size < 0) {
            return null;
        }
        byte[] text =
                Integer.toString(size).repeat(1 + size / 2).getBytes(StandardCharsets.US_ASCII);
        return Arrays.copyOf(text, size);
    }
}
