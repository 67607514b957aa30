package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.Trials;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is asked of records on their way into the log, and the packing of batches; against Kafka's
/// own reader.
class BatchIntakeTest {
    private static final int MAX_BYTES = 1 << 20;

    /// Of the rules for times.
    private static final long OLDEST_MS = 1_000;

    private static final long LATEST_MS = 2_000;

    private final BatchIntake intake = new BatchIntake(2);

    private static org.apache.kafka.common.compress.Compression kafkas(Compression codec) {
        return org.apache.kafka.common.compress.Compression.of(
                        CompressionType.forId(codec.number()))
                .build();
    }

    private static ByteBuffer batch(Compression codec, SimpleRecord... records) {
        return MemoryRecords.withRecords(kafkas(codec), records).buffer();
    }

    private static SimpleRecord record(long timestamp, String key, String value) {
        return new SimpleRecord(timestamp, bytes(key), bytes(value));
    }

    private static SimpleRecord withoutKey(long timestamp, String value) {
        return new SimpleRecord(timestamp, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RecordRules rules(boolean keysRequired, long oldestMs, long latestMs) {
        return new RecordRules(keysRequired, oldestMs, latestMs, Optional.empty(), MAX_BYTES);
    }

    private static RecordRules packed(Compression codec, int level) {
        return new RecordRules(
                false,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Optional.of(new Packing(codec, level)),
                MAX_BYTES);
    }

    private static RecordRules packed(Compression codec) {
        int level = codec == Compression.LZ4 ? 9 : 3;
        return packed(codec, level);
    }

    private SinewException refusal(ByteBuffer batch, RecordRules rules) {
        return catchThrowableOfType(SinewException.class, () -> intake.take(batch, rules));
    }

    private RefusedRecordsException refusedRecords(ByteBuffer batch, RecordRules rules) {
        return (RefusedRecordsException) refusal(batch, rules);
    }

    private static ByteBuffer renewChecksum(ByteBuffer batch) {
        var crc = new CRC32C();
        crc.update(batch.slice(21, batch.limit() - 21));
        return batch.putInt(17, (int) crc.getValue());
    }

    // ---- what breaks the rules

    @ParameterizedTest
    @EnumSource(Compression.class)
    void records_without_a_key_are_named_one_by_one(Compression codec) {
        ByteBuffer batch =
                batch(codec, withoutKey(1, "a"), record(1, "k", "b"), withoutKey(1, "c"));
        var refused = refusedRecords(batch, rules(true, Long.MIN_VALUE, Long.MAX_VALUE));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(refused.records()).extracting(RefusedRecord::index).containsExactly(0, 2);
        assertThat(refused).hasMessageContaining("Record 0").hasMessageContaining("1 more");
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void records_that_are_too_old_or_too_late_are_named_one_by_one(Compression codec) {
        ByteBuffer batch =
                batch(
                        codec,
                        record(OLDEST_MS, "k", "a"),
                        record(OLDEST_MS - 1, "k", "b"),
                        record(LATEST_MS, "k", "c"),
                        record(LATEST_MS + 1, "k", "d"));
        var refused = refusedRecords(batch, rules(true, OLDEST_MS, LATEST_MS));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(refused.records()).extracting(RefusedRecord::index).containsExactly(1, 3);
    }

    @Test
    void a_wrong_time_decides_the_code_of_a_batch_with_records_of_both_kinds() {
        ByteBuffer batch =
                batch(Compression.NONE, withoutKey(1, "a"), record(LATEST_MS + 1, "k", "b"));
        var refused = refusedRecords(batch, rules(true, Long.MIN_VALUE, LATEST_MS));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(refused.records())
                .extracting(RefusedRecord::code)
                .containsExactly(ErrorCode.INVALID_RECORD, ErrorCode.INVALID_TIMESTAMP);
    }

    @Test
    void no_more_records_are_named_than_the_bound() {
        var records = new SimpleRecord[BatchIntake.REFUSED_MAX + 1];
        Arrays.fill(records, withoutKey(1, ""));
        var refused =
                refusedRecords(
                        batch(Compression.ZSTD, records),
                        rules(true, Long.MIN_VALUE, Long.MAX_VALUE));
        assertThat(refused.records()).hasSize(BatchIntake.REFUSED_MAX);
    }

    @Test
    void a_record_without_a_time_is_never_too_old() throws Exception {
        ByteBuffer batch = batch(Compression.NONE, record(-1, "k", "a"));
        assertThat(intake.take(batch, rules(true, OLDEST_MS, LATEST_MS))).isSameAs(batch);
    }

    @Test
    void a_header_that_claims_a_late_time_is_refused_though_no_record_has_it() {
        ByteBuffer batch = batch(Compression.NONE, record(LATEST_MS, "k", "a"));
        renewChecksum(batch.putLong(35, LATEST_MS + 1));
        SinewException refused = refusal(batch, rules(false, Long.MIN_VALUE, LATEST_MS));
        assertThat(refused).isNotInstanceOf(RefusedRecordsException.class);
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
    }

    // ---- what is not what it says

    @ParameterizedTest
    @EnumSource(Compression.class)
    void a_batch_with_more_or_fewer_records_than_it_says_is_refused(Compression codec) {
        for (int wrong : new int[] {1, 3}) {
            ByteBuffer batch = batch(codec, record(1, "k", "a"), record(1, "k", "b"));
            renewChecksum(batch.putInt(57, wrong).putInt(23, wrong - 1));
            for (RecordRules rules :
                    new RecordRules[] {
                        rules(true, Long.MIN_VALUE, Long.MAX_VALUE),
                        packed(codec == Compression.GZIP ? Compression.ZSTD : Compression.GZIP)
                    }) {
                assertThat(refusal(batch, rules).code()).isEqualTo(ErrorCode.INVALID_RECORD);
            }
        }
    }

    @Test
    void offset_deltas_that_do_not_count_up_are_refused() {
        ByteBuffer batch = Batches.plain().of("a", "b");
        // Length, attributes, time, and then the offset delta of the first record.
        renewChecksum(batch.put(61 + 3, (byte) 2));
        SinewException refused = refusal(batch, packed(Compression.ZSTD));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(refused).hasMessageContaining("offset delta");
    }

    @Test
    void records_that_cannot_be_read_are_refused_whatever_the_codec_throws() {
        Trials.run(
                2000,
                random -> {
                    Compression[] codecs = Compression.values();
                    Compression codec = codecs[random.nextInt(codecs.length)];
                    ByteBuffer batch = batch(codec, randomRecords(random));
                    int at = random.nextInt(BatchV2Format.HEADER_BYTES, batch.limit());
                    batch.put(at, (byte) random.nextInt());
                    Compression target = codecs[random.nextInt(codecs.length)];
                    for (RecordRules rules :
                            new RecordRules[] {rules(true, OLDEST_MS, LATEST_MS), packed(target)}) {
                        try {
                            intake.take(batch, rules);
                        } catch (SinewException e) {
                            assertThat(e.code())
                                    .isIn(
                                            ErrorCode.INVALID_RECORD,
                                            ErrorCode.INVALID_TIMESTAMP,
                                            ErrorCode.BATCH_TOO_LARGE);
                        }
                    }
                });
    }

    // ---- packing

    private static SimpleRecord[] randomRecords(SplittableRandom random) {
        return IntStream.range(0, random.nextInt(1, 40))
                .mapToObj(_ -> {
                    byte @Nullable [] key =
                            random.nextInt(4) == 0 ? null : new byte[random.nextInt(20)];
                    byte @Nullable [] value =
                            random.nextInt(4) == 0 ? null : new byte[random.nextInt(3000)];
                    if (value != null) {
                        random.nextBytes(value);
                    }
                    var headers = new Header[random.nextInt(3)];
                    Arrays.fill(headers, new RecordHeader("name", new byte[] {1, 2}));
                    return new SimpleRecord(random.nextInt(5_000), key, value, headers);
                })
                .toArray(SimpleRecord[]::new);
    }

    @Test
    void packed_in_another_way_a_batch_holds_the_same_records() {
        Trials.run(
                300,
                random -> {
                    Compression[] codecs = Compression.values();
                    Compression from = codecs[random.nextInt(codecs.length)];
                    Compression to = codecs[random.nextInt(codecs.length)];
                    ByteBuffer sent = batch(from, randomRecords(random));
                    ByteBuffer taken = intake.take(sent.duplicate(), packed(to));
                    if (from == to) {
                        assertThat(taken).isEqualTo(sent);
                    }
                    BatchV2Format.requireOne(taken);
                    var before = MemoryRecords.readableRecords(sent);
                    var after = MemoryRecords.readableRecords(taken);
                    assertThat(after.firstBatch().compressionType().id)
                            .isEqualTo((byte) to.number());
                    assertThat(after.firstBatch().maxTimestamp())
                            .isEqualTo(before.firstBatch().maxTimestamp());
                    assertThat(after.records())
                            .usingElementComparator((a, b) -> same(a, b) ? 0 : 1)
                            .containsExactlyElementsOf(before.records());
                });
    }

    private static boolean same(Record a, Record b) {
        return a.offset() == b.offset()
                && a.timestamp() == b.timestamp()
                && a.hasKey() == b.hasKey()
                && a.hasValue() == b.hasValue()
                && (!a.hasKey() || a.key().equals(b.key()))
                && (!a.hasValue() || a.value().equals(b.value()))
                && Arrays.equals(a.headers(), b.headers());
    }

    @Test
    void a_batch_keeps_who_sent_it_when_it_is_packed() throws Exception {
        ByteBuffer sent = Batches.plain().producer(77, 5, 1234).of("value");
        ByteBuffer taken = intake.take(sent, packed(Compression.GZIP));
        assertThat(BatchV2Format.producerId(taken, 0)).isEqualTo(77);
        assertThat(BatchV2Format.producerEpoch(taken, 0)).isEqualTo((short) 5);
        assertThat(BatchV2Format.baseSequence(taken, 0)).isEqualTo(1234);
    }

    @Test
    void the_levels_of_a_codec_make_a_difference() throws Exception {
        byte[] words = bytes("the quick brown fox jumps over the lazy dog, ".repeat(40));
        for (int i = 0; i < words.length; i += 7) {
            words[i] = (byte) ('a' + (i * 31 % 26));
        }
        ByteBuffer sent = batch(Compression.NONE, new SimpleRecord(1, words));
        assertThat(intake.take(sent, packed(Compression.GZIP, 1)))
                .isNotEqualTo(intake.take(sent, packed(Compression.GZIP, 9)));
        assertThat(intake.take(sent, packed(Compression.LZ4, 9)))
                .isNotEqualTo(intake.take(sent, packed(Compression.LZ4, 17)));
        assertThat(intake.take(sent, packed(Compression.ZSTD, -5)))
                .isNotEqualTo(intake.take(sent, packed(Compression.ZSTD, 22)));
    }

    @Test
    void a_packed_batch_gets_its_latest_time_from_its_records() throws Exception {
        ByteBuffer sent = batch(Compression.NONE, record(5, "k", "a"), record(4, "k", "b"));
        renewChecksum(sent.putLong(35, 99));
        ByteBuffer taken = intake.take(sent, packed(Compression.SNAPPY));
        assertThat(BatchV2Format.maxTimestamp(taken, 0)).isEqualTo(5);
    }

    // ---- bombs

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void a_batch_that_is_too_large_when_packed_as_wanted_is_refused_on_the_way(Compression codec) {
        ByteBuffer sent = batch(codec, new SimpleRecord(1, new byte[64 << 20]));
        SinewException refused = refusal(sent, packed(Compression.NONE));
        assertThat(refused.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
        assertThat(refused).hasMessageContaining("compression.type");
    }

    @Test
    void no_more_is_unpacked_than_the_budget() {
        int most = Math.toIntExact(UnpackBudget.MAX_BYTES);
        ByteBuffer sent = batch(Compression.GZIP, new SimpleRecord(1, new byte[most + 1]));
        for (RecordRules rules :
                new RecordRules[] {
                    rules(true, Long.MIN_VALUE, Long.MAX_VALUE), packed(Compression.ZSTD)
                }) {
            SinewException refused = refusal(sent, rules);
            assertThat(refused.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
            assertThat(refused).hasMessageContaining("unpacks to more");
        }
    }

    // ---- untouched

    @ParameterizedTest
    @EnumSource(Compression.class)
    void a_batch_that_nothing_is_asked_of_is_not_even_read(Compression codec) throws Exception {
        ByteBuffer batch = batch(codec, record(1, "k", "a"));
        // Not what any codec made.
        batch.put(batch.limit() - 1, (byte) 99);
        assertThat(intake.take(batch, rules(false, Long.MIN_VALUE, LATEST_MS))).isSameAs(batch);
    }
}
