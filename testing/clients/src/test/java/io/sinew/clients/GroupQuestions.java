package io.sinew.clients;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.DeleteGroupsRequest;
import io.sinew.kafkawire.DescribeGroupsRequest;
import io.sinew.kafkawire.FindCoordinatorRequest;
import io.sinew.kafkawire.HeartbeatRequest;
import io.sinew.kafkawire.JoinGroupRequest;
import io.sinew.kafkawire.JoinGroupResponse;
import io.sinew.kafkawire.LeaveGroupRequest;
import io.sinew.kafkawire.LeaveGroupResponse;
import io.sinew.kafkawire.ListGroupsRequest;
import io.sinew.kafkawire.OffsetCommitRequest;
import io.sinew.kafkawire.OffsetDeleteRequest;
import io.sinew.kafkawire.OffsetFetchRequest;
import io.sinew.kafkawire.SyncGroupRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// About groups of the classic protocol, each of one member at a time, and their offsets.
final class GroupQuestions {
    private static final int GROUP = 0;
    private static final int TRANSACTION = 1;

    /// From here on a request can be about several groups.
    private static final int SEVERAL = 8;

    private static final int WITH_TOPIC_IDS = 10;

    private GroupQuestions() {}

    static List<Question> all() {
        var all = new ArrayList<Question>();
        all.addAll(coordinators());
        all.addAll(refusedJoins());
        all.addAll(oldMember());
        all.addAll(newMember());
        all.addAll(staticMember());
        all.addAll(offsetsWithoutMembers());
        all.addAll(lists());
        all.addAll(deletions());
        return all;
    }

    // ---- FindCoordinator

    private static Question coordinator(String what, int type, String key) {
        return Question.of(
                ApiKey.FIND_COORDINATOR,
                what,
                (_, version) -> {
                    var request = new FindCoordinatorRequest();
                    request.keyType = (byte) (version == 0 ? GROUP : type);
                    if (version < 4) {
                        request.key = key;
                    } else {
                        request.coordinatorKeys = List.of(key);
                    }
                    return request;
                });
    }

    private static List<Question> coordinators() {
        return List.of(
                coordinator("of a group", GROUP, "readers").in(0, 3, 4, 6),
                coordinator("of a transactional id", TRANSACTION, "shop").in(1, 4, 6),
                coordinator("of a group without a name", GROUP, "").in(1, 6),
                coordinator("of a transactional id without a name", TRANSACTION, "").in(1, 6),
                coordinator("of an unknown kind", 9, "x").in(1, 6));
    }

    // ---- members

    private static Question join(
            String what, String group, String memberName, Consumer<JoinGroupRequest> wording) {
        return Question.of(
                        ApiKey.JOIN_GROUP,
                        what,
                        (_, _) -> {
                            var protocol = new JoinGroupRequest.JoinGroupRequestProtocol();
                            protocol.name = "range";
                            protocol.metadata = subscription();
                            var request = new JoinGroupRequest();
                            request.groupId = group;
                            request.sessionTimeoutMs = 30_000;
                            request.rebalanceTimeoutMs = 30_000;
                            request.protocolType = "consumer";
                            request.protocols.add(protocol);
                            wording.accept(request);
                            return request;
                        })
                .learning(
                        JoinGroupResponse.class,
                        (told, joined) -> told.member(memberName, joined.memberId));
    }

    /// Of topic `orders`, as consumers send it.
    private static byte[] subscription() {
        byte[] name = "orders".getBytes(StandardCharsets.US_ASCII);
        var bytes = ByteBuffer.allocate(12 + name.length);
        bytes.putShort((short) 0).putInt(1).putShort((short) name.length).put(name).putInt(-1);
        return bytes.array();
    }

    private static Question joinAs(String what, String group, String memberName, int version) {
        Question plain = join(what, group, memberName, _ -> {}).in(version);
        return new Question(
                plain.api(),
                what,
                plain.versions(),
                (told, v) -> {
                    var request = (JoinGroupRequest) plain.wording().of(told, v);
                    request.memberId = told.memberId(memberName);
                    return request;
                },
                plain.learning());
    }

    private static Question sync(String what, String group, String memberName, int generation) {
        return Question.of(
                ApiKey.SYNC_GROUP,
                what,
                (told, _) -> {
                    var assignment = new SyncGroupRequest.SyncGroupRequestAssignment();
                    assignment.memberId = told.memberId(memberName);
                    assignment.assignment = new byte[] {1, 2, 3};
                    var request = new SyncGroupRequest();
                    request.groupId = group;
                    request.generationId = generation;
                    request.memberId = told.memberId(memberName);
                    request.protocolType = "consumer";
                    request.protocolName = "range";
                    request.assignments.add(assignment);
                    return request;
                });
    }

    private static Question heartbeat(
            String what, String group, String memberName, int generation) {
        return Question.of(
                ApiKey.HEARTBEAT,
                what,
                (told, _) -> {
                    var request = new HeartbeatRequest();
                    request.groupId = group;
                    request.generationId = generation;
                    request.memberId = told.memberId(memberName);
                    return request;
                });
    }

    private static Question leave(
            String what, String group, String memberName, @Nullable String instanceId) {
        return Question.of(
                        ApiKey.LEAVE_GROUP,
                        what,
                        (told, version) -> {
                            var request = new LeaveGroupRequest();
                            request.groupId = group;
                            if (version < 3) {
                                request.memberId = told.memberId(memberName);
                            } else {
                                var member = new LeaveGroupRequest.MemberIdentity();
                                member.memberId =
                                        instanceId == null ? told.memberId(memberName) : "";
                                member.groupInstanceId = instanceId;
                                request.members.add(member);
                            }
                            return request;
                        })
                .learning(LeaveGroupResponse.class, (_, _) -> {});
    }

    static Question description(String what, String... groups) {
        return Question.of(
                ApiKey.DESCRIBE_GROUPS,
                what,
                (_, version) -> {
                    var request = new DescribeGroupsRequest();
                    request.groups.addAll(List.of(groups));
                    request.includeAuthorizedOperations = version >= 3;
                    return request;
                });
    }

    private static List<Question> refusedJoins() {
        return List.of(
                join("no group", "", "none", _ -> {}),
                join("too short a session", "readers", "none", r -> r.sessionTimeoutMs = 1),
                join("too long a session", "readers", "none", r -> r.sessionTimeoutMs = 1 << 30),
                join("no protocol", "readers", "none", r -> r.protocols.clear()),
                join("no kind of protocol", "readers", "none", r -> r.protocolType = ""),
                join("an unknown member", "readers", "none", r -> r.memberId = "nobody"),
                sync("of no group", "none", "none", 1),
                heartbeat("in no group", "none", "none", 1),
                leave("no group", "none", "none", null),
                leave("a group without a name", "", "none", null),
                heartbeat("a group without a name", "", "none", 1));
    }

    /// A member of the first days of the protocol.
    private static List<Question> oldMember() {
        return List.of(
                join("the first member", "readers", "a", _ -> {}).in(0),
                heartbeat("before the assignment", "readers", "a", 1).in(0),
                description("while it waits for the assignment", "readers"),
                sync("in another generation", "readers", "a", 7),
                sync("of an unknown member", "readers", "none", 1),
                sync("by the leader", "readers", "a", 1).in(0),
                sync("by the leader, once more", "readers", "a", 1),
                heartbeat("of the member", "readers", "a", 1),
                heartbeat("in another generation", "readers", "a", 7),
                heartbeat("of an unknown member", "readers", "none", 1),
                description("a stable group and one that there is not", "readers", "none"),
                join(
                        "another kind of protocol",
                        "readers",
                        "none",
                        r -> r.protocolType = "connect"),
                join(
                        "another protocol",
                        "readers",
                        "none",
                        r -> r.protocols.getFirst().name = "sticky"),
                commit("by the member", "readers", "a", 1, "orders", 0),
                commit("in another generation", "readers", "a", 7, "orders", 0),
                commit("of an unknown member", "readers", "none", 1, "orders", 0),
                commit("of no topic", "readers", "a", 1, "none", 0),
                commit("of no partition", "readers", "a", 1, "orders", 99),
                commit("by a stranger", "readers", "", -1, "orders", 0),
                offsets("of a partition with one and others", "readers", "orders", 0, 1, 99),
                offsets("of no topic", "readers", "none", 0),
                offsetDeletion("of a topic that is subscribed", "readers", "orders", 0),
                deletion("a group with members", "readers"),
                leave("an unknown member", "readers", "none", null),
                leave("the member", "readers", "a", null).in(0),
                leave("the member once more", "readers", "a", null),
                description("an empty group", "readers"));
    }

    private static List<Question> newMember() {
        return List.of(
                join("without an id", "readers", "b", _ -> {}).in(4),
                leave("before it has joined", "readers", "b", null).in(0),
                join("without an id", "readers", "c", _ -> {}).in(9),
                joinAs("with the id", "readers", "c", 9),
                sync("by the leader", "readers", "c", 3).in(5),
                heartbeat("of the member", "readers", "c", 3).in(4),
                joinAs("as before", "readers", "c", 9),
                sync("by the leader", "readers", "c", 4).in(5),
                leave("the member", "readers", "c", null).in(5));
    }

    private static List<Question> staticMember() {
        Consumer<JoinGroupRequest> named = r -> r.groupInstanceId = "one";
        return List.of(
                join("a static member", "fixed", "first", named).in(9),
                sync("by the leader", "fixed", "first", 1).in(5),
                join("the static member again", "fixed", "second", named).in(9),
                heartbeat("of the one before", "fixed", "first", 1).in(4),
                join(
                                "the static member with a wrong id",
                                "fixed",
                                "none",
                                r -> {
                                    r.groupInstanceId = "one";
                                    r.memberId = "nobody";
                                })
                        .in(9),
                description("a group with a static member", "fixed").in(6),
                leave("a static member that there is not", "fixed", "none", "two").in(5),
                leave("the static member", "fixed", "none", "one").in(5));
    }

    // ---- OffsetCommit, OffsetFetch, OffsetDelete

    static Question commit(
            String what, String group, String memberName, int generation, String topic, int index) {
        return Question.of(
                ApiKey.OFFSET_COMMIT,
                what,
                (told, version) -> {
                    var partition = new OffsetCommitRequest.OffsetCommitRequestPartition();
                    partition.partitionIndex = index;
                    partition.committedOffset = 5;
                    partition.committedMetadata = "here";
                    var wanted = new OffsetCommitRequest.OffsetCommitRequestTopic();
                    if (version < WITH_TOPIC_IDS) {
                        wanted.name = topic;
                    } else {
                        wanted.topicId = told.topicId(topic);
                    }
                    wanted.partitions.add(partition);
                    var request = new OffsetCommitRequest();
                    request.groupId = group;
                    request.memberId = told.memberId(memberName);
                    request.generationIdOrMemberEpoch = told.epoch(memberName, generation);
                    request.topics.add(wanted);
                    return request;
                });
    }

    /// By a group without members.
    private static Question lonely(
            String what,
            int index,
            Consumer<OffsetCommitRequest.OffsetCommitRequestPartition> wording) {
        Question plain = commit(what, "loners", "", -1, "orders", index);
        return Question.of(
                plain.api(),
                what,
                (told, version) -> {
                    var request = (OffsetCommitRequest) plain.wording().of(told, version);
                    wording.accept(request.topics.getFirst().partitions.getFirst());
                    return request;
                });
    }

    private static Question offsets(String what, String group, String topic, Integer... indexes) {
        return offsets(what, group, topic, false, indexes);
    }

    /// @param topic empty for all topics
    static Question offsets(
            String what, String group, String topic, boolean stable, Integer... indexes) {
        return Question.of(
                        ApiKey.OFFSET_FETCH,
                        what,
                        (told, version) -> {
                            var request = new OffsetFetchRequest();
                            request.requireStable = stable;
                            if (version < SEVERAL) {
                                var wanted = new OffsetFetchRequest.OffsetFetchRequestTopic();
                                wanted.name = topic;
                                wanted.partitionIndexes.addAll(List.of(indexes));
                                request.groupId = group;
                                request.topics = topic.isEmpty() ? null : List.of(wanted);
                                return request;
                            }
                            var wanted = new OffsetFetchRequest.OffsetFetchRequestTopics();
                            if (version < WITH_TOPIC_IDS) {
                                wanted.name = topic;
                            } else {
                                wanted.topicId = told.topicId(topic);
                            }
                            wanted.partitionIndexes.addAll(List.of(indexes));
                            var one = new OffsetFetchRequest.OffsetFetchRequestGroup();
                            one.groupId = group;
                            one.topics = topic.isEmpty() ? null : List.of(wanted);
                            request.groups.add(one);
                            return request;
                        })
                .in(topic.isEmpty() ? 2 : 1, 7, 8, 10);
    }

    private static Question offsetDeletion(String what, String group, String topic, int index) {
        return Question.of(
                ApiKey.OFFSET_DELETE,
                what,
                (_, _) -> {
                    var partition = new OffsetDeleteRequest.OffsetDeleteRequestPartition();
                    partition.partitionIndex = index;
                    var wanted = new OffsetDeleteRequest.OffsetDeleteRequestTopic();
                    wanted.name = topic;
                    wanted.partitions.add(partition);
                    var request = new OffsetDeleteRequest();
                    request.groupId = group;
                    request.topics.add(wanted);
                    return request;
                });
    }

    private static List<Question> offsetsWithoutMembers() {
        return List.of(
                commit("without a member", "loners", "", -1, "orders", 0),
                commit("of a group without a name", "", "", -1, "orders", 0),
                commit("with a generation and no member", "loners", "", 4, "orders", 0),
                commit("with a member and no generation", "loners", "none", -1, "orders", 0),
                lonely("with too much to note", 1, p -> p.committedMetadata = "x".repeat(5_000)),
                lonely("of a negative offset", 1, p -> p.committedOffset = -1),
                lonely("with nothing to note", 2, p -> p.committedMetadata = null),
                offsets("of all", "loners", ""),
                offsets("of one", "loners", "orders", 0, 1, 2),
                offsets("of a group that there is not", "none", "orders", 0),
                offsets("of all of a group that there is not", "none", ""),
                offsets("of a group without a name", "", "orders", 0),
                offsetDeletion("of a partition", "loners", "orders", 0),
                offsetDeletion("of a partition that has none", "loners", "orders", 0),
                offsetDeletion("of no partition", "loners", "orders", 99),
                offsetDeletion("of no topic", "loners", "none", 0),
                offsetDeletion("of no group", "none", "orders", 0),
                offsets("of what is left", "loners", "orders", 0, 2));
    }

    // ---- ListGroups, DescribeGroups, DeleteGroups

    static Question list(String what, List<String> states, List<String> types) {
        return Question.of(
                ApiKey.LIST_GROUPS,
                what,
                (_, version) -> {
                    var request = new ListGroupsRequest();
                    request.statesFilter.addAll(version < 4 ? List.of() : states);
                    request.typesFilter.addAll(version < 5 ? List.of() : types);
                    return request;
                });
    }

    private static List<Question> lists() {
        return List.of(
                list("all", List.of(), List.of()),
                list("empty ones", List.of("Empty"), List.of()).in(4, 5),
                list("in lower case", List.of("empty"), List.of("CLASSIC")).in(5),
                list("stable ones", List.of("Stable"), List.of("classic")).in(5),
                list("of an unknown state", List.of("Asleep"), List.of()).in(4, 5),
                list("of an unknown kind", List.of(), List.of("quorum")).in(5),
                list("of the new kind", List.of(), List.of("consumer")).in(5));
    }

    static Question deletion(String what, String... groups) {
        return Question.of(
                ApiKey.DELETE_GROUPS,
                what,
                (_, _) -> {
                    var request = new DeleteGroupsRequest();
                    request.groupsNames.addAll(List.of(groups));
                    return request;
                });
    }

    private static List<Question> deletions() {
        return List.of(
                deletion("one group", "fixed").in(0),
                deletion("no group, and one without a name", "none", ""),
                deletion("a group twice", "loners", "loners").in(2),
                description("of a group that is gone", "loners"),
                description("of a group without a name", ""));
    }
}
