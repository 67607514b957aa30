package io.sinew.kafkawire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WireReaderTest {
    @Test
    void a_read_past_the_end_names_the_byte_and_what_is_left() {
        WireReader in = reader("0000 0001 02");
        in.readInt32();
        refused(in, WireReader::readInt16, "byte 4: 2 bytes needed, 1 left");
    }

    @Test
    void an_array_count_beyond_what_the_frame_could_hold_is_refused() {
        refused("0000 0003 000000", in -> in.readArrayCount(false, 2), "an array of 3 elements");
        assertThat(reader("0000 0003 000000").readArrayCount(false, 1)).isEqualTo(3);
        refused("04 000000", in -> in.readArrayCount(true, 2), "an array of 3 elements");
        assertThat(reader("04 000000").readArrayCount(true, 1)).isEqualTo(3);
    }

    @Test
    void an_array_of_more_than_a_million_elements_is_refused_even_if_the_frame_could_hold_it() {
        ByteBuffer frame = ByteBuffer.allocate(2_000_000);
        frame.putInt(0, WireReader.MAX_ARRAY_COUNT);
        assertThat(new WireReader(frame).readArrayCount(false, 1)).isEqualTo(1_000_000);
        frame.putInt(0, WireReader.MAX_ARRAY_COUNT + 1);
        refused(new WireReader(frame), in -> in.readArrayCount(false, 1), "1000001 elements");
    }

    @Test
    void a_negative_length_is_null_at_minus_one_and_refused_below() {
        assertThat(reader("ffff").readNullableString(false)).isNull();
        assertThat(reader("ffffffff").readNullableBytes(false)).isNull();
        assertThat(reader("ffffffff").readNullableRecords(false)).isNull();
        assertThat(reader("ffffffff").readNullableArrayCount(false, 1)).isEqualTo(-1);
        refused("fffe", in -> in.readNullableString(false), "a length of -2");
        refused("fffffffe", in -> in.readNullableBytes(false), "a length of -2");
        refused("fffffffe", in -> in.readNullableRecords(false), "a length of -2");
        refused("fffffffe", in -> in.readNullableArrayCount(false, 1), "an array of -2 elements");
    }

    @Test
    void null_is_refused_where_the_version_does_not_allow_it() {
        refused("ffff", in -> in.readString(false), "byte 0: null");
        refused("00", in -> in.readString(true), "byte 0: null");
        refused("00", in -> in.readBytes(true), "byte 0: null");
        refused("00", in -> in.readRecords(true), "byte 0: null");
        refused("00", in -> in.readArrayCount(true, 1), "byte 0: null");
    }

    @Test
    void a_length_beyond_the_frame_is_refused() {
        refused("0004 616263", in -> in.readString(false), "a length of 4, with 3 bytes left");
        refused("05 616263", in -> in.readString(true), "a length of 4, with 3 bytes left");
        refused("7fffffff 61", in -> in.readBytes(false), "a length of 2147483647");
        refused("ffffffff07 61", in -> in.readRecords(true), "a length of 2147483646");
        refused("ffffffff0f 61", in -> in.readBytes(true), "a length of -2");
    }

    @Test
    void a_string_longer_than_any_legal_one_is_refused_even_if_it_is_there() {
        ByteBuffer frame = ByteBuffer.allocate(40_000);
        frame.put(HexFormat.of().parseHex("818002")).flip().limit(40_000);
        refused(new WireReader(frame), in -> in.readString(true), "a string of 32768 bytes");
    }

    @Test
    void a_varint_of_five_bytes_is_the_longest_and_of_32_bits_the_widest() {
        assertThat(reader("ffffffff0f").readUnsignedVarint()).isEqualTo(-1);
        assertThat(reader("ffffffff07").readUnsignedVarint()).isEqualTo(Integer.MAX_VALUE);
        assertThat(reader("8000").readUnsignedVarint()).isZero();
        refused("ffffffff10", WireReader::readUnsignedVarint, "a varint of more than 32 bits");
        refused("808080808000", WireReader::readUnsignedVarint, "a varint of more than 32 bits");
        refused("ffff", WireReader::readUnsignedVarint, "1 bytes needed, 0 left");
    }

    @Test
    void too_many_tagged_fields_are_refused() {
        ByteBuffer frame = ByteBuffer.allocate(100_000);
        frame.put(HexFormat.of().parseHex("914e"));
        frame.rewind();
        refused(new WireReader(frame), WireReader::skipTags, "10001 tagged fields");
        refused("03 0000 00", WireReader::skipTags, "3 tagged fields, with 3 bytes left");
        refused("ffffffff0f", WireReader::skipTags, "4294967295 tagged fields");
    }

    @Test
    void a_tagged_field_longer_or_shorter_than_its_length_is_refused() {
        // FetchPartition's tag 1 is an int64: nine and seven bytes are not.
        String partition = "00000001 00000001 0000000000000000 00000001 0000000000000000 00000001";
        String before =
                "00000000 00000000 00000000 00 00000000 00000000 02"
                        + "00000000000000010000000000000001 02"
                        + partition
                        + "01 01";
        for (String field : new String[] {"09 000000000000000000", "07 00000000000000"}) {
            refused(
                    before + field + "00 01 01 00 0000",
                    in -> FetchRequest.read(in, 18),
                    "a tagged field ends here");
        }
        assertThat(FetchRequest.read(reader(before + "08 0000000000000005 00 01 01 00"), 18))
                .satisfies(r ->
                        assertThat(r.topics.getFirst().partitions.getFirst().highWatermark)
                                .isEqualTo(5));
    }

    @Test
    void invalid_utf_8_is_refused_in_every_kind_of_buffer() {
        for (String bad : new String[] {"0002 c328", "0001 ff", "0003 eda080", "0002 c080"}) {
            refused(bad, in -> in.readString(false), "byte 0: a string that is not UTF-8");
            byte[] bytes = HexFormat.of().parseHex(bad.replace(" ", ""));
            ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            refused(new WireReader(direct), in -> in.readString(false), "not UTF-8");
            ByteBuffer readOnly = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
            refused(new WireReader(readOnly), in -> in.readString(false), "not UTF-8");
        }
    }

    @Test
    void records_are_a_window_on_the_frame() {
        ByteBuffer frame = ByteBuffer.allocate(12);
        frame.putInt(2).put("abcdefgh".getBytes(StandardCharsets.US_ASCII)).flip();
        WireReader in = new WireReader(frame);
        BufferRecords records = (BufferRecords) in.readRecords(false);
        assertThat(records.sizeBytes()).isEqualTo(2);
        assertThat(in.position()).isEqualTo(6);
        frame.put(5, (byte) 'X');
        assertThat(records.bytes().get(1)).isEqualTo((byte) 'X');
    }

    @Test
    void reading_a_produce_request_costs_the_same_for_small_and_large_batches() {
        assertThat(produceAllocation(1 << 20)).isEqualTo(produceAllocation(16)).isLessThan(700);
    }

    @Test
    void the_buffer_given_keeps_its_position() {
        ByteBuffer frame = ByteBuffer.allocate(8).position(2);
        WireReader in = new WireReader(frame);
        assertThat(in.peekInt16(4)).isZero();
        in.readInt32();
        assertThat(frame.position()).isEqualTo(2);
        assertThat(in.position()).isEqualTo(4);
        assertThat(in.remaining()).isEqualTo(2);
    }

    @Test
    void a_peek_past_the_end_is_refused() {
        refused("0000 00", in -> in.peekInt16(2), "4 bytes needed, 3 left");
    }

    private static long produceAllocation(int recordBytes) {
        ProduceRequest request = new ProduceRequest();
        ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData();
        topic.name = "orders";
        ProduceRequest.PartitionProduceData partition = new ProduceRequest.PartitionProduceData();
        partition.records = new BufferRecords(ByteBuffer.allocate(recordBytes));
        topic.partitionData.add(partition);
        request.topicData.add(topic);
        ByteBuffer frame = ByteBuffer.wrap(Codec.write(request, 9));
        Runnable read = () -> ProduceRequest.read(new WireReader(frame), 9);
        read.run();
        return Allocation.bytes(read);
    }

    private static void refused(String hex, Consumer<WireReader> read, String message) {
        refused(reader(hex), read, message);
    }

    private static void refused(WireReader in, Consumer<WireReader> read, String message) {
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> read.accept(in))
                .withMessageContaining(message);
    }

    private static WireReader reader(String hex) {
        String digits = hex.replace(" ", "").toLowerCase(Locale.ROOT);
        return new WireReader(ByteBuffer.wrap(HexFormat.of().parseHex(digits)));
    }
}
