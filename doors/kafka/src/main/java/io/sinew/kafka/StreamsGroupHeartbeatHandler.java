package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupReply;
import io.sinew.groups.StreamsMember;
import io.sinew.groups.StreamsTask;
import io.sinew.groups.StreamsTopology;
import io.sinew.kafkawire.StreamsGroupHeartbeatRequest;
import io.sinew.kafkawire.StreamsGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `StreamsGroupHeartbeat` (KIP-1071): a member of a Kafka Streams application joins, lives in and
/// leaves a group in which the broker shares out the tasks. Topics that the application needs for
/// itself are made on the way.
final class StreamsGroupHeartbeatHandler implements Handler<StreamsGroupHeartbeatRequest> {
    private final Broker broker;
    private final Coordinator coordinator;

    StreamsGroupHeartbeatHandler(Broker broker, Coordinator coordinator) {
        this.broker = broker;
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(StreamsGroupHeartbeatRequest request, Caller caller)
            throws InterruptedException {
        if (request.instanceId != null) {
            // As in Kafka so far: there are no static members of these groups.
            return Reply.now(refused(KafkaErrors.INVALID_REQUEST));
        }
        boolean saysTasks = request.activeTasks != null;
        if (saysTasks != (request.standbyTasks != null)
                || saysTasks != (request.warmupTasks != null)) {
            // All of a member's tasks, or none are told.
            return Reply.now(refused(KafkaErrors.INVALID_REQUEST));
        }
        StreamsTopology topology;
        try {
            topology = topology(request.topology);
        } catch (SinewException e) {
            return Reply.now(refused(KafkaErrors.of(e.code())));
        }
        return coordinator.ask(
                new GroupCommand.StreamsHeartbeat(
                        request.groupId,
                        request.memberId,
                        request.memberEpoch,
                        request.rackId,
                        caller.clientId(),
                        caller.host(),
                        request.rebalanceTimeoutMs,
                        topology,
                        owned(request),
                        request.processId,
                        endpoint(request.userEndpoint),
                        tags(request.clientTags),
                        request.endpointInformationEpoch,
                        request.shutdownApplication),
                GroupReply.StreamsBeat.class,
                this::response,
                StreamsGroupHeartbeatHandler::refused);
    }

    // ---- the request

    private static @Nullable StreamsTopology topology(
            StreamsGroupHeartbeatRequest.@Nullable Topology said) {
        if (said == null) {
            return null;
        }
        var parts = new ArrayList<StreamsTopology.Subtopology>();
        for (StreamsGroupHeartbeatRequest.Subtopology part : said.subtopologies) {
            parts.add(
                    new StreamsTopology.Subtopology(
                            part.subtopologyId,
                            part.sourceTopics,
                            internal(part.repartitionSourceTopics),
                            part.repartitionSinkTopics,
                            internal(part.stateChangelogTopics),
                            copartitioned(part)));
        }
        return new StreamsTopology(said.epoch, parts);
    }

    private static List<StreamsTopology.InternalTopic> internal(
            List<StreamsGroupHeartbeatRequest.TopicInfo> topics) {
        var all = new ArrayList<StreamsTopology.InternalTopic>();
        for (StreamsGroupHeartbeatRequest.TopicInfo topic : topics) {
            var settings = new TreeMap<String, String>();
            topic.topicConfigs.forEach(config -> settings.put(config.key, config.value));
            all.add(new StreamsTopology.InternalTopic(topic.name, topic.partitions, settings));
        }
        return all;
    }

    /// Names in place of the places that the request has them at.
    private static List<Set<String>> copartitioned(StreamsGroupHeartbeatRequest.Subtopology part) {
        var groups = new ArrayList<Set<String>>();
        for (StreamsGroupHeartbeatRequest.CopartitionGroup group : part.copartitionGroups) {
            var names = new TreeSet<String>();
            for (int place : group.sourceTopics) {
                names.add(at(part.sourceTopics, place));
            }
            for (int place : group.repartitionSourceTopics) {
                names.add(at(part.repartitionSourceTopics, place).name);
            }
            groups.add(names);
        }
        return groups;
    }

    private static <E> E at(List<E> list, int place) {
        if (place < 0 || place >= list.size()) {
            throw new SinewException(
                    ErrorCode.STREAMS_INVALID_TOPOLOGY,
                    "The topology joins a topic number " + place + ", which it does not have.");
        }
        return list.get(place);
    }

    private static @Nullable SortedSet<StreamsTask> owned(StreamsGroupHeartbeatRequest request) {
        if (request.activeTasks == null
                || request.standbyTasks == null
                || request.warmupTasks == null) {
            return null;
        }
        var owned = new TreeSet<StreamsTask>();
        add(request.activeTasks, StreamsTask.Role.ACTIVE, owned);
        add(request.standbyTasks, StreamsTask.Role.STANDBY, owned);
        add(request.warmupTasks, StreamsTask.Role.WARMUP, owned);
        return owned;
    }

    private static void add(
            List<StreamsGroupHeartbeatRequest.TaskIds> tasks,
            StreamsTask.Role role,
            SortedSet<StreamsTask> to) {
        for (StreamsGroupHeartbeatRequest.TaskIds ids : tasks) {
            ids.partitions.forEach(
                    partition -> to.add(new StreamsTask(role, ids.subtopologyId, partition)));
        }
    }

    private static StreamsMember.@Nullable Endpoint endpoint(
            StreamsGroupHeartbeatRequest.@Nullable Endpoint said) {
        return said == null ? null : new StreamsMember.Endpoint(said.host, said.port);
    }

    private static @Nullable SortedMap<String, String> tags(
            @Nullable List<StreamsGroupHeartbeatRequest.KeyValue> said) {
        if (said == null) {
            return null;
        }
        var tags = new TreeMap<String, String>();
        said.forEach(tag -> tags.put(tag.key, tag.value));
        return tags;
    }

    // ---- the answer

    private StreamsGroupHeartbeatResponse response(GroupReply.StreamsBeat beat) {
        var response = new StreamsGroupHeartbeatResponse();
        response.memberId = beat.memberId();
        response.memberEpoch = beat.memberEpoch();
        response.heartbeatIntervalMs = beat.heartbeatIntervalMs();
        response.endpointInformationEpoch = beat.endpointEpoch();
        String failed = make(beat.topicsToMake());
        var statuses = new ArrayList<StreamsGroupHeartbeatResponse.Status>();
        for (GroupReply.StreamsStatus status : beat.statuses()) {
            var told = new StreamsGroupHeartbeatResponse.Status();
            told.statusCode = code(status.condition());
            boolean missing =
                    status.condition() == GroupReply.StreamsCondition.INTERNAL_TOPICS_MISSING;
            told.statusDetail = missing ? status.detail() + failed : status.detail();
            statuses.add(told);
        }
        response.status = statuses;
        SortedSet<StreamsTask> tasks = beat.tasks();
        if (tasks != null) {
            response.activeTasks = told(tasks, StreamsTask.Role.ACTIVE);
            response.standbyTasks = told(tasks, StreamsTask.Role.STANDBY);
            response.warmupTasks = told(tasks, StreamsTask.Role.WARMUP);
        }
        List<GroupReply.EndpointPartitions> endpoints = beat.endpoints();
        if (endpoints != null) {
            var all = new ArrayList<StreamsGroupHeartbeatResponse.EndpointToPartitions>();
            endpoints.forEach(each -> all.add(told(each)));
            response.partitionsByUserEndpoint = all;
        }
        return response;
    }

    private static byte code(GroupReply.StreamsCondition condition) {
        return switch (condition) {
            case STALE_TOPOLOGY -> 0;
            case SOURCE_TOPICS_MISSING -> 1;
            case TOPICS_WRONGLY_PARTITIONED -> 2;
            case INTERNAL_TOPICS_MISSING -> 3;
            case SHUTDOWN -> 4;
            case ASSIGNMENT_DELAYED -> 5;
        };
    }

    /// Makes topics, and says of those that can't be made why. The next heartbeat finds the others.
    private String make(List<GroupReply.TopicToMake> topics) {
        var failed = new StringBuilder();
        for (GroupReply.TopicToMake topic : topics) {
            try {
                broker.topics()
                        .create(
                                UUID.randomUUID(),
                                topic.name(),
                                topic.partitions(),
                                topic.settings());
            } catch (SinewException e) {
                if (e.code() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                    failed.append(' ').append(e.getMessage());
                }
            }
        }
        return failed.toString();
    }

    private static List<StreamsGroupHeartbeatResponse.TaskIds> told(
            SortedSet<StreamsTask> tasks, StreamsTask.Role role) {
        var told = new ArrayList<StreamsGroupHeartbeatResponse.TaskIds>();
        byPart(tasks, role)
                .forEach((part, partitions) -> {
                    var ids = new StreamsGroupHeartbeatResponse.TaskIds();
                    ids.subtopologyId = part;
                    ids.partitions = partitions;
                    told.add(ids);
                });
        return told;
    }

    /// Numbers of the tasks in one role, by their subtopology.
    static Map<String, List<Integer>> byPart(SortedSet<StreamsTask> tasks, StreamsTask.Role role) {
        var byPart = new LinkedHashMap<String, List<Integer>>();
        for (StreamsTask task : tasks) {
            if (task.role() == role) {
                byPart.computeIfAbsent(task.subtopologyId(), _ -> new ArrayList<>())
                        .add(task.partition());
            }
        }
        return byPart;
    }

    private static StreamsGroupHeartbeatResponse.EndpointToPartitions told(
            GroupReply.EndpointPartitions endpoint) {
        var told = new StreamsGroupHeartbeatResponse.EndpointToPartitions();
        told.userEndpoint = new StreamsGroupHeartbeatResponse.Endpoint();
        told.userEndpoint.host = endpoint.endpoint().host();
        told.userEndpoint.port = endpoint.endpoint().port();
        told.activePartitions = told(endpoint.active());
        told.standbyPartitions = told(endpoint.standby());
        return told;
    }

    private static List<StreamsGroupHeartbeatResponse.TopicPartition> told(
            SortedMap<String, List<Integer>> partitions) {
        var told = new ArrayList<StreamsGroupHeartbeatResponse.TopicPartition>();
        partitions.forEach((topic, indexes) -> {
            var each = new StreamsGroupHeartbeatResponse.TopicPartition();
            each.topic = topic;
            each.partitions = indexes;
            told.add(each);
        });
        return told;
    }

    private static StreamsGroupHeartbeatResponse refused(short error) {
        var response = new StreamsGroupHeartbeatResponse();
        response.errorCode = error;
        response.status = List.of();
        return response;
    }
}
