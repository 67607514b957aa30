package io.sinew.contracts;

import static io.sinew.contracts.EngineUnderTest.assertRefused;
import static io.sinew.contracts.EngineUnderTest.bytes;
import static io.sinew.contracts.EngineUnderTest.keyless;
import static io.sinew.contracts.EngineUnderTest.nowhere;
import static io.sinew.contracts.EngineUnderTest.ofBytes;
import static io.sinew.contracts.EngineUnderTest.record;
import static io.sinew.contracts.EngineUnderTest.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Records go into one partition.
public interface AppendContract extends EngineUnderTest {
    @Test
    default void appending_where_no_partition_is_is_refused() throws Exception {
        String name = topic(2, Map.of());
        for (TopicPartition wrong :
                List.of(
                        nowhere(),
                        new TopicPartition(name, 2),
                        new TopicPartition(name, -1),
                        new TopicPartition("", 0),
                        new TopicPartition("not a name", 0))) {
            assertRefused(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    () -> engine().append(wrong, records("a")));
        }
    }

    @Test
    default void a_record_larger_than_the_topic_takes_is_refused() throws Exception {
        var partition = new TopicPartition(topic(1, Map.of("max.message.bytes", "2000")), 0);
        assertRefused(
                ErrorCode.BATCH_TOO_LARGE,
                () -> engine().append(partition, List.of(ofBytes(2000))));
        engine().append(partition, List.of(ofBytes(1800)));
        assertThat(readAll(partition)).hasSize(1);
    }

    @Test
    default void a_record_of_many_megabytes_is_refused() throws Exception {
        TopicPartition partition = partition();
        assertRefused(
                ErrorCode.BATCH_TOO_LARGE,
                () -> engine().append(partition, List.of(ofBytes(40 << 20))));
        assertThat(readAll(partition)).isEmpty();
    }

    @Test
    default void a_compacted_topic_refuses_records_without_a_key() throws Exception {
        var partition = new TopicPartition(topic(1, Map.of("cleanup.policy", "compact")), 0);
        assertRefused(
                ErrorCode.INVALID_RECORD, () -> engine().append(partition, List.of(keyless("a"))));
        engine().append(partition, records("b"));
        assertThat(values(partition)).containsExactly("b");
    }

    @Test
    default void a_time_before_1970_is_refused() throws Exception {
        TopicPartition partition = partition();
        for (long ms : new long[] {-1, Long.MIN_VALUE}) {
            assertRefused(
                    ErrorCode.INVALID_TIMESTAMP,
                    () -> engine().append(partition, List.of(record("a", ms))));
        }
        assertThat(readAll(partition)).isEmpty();
    }

    @Test
    default void a_time_that_the_topic_does_not_take_is_refused() throws Exception {
        var settings = Map.of("message.timestamp.before.max.ms", "60000");
        var partition = new TopicPartition(topic(1, settings), 0);
        assertRefused(
                ErrorCode.INVALID_TIMESTAMP,
                () -> engine().append(partition, List.of(record("a", nowMs() - 3_600_000))));
        engine().append(partition, List.of(record("b", nowMs())));
        assertThat(values(partition)).containsExactly("b");
    }

    @Test
    default void records_come_back_as_they_were() throws Exception {
        TopicPartition partition = partition();
        var headers =
                List.of(
                        Header.of("a", "1"),
                        new Header("a", null),
                        Header.of("grün", "ß"),
                        new Header("", new byte[0]));
        var written =
                List.of(
                        new NewRecord(bytes("k"), bytes("v"), headers, LONG_AGO_MS + 7),
                        new NewRecord(null, bytes("w"), List.of(), LONG_AGO_MS),
                        new NewRecord(bytes("l"), null, List.of(), LONG_AGO_MS + 1_000_000_000),
                        new NewRecord(new byte[0], new byte[0], List.of(), 0),
                        new NewRecord(null, null, List.of(), LONG_AGO_MS + 3));
        engine().append(partition, written);
        List<StoredRecord> read = readAll(partition);
        assertThat(read).hasSameSizeAs(written);
        for (int i = 0; i < written.size(); i++) {
            NewRecord expected = written.get(i);
            StoredRecord found = read.get(i);
            assertThat(found.key()).isEqualTo(expected.key());
            assertThat(found.value()).isEqualTo(expected.value());
            assertThat(found.timestampMs()).isEqualTo(expected.timestampMs());
            assertThat(found.headers())
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(expected.headers());
        }
    }

    @Test
    default void records_keep_their_order_and_get_rising_offsets() throws Exception {
        TopicPartition partition = partition();
        long[] first = engine().append(partition, records("a", "b"));
        long[] second = engine().append(partition, records("c"));
        assertThat(first).hasSize(2);
        assertThat(second).hasSize(1);
        assertThat(values(partition)).containsExactly("a", "b", "c");
        assertThat(readAll(partition).stream().mapToLong(StoredRecord::offset).toArray())
                .isEqualTo(LongStream.of(first[0], first[1], second[0]).toArray());
        assertThat(LongStream.of(first[0], first[1], second[0]).toArray())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    default void appending_nothing_appends_nothing() throws Exception {
        TopicPartition partition = partition();
        assertThat(engine().append(partition, List.of())).isEmpty();
        assertThat(readAll(partition)).isEmpty();
    }

    @Test
    default void more_records_than_one_batch_may_hold_are_appended_in_their_order()
            throws Exception {
        var partition = new TopicPartition(topic(1, Map.of("max.message.bytes", "2000")), 0);
        List<NewRecord> many =
                IntStream.range(0, 100).mapToObj(i -> record(i + "x".repeat(300))).toList();
        long[] offsets = engine().append(partition, many);
        List<StoredRecord> read = readAll(partition);
        assertThat(read.stream().mapToLong(StoredRecord::offset).toArray()).isEqualTo(offsets);
        assertThat(read.stream().map(EngineUnderTest::text).toList())
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> i + "x".repeat(300)).toList());
    }

    @Test
    default void a_topic_may_put_the_time_of_the_append_in_place_of_the_records() throws Exception {
        var settings = Map.of("message.timestamp.type", "LogAppendTime");
        var partition = new TopicPartition(topic(1, settings), 0);
        long before = nowMs();
        engine().append(partition, List.of(record("a", 5), record("b", before - 1_000_000)));
        long after = nowMs();
        assertThat(readAll(partition))
                .hasSize(2)
                .allSatisfy(read -> assertThat(read.timestampMs()).isBetween(before, after));
    }

    @Test
    default void what_was_appended_outlives_the_engine() throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, records("a", "b"));
        reopen();
        assertThat(values(partition)).containsExactly("a", "b");
        engine().append(partition, records("c"));
        assertThat(values(partition)).containsExactly("a", "b", "c");
    }

    @Test
    default void what_one_engine_appends_another_reads() throws Exception {
        TopicPartition partition = partition();
        other().append(partition, records("a"));
        assertThat(values(partition)).containsExactly("a");
    }
}
