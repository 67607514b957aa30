package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Topic;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.OffsetFetchRequest;
import io.sinew.kafkawire.OffsetFetchResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `OffsetFetch`: what groups have committed. A partition without a committed offset is answered
/// with -1 and no error, even if there is no such group or no topic of that name, as in Kafka; only
/// a topic that is asked for by its id has to exist. A group, or a partition of one, that is named
/// more than once is answered as it was asked for first: a request that repeats itself is no way to
/// make the answer long.
final class OffsetFetchHandler implements Handler<OffsetFetchRequest> {
    /// From here on one request can ask for several groups (KIP-709).
    private static final int SEVERAL_GROUPS = 8;

    /// From here on topics go by id, from the answer on too.
    private static final int BY_TOPIC_ID = 10;

    /// From here on the answer has one error for all; before, each partition has it.
    private static final int ERROR_OF_ALL = 2;

    private final Broker broker;
    private final TopicLookup lookup;
    private final Coordinator coordinator;

    OffsetFetchHandler(Broker broker, Coordinator coordinator) {
        this.broker = broker;
        this.lookup = new TopicLookup(broker);
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(OffsetFetchRequest request, Caller caller) throws InterruptedException {
        var replies = new ArrayList<Reply>();
        var asked = new HashSet<String>();
        for (OffsetFetchRequest.OffsetFetchRequestGroup group : groups(request, caller.version())) {
            if (asked.add(group.groupId)) {
                replies.add(fetch(group, request.requireStable, caller.version()));
            }
        }
        return () -> {
            var groups = new ArrayList<OffsetFetchResponse.OffsetFetchResponseGroup>();
            for (Reply reply : replies) {
                reply.await()
                        .map(message -> ((OffsetFetchResponse) message).groups)
                        .ifPresent(groups::addAll);
            }
            return Optional.of(response(groups, caller.version()));
        };
    }

    /// What is asked for, in the form that versions with several groups have.
    private static List<OffsetFetchRequest.OffsetFetchRequestGroup> groups(
            OffsetFetchRequest request, int version) {
        if (version >= SEVERAL_GROUPS) {
            return request.groups;
        }
        var only = new OffsetFetchRequest.OffsetFetchRequestGroup();
        only.groupId = request.groupId;
        only.topics = null;
        if (request.topics != null) {
            only.topics = new ArrayList<>();
            for (OffsetFetchRequest.OffsetFetchRequestTopic topic : request.topics) {
                var same = new OffsetFetchRequest.OffsetFetchRequestTopics();
                same.name = topic.name;
                same.partitionIndexes = topic.partitionIndexes;
                only.topics.add(same);
            }
        }
        return List.of(only);
    }

    /// @param stable refuse what an open transaction may change (KIP-447)
    private Reply fetch(
            OffsetFetchRequest.OffsetFetchRequestGroup group, boolean stable, int version)
            throws InterruptedException {
        var answer = new GroupAnswer(group.groupId);
        List<GroupPartition> wanted = wanted(group.topics, version, answer);
        return coordinator.ask(
                new GroupCommand.FetchOffsets(
                        group.groupId, wanted, group.memberId, group.memberEpoch, stable),
                GroupReply.OffsetsFetched.class,
                fetched -> wanted == null ? answer.all(fetched) : answer.some(fetched),
                error ->
                        version >= ERROR_OF_ALL
                                ? answer.refused(error)
                                : answer.refusedOneByOne(error));
    }

    /// The partitions to ask for, with a place in the answer for each; null for all there are.
    private @Nullable List<GroupPartition> wanted(
            @Nullable List<OffsetFetchRequest.OffsetFetchRequestTopics> topics,
            int version,
            GroupAnswer answer) {
        if (topics == null) {
            return null;
        }
        var wanted = new ArrayList<GroupPartition>();
        eachOnce(topics)
                .forEach((named, indexes) -> {
                    Optional<Topic> topic = Optional.empty();
                    short error = KafkaErrors.NONE;
                    try {
                        topic = Optional.of(lookup.topic(named.name(), named.id()));
                    } catch (SinewException e) {
                        error =
                                version >= BY_TOPIC_ID
                                        ? KafkaErrors.of(e.code())
                                        : KafkaErrors.NONE;
                    }
                    var place = answer.topic(named.name(), named.id());
                    for (int index : indexes) {
                        var partition = none(index, error);
                        place.partitions.add(partition);
                        topic.ifPresent(known -> {
                            wanted.add(new GroupPartition(known.id(), index));
                            answer.places.add(partition);
                        });
                    }
                });
        return wanted;
    }

    /// A topic as a request names it.
    private record Named(String name, UUID id) {}

    private static Map<Named, Set<Integer>> eachOnce(
            List<OffsetFetchRequest.OffsetFetchRequestTopics> topics) {
        var indexes = new LinkedHashMap<Named, Set<Integer>>();
        for (OffsetFetchRequest.OffsetFetchRequestTopics topic : topics) {
            indexes.computeIfAbsent(
                            new Named(topic.name, topic.topicId), _ -> new LinkedHashSet<>())
                    .addAll(topic.partitionIndexes);
        }
        return indexes;
    }

    private static OffsetFetchResponse.OffsetFetchResponsePartitions none(int index, short error) {
        var partition = new OffsetFetchResponse.OffsetFetchResponsePartitions();
        partition.partitionIndex = index;
        partition.committedOffset = -1;
        partition.errorCode = error;
        return partition;
    }

    private static void fill(
            OffsetFetchResponse.OffsetFetchResponsePartitions place,
            GroupOffset offset,
            GroupReply.OffsetsFetched fetched) {
        if (fetched.unstable().contains(offset.partition())) {
            place.errorCode = KafkaErrors.UNSTABLE_OFFSET_COMMIT;
        }
        place.committedOffset = offset.offset();
        place.committedLeaderEpoch = offset.leaderEpoch();
        place.metadata = offset.metadata();
    }

    /// The answer about one group as it comes about.
    private final class GroupAnswer {
        final OffsetFetchResponse.OffsetFetchResponseGroup group =
                new OffsetFetchResponse.OffsetFetchResponseGroup();

        /// Where the offsets that were asked for go, in their order.
        final List<OffsetFetchResponse.OffsetFetchResponsePartitions> places = new ArrayList<>();

        GroupAnswer(String groupId) {
            group.groupId = groupId;
        }

        OffsetFetchResponse.OffsetFetchResponseTopics topic(String name, UUID id) {
            var topic = new OffsetFetchResponse.OffsetFetchResponseTopics();
            topic.name = name;
            topic.topicId = id;
            group.topics.add(topic);
            return topic;
        }

        Message some(GroupReply.OffsetsFetched fetched) {
            for (int i = 0; i < places.size(); i++) {
                fill(places.get(i), fetched.offsets().get(i), fetched);
            }
            return message();
        }

        Message all(GroupReply.OffsetsFetched fetched) {
            Map<UUID, OffsetFetchResponse.OffsetFetchResponseTopics> byId = new LinkedHashMap<>();
            for (GroupOffset offset : fetched.offsets()) {
                // A topic that is being deleted right now has no name any more.
                broker.topics()
                        .withId(offset.partition().topicId())
                        .ifPresent(topic -> {
                            var place = none(offset.partition().partition(), KafkaErrors.NONE);
                            fill(place, offset, fetched);
                            byId.computeIfAbsent(topic.id(), id -> topic(topic.name(), id))
                                    .partitions
                                    .add(place);
                        });
            }
            return message();
        }

        Message refused(short error) {
            group.errorCode = error;
            group.topics.clear();
            return message();
        }

        Message refusedOneByOne(short error) {
            group.topics.forEach(
                    topic -> topic.partitions.forEach(partition -> partition.errorCode = error));
            return message();
        }

        private Message message() {
            var response = new OffsetFetchResponse();
            response.groups.add(group);
            return response;
        }
    }

    private static OffsetFetchResponse response(
            List<OffsetFetchResponse.OffsetFetchResponseGroup> groups, int version) {
        var response = new OffsetFetchResponse();
        if (version >= SEVERAL_GROUPS) {
            response.groups = groups;
            return response;
        }
        OffsetFetchResponse.OffsetFetchResponseGroup only = groups.getFirst();
        response.errorCode = only.errorCode;
        for (OffsetFetchResponse.OffsetFetchResponseTopics topic : only.topics) {
            var same = new OffsetFetchResponse.OffsetFetchResponseTopic();
            same.name = topic.name;
            for (OffsetFetchResponse.OffsetFetchResponsePartitions place : topic.partitions) {
                var partition = new OffsetFetchResponse.OffsetFetchResponsePartition();
                partition.partitionIndex = place.partitionIndex;
                partition.committedOffset = place.committedOffset;
                partition.committedLeaderEpoch = place.committedLeaderEpoch;
                partition.metadata = place.metadata;
                partition.errorCode = place.errorCode;
                same.partitions.add(partition);
            }
            response.topics.add(same);
        }
        return response;
    }
}
