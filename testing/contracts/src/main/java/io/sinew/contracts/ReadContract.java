package io.sinew.contracts;

import static io.sinew.contracts.EngineUnderTest.assertRefused;
import static io.sinew.contracts.EngineUnderTest.nowhere;
import static io.sinew.contracts.EngineUnderTest.ofBytes;
import static io.sinew.contracts.EngineUnderTest.record;
import static io.sinew.contracts.EngineUnderTest.records;
import static io.sinew.contracts.EngineUnderTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Records are read, found by their time, and trimmed.
public interface ReadContract extends EngineUnderTest {
    int SOME_BYTES = 1 << 20;

    @Test
    default void reading_where_no_partition_is_is_refused() throws Exception {
        var beyond = new TopicPartition(topic(1, Map.of()), 1);
        for (TopicPartition wrong : List.of(nowhere(), beyond)) {
            ErrorCode code = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
            assertRefused(code, () -> engine().read(wrong, 0, SOME_BYTES, Duration.ZERO));
            assertRefused(code, () -> engine().startOffset(wrong));
            assertRefused(code, () -> engine().endOffset(wrong));
            assertRefused(code, () -> engine().offsetAt(wrong, LONG_AGO_MS));
            assertRefused(code, () -> engine().trim(wrong, 0));
        }
    }

    @Test
    default void reading_outside_of_the_partition_is_refused() throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, records("a"));
        long end = engine().endOffset(partition);
        for (long offset : new long[] {-1, Long.MIN_VALUE, end + 1, Long.MAX_VALUE}) {
            assertRefused(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    () -> engine().read(partition, offset, SOME_BYTES, Duration.ZERO));
            assertRefused(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    () -> engine().read(partition, offset, SOME_BYTES, PATIENCE));
        }
    }

    @Test
    default void an_empty_partition_starts_where_it_ends() throws Exception {
        TopicPartition partition = partition();
        assertThat(engine().startOffset(partition)).isZero();
        assertThat(engine().endOffset(partition)).isZero();
    }

    @Test
    default void the_end_is_behind_the_last_record() throws Exception {
        TopicPartition partition = partition();
        long[] offsets = engine().append(partition, records("a", "b"));
        assertThat(engine().endOffset(partition)).isGreaterThan(offsets[1]);
        assertThat(engine().startOffset(partition)).isEqualTo(offsets[0]);
    }

    @Test
    default void reading_at_the_end_finds_nothing_at_once_when_it_is_not_to_wait()
            throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, records("a"));
        long end = engine().endOffset(partition);
        for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            Fetched fetched = engine().read(partition, end, SOME_BYTES, none);
            assertThat(fetched.records()).isEmpty();
            assertThat(fetched.nextOffset()).isEqualTo(end);
        }
    }

    @Test
    default void a_wait_for_what_does_not_come_ends() throws Exception {
        TopicPartition partition = partition();
        Fetched fetched = engine().read(partition, 0, SOME_BYTES, Duration.ofMillis(50));
        assertThat(fetched.records()).isEmpty();
        assertThat(fetched.nextOffset()).isZero();
    }

    @Test
    default void a_wait_ends_when_a_record_is_appended() throws Exception {
        TopicPartition partition = partition();
        Beside append = meanwhile(() -> engine().append(partition, records("a")));
        Fetched fetched = engine().read(partition, 0, SOME_BYTES, PATIENCE);
        append.await();
        assertThat(fetched.records()).extracting(EngineUnderTest::text).containsExactly("a");
    }

    @Test
    default void a_wait_ends_when_a_record_is_committed() throws Exception {
        TopicPartition partition = partition();
        try (Owner owner = engine().own(partition.topic())) {
            Beside commit =
                    meanwhile(() ->
                            owner.commit(
                                    List.of(new Owner.Append(partition, records("a"))), List.of()));
            Fetched fetched = engine().read(partition, 0, SOME_BYTES, PATIENCE);
            commit.await();
            assertThat(fetched.records()).extracting(EngineUnderTest::text).containsExactly("a");
        }
    }

    @Test
    default void the_longest_wait_there_is_does_not_keep_what_is_there() throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, records("a"));
        var longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
        Fetched first = engine().read(partition, 0, SOME_BYTES, longest);
        assertThat(first.records()).hasSize(1);
        Beside append = meanwhile(() -> engine().append(partition, records("b")));
        Fetched second = engine().read(partition, first.nextOffset(), SOME_BYTES, longest);
        append.await();
        assertThat(second.records()).extracting(EngineUnderTest::text).containsExactly("b");
    }

    @Test
    default void one_record_at_least_is_read_however_few_bytes_are_asked_for() throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, List.of(ofBytes(5_000), ofBytes(5_000)));
        for (int few : new int[] {1, 0, -1, Integer.MIN_VALUE}) {
            Fetched fetched = engine().read(partition, 0, few, PATIENCE);
            assertThat(fetched.records()).hasSize(1);
            assertThat(fetched.nextOffset()).isEqualTo(fetched.records().getFirst().offset() + 1);
        }
    }

    @Test
    default void a_read_does_not_return_much_more_than_was_asked_for() throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, Collections.nCopies(50, ofBytes(1_000)));
        Fetched fetched = engine().read(partition, 0, 10_000, PATIENCE);
        assertThat(fetched.records()).hasSizeBetween(1, 20);
        Fetched rest = engine().read(partition, fetched.nextOffset(), SOME_BYTES, PATIENCE);
        assertThat(rest.records().getFirst().offset())
                .isEqualTo(fetched.records().getLast().offset() + 1);
    }

    @Test
    default void a_read_may_ask_for_more_bytes_than_there_can_be() throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, records("a", "b"));
        assertThat(engine().read(partition, 0, Integer.MAX_VALUE, Duration.ZERO).records())
                .hasSize(2);
    }

    @Test
    default void a_read_begins_at_its_offset_also_within_what_was_appended_together()
            throws Exception {
        TopicPartition partition = partition();
        long[] offsets = engine().append(partition, records("a", "b", "c"));
        Fetched fetched = engine().read(partition, offsets[1], SOME_BYTES, PATIENCE);
        assertThat(fetched.records()).extracting(EngineUnderTest::text).containsExactly("b", "c");
        assertThat(fetched.records().getFirst().offset()).isEqualTo(offsets[1]);
    }

    // ---- by time

    @Test
    default void the_first_record_at_a_time_or_later_is_found() throws Exception {
        TopicPartition partition = partition();
        List<NewRecord> timed =
                List.of(
                        record("a", LONG_AGO_MS),
                        record("b", LONG_AGO_MS + 20),
                        record("c", LONG_AGO_MS + 10));
        long[] offsets = engine().append(partition, timed);
        assertThat(engine().offsetAt(partition, 0)).hasValue(offsets[0]);
        assertThat(engine().offsetAt(partition, LONG_AGO_MS)).hasValue(offsets[0]);
        assertThat(engine().offsetAt(partition, LONG_AGO_MS + 5)).hasValue(offsets[1]);
        assertThat(engine().offsetAt(partition, LONG_AGO_MS + 20)).hasValue(offsets[1]);
    }

    @Test
    default void after_the_latest_time_there_is_no_record() throws Exception {
        TopicPartition partition = partition();
        assertThat(engine().offsetAt(partition, 0)).isEmpty();
        engine().append(partition, List.of(record("a", LONG_AGO_MS)));
        assertThat(engine().offsetAt(partition, LONG_AGO_MS + 1)).isEmpty();
        assertThat(engine().offsetAt(partition, Long.MAX_VALUE)).isEmpty();
    }

    // ---- trim

    @Test
    default void trimming_behind_the_end_or_before_zero_is_refused_and_deletes_nothing()
            throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, records("a"));
        long end = engine().endOffset(partition);
        for (long offset : new long[] {end + 1, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            assertRefused(ErrorCode.OFFSET_OUT_OF_RANGE, () -> engine().trim(partition, offset));
        }
        assertThat(values(partition)).containsExactly("a");
    }

    @Test
    default void a_topic_that_only_compacts_is_not_trimmed() throws Exception {
        var partition = new TopicPartition(topic(1, Map.of("cleanup.policy", "compact")), 0);
        long[] offsets = engine().append(partition, records("a", "b"));
        assertRefused(ErrorCode.POLICY_VIOLATION, () -> engine().trim(partition, offsets[1]));
        assertThat(values(partition)).containsExactly("a", "b");
    }

    @Test
    default void what_was_trimmed_is_gone_and_reading_it_is_refused() throws Exception {
        TopicPartition partition = partition();
        long[] offsets = engine().append(partition, records("a", "b", "c"));
        engine().trim(partition, offsets[2]);
        assertThat(engine().startOffset(partition)).isEqualTo(offsets[2]);
        assertThat(values(partition)).containsExactly("c");
        assertRefused(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                () -> engine().read(partition, offsets[0], SOME_BYTES, Duration.ZERO));
    }

    @Test
    default void trimming_less_than_was_trimmed_brings_nothing_back() throws Exception {
        TopicPartition partition = partition();
        long[] offsets = engine().append(partition, records("a", "b", "c"));
        engine().trim(partition, offsets[2]);
        engine().trim(partition, offsets[1]);
        engine().trim(partition, 0);
        assertThat(engine().startOffset(partition)).isEqualTo(offsets[2]);
    }

    @Test
    default void a_partition_may_be_trimmed_to_its_end_and_goes_on() throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, records("a", "b"));
        long end = engine().endOffset(partition);
        engine().trim(partition, end);
        assertThat(readAll(partition)).isEmpty();
        assertThat(engine().startOffset(partition)).isEqualTo(end);
        long[] offsets = engine().append(partition, records("c"));
        assertThat(offsets[0]).isGreaterThanOrEqualTo(end);
        assertThat(text(readAll(partition).getFirst())).isEqualTo("c");
    }

    @Test
    default void a_trim_outlives_the_engine() throws Exception {
        TopicPartition partition = partition();
        long[] offsets = engine().append(partition, records("a", "b"));
        engine().trim(partition, offsets[1]);
        reopen();
        assertThat(engine().startOffset(partition)).isEqualTo(offsets[1]);
        assertThat(values(partition)).containsExactly("b");
    }
}
