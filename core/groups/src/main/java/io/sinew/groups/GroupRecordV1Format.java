package io.sinew.groups;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The bytes of a [GroupRecord], version 1. Numbers are big-endian.
///
/// ```
/// record     = version:1 (is 1) kind:1 body
/// kind 1     = generation stored: group:text generation:4 protocolType:text protocolName:text?
///              leader:text? sinceMs:8 members:list of member
/// member     = memberId:text instanceId:text? clientId:text clientHost:text sessionTimeoutMs:4
///              rebalanceTimeoutMs:4 protocols:list of (name:text metadata:bytes) assignment:bytes
/// kind 2     = group removed: group:text
/// kind 3     = offsets stored: group:text committedAtMs:8 offsets:list of
///              (topicId:16 partition:4 offset:8 leaderEpoch:4 metadata:text)
/// kind 4     = offsets removed: group:text partitions:list of (topicId:16 partition:4)
/// kind 5     = topics removed: topicIds:list of topicId:16
/// kind 6     = offsets pending: group:text producerId:8 atMs:8 offsets as in kind 3
/// kind 7     = transaction ended: group:text producerId:8 committed:1 (0 or 1)
/// kind 8     = consumer group changed: see [ConsumerGroupV1Format]
/// kind 9     = streams group changed: see [StreamsGroupV1Format]
/// list of x  = count:4 x...
/// bytes      = size:4 byte...
/// text       = size:4 UTF-8...; text? may have size -1 for null
/// ```
///
/// The record ends where its bytes end. Checksums are the log's business; still nothing read here
/// is trusted: a size is compared with the bytes that are left before anything is allocated, and a
/// generation whose leader or chosen protocol its members don't have is refused.
public final class GroupRecordV1Format {
    private static final byte VERSION = 1;
    private static final byte GENERATION_STORED = 1;
    private static final byte GROUP_REMOVED = 2;
    private static final byte OFFSETS_STORED = 3;
    private static final byte OFFSETS_REMOVED = 4;
    private static final byte TOPICS_REMOVED = 5;
    private static final byte OFFSETS_PENDING = 6;
    private static final byte TRANSACTION_ENDED = 7;
    private static final byte CONSUMER_GROUP_CHANGED = 8;
    private static final byte STREAMS_GROUP_CHANGED = 9;

    private static final int TOPIC_ID_BYTES = 16;
    private static final int PARTITION_BYTES = TOPIC_ID_BYTES + 4;
    private static final int OFFSET_BYTES_MIN = PARTITION_BYTES + 8 + 4 + 4;
    private static final int PROTOCOL_BYTES_MIN = 4 + 4;
    private static final int MEMBER_BYTES_MIN = 8 * 4;

    private GroupRecordV1Format() {}

    public static byte[] encode(GroupRecord record) {
        var bytes = new ByteArrayOutputStream();
        try {
            write(record, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// The record in all the bytes that remain, or a `SinewException` with `DAMAGED_DATA`.
    public static GroupRecord decode(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice();
        need(in, 2);
        byte version = in.get();
        if (version != VERSION) {
            throw damaged("its version is " + version + ", only 1 is known");
        }
        GroupRecord record = read(in);
        if (in.hasRemaining()) {
            throw damaged(in.remaining() + " bytes follow it");
        }
        return record;
    }

    private static void write(GroupRecord record, DataOutputStream out) throws IOException {
        out.writeByte(VERSION);
        switch (record) {
            case GroupRecord.GenerationStored stored -> {
                out.writeByte(GENERATION_STORED);
                writeGeneration(stored, out);
            }
            case GroupRecord.GroupRemoved removed -> {
                out.writeByte(GROUP_REMOVED);
                writeText(removed.groupId(), out);
            }
            case GroupRecord.OffsetsStored stored -> {
                out.writeByte(OFFSETS_STORED);
                writeText(stored.groupId(), out);
                out.writeLong(stored.committedAtMs());
                writeOffsets(stored.offsets(), out);
            }
            case GroupRecord.OffsetsPending pending -> {
                out.writeByte(OFFSETS_PENDING);
                writeText(pending.groupId(), out);
                out.writeLong(pending.producerId());
                out.writeLong(pending.atMs());
                writeOffsets(pending.offsets(), out);
            }
            case GroupRecord.TransactionEnded ended -> {
                out.writeByte(TRANSACTION_ENDED);
                writeText(ended.groupId(), out);
                out.writeLong(ended.producerId());
                out.writeBoolean(ended.committed());
            }
            case GroupRecord.OffsetsRemoved removed -> {
                out.writeByte(OFFSETS_REMOVED);
                writeText(removed.groupId(), out);
                out.writeInt(removed.partitions().size());
                for (GroupPartition partition : removed.partitions()) {
                    writePartition(partition, out);
                }
            }
            case GroupRecord.TopicsRemoved removed -> {
                out.writeByte(TOPICS_REMOVED);
                out.writeInt(removed.topicIds().size());
                for (UUID topicId : removed.topicIds()) {
                    writeTopicId(topicId, out);
                }
            }
            case GroupRecord.ConsumerGroupChanged changed -> {
                out.writeByte(CONSUMER_GROUP_CHANGED);
                ConsumerGroupV1Format.write(changed, out);
            }
            case GroupRecord.StreamsGroupChanged changed -> {
                out.writeByte(STREAMS_GROUP_CHANGED);
                StreamsGroupV1Format.write(changed, out);
            }
        }
    }

    private static void writeGeneration(GroupRecord.GenerationStored stored, DataOutputStream out)
            throws IOException {
        writeText(stored.groupId(), out);
        out.writeInt(stored.generation());
        writeText(stored.protocolType(), out);
        writeText(stored.protocolName(), out);
        writeText(stored.leader(), out);
        out.writeLong(stored.sinceMs());
        out.writeInt(stored.members().size());
        for (GroupRecord.StoredMember member : stored.members()) {
            writeText(member.memberId(), out);
            writeText(member.instanceId(), out);
            writeText(member.clientId(), out);
            writeText(member.clientHost(), out);
            out.writeInt(member.sessionTimeoutMs());
            out.writeInt(member.rebalanceTimeoutMs());
            writeProtocols(member.protocols(), out);
            writeBytes(member.assignment().toArray(), out);
        }
    }

    static void writeProtocols(List<GroupCommand.Protocol> protocols, DataOutputStream out)
            throws IOException {
        out.writeInt(protocols.size());
        for (GroupCommand.Protocol protocol : protocols) {
            writeText(protocol.name(), out);
            writeBytes(protocol.metadata().toArray(), out);
        }
    }

    private static void writeOffsets(List<GroupOffset> offsets, DataOutputStream out)
            throws IOException {
        out.writeInt(offsets.size());
        for (GroupOffset offset : offsets) {
            writePartition(offset.partition(), out);
            out.writeLong(offset.offset());
            out.writeInt(offset.leaderEpoch());
            writeText(offset.metadata(), out);
        }
    }

    static void writePartition(GroupPartition partition, DataOutputStream out) throws IOException {
        writeTopicId(partition.topicId(), out);
        out.writeInt(partition.partition());
    }

    private static void writeTopicId(UUID topicId, DataOutputStream out) throws IOException {
        out.writeLong(topicId.getMostSignificantBits());
        out.writeLong(topicId.getLeastSignificantBits());
    }

    static void writeText(@Nullable String text, DataOutputStream out) throws IOException {
        if (text == null) {
            out.writeInt(-1);
        } else {
            writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
        }
    }

    static void writeBytes(byte[] bytes, DataOutputStream out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static GroupRecord read(ByteBuffer in) {
        byte kind = in.get();
        return switch (kind) {
            case GENERATION_STORED -> readGeneration(in);
            case GROUP_REMOVED -> new GroupRecord.GroupRemoved(readText(in));
            case OFFSETS_STORED ->
                    new GroupRecord.OffsetsStored(readText(in), readLong(in), readOffsets(in));
            case OFFSETS_PENDING ->
                    new GroupRecord.OffsetsPending(
                            readText(in), readLong(in), readLong(in), readOffsets(in));
            case TRANSACTION_ENDED ->
                    new GroupRecord.TransactionEnded(readText(in), readLong(in), readFlag(in));
            case OFFSETS_REMOVED -> readOffsetsRemoved(in);
            case TOPICS_REMOVED -> readTopicsRemoved(in);
            case CONSUMER_GROUP_CHANGED -> ConsumerGroupV1Format.read(in);
            case STREAMS_GROUP_CHANGED -> StreamsGroupV1Format.read(in);
            default -> throw damaged("its kind is " + kind + ", which is not known");
        };
    }

    private static GroupRecord readGeneration(ByteBuffer in) {
        String groupId = readText(in);
        int generation = readInt(in);
        String protocolType = readText(in);
        String protocolName = readNullableText(in);
        String leader = readNullableText(in);
        long sinceMs = readLong(in);
        int count = readCount(in, MEMBER_BYTES_MIN);
        var members = new ArrayList<GroupRecord.StoredMember>(count);
        for (int i = 0; i < count; i++) {
            members.add(readMember(in));
        }
        if (generation < 0) {
            throw damaged("its generation is " + generation);
        }
        refuseImpossible(protocolName, leader, members);
        return new GroupRecord.GenerationStored(
                groupId, generation, protocolType, protocolName, leader, sinceMs, members);
    }

    private static void refuseImpossible(
            @Nullable String protocolName,
            @Nullable String leader,
            List<GroupRecord.StoredMember> members) {
        boolean leaderIsMember =
                members.stream().anyMatch(member -> member.memberId().equals(leader));
        boolean protocolIsShared =
                members.stream()
                        .map(GroupRecord.StoredMember::protocols)
                        .allMatch(all -> all.stream().anyMatch(p -> p.name().equals(protocolName)));
        long memberIds =
                members.stream().map(GroupRecord.StoredMember::memberId).distinct().count();
        List<String> instanceIds =
                members.stream().flatMap(m -> Stream.ofNullable(m.instanceId())).toList();
        boolean distinct =
                memberIds == members.size()
                        && new HashSet<>(instanceIds).size() == instanceIds.size();
        boolean possible =
                members.isEmpty()
                        ? leader == null && protocolName == null
                        : leaderIsMember && protocolIsShared && distinct;
        if (!possible) {
            throw damaged("its members, its leader and its protocol do not fit together");
        }
    }

    private static GroupRecord.StoredMember readMember(ByteBuffer in) {
        String memberId = readText(in);
        String instanceId = readNullableText(in);
        String clientId = readText(in);
        String clientHost = readText(in);
        int sessionTimeoutMs = readInt(in);
        int rebalanceTimeoutMs = readInt(in);
        List<GroupCommand.Protocol> protocols = readProtocols(in);
        return new GroupRecord.StoredMember(
                memberId,
                instanceId,
                clientId,
                clientHost,
                sessionTimeoutMs,
                rebalanceTimeoutMs,
                protocols,
                GroupBytes.of(readBytes(in)));
    }

    static List<GroupCommand.Protocol> readProtocols(ByteBuffer in) {
        int count = readCount(in, PROTOCOL_BYTES_MIN);
        var protocols = new ArrayList<GroupCommand.Protocol>(count);
        var names = new HashSet<String>();
        for (int i = 0; i < count; i++) {
            String name = readText(in);
            if (!names.add(name)) {
                throw damaged("one of its members has a protocol twice");
            }
            protocols.add(new GroupCommand.Protocol(name, GroupBytes.of(readBytes(in))));
        }
        return protocols;
    }

    private static boolean readFlag(ByteBuffer in) {
        need(in, 1);
        byte flag = in.get();
        if (flag != 0 && flag != 1) {
            throw damaged("it has " + flag + " for yes or no");
        }
        return flag == 1;
    }

    private static List<GroupOffset> readOffsets(ByteBuffer in) {
        int count = readCount(in, OFFSET_BYTES_MIN);
        var offsets = new ArrayList<GroupOffset>(count);
        for (int i = 0; i < count; i++) {
            GroupPartition partition = readPartition(in);
            offsets.add(new GroupOffset(partition, readLong(in), readInt(in), readText(in)));
        }
        return offsets;
    }

    private static GroupRecord readOffsetsRemoved(ByteBuffer in) {
        String groupId = readText(in);
        int count = readCount(in, PARTITION_BYTES);
        var partitions = new ArrayList<GroupPartition>(count);
        for (int i = 0; i < count; i++) {
            partitions.add(readPartition(in));
        }
        return new GroupRecord.OffsetsRemoved(groupId, partitions);
    }

    private static GroupRecord readTopicsRemoved(ByteBuffer in) {
        int count = readCount(in, TOPIC_ID_BYTES);
        var topicIds = new ArrayList<UUID>(count);
        for (int i = 0; i < count; i++) {
            topicIds.add(readTopicId(in));
        }
        return new GroupRecord.TopicsRemoved(topicIds);
    }

    static GroupPartition readPartition(ByteBuffer in) {
        return new GroupPartition(readTopicId(in), readInt(in));
    }

    private static UUID readTopicId(ByteBuffer in) {
        return new UUID(readLong(in), readLong(in));
    }

    static int readInt(ByteBuffer in) {
        need(in, 4);
        return in.getInt();
    }

    static long readLong(ByteBuffer in) {
        need(in, 8);
        return in.getLong();
    }

    static int readCount(ByteBuffer in, int leastBytesEach) {
        int count = readInt(in);
        if (count < 0 || count > in.remaining() / leastBytesEach) {
            throw damaged("it announces " + count + " parts in " + in.remaining() + " bytes");
        }
        return count;
    }

    static String readText(ByteBuffer in) {
        return text(readBytes(in));
    }

    static @Nullable String readNullableText(ByteBuffer in) {
        int size = readInt(in);
        return size == -1 ? null : text(take(in, size));
    }

    static byte[] readBytes(ByteBuffer in) {
        return take(in, readInt(in));
    }

    private static byte[] take(ByteBuffer in, int size) {
        if (size < 0) {
            throw damaged("it announces " + size + " bytes");
        }
        need(in, size);
        var bytes = new byte[size];
        in.get(bytes);
        return bytes;
    }

    private static String text(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new SinewException(
                    ErrorCode.DAMAGED_DATA, "A group record has text that is not UTF-8.", e);
        }
    }

    private static void need(ByteBuffer in, int bytes) {
        if (in.remaining() < bytes) {
            throw damaged("it needs " + bytes + " more bytes and has " + in.remaining());
        }
    }

    static SinewException damaged(String how) {
        return new SinewException(
                ErrorCode.DAMAGED_DATA, "A group record cannot be read: " + how + ".");
    }
}
