package io.sinew.kafkawire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sinew.base.ErrorCode;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireWriterTest {
    private static final int MAX_SIZE_BYTES = 1 << 20;

    private final WireWriter out = new WireWriter(16, MAX_SIZE_BYTES);

    @Test
    void more_than_the_limit_is_refused_records_included() {
        WireWriter small = new WireWriter(0, 100);
        small.writeRecords(records(90), false);
        assertThat(small.size()).isEqualTo(94);
        small.writeUnsignedVarint(127);
        refused(() -> small.writeBytes(new byte[2], false), "a message of more than 100 bytes");
        small.reset();
        small.writeBytes(new byte[96], false);
        assertThat(small.size()).isEqualTo(100);
        refused(() -> small.writeInt8((byte) 0), "a message of more than 100 bytes");
        small.reset();
        refused(() -> small.writeRecords(records(97), false), "a message of more than 100 bytes");
    }

    @Test
    void what_no_version_can_carry_is_refused() {
        refused(() -> out.writeString(null, true), "null where the version does not allow it");
        refused(() -> out.writeBytes(null, true), "null where the version does not allow it");
        refused(() -> out.writeRecords(null, true), "null where the version does not allow it");
        refused(() -> out.writeString("x".repeat(32_768), true), "a string of 32768 bytes");
        refused(() -> out.writeString("é".repeat(16_384), false), "a string of 32768 bytes");
        refused(() -> out.writeUint16(65_536), "65536 does not fit");
        refused(() -> out.writeUint32(-1), "-1 does not fit");
    }

    @Test
    void records_keep_their_place_and_are_not_copied() throws IOException {
        Records first = records(3);
        Records second = records(2);
        out.writeInt8((byte) 1);
        out.writeRecords(first, false);
        out.writeRecords(second, true);
        out.writeNullableRecords(null, false);
        assertThat(out.size()).isEqualTo(1 + 4 + 3 + 1 + 2 + 4);
        assertThat(parts()).containsExactly("0100000003", first, "03", second, "ffffffff");
    }

    @Test
    void records_without_bytes_are_a_length_and_no_part() throws IOException {
        out.writeRecords(records(0), false);
        assertThat(parts()).containsExactly("00000000");
    }

    @Test
    void records_next_to_each_other_and_at_the_end_are_handed_over_in_order() throws IOException {
        List<Object> expected = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            Records records = records(i);
            out.writeRecords(records, true);
            expected.add(HexFormat.of().toHexDigits((byte) (i + 1)));
            expected.add(records);
        }
        assertThat(parts()).isEqualTo(expected);
    }

    @Test
    void a_frame_begins_with_the_length_of_all_that_follows() {
        out.beginFrame();
        out.writeInt16((short) 7);
        out.writeRecords(records(5), false);
        out.endFrame();
        out.beginFrame();
        out.writeInt8((byte) 9);
        out.endFrame();
        assertThat(HexFormat.of().formatHex(Codec.bytesOf(out)))
                .isEqualTo("0000000b" + "0007" + "00000005" + "0000000000" + "00000001" + "09");
    }

    @Test
    void a_tagged_field_of_any_size_has_its_length_before_it() {
        for (int size : new int[] {0, 1, 127, 128, 300, 16_383, 16_384, 70_000}) {
            out.reset();
            out.writeInt8((byte) 5);
            int begin = out.beginTagged(3);
            for (int i = 0; i < size; i++) {
                out.writeInt8((byte) i);
            }
            out.endTagged(begin);
            out.writeInt8((byte) 6);

            WireReader in = reader();
            assertThat(in.readInt8()).isEqualTo((byte) 5);
            assertThat(in.readUnsignedVarint()).isEqualTo(3);
            int end = in.beginTagged();
            for (int i = 0; i < size; i++) {
                assertThat(in.readInt8()).isEqualTo((byte) i);
            }
            in.endTagged(end);
            assertThat(in.readInt8()).isEqualTo((byte) 6);
            assertThat(in.remaining()).isZero();
        }
    }

    @Test
    void every_type_is_read_back_as_it_was_written() {
        Trials.run(
                200,
                random -> {
                    out.reset();
                    long number = random.nextLong() >> random.nextInt(64);
                    boolean compact = random.nextBoolean();
                    String text = "é".repeat(random.nextInt(3)) + "x".repeat(random.nextInt(300));
                    out.writeUint16((int) number & 0xffff);
                    out.writeUint32(number & 0xffff_ffffL);
                    out.writeInt64(number);
                    out.writeFloat64(number / 3.0);
                    out.writeUnsignedVarint((int) number);
                    out.writeString(text, compact);
                    out.writePresence(compact);

                    WireReader in = reader();
                    assertThat(in.readUint16()).isEqualTo((int) number & 0xffff);
                    assertThat(in.readUint32()).isEqualTo(number & 0xffff_ffffL);
                    assertThat(in.readInt64()).isEqualTo(number);
                    assertThat(in.readFloat64()).isEqualTo(number / 3.0);
                    assertThat(in.readUnsignedVarint()).isEqualTo((int) number);
                    assertThat(in.readString(compact)).isEqualTo(text);
                    assertThat(in.readPresence()).isEqualTo(compact);
                    assertThat(in.remaining()).isZero();
                });
    }

    @Test
    void a_reset_writer_starts_empty_and_gives_back_a_huge_array() throws IOException {
        out.writeRecords(records(9), false);
        out.reset();
        assertThat(out.size()).isZero();
        assertThat(parts()).isEmpty();

        WireWriter large = new WireWriter(16, 1 << 24);
        large.writeBytes(new byte[2 * WireWriter.MAX_KEPT_BYTES], false);
        large.reset();
        assertThat(Allocation.bytes(() -> large.writeBytes(new byte[16], false)))
                .as("the array grows from its first size again")
                .isGreaterThan(16 + 16 + 16);
    }

    private List<Object> parts() throws IOException {
        List<Object> parts = new ArrayList<>();
        out.forEachPart(
                new WireWriter.PartConsumer() {
                    @Override
                    public void bytes(byte[] array, int offset, int length) {
                        parts.add(HexFormat.of().formatHex(array, offset, offset + length));
                    }

                    @Override
                    public void records(Records records) {
                        parts.add(records);
                    }
                });
        return parts;
    }

    private WireReader reader() {
        return new WireReader(ByteBuffer.wrap(Codec.bytesOf(out)));
    }

    private static Records records(int sizeBytes) {
        return new BufferRecords(ByteBuffer.allocate(sizeBytes));
    }

    private static void refused(Runnable write, String message) {
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(write::run)
                .withMessageContaining(message)
                .matches(e -> e.code() == ErrorCode.INTERNAL_ERROR);
    }
}
