package io.sinew.clients;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ConsumerGroupDescribeRequest;
import io.sinew.kafkawire.ConsumerGroupHeartbeatRequest;
import io.sinew.kafkawire.ConsumerGroupHeartbeatResponse;
import io.sinew.kafkawire.StreamsGroupDescribeRequest;
import io.sinew.kafkawire.StreamsGroupHeartbeatRequest;
import io.sinew.kafkawire.StreamsGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// About groups that the broker shares out: of consumers (KIP-848) and of Kafka Streams (KIP-1071).
/// Members bring their ids, so that both brokers know them by the same.
final class NewGroupQuestions {
    private static final String TOPIC = "shared";
    private static final int JOIN = 0;
    private static final int LEAVE = -1;
    private static final int LEAVE_FOR_A_WHILE = -2;

    private NewGroupQuestions() {}

    static List<Question> all() {
        var all = new ArrayList<Question>();
        all.add(TopicQuestions.creation("the topic of the new groups", TOPIC, 3));
        all.addAll(refusedConsumers());
        all.addAll(consumers());
        all.addAll(staticConsumers());
        all.addAll(refusedStreams());
        all.addAll(streams());
        return all;
    }

    // ---- ConsumerGroupHeartbeat

    private static Question consumer(
            String what,
            String group,
            String member,
            int epoch,
            Consumer<ConsumerGroupHeartbeatRequest> wording) {
        return Question.of(
                        ApiKey.CONSUMER_GROUP_HEARTBEAT,
                        what,
                        (told, _) -> {
                            var request = new ConsumerGroupHeartbeatRequest();
                            request.groupId = group;
                            request.memberId = member;
                            request.memberEpoch = told.epoch(member, epoch);
                            wording.accept(request);
                            return request;
                        })
                .in(1)
                .learning(
                        ConsumerGroupHeartbeatResponse.class,
                        (told, beat) -> {
                            if (beat.errorCode == 0) {
                                told.inEpoch(member, beat.memberEpoch);
                            }
                        });
    }

    private static Question joining(
            String what,
            String group,
            String member,
            Consumer<ConsumerGroupHeartbeatRequest> wording) {
        return consumer(
                what,
                group,
                member,
                JOIN,
                r -> {
                    r.rebalanceTimeoutMs = 30_000;
                    r.subscribedTopicNames = List.of(TOPIC);
                    r.topicPartitions = List.of();
                    wording.accept(r);
                });
    }

    private static Question consumers(String what, String... groups) {
        return Question.of(
                ApiKey.CONSUMER_GROUP_DESCRIBE,
                what,
                (_, _) -> {
                    var request = new ConsumerGroupDescribeRequest();
                    request.groupIds.addAll(List.of(groups));
                    request.includeAuthorizedOperations = true;
                    return request;
                });
    }

    private static List<Question> refusedConsumers() {
        return List.of(
                joining("no group", "", "m", _ -> {}),
                joining("no member id", "new", "", _ -> {}),
                joining("no time to rebalance", "new", "m", r -> r.rebalanceTimeoutMs = -1),
                joining("no list of partitions", "new", "m", r -> r.topicPartitions = null),
                joining("no subscription", "new", "m", r -> r.subscribedTopicNames = null),
                joining("no topics", "new", "m", r -> r.subscribedTopicNames = List.of()),
                joining("an empty name", "new", "m", r -> r.instanceId = ""),
                joining("an empty rack", "new", "m", r -> r.rackId = ""),
                joining("an unknown assignor", "new", "m", r -> r.serverAssignor = "fair"),
                joining("a bad pattern", "new", "m", r -> r.subscribedTopicRegex = "("),
                consumer("a group that there is not", "none", "m", 3, _ -> {}),
                consumer("to leave no group", "none", "m", LEAVE, _ -> {}),
                consumer(
                        "to leave for a while without a name",
                        "new",
                        "m",
                        LEAVE_FOR_A_WHILE,
                        _ -> {}),
                consumer("an epoch that there is not", "new", "m", -9, _ -> {}),
                consumers("a group that there is not", "none"),
                consumers("a group without a name", ""));
    }

    private static List<Question> consumers() {
        return List.of(
                joining("the first", "new", "m1", _ -> {}),
                consumers("one member", "new"),
                consumer("nothing new", "new", "m1", Told.PRESENT, _ -> {}),
                consumer("an epoch to come", "new", "m1", 9, _ -> {}),
                consumer("an unknown member", "new", "m9", Told.PRESENT, _ -> {}),
                consumer(
                        "another assignor",
                        "new",
                        "m1",
                        Told.PRESENT,
                        r -> r.serverAssignor = "fair"),
                joining("the same once more", "new", "m1", _ -> {}),
                GroupQuestions.commit("by a consumer", "new", "m1", Told.PRESENT, TOPIC, 0).in(9),
                GroupQuestions.commit("by an unknown consumer", "new", "m9", 1, TOPIC, 0).in(9),
                GroupQuestions.commit("in an epoch to come", "new", "m1", 9, TOPIC, 0).in(9),
                GroupQuestions.commit("by a stranger", "new", "", -1, TOPIC, 0).in(9),
                GroupQuestions.offsets("of a new group", "new", TOPIC, false, 0, 1),
                GroupQuestions.description("a group of the other kind", "new"),
                consumers("a classic group", "readers"),
                GroupQuestions.list("of all kinds", List.of(), List.of()),
                GroupQuestions.list("of the new kind", List.of(), List.of("consumer")).in(5),
                GroupQuestions.deletion("a new group with members", "new"),
                consumer("to leave", "new", "m1", LEAVE, _ -> {}),
                consumer("to leave once more", "new", "m1", LEAVE, _ -> {}),
                consumers("no member", "new"),
                GroupQuestions.deletion("a new group", "new").in(2));
    }

    private static List<Question> staticConsumers() {
        return List.of(
                joining("with a name", "named", "s1", r -> r.instanceId = "one"),
                joining("with a name that is taken", "named", "s2", r -> r.instanceId = "one"),
                consumer(
                        "to leave for a while",
                        "named",
                        "s1",
                        LEAVE_FOR_A_WHILE,
                        r -> r.instanceId = "one"),
                consumers("one that is away", "named"),
                joining("with a name that is free", "named", "s3", r -> r.instanceId = "one"),
                consumer("the one before", "named", "s1", Told.PRESENT, r -> r.instanceId = "one"),
                consumers("one that is back", "named"),
                consumer("to leave", "named", "s3", LEAVE, r -> r.instanceId = "one"));
    }

    // ---- StreamsGroupHeartbeat

    private static Question stream(
            String what,
            String group,
            String member,
            int epoch,
            Consumer<StreamsGroupHeartbeatRequest> wording) {
        return Question.of(
                        ApiKey.STREAMS_GROUP_HEARTBEAT,
                        what,
                        (told, _) -> {
                            var request = new StreamsGroupHeartbeatRequest();
                            request.groupId = group;
                            request.memberId = member;
                            request.memberEpoch = told.epoch(member, epoch);
                            wording.accept(request);
                            return request;
                        })
                .learning(
                        StreamsGroupHeartbeatResponse.class,
                        (told, beat) -> {
                            if (beat.errorCode == 0) {
                                told.inEpoch(member, beat.memberEpoch);
                            }
                        });
    }

    private static Question starting(
            String what,
            String group,
            String member,
            Consumer<StreamsGroupHeartbeatRequest> wording) {
        return stream(
                what,
                group,
                member,
                JOIN,
                r -> {
                    r.rebalanceTimeoutMs = 30_000;
                    r.processId = "process";
                    r.activeTasks = List.of();
                    r.standbyTasks = List.of();
                    r.warmupTasks = List.of();
                    r.topology = topology(TOPIC);
                    wording.accept(r);
                });
    }

    private static StreamsGroupHeartbeatRequest.Topology topology(String source) {
        var part = new StreamsGroupHeartbeatRequest.Subtopology();
        part.subtopologyId = "0";
        part.sourceTopics.add(source);
        var topology = new StreamsGroupHeartbeatRequest.Topology();
        topology.epoch = 0;
        topology.subtopologies.add(part);
        return topology;
    }

    private static Question streams(String what, String... groups) {
        return Question.of(
                ApiKey.STREAMS_GROUP_DESCRIBE,
                what,
                (_, _) -> {
                    var request = new StreamsGroupDescribeRequest();
                    request.groupIds.addAll(List.of(groups));
                    request.includeAuthorizedOperations = true;
                    return request;
                });
    }

    private static List<Question> refusedStreams() {
        return List.of(
                starting("no group", "", "t", _ -> {}),
                starting("no member id", "flow", "", _ -> {}),
                starting("a name", "flow", "t", r -> r.instanceId = "one"),
                starting("no time to rebalance", "flow", "t", r -> r.rebalanceTimeoutMs = -1),
                starting("no topology", "flow", "t", r -> r.topology = null),
                starting("no list of tasks", "flow", "t", r -> r.activeTasks = null),
                stream("a group that there is not", "none", "t", 3, _ -> {}),
                stream("to leave no group", "none", "t", LEAVE, _ -> {}),
                streams("a group that there is not", "none"),
                streams("a group without a name", ""));
    }

    private static List<Question> streams() {
        return List.of(
                starting("the first", "flow", "t1", _ -> {}),
                stream("nothing new", "flow", "t1", Told.PRESENT, _ -> {}),
                streams("one member", "flow"),
                stream("an epoch to come", "flow", "t1", 9, _ -> {}),
                stream("an unknown member", "flow", "t9", Told.PRESENT, _ -> {}),
                streams("a group of consumers", "named"),
                consumers("a group of streams", "flow"),
                starting(
                        "of an application without its topic",
                        "dry",
                        "d1",
                        r -> r.topology = topology("none")),
                streams("an application without its topic", "dry"),
                GroupQuestions.list("of streams", List.of(), List.of("streams")).in(5),
                stream("to leave", "flow", "t1", LEAVE, _ -> {}),
                streams("no member", "flow"),
                GroupQuestions.deletion("a group of streams", "flow").in(2),
                starting("no process", "loose", "t", r -> r.processId = null));
    }
}
