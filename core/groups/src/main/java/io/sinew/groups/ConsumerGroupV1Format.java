package io.sinew.groups;

import static io.sinew.groups.GroupRecordV1Format.damaged;
import static io.sinew.groups.GroupRecordV1Format.readCount;
import static io.sinew.groups.GroupRecordV1Format.readInt;
import static io.sinew.groups.GroupRecordV1Format.readLong;
import static io.sinew.groups.GroupRecordV1Format.readNullableText;
import static io.sinew.groups.GroupRecordV1Format.readPartition;
import static io.sinew.groups.GroupRecordV1Format.readProtocols;
import static io.sinew.groups.GroupRecordV1Format.readText;
import static io.sinew.groups.GroupRecordV1Format.writePartition;
import static io.sinew.groups.GroupRecordV1Format.writeProtocols;
import static io.sinew.groups.GroupRecordV1Format.writeText;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The body of kind 6 of [GroupRecordV1Format]: what changed of a consumer group.
///
/// ```
/// body       = group:text epoch:4 targetEpoch:4 topicsHash:8 sinceMs:8
///              said:list of said targets:list of target holdings:list of holding left:list of text
/// said       = memberId:text instanceId:text? rackId:text? clientId:text clientHost:text
///              rebalanceTimeoutMs:4 topics:list of text pattern:text assignor:text? classic
/// classic    = 0:4, or 1:4 sessionTimeoutMs:4 protocols:list of (name:text metadata:bytes)
/// target     = memberId:text partitions:list of partition
/// holding    = memberId:text epoch:4 previousEpoch:4 step:4 assigned:list of held
///              revoking:list of held
/// held       = partition assignedInEpoch:4
/// partition  = topicId:16 index:4
/// step       = 0 stable, 1 revoking, 2 waiting
/// ```
final class ConsumerGroupV1Format {
    private static final int PARTITION_BYTES = 20;
    private static final int TEXT_BYTES_MIN = 4;
    private static final int SAID_BYTES_MIN = 10 * 4;
    private static final int TARGET_BYTES_MIN = 2 * 4;
    private static final int HOLDING_BYTES_MIN = 6 * 4;

    private static final List<Holding.Step> STEPS =
            List.of(Holding.Step.STABLE, Holding.Step.REVOKING, Holding.Step.WAITING);

    private ConsumerGroupV1Format() {}

    static void write(GroupRecord.ConsumerGroupChanged changed, DataOutputStream out)
            throws IOException {
        writeText(changed.groupId(), out);
        out.writeInt(changed.epochs().epoch());
        out.writeInt(changed.epochs().targetEpoch());
        out.writeLong(changed.epochs().topicsHash());
        out.writeLong(changed.epochs().sinceMs());
        out.writeInt(changed.said().size());
        for (GroupRecord.SaidByMember said : changed.said()) {
            write(said, out);
        }
        out.writeInt(changed.targets().size());
        for (GroupRecord.Target target : changed.targets()) {
            writeText(target.memberId(), out);
            out.writeInt(target.partitions().size());
            for (GroupPartition partition : target.partitions()) {
                writePartition(partition, out);
            }
        }
        out.writeInt(changed.holdings().size());
        for (GroupRecord.MemberHolding moved : changed.holdings()) {
            writeText(moved.memberId(), out);
            out.writeInt(moved.holding().epoch());
            out.writeInt(moved.holding().previousEpoch());
            out.writeInt(STEPS.indexOf(moved.holding().step()));
            write(moved.holding().assigned(), out);
            write(moved.holding().revoking(), out);
        }
        writeTexts(changed.left(), out);
    }

    private static void write(GroupRecord.SaidByMember said, DataOutputStream out)
            throws IOException {
        writeText(said.memberId(), out);
        writeText(said.instanceId(), out);
        writeText(said.rackId(), out);
        writeText(said.clientId(), out);
        writeText(said.clientHost(), out);
        out.writeInt(said.rebalanceTimeoutMs());
        writeTexts(said.topics(), out);
        writeText(said.pattern(), out);
        writeText(said.assignor(), out);
        GroupRecord.ClassicSide classic = said.classic();
        out.writeInt(classic == null ? 0 : 1);
        if (classic != null) {
            out.writeInt(classic.sessionTimeoutMs());
            writeProtocols(classic.protocols(), out);
        }
    }

    private static void write(SortedMap<GroupPartition, Integer> held, DataOutputStream out)
            throws IOException {
        out.writeInt(held.size());
        for (var each : held.entrySet()) {
            writePartition(each.getKey(), out);
            out.writeInt(each.getValue());
        }
    }

    private static void writeTexts(List<String> texts, DataOutputStream out) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            writeText(text, out);
        }
    }

    static GroupRecord read(ByteBuffer in) {
        String groupId = readText(in);
        var epochs = new GroupRecord.Epochs(readInt(in), readInt(in), readLong(in), readLong(in));
        if (epochs.targetEpoch() < 0 || epochs.epoch() < epochs.targetEpoch()) {
            throw damaged("its epochs are " + epochs);
        }
        int count = readCount(in, SAID_BYTES_MIN);
        var said = new ArrayList<GroupRecord.SaidByMember>(count);
        for (int i = 0; i < count; i++) {
            said.add(readSaid(in));
        }
        count = readCount(in, TARGET_BYTES_MIN);
        var targets = new ArrayList<GroupRecord.Target>(count);
        for (int i = 0; i < count; i++) {
            targets.add(new GroupRecord.Target(readText(in), readPartitions(in)));
        }
        count = readCount(in, HOLDING_BYTES_MIN);
        var holdings = new ArrayList<GroupRecord.MemberHolding>(count);
        for (int i = 0; i < count; i++) {
            holdings.add(new GroupRecord.MemberHolding(readText(in), readHolding(in)));
        }
        return new GroupRecord.ConsumerGroupChanged(
                groupId, epochs, said, targets, holdings, readTexts(in));
    }

    private static GroupRecord.SaidByMember readSaid(ByteBuffer in) {
        return new GroupRecord.SaidByMember(
                readText(in),
                readNullableText(in),
                readNullableText(in),
                readText(in),
                readText(in),
                readInt(in),
                readTexts(in),
                readText(in),
                readNullableText(in),
                readClassic(in));
    }

    private static GroupRecord.@Nullable ClassicSide readClassic(ByteBuffer in) {
        int present = readInt(in);
        return switch (present) {
            case 0 -> null;
            case 1 -> new GroupRecord.ClassicSide(readInt(in), readProtocols(in));
            default -> throw damaged("a member's classic side is marked " + present);
        };
    }

    private static Holding<GroupPartition> readHolding(ByteBuffer in) {
        int epoch = readInt(in);
        int previousEpoch = readInt(in);
        int step = readInt(in);
        if (step < 0 || step >= STEPS.size()) {
            throw damaged("a member's step is " + step);
        }
        return new Holding<>(epoch, previousEpoch, STEPS.get(step), readHeld(in), readHeld(in));
    }

    private static SortedMap<GroupPartition, Integer> readHeld(ByteBuffer in) {
        int count = readCount(in, PARTITION_BYTES + 4);
        var held = new TreeMap<GroupPartition, Integer>();
        for (int i = 0; i < count; i++) {
            held.put(readPartition(in), readInt(in));
        }
        return held;
    }

    private static SortedSet<GroupPartition> readPartitions(ByteBuffer in) {
        int count = readCount(in, PARTITION_BYTES);
        var partitions = new TreeSet<GroupPartition>();
        for (int i = 0; i < count; i++) {
            partitions.add(readPartition(in));
        }
        return partitions;
    }

    private static List<String> readTexts(ByteBuffer in) {
        int count = readCount(in, TEXT_BYTES_MIN);
        var texts = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            texts.add(readText(in));
        }
        return texts;
    }
}
