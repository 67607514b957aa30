package io.sinew.groups;

import static io.sinew.groups.GroupRecordV1Format.damaged;
import static io.sinew.groups.GroupRecordV1Format.readCount;
import static io.sinew.groups.GroupRecordV1Format.readInt;
import static io.sinew.groups.GroupRecordV1Format.readLong;
import static io.sinew.groups.GroupRecordV1Format.readNullableText;
import static io.sinew.groups.GroupRecordV1Format.readText;
import static io.sinew.groups.GroupRecordV1Format.writeText;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The body of kind 7 of [GroupRecordV1Format]: what changed of a streams group.
///
/// ```
/// body        = group:text epoch:4 targetEpoch:4 topicsHash:8 sinceMs:8 standbys:4 ready:4
///               topologies:list of topology (none or one) members:list of member
///               left:list of text
/// topology    = epoch:4 subtopologies:list of subtopology
/// subtopology = id:text sourceTopics:list of text repartitionSources:list of internal
///               repartitionSinks:list of text changelogs:list of internal
///               copartitioned:list of (list of text)
/// internal    = name:text partitions:4 settings:list of (name:text value:text)
/// member      = memberId:text rackId:text? clientId:text clientHost:text rebalanceTimeoutMs:4
///               processId:text endpointHost:text? endpointPort:4
///               tags:list of (name:text value:text) topologyEpoch:4 target:list of task
///               epoch:4 previousEpoch:4 step:4 assigned:list of held revoking:list of held
/// held        = task assignedInEpoch:4
/// task        = role:4 subtopologyId:text partition:4
/// role        = 0 active, 1 standby, 2 warm-up
/// step        = 0 stable, 1 revoking, 2 waiting
/// ```
final class StreamsGroupV1Format {
    private static final int TEXT_BYTES_MIN = 4;
    private static final int PAIR_BYTES_MIN = 2 * 4;
    private static final int TASK_BYTES_MIN = 3 * 4;
    private static final int HELD_BYTES_MIN = TASK_BYTES_MIN + 4;
    private static final int INTERNAL_BYTES_MIN = 3 * 4;
    private static final int SUBTOPOLOGY_BYTES_MIN = 6 * 4;
    private static final int TOPOLOGY_BYTES_MIN = 2 * 4;
    private static final int MEMBER_BYTES_MIN = 16 * 4;

    private static final List<Holding.Step> STEPS =
            List.of(Holding.Step.STABLE, Holding.Step.REVOKING, Holding.Step.WAITING);
    private static final List<StreamsTask.Role> ROLES =
            List.of(StreamsTask.Role.ACTIVE, StreamsTask.Role.STANDBY, StreamsTask.Role.WARMUP);

    private interface Write<E> {
        void to(E element, DataOutputStream out) throws IOException;
    }

    private interface Read<E> {
        E from(ByteBuffer in);
    }

    private StreamsGroupV1Format() {}

    // ---- writing

    static void write(GroupRecord.StreamsGroupChanged changed, DataOutputStream out)
            throws IOException {
        writeText(changed.groupId(), out);
        out.writeInt(changed.epochs().epoch());
        out.writeInt(changed.epochs().targetEpoch());
        out.writeLong(changed.epochs().topicsHash());
        out.writeLong(changed.epochs().sinceMs());
        out.writeInt(changed.standbys());
        out.writeInt(changed.ready() ? 1 : 0);
        StreamsTopology topology = changed.topology();
        List<StreamsTopology> topologies = topology == null ? List.of() : List.of(topology);
        writeAll(topologies, StreamsGroupV1Format::writeTopology, out);
        writeAll(changed.members(), StreamsGroupV1Format::writeMember, out);
        writeTexts(changed.left(), out);
    }

    private static <E> void writeAll(Collection<E> all, Write<E> write, DataOutputStream out)
            throws IOException {
        out.writeInt(all.size());
        for (E each : all) {
            write.to(each, out);
        }
    }

    private static void writeTexts(Collection<String> texts, DataOutputStream out)
            throws IOException {
        writeAll(texts, GroupRecordV1Format::writeText, out);
    }

    private static void writePairs(SortedMap<String, String> pairs, DataOutputStream out)
            throws IOException {
        out.writeInt(pairs.size());
        for (var pair : pairs.entrySet()) {
            writeText(pair.getKey(), out);
            writeText(pair.getValue(), out);
        }
    }

    private static void writeTopology(StreamsTopology topology, DataOutputStream out)
            throws IOException {
        out.writeInt(topology.epoch());
        writeAll(topology.subtopologies(), StreamsGroupV1Format::writeSubtopology, out);
    }

    private static void writeSubtopology(StreamsTopology.Subtopology part, DataOutputStream out)
            throws IOException {
        writeText(part.id(), out);
        writeTexts(part.sourceTopics(), out);
        writeAll(part.repartitionSources(), StreamsGroupV1Format::writeInternal, out);
        writeTexts(part.repartitionSinks(), out);
        writeAll(part.changelogs(), StreamsGroupV1Format::writeInternal, out);
        writeAll(part.copartitioned(), StreamsGroupV1Format::writeTexts, out);
    }

    private static void writeInternal(StreamsTopology.InternalTopic topic, DataOutputStream out)
            throws IOException {
        writeText(topic.name(), out);
        out.writeInt(topic.partitions());
        writePairs(topic.settings(), out);
    }

    private static void writeMember(StreamsMember member, DataOutputStream out) throws IOException {
        writeText(member.memberId(), out);
        writeText(member.rackId(), out);
        writeText(member.clientId(), out);
        writeText(member.clientHost(), out);
        out.writeInt(member.rebalanceTimeoutMs());
        writeText(member.processId(), out);
        StreamsMember.Endpoint endpoint = member.endpoint();
        writeText(endpoint == null ? null : endpoint.host(), out);
        out.writeInt(endpoint == null ? 0 : endpoint.port());
        writePairs(member.tags(), out);
        out.writeInt(member.topologyEpoch());
        writeAll(member.target(), StreamsGroupV1Format::writeTask, out);
        out.writeInt(member.holding().epoch());
        out.writeInt(member.holding().previousEpoch());
        out.writeInt(STEPS.indexOf(member.holding().step()));
        writeHeld(member.holding().assigned(), out);
        writeHeld(member.holding().revoking(), out);
    }

    private static void writeTask(StreamsTask task, DataOutputStream out) throws IOException {
        out.writeInt(ROLES.indexOf(task.role()));
        writeText(task.subtopologyId(), out);
        out.writeInt(task.partition());
    }

    private static void writeHeld(SortedMap<StreamsTask, Integer> held, DataOutputStream out)
            throws IOException {
        out.writeInt(held.size());
        for (var each : held.entrySet()) {
            writeTask(each.getKey(), out);
            out.writeInt(each.getValue());
        }
    }

    // ---- reading

    static GroupRecord read(ByteBuffer in) {
        String groupId = readText(in);
        var epochs = new GroupRecord.Epochs(readInt(in), readInt(in), readLong(in), readLong(in));
        if (epochs.targetEpoch() < 0 || epochs.epoch() < epochs.targetEpoch()) {
            throw damaged("its epochs are " + epochs);
        }
        int standbys = readInt(in);
        boolean ready = readInt(in) == 1;
        List<StreamsTopology> topologies =
                readAll(in, TOPOLOGY_BYTES_MIN, StreamsGroupV1Format::readTopology);
        if (topologies.size() > 1) {
            throw damaged("it has " + topologies.size() + " topologies");
        }
        StreamsTopology topology = topologies.isEmpty() ? null : topologies.getFirst();
        return new GroupRecord.StreamsGroupChanged(
                groupId,
                epochs,
                topology,
                standbys,
                ready,
                readAll(in, MEMBER_BYTES_MIN, StreamsGroupV1Format::readMember),
                readTexts(in));
    }

    private static <E> List<E> readAll(ByteBuffer in, int leastBytesEach, Read<E> read) {
        int count = readCount(in, leastBytesEach);
        var all = new ArrayList<E>(count);
        for (int i = 0; i < count; i++) {
            all.add(read.from(in));
        }
        return all;
    }

    private static List<String> readTexts(ByteBuffer in) {
        return readAll(in, TEXT_BYTES_MIN, GroupRecordV1Format::readText);
    }

    private static SortedMap<String, String> readPairs(ByteBuffer in) {
        int count = readCount(in, PAIR_BYTES_MIN);
        var pairs = new TreeMap<String, String>();
        for (int i = 0; i < count; i++) {
            pairs.put(readText(in), readText(in));
        }
        return pairs;
    }

    private static StreamsTopology readTopology(ByteBuffer in) {
        return new StreamsTopology(
                readInt(in),
                readAll(in, SUBTOPOLOGY_BYTES_MIN, StreamsGroupV1Format::readSubtopology));
    }

    private static StreamsTopology.Subtopology readSubtopology(ByteBuffer in) {
        return new StreamsTopology.Subtopology(
                readText(in),
                readTexts(in),
                readAll(in, INTERNAL_BYTES_MIN, StreamsGroupV1Format::readInternal),
                readTexts(in),
                readAll(in, INTERNAL_BYTES_MIN, StreamsGroupV1Format::readInternal),
                readAll(in, TEXT_BYTES_MIN, from -> Set.copyOf(readTexts(from))));
    }

    private static StreamsTopology.InternalTopic readInternal(ByteBuffer in) {
        return new StreamsTopology.InternalTopic(readText(in), readInt(in), readPairs(in));
    }

    private static StreamsMember readMember(ByteBuffer in) {
        return new StreamsMember(
                readText(in),
                readNullableText(in),
                readText(in),
                readText(in),
                readInt(in),
                readText(in),
                readEndpoint(in),
                readPairs(in),
                readInt(in),
                readTasks(in),
                readHolding(in));
    }

    private static StreamsMember.@Nullable Endpoint readEndpoint(ByteBuffer in) {
        String host = readNullableText(in);
        int port = readInt(in);
        return host == null ? null : new StreamsMember.Endpoint(host, port);
    }

    private static Holding<StreamsTask> readHolding(ByteBuffer in) {
        int epoch = readInt(in);
        int previousEpoch = readInt(in);
        int step = readInt(in);
        if (step < 0 || step >= STEPS.size()) {
            throw damaged("a member's step is " + step);
        }
        return new Holding<>(epoch, previousEpoch, STEPS.get(step), readHeld(in), readHeld(in));
    }

    private static SortedMap<StreamsTask, Integer> readHeld(ByteBuffer in) {
        int count = readCount(in, HELD_BYTES_MIN);
        var held = new TreeMap<StreamsTask, Integer>();
        for (int i = 0; i < count; i++) {
            held.put(readTask(in), readInt(in));
        }
        return held;
    }

    private static SortedSet<StreamsTask> readTasks(ByteBuffer in) {
        return new TreeSet<>(readAll(in, TASK_BYTES_MIN, StreamsGroupV1Format::readTask));
    }

    private static StreamsTask readTask(ByteBuffer in) {
        int role = readInt(in);
        if (role < 0 || role >= ROLES.size()) {
            throw damaged("a task's role is " + role);
        }
        return new StreamsTask(ROLES.get(role), readText(in), readInt(in));
    }
}
