package io.sinew.groups;

import static io.sinew.groups.GroupClient.bytes;
import static io.sinew.groups.GroupClient.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Trials;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupRecordV1FormatTest {
    @Test
    void a_record_of_another_version_is_refused() {
        byte[] bytes = GroupRecordV1Format.encode(new GroupRecord.GroupRemoved("g"));
        bytes[0] = 2;
        refuses(bytes, "version is 2");
    }

    @Test
    void a_record_of_no_known_kind_is_refused() {
        refuses(new byte[] {1, 99}, "kind is 99");
    }

    @Test
    void bytes_after_the_record_are_refused() {
        refuses(hex("0102" + "00000001" + "67" + "00"), "1 bytes follow");
    }

    @Test
    void sizes_that_the_bytes_do_not_have_are_refused_before_anything_is_made_of_them() {
        refuses(hex("0102" + "7fffffff"), "2147483647 more bytes");
        refuses(hex("0102" + "ffffffff"), "-1 bytes");
        refuses(hex("0104" + "00000001" + "67" + "7fffffff"), "2147483647 parts");
        refuses(hex("0105" + "80000000"), "-2147483648 parts");
    }

    @Test
    void text_that_is_not_utf_8_is_refused() {
        refuses(hex("0102" + "00000001" + "ff"), "UTF-8");
    }

    @Test
    void a_generation_whose_parts_do_not_fit_together_is_refused() {
        GroupRecord.StoredMember member = member("m", "i", "range");
        refuses(generation(-1, "range", "m", member), "generation is -1");
        refuses(generation(1, "range", "somebody else", member), "do not fit");
        refuses(generation(1, "range", null, member), "do not fit");
        refuses(generation(1, "sticky", "m", member), "do not fit");
        refuses(generation(1, "range", "m"), "do not fit");
        refuses(generation(1, null, null, member), "do not fit");
        refuses(generation(1, "range", "m", member, member("m", "j", "range")), "do not fit");
        refuses(generation(1, "range", "m", member, member("n", "i", "range")), "do not fit");
    }

    @Test
    void a_member_that_has_a_protocol_twice_is_refused() {
        GroupCommand.Protocol protocol = new GroupCommand.Protocol("range", bytes("meta"));
        var member =
                new GroupRecord.StoredMember(
                        "m", null, "app", "host", 1, 2, List.of(protocol, protocol), bytes(""));
        refuses(generation(1, "range", "m", member), "a protocol twice");
    }

    @Test
    void the_bytes_are_the_documented_ones() {
        UUID topicId = new UUID(1, 2);
        var record =
                new GroupRecord.OffsetsStored(
                        "gø",
                        3,
                        List.of(new GroupOffset(new GroupPartition(topicId, 4), 5, 6, "m")));
        assertThat(HexFormat.of().formatHex(GroupRecordV1Format.encode(record)))
                .isEqualTo(
                        "0103"
                                + "00000003"
                                + "67c3b8"
                                + "0000000000000003"
                                + "00000001"
                                + "00000000000000010000000000000002"
                                + "00000004"
                                + "0000000000000005"
                                + "00000006"
                                + "00000001"
                                + "6d");
        assertThat(
                        HexFormat.of()
                                .formatHex(
                                        GroupRecordV1Format.encode(
                                                new GroupRecord.GenerationStored(
                                                        "g",
                                                        7,
                                                        "c",
                                                        "range",
                                                        "m",
                                                        8,
                                                        List.of(member("m", null, "range"))))))
                .isEqualTo(
                        "0101"
                                + "0000000167"
                                + "00000007"
                                + "0000000163"
                                + "0000000572616e6765"
                                + "000000016d"
                                + "0000000000000008"
                                + "00000001"
                                + "000000016d"
                                + "ffffffff"
                                + "00000003617070"
                                + "00000004686f7374"
                                + "00000001"
                                + "00000002"
                                + "00000001"
                                + "0000000572616e6765"
                                + "000000046d657461"
                                + "0000000461737367");
    }

    @Test
    void every_record_comes_back_as_it_was() {
        Trials.run(
                300,
                random -> {
                    GroupRecord record = anyRecord(random);
                    byte[] bytes = GroupRecordV1Format.encode(record);
                    assertThat(GroupRecordV1Format.decode(ByteBuffer.wrap(bytes)))
                            .isEqualTo(record);
                });
    }

    @Test
    void damaged_bytes_are_refused_or_read_but_nothing_else_happens() {
        Trials.run(
                2_000,
                random -> {
                    byte[] bytes = GroupRecordV1Format.encode(anyRecord(random));
                    int size = bytes.length;
                    if (random.nextBoolean()) {
                        size = random.nextInt(size);
                    } else {
                        for (int i = random.nextInt(1, 4); i > 0; i--) {
                            bytes[random.nextInt(size)] = (byte) random.nextInt();
                        }
                    }
                    try {
                        GroupRecord record =
                                GroupRecordV1Format.decode(ByteBuffer.wrap(bytes, 0, size));
                        joinAfter(record);
                    } catch (SinewException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED_DATA);
                    }
                });
    }

    /// Whatever can be read can be worked with.
    private static void joinAfter(GroupRecord record) {
        var state =
                new GroupsState(
                        GroupLimits.defaults(),
                        ConsumerGroupLimits.defaults(),
                        StreamsGroupLimits.defaults());
        state.replay(record);
        state.handle(0, 1, GroupClient.dynamic().join());
        state.tick(Integer.MAX_VALUE);
    }

    private static void refuses(GroupRecord record, String how) {
        refuses(GroupRecordV1Format.encode(record), how);
    }

    private static void refuses(byte[] bytes, String how) {
        assertThatExceptionOfType(SinewException.class)
                .isThrownBy(() -> GroupRecordV1Format.decode(ByteBuffer.wrap(bytes)))
                .withMessageContaining(how)
                .matches(e -> e.code() == ErrorCode.DAMAGED_DATA);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static GroupRecord generation(
            int generation,
            @Nullable String protocolName,
            @Nullable String leader,
            GroupRecord.StoredMember... members) {
        return new GroupRecord.GenerationStored(
                "g", generation, "consumer", protocolName, leader, 0, List.of(members));
    }

    private static GroupRecord.StoredMember member(
            String memberId, @Nullable String instanceId, String protocolName) {
        return new GroupRecord.StoredMember(
                memberId,
                instanceId,
                "app",
                "host",
                1,
                2,
                List.of(new GroupCommand.Protocol(protocolName, bytes("meta"))),
                bytes("assg"));
    }

    private static GroupRecord anyRecord(SplittableRandom random) {
        String groupId = anyText(random);
        return switch (random.nextInt(5)) {
            case 0 -> new GroupRecord.GroupRemoved(groupId);
            case 1 ->
                    new GroupRecord.OffsetsStored(
                            groupId,
                            random.nextLong(),
                            IntStream.range(0, random.nextInt(5))
                                    .mapToObj(i ->
                                            new GroupOffset(
                                                    partition(i, random.nextInt()),
                                                    random.nextLong(),
                                                    random.nextInt(),
                                                    anyText(random)))
                                    .toList());
            case 2 ->
                    new GroupRecord.OffsetsRemoved(
                            groupId,
                            IntStream.range(0, random.nextInt(5))
                                    .mapToObj(i -> partition(i, random.nextInt()))
                                    .toList());
            case 3 ->
                    new GroupRecord.TopicsRemoved(
                            IntStream.range(0, random.nextInt(5))
                                    .mapToObj(i -> new UUID(random.nextLong(), i))
                                    .toList());
            default -> anyGeneration(random, groupId);
        };
    }

    private static GroupRecord anyGeneration(SplittableRandom random, String groupId) {
        List<GroupRecord.StoredMember> members =
                IntStream.range(0, random.nextInt(4))
                        .mapToObj(i ->
                                member("m" + i, random.nextBoolean() ? "i" + i : null, "range"))
                        .toList();
        boolean empty = members.isEmpty();
        return new GroupRecord.GenerationStored(
                groupId,
                random.nextInt(Integer.MAX_VALUE),
                anyText(random),
                empty ? null : "range",
                empty ? null : members.getLast().memberId(),
                random.nextLong(),
                members);
    }

    private static String anyText(SplittableRandom random) {
        return "aé漢😀".repeat(random.nextInt(4));
    }
}
