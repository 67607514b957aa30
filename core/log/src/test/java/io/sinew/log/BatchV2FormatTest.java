package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.Trials;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// What is taken from a producer.
class BatchV2FormatTest {
    private static ErrorCode refusal(ByteBuffer bytes) {
        int position = bytes.position();
        SinewException refusal =
                catchThrowableOfType(SinewException.class, () -> BatchV2Format.requireOne(bytes));
        assertThat(refusal).as("refused").isNotNull();
        assertThat(bytes.position()).isEqualTo(position);
        return refusal.code();
    }

    /// A batch changed after it was made, with a checksum that fits again.
    private static ByteBuffer changed(Consumer<ByteBuffer> change) {
        ByteBuffer batch = Batches.plain().of("a", "b");
        change.accept(batch);
        return sealed(batch);
    }

    private static ByteBuffer sealed(ByteBuffer batch) {
        var crc = new CRC32C();
        crc.update(batch.slice(21, batch.limit() - 21));
        return batch.putInt(17, (int) crc.getValue());
    }

    @Test
    void a_batch_that_is_cut_off_is_refused_wherever_it_is_cut() {
        ByteBuffer whole = Batches.plain().of("a", "b");
        for (int size = 0; size < whole.limit(); size++) {
            assertThat(refusal(whole.slice(0, size))).isEqualTo(ErrorCode.INVALID_RECORD);
        }
    }

    @Test
    void more_than_one_batch_is_refused() {
        ByteBuffer batch = Batches.plain().of("a");
        ByteBuffer two = ByteBuffer.allocate(2 * batch.limit());
        two.put(batch.duplicate()).put(batch.duplicate()).flip();
        assertThat(refusal(two)).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void other_message_formats_are_refused() {
        for (byte old : new byte[] {0, 1}) {
            assertThat(refusal(changed(batch -> batch.put(16, old))))
                    .isEqualTo(ErrorCode.INVALID_RECORD);
        }
        for (byte unknown : new byte[] {3, -1}) {
            assertThat(refusal(changed(batch -> batch.put(16, unknown))))
                    .isEqualTo(ErrorCode.CORRUPT_BATCH);
        }
    }

    @Test
    void a_wrong_checksum_is_refused() {
        ByteBuffer batch = Batches.plain().of("a");
        batch.putInt(17, batch.getInt(17) + 1);
        assertThat(refusal(batch)).isEqualTo(ErrorCode.CORRUPT_BATCH);
    }

    @Test
    void impossible_sizes_are_refused() {
        for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 48, Integer.MAX_VALUE}) {
            assertThat(refusal(changed(batch -> batch.putInt(8, length))))
                    .isEqualTo(ErrorCode.CORRUPT_BATCH);
        }
    }

    @Test
    void record_counts_that_do_not_fit_the_offsets_are_refused() {
        for (int count : new int[] {Integer.MIN_VALUE, -1, 0, 1, 3, Integer.MAX_VALUE}) {
            assertThat(refusal(changed(batch -> batch.putInt(57, count))))
                    .isEqualTo(ErrorCode.INVALID_RECORD);
        }
        assertThat(refusal(changed(batch -> batch.putInt(23, -1).putInt(57, 0))))
                .isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(
                        refusal(
                                changed(batch ->
                                        batch.putInt(23, Integer.MAX_VALUE)
                                                .putInt(57, Integer.MIN_VALUE))))
                .isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void more_records_than_the_bytes_can_hold_are_refused() {
        int claimed = Integer.MAX_VALUE;
        assertThat(refusal(changed(batch -> batch.putInt(23, claimed - 1).putInt(57, claimed))))
                .isEqualTo(ErrorCode.INVALID_RECORD);
        short gzip = 1;
        assertThat(
                        refusal(
                                changed(batch ->
                                        batch.putShort(21, gzip)
                                                .putInt(23, 10_000_000)
                                                .putInt(57, 10_000_001))))
                .isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void what_only_the_broker_may_set_is_refused() {
        assertThat(refusal(changed(batch -> batch.putShort(21, (short) 0x20))))
                .isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(refusal(changed(batch -> batch.putShort(21, (short) 0x40))))
                .isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(refusal(changed(batch -> batch.putShort(21, (short) 0x08))))
                .isEqualTo(ErrorCode.INVALID_TIMESTAMP);
    }

    @Test
    void unknown_codecs_are_refused() {
        for (short codec = 5; codec < 8; codec++) {
            short attributes = codec;
            assertThat(refusal(changed(batch -> batch.putShort(21, attributes))))
                    .isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION);
        }
    }

    @Test
    void a_producer_id_without_epoch_or_sequence_is_refused() {
        BatchV2Format.requireOne(Batches.plain().producer(7, 0, 0).of("a"));
        assertThat(refusal(Batches.plain().producer(7, -1, 0).of("a")))
                .isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(refusal(Batches.plain().producer(7, 0, -1).of("a")))
                .isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void damaged_bytes_are_refused_and_never_taken_and_nothing_else_is_thrown() {
        Trials.run(
                20_000,
                random -> {
                    int before = random.nextInt(8);
                    ByteBuffer whole = Batches.plain().of("a", "b".repeat(random.nextInt(50)));
                    var bytes = ByteBuffer.allocate(before + whole.limit());
                    bytes.put(before, whole, 0, whole.limit()).position(before);
                    int at = before + random.nextInt(whole.limit());
                    byte noise = (byte) random.nextInt(1, 256);
                    bytes.put(at, (byte) (bytes.get(at) ^ noise));
                    if (random.nextInt(4) == 0) {
                        bytes.limit(random.nextInt(before, bytes.limit()));
                    }
                    try {
                        BatchV2Format.requireOne(bytes);
                        // Only what the checksum leaves out, and the broker overwrites, may differ.
                        assertThat(at - before).matches(i -> i < 8 || (i >= 12 && i < 16));
                        assertThat(BatchV2Format.checksumHolds(bytes, before)).isTrue();
                    } catch (SinewException e) {
                        assertThat(e.code())
                                .isIn(ErrorCode.CORRUPT_BATCH, ErrorCode.INVALID_RECORD);
                    }
                });
    }

    @Test
    void noise_is_refused() {
        Trials.run(
                5_000,
                random -> {
                    var noise = new byte[random.nextInt(200)];
                    random.nextBytes(noise);
                    if (noise.length > 16 && random.nextBoolean()) {
                        noise[16] = 2;
                        ByteBuffer.wrap(noise).putInt(8, noise.length - 12);
                    }
                    assertThat(refusal(ByteBuffer.wrap(noise)))
                            .isIn(ErrorCode.CORRUPT_BATCH, ErrorCode.INVALID_RECORD);
                });
    }

    @Test
    void the_broker_s_own_changes_leave_a_batch_that_holds() {
        ByteBuffer batch = Batches.plain().of("a", "b");
        BatchV2Format.place(batch, 0, 1L << 40, 12);
        assertThat(BatchV2Format.checksumHolds(batch, 0)).isTrue();
        assertThat(BatchV2Format.lastOffset(batch, 0)).isEqualTo((1L << 40) + 1);
        BatchV2Format.stampLogAppendTime(batch, 0, 77);
        assertThat(BatchV2Format.checksumHolds(batch, 0)).isTrue();
        assertThat(BatchV2Format.maxTimestamp(batch, 0)).isEqualTo(77);
        assertThat(BatchV2Format.hasLogAppendTime(batch, 0)).isTrue();
    }
}
