package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Records become batches and come out of them as they were, whatever is done to the batches.
class BatchEncoderTest {
    private static final int LARGE = 1 << 20;
    private static final List<Compression> CODECS = List.of(Compression.values());

    private static byte @Nullable [] randomBytes(SplittableRandom random, int most) {
        if (random.nextInt(8) == 0) {
            return null;
        }
        var bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<PlainRecord> records(SplittableRandom random) {
        var records = new ArrayList<PlainRecord>();
        int count = random.nextInt(1, 200);
        for (int i = 0; i < count; i++) {
            var headers = new ArrayList<PlainRecord.Header>();
            for (int h = random.nextInt(6) == 0 ? random.nextInt(70) : 0; h > 0; h--) {
                headers.add(
                        new PlainRecord.Header(
                                ("h" + h).getBytes(StandardCharsets.UTF_8),
                                randomBytes(random, 80)));
            }
            records.add(
                    new PlainRecord(
                            randomBytes(random, 70),
                            randomBytes(random, random.nextInt(1, 9_000)),
                            headers,
                            random.nextLong(0, 1L << random.nextInt(1, 45))));
        }
        return records;
    }

    private record Read(long offset, PlainRecord record) {}

    private static List<Read> decode(PartitionLog log, long from, int maxBytes) throws IOException {
        var all = new ArrayList<Read>();
        long next = from;
        while (next < log.endOffset()) {
            CommittedRead committed = log.readCommitted(next, Long.MAX_VALUE, maxBytes, true);
            try (LogRead _ = committed.read()) {
                long after =
                        BatchDecoder.decode(
                                committed, next, (at, plain) -> all.add(new Read(at, plain)));
                assertThat(after).isGreaterThan(next);
                next = after;
            }
        }
        return all;
    }

    private static void assertSame(List<PlainRecord> expected, List<Read> found) {
        assertThat(found.stream().map(Read::record).map(Content::of).toList())
                .isEqualTo(expected.stream().map(Content::of).toList());
    }

    /// A record that equals another one of the same bytes.
    private record Content(
            Optional<ByteBuffer> key, Optional<ByteBuffer> value, List<Object> rest) {
        static Content of(PlainRecord record) {
            var rest = new ArrayList<Object>();
            rest.add(record.timestampMs());
            for (PlainRecord.Header header : record.headers()) {
                rest.add(ByteBuffer.wrap(header.name()));
                rest.add(wrapped(header.value()));
            }
            return new Content(wrapped(record.key()), wrapped(record.value()), rest);
        }

        private static Optional<ByteBuffer> wrapped(byte @Nullable [] bytes) {
            return Optional.ofNullable(bytes).map(ByteBuffer::wrap);
        }
    }

    @Test
    void records_come_out_as_they_went_in_from_memory_and_from_segments_and_packed() {
        Trials.run(
                60,
                random -> {
                    List<PlainRecord> records = records(random);
                    int maxBytes = random.nextInt(20_000, 40_000);
                    Compression codec = CODECS.get(random.nextInt(CODECS.size()));
                    try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
                        for (ByteBuffer batch : BatchEncoder.encode(records, maxBytes)) {
                            assertThat(batch.remaining()).isLessThanOrEqualTo(maxBytes);
                            BatchV2Format.requireOne(batch);
                            log.appendDurably(packed(log, batch, codec));
                        }
                        assertSame(records, decode(log.partition(), 0, random.nextInt(50_000)));
                        log.store.checkpoint();
                        assertSame(records, decode(log.partition(), 0, random.nextInt(50_000)));
                        int from = random.nextInt(records.size());
                        List<Read> rest = decode(log.partition(), from, LARGE);
                        assertThat(rest.getFirst().offset()).isEqualTo(from);
                        assertSame(records.subList(from, records.size()), rest);
                    }
                });
    }

    private static ByteBuffer packed(TestLog log, ByteBuffer batch, Compression codec)
            throws InterruptedException {
        var packing = new Packing(codec, codec.defaultLevel());
        var rules =
                new RecordRules(false, Long.MIN_VALUE, Long.MAX_VALUE, Optional.of(packing), LARGE);
        return log.store.intake().take(batch, rules);
    }

    @Test
    void kafka_reads_what_is_made_here() {
        Trials.run(
                100,
                random -> {
                    List<PlainRecord> records = records(random);
                    var found = new ArrayList<PlainRecord>();
                    for (ByteBuffer batch : BatchEncoder.encode(records, LARGE)) {
                        for (Record record : MemoryRecords.readableRecords(batch).records()) {
                            record.ensureValid();
                            found.add(plain(record));
                        }
                    }
                    assertThat(found.stream().map(Content::of).toList())
                            .isEqualTo(records.stream().map(Content::of).toList());
                });
    }

    private static PlainRecord plain(Record record) {
        var headers = new ArrayList<PlainRecord.Header>();
        for (var header : record.headers()) {
            byte[] name = header.key().getBytes(StandardCharsets.UTF_8);
            headers.add(new PlainRecord.Header(name, header.value()));
        }
        return new PlainRecord(
                bytes(record.key()), bytes(record.value()), headers, record.timestamp());
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static PlainRecord ofBytes(int sizeBytes) {
        return new PlainRecord(null, new byte[sizeBytes], List.of(), 1_000);
    }

    @Test
    void a_batch_is_as_full_as_it_may_be_and_one_record_that_is_too_large_is_refused() {
        int alone = BatchEncoder.encode(List.of(ofBytes(1_000)), LARGE).getFirst().remaining();
        assertThat(BatchEncoder.encode(List.of(ofBytes(1_000)), alone)).hasSize(1);
        assertThatThrownBy(() -> BatchEncoder.encode(List.of(ofBytes(1_000)), alone - 1))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE));
        List<PlainRecord> two = List.of(ofBytes(1_000), ofBytes(1_000));
        int both = BatchEncoder.encode(two, LARGE).getFirst().remaining();
        assertThat(BatchEncoder.encode(two, both)).hasSize(1);
        assertThat(BatchEncoder.encode(two, both - 1)).hasSize(2);
        assertThat(BatchEncoder.encode(List.of(), LARGE)).isEmpty();
    }

    @Test
    void a_record_that_is_larger_than_several_may_be_has_a_batch_of_its_own() {
        List<PlainRecord> records =
                List.of(ofBytes(1_000), ofBytes(1_000), ofBytes(9_000), ofBytes(1_000));
        assertThat(BatchEncoder.encode(records, 5_000, LARGE))
                .extracting(batch -> BatchV2Format.recordCount(batch, 0))
                .containsExactly(2, 1, 1);
        assertThatThrownBy(() -> BatchEncoder.encode(records, LARGE, 5_000))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE));
    }

    @Test
    void the_time_of_the_append_is_the_time_of_all_records_where_the_topic_says_so()
            throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            ByteBuffer batch =
                    BatchEncoder.encode(List.of(ofBytes(1), ofBytes(2)), LARGE).getFirst();
            log.partition().append(batch, 1, OptionalLong.of(77)).commit().awaitDurable();
            assertThat(decode(log.partition(), 0, LARGE))
                    .extracting(read -> read.record().timestampMs())
                    .containsExactly(77L, 77L);
        }
    }

    @Test
    void aborted_records_and_markers_are_left_out() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            for (boolean commit : new boolean[] {false, true}) {
                long first = log.partition().nextOffset();
                log.append(Batches.plain().producer(7, 0, 0).transactional().of("in " + commit));
                log.append(Batches.plain().of("beside " + commit));
                var marker = new MarkerV0Format.Marker(7, (short) 0, commit, 1, first, first + 3);
                log.appendDurably(MarkerV0Format.encode(marker, 1_000));
            }
            for (int round = 0; round < 2; round++) {
                assertThat(decode(log.partition(), 0, LARGE))
                        .extracting(read -> new String(value(read), StandardCharsets.UTF_8))
                        .containsExactly("beside false", "in true", "beside true");
                log.store.checkpoint();
            }
        }
    }

    private static byte[] value(Read read) {
        byte[] value = read.record().value();
        return value == null ? new byte[0] : value;
    }

    @Test
    void a_reader_is_not_given_what_the_disk_has_damaged() throws Exception {
        var disk = new FaultyDisk();
        try (TestLog log = TestLog.open(disk, TestLog.LAZY, 1)) {
            log.appendDurably(Batches.plain().of("some value"));
            log.store.checkpoint();
            Path segment = TestLog.directoryOf(0).resolve("00000000000000000000.log");
            disk.flipBit(segment, 70, 1);
            assertThatThrownBy(() -> decode(log.partition(), 0, LARGE))
                    .isInstanceOfSatisfying(
                            SinewException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED_DATA));
        }
    }

    @Test
    void a_record_that_claims_more_than_there_is_costs_no_memory() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            // The length of its value, behind length, attributes, two deltas and the key's length.
            ByteBuffer batch = Batches.plain().of("value");
            batch.put(BatchV2Format.HEADER_BYTES + 5, (byte) 0x7e);
            BatchV2Format.seal(batch, 0);
            log.appendDurably(batch);
            assertThatThrownBy(() -> decode(log.partition(), 0, LARGE))
                    .isInstanceOfSatisfying(
                            SinewException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_BATCH));
        }
    }
}
