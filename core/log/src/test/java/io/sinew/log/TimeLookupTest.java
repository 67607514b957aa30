package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/// Look-ups by time, and the sparse index under them, against a list of all records.
class TimeLookupTest {
    private static final List<Compression> CODECS =
            List.of(
                    Compression.NONE,
                    Compression.gzip().build(),
                    Compression.snappy().build(),
                    Compression.lz4().build(),
                    Compression.zstd().build());

    private record Known(long offset, long timestamp, int epoch) {}

    /// A log, and all its records as a list.
    private static final class Model {
        final FaultyDisk disk = new FaultyDisk();
        final SplittableRandom random;
        final PartitionConfig config;
        final List<Known> records = new ArrayList<>();
        TestLog log;

        Model(SplittableRandom random) throws IOException {
            this.random = random;
            this.config =
                    new PartitionConfig(
                            random.nextInt(1, 60_000), Long.MAX_VALUE, random.nextInt(8_000));
            this.log = open();
        }

        private TestLog open() throws IOException {
            return TestLog.open(disk, TestLog.LAZY, 1, config);
        }

        void reopen() throws IOException {
            log.close();
            log = open();
        }

        /// Timestamps wander; some are far off.
        void append(int batches) throws InterruptedException {
            long time = 1000L + records.size();
            for (int i = 0; i < batches; i++) {
                var batch = new SimpleRecord[random.nextInt(1, 6)];
                for (int j = 0; j < batch.length; j++) {
                    time += random.nextInt(-20, 40);
                    long timestamp = random.nextInt(30) == 0 ? random.nextInt(5000) : time;
                    batch[j] =
                            new SimpleRecord(Math.max(0, timestamp), new byte[random.nextInt(700)]);
                }
                Compression codec = CODECS.get(random.nextInt(CODECS.size()));
                ByteBuffer bytes = MemoryRecords.withRecords(codec, batch).buffer();
                BatchV2Format.requireOne(bytes);
                boolean stamped = random.nextInt(10) == 0;
                add(batch, bytes, stamped ? OptionalLong.of(time) : OptionalLong.empty());
            }
        }

        private void add(SimpleRecord[] batch, ByteBuffer bytes, OptionalLong stamp)
                throws InterruptedException {
            log.store.awaitRoom();
            int epoch = log.store.leaderEpoch();
            PartitionLog.Append append = log.partition().append(bytes, epoch, stamp);
            append.commit().awaitDurable();
            for (int j = 0; j < batch.length; j++) {
                long timestamp = stamp.orElse(batch[j].timestamp());
                records.add(new Known(append.baseOffset() + j, timestamp, epoch));
            }
        }

        void check() throws IOException {
            long start = log.partition().logStartOffset();
            List<Known> live = records.stream().filter(r -> r.offset() >= start).toList();
            for (int i = 0; i < 40; i++) {
                long timestamp = random.nextLong(-10, 6000);
                Optional<RecordPosition> expected =
                        live.stream()
                                .filter(r -> r.timestamp() >= timestamp)
                                .findFirst()
                                .map(TimeLookupTest::position);
                assertThat(log.partition().firstAtOrAfter(timestamp))
                        .as("at or after " + timestamp)
                        .isEqualTo(expected);
            }
            Optional<RecordPosition> latest =
                    live.stream()
                            .max((a, b) -> Long.compare(a.timestamp(), b.timestamp()))
                            .flatMap(max ->
                                    live.stream()
                                            .filter(r -> r.timestamp() == max.timestamp())
                                            .findFirst())
                            .map(TimeLookupTest::position);
            assertThat(log.partition().latestTimestamp()).isEqualTo(latest);
        }

        void checkOffsets() throws IOException {
            long start = log.partition().logStartOffset();
            for (int i = 0; i < 40 && start < log.partition().endOffset(); i++) {
                long offset = random.nextLong(start, log.partition().endOffset());
                try (LogRead read = log.partition().read(offset, 1, true)) {
                    ByteBuffer batch = read.slice().copy();
                    assertThat(BatchV2Format.baseOffset(batch, 0)).isLessThanOrEqualTo(offset);
                    assertThat(BatchV2Format.lastOffset(batch, 0)).isGreaterThanOrEqualTo(offset);
                }
            }
        }
    }

    private static RecordPosition position(Known known) {
        return new RecordPosition(known.offset(), known.timestamp(), known.epoch());
    }

    @Test
    void look_ups_agree_with_a_list_of_all_records() {
        Trials.run(
                60,
                random -> {
                    var model = new Model(random);
                    for (int phase = 0; phase < 6; phase++) {
                        model.append(random.nextInt(60));
                        switch (random.nextInt(4)) {
                            case 0 -> model.log.store.checkpoint();
                            case 1 -> model.reopen();
                            case 2 -> {
                                long end = model.log.partition().endOffset();
                                model.log.partition().trim(random.nextLong(end + 1));
                                model.log.store.barrier().awaitDurable();
                                if (random.nextBoolean()) {
                                    model.log.partition().deleteTrimmedSegments();
                                }
                            }
                            default -> {}
                        }
                        model.check();
                        model.checkOffsets();
                    }
                    model.log.close();
                });
    }

    /// What may have become of an index file: it is a shortcut and nothing more.
    private static void spoil(FaultyDisk disk, Path index, SplittableRandom random)
            throws IOException {
        byte[] intact = disk.contentOf(index);
        switch (random.nextInt(5)) {
            case 0 -> disk.delete(index);
            case 1 -> disk.put(index, Arrays.copyOf(intact, random.nextInt(intact.length)));
            case 2 -> disk.flipBit(index, random.nextInt(intact.length), random.nextInt(8));
            case 3 -> {
                var noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);
                disk.put(index, noise);
            }
            default -> disk.put(index, coveringOnlyTheBeginning(intact));
        }
    }

    /// As if it had been written when the segment ended before its last indexed batch.
    private static byte[] coveringOnlyTheBeginning(byte[] intact) {
        var in = ByteBuffer.wrap(intact);
        int kept = Math.max(0, in.getInt(4) - 1);
        int end = 32 + kept * 16;
        var out = ByteBuffer.allocate(end + 4);
        out.put(intact, 0, end);
        out.putInt(4, kept);
        out.putInt(16, in.getInt(4) == 0 ? 0 : in.getInt(end + 4));
        out.putLong(24, kept == 0 ? Long.MIN_VALUE : in.getLong(end - 8));
        var crc = new CRC32C();
        crc.update(out.array(), 0, end);
        return out.putInt((int) crc.getValue()).array();
    }

    @Test
    void an_index_file_that_is_missing_cut_damaged_or_short_changes_no_answer() {
        Trials.run(
                60,
                random -> {
                    var model = new Model(random);
                    model.append(200);
                    model.log.close();
                    for (Path path : model.disk.list(TestLog.directoryOf(0))) {
                        if (path.toString().endsWith(".index")) {
                            spoil(model.disk, path, random);
                        }
                    }
                    model.log = model.open();
                    model.check();
                    model.checkOffsets();
                    model.log.close();
                });
    }

    @Test
    void an_empty_log_has_no_times() throws Exception {
        try (TestLog log = TestLog.open(new FaultyDisk(), TestLog.LAZY, 1)) {
            assertThat(log.partition().firstAtOrAfter(0)).isEmpty();
            assertThat(log.partition().latestTimestamp()).isEmpty();
            log.appendDurably(Batches.plain().of("a"));
            log.partition().trim(1);
            assertThat(log.partition().firstAtOrAfter(0)).isEmpty();
            assertThat(log.partition().latestTimestamp()).isEmpty();
        }
    }

    @Test
    void records_that_cannot_be_unpacked_are_refused_whatever_the_codec_throws() {
        Trials.run(
                2000,
                random -> {
                    Compression codec = CODECS.get(random.nextInt(CODECS.size()));
                    var records = new SimpleRecord[5];
                    for (int i = 0; i < records.length; i++) {
                        records[i] = new SimpleRecord(i, new byte[random.nextInt(100)]);
                    }
                    ByteBuffer batch = MemoryRecords.withRecords(codec, records).buffer();
                    int at = random.nextInt(BatchV2Format.HEADER_BYTES, batch.limit());
                    batch.put(at, (byte) random.nextInt());
                    try {
                        BatchRecords.firstAtOrAfter(batch, 1 << 20, 0, UnpackBudget.ofLookup());
                        BatchRecords.maxTimestamp(batch, 0, UnpackBudget.ofLookup());
                    } catch (SinewException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_BATCH);
                    }
                });
    }

    @Test
    void an_unknown_codec_is_refused() {
        ByteBuffer batch = Batches.plain().of("a");
        batch.putShort(21, (short) 6);
        SinewException refusal =
                catchThrowableOfType(
                        SinewException.class,
                        () -> BatchRecords.firstAtOrAfter(batch, 0, 0, UnpackBudget.ofLookup()));
        assertThat(refusal.code()).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION);
    }
}
