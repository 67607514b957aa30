package io.sinew.clients;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.CreatePartitionsRequest;
import io.sinew.kafkawire.CreateTopicsRequest;
import io.sinew.kafkawire.DeleteTopicsRequest;
import io.sinew.kafkawire.DescribeTopicPartitionsRequest;
import io.sinew.kafkawire.MetadataRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// About topics: they are created here for the questions that come later.
final class TopicQuestions {
    private static final String LONG_NAME = "x".repeat(250);

    private TopicQuestions() {}

    static List<Question> all() {
        var all = new ArrayList<Question>();
        all.addAll(creations());
        all.addAll(refusedCreations());
        all.addAll(partitions());
        all.addAll(metadata());
        all.addAll(descriptions());
        all.addAll(deletions());
        return all;
    }

    // ---- CreateTopics

    private static CreateTopicsRequest.CreatableTopic topic(
            String name, int partitions, String... configs) {
        var topic = new CreateTopicsRequest.CreatableTopic();
        topic.name = name;
        topic.numPartitions = partitions;
        topic.replicationFactor = 1;
        for (int i = 0; i < configs.length; i += 2) {
            var config = new CreateTopicsRequest.CreatableTopicConfig();
            config.name = configs[i];
            config.value = configs[i + 1];
            topic.configs.add(config);
        }
        return topic;
    }

    private static Question creation(
            String what, boolean validateOnly, CreateTopicsRequest.CreatableTopic... topics) {
        return Question.of(
                ApiKey.CREATE_TOPICS,
                what,
                (_, version) -> {
                    var request = new CreateTopicsRequest();
                    request.timeoutMs = 10_000;
                    request.validateOnly = validateOnly;
                    for (CreateTopicsRequest.CreatableTopic topic : topics) {
                        var own = new CreateTopicsRequest.CreatableTopic();
                        own.name = topic.name.replace("%v", Integer.toString(version));
                        own.numPartitions = topic.numPartitions;
                        own.replicationFactor = topic.replicationFactor;
                        own.assignments = topic.assignments;
                        own.configs = topic.configs;
                        request.topics.add(own);
                    }
                    return request;
                });
    }

    /// Of a topic for later questions.
    static Question creation(String what, String name, int partitions) {
        return creation(what, false, topic(name, partitions, "retention.ms", "-1")).in(7);
    }

    private static List<Question> creations() {
        return List.of(
                creation("a topic", false, topic("orders-v%v", 2, "retention.ms", "777000")),
                creation(
                                "the topics of later questions",
                                false,
                                topic("orders", 2, "retention.ms", "-1"))
                        .in(7),
                creation(
                                "the topics of later questions",
                                false,
                                topic("compacted", 1, "cleanup.policy", "compact"),
                                topic("stamped", 1, "message.timestamp.type", "LogAppendTime"),
                                topic("packed", 1, "compression.type", "zstd"),
                                topic("small", 1, "max.message.bytes", "1000"),
                                topic("settings", 1, "retention.ms", "5000"))
                        .in(7),
                creation("only validated", true, topic("validated", 3, "retention.ms", "5")));
    }

    private static List<Question> refusedCreations() {
        CreateTopicsRequest.CreatableTopic threeCopies = topic("copies", 1);
        threeCopies.replicationFactor = 3;
        CreateTopicsRequest.CreatableTopic noCopies = topic("no-copies", 1);
        noCopies.replicationFactor = 0;
        CreateTopicsRequest.CreatableTopic assigned = topic("assigned", -1);
        assigned.replicationFactor = -1;
        var assignment = new CreateTopicsRequest.CreatableReplicaAssignment();
        assignment.partitionIndex = 1;
        assignment.brokerIds = List.of(1);
        assigned.assignments = List.of(assignment);
        CreateTopicsRequest.CreatableTopic both = topic("both", 2);
        both.assignments = List.of(assignment);
        return List.of(
                creation("a topic that there is", false, topic("orders", 1)),
                creation("an empty name", false, topic("", 1)),
                creation("a name of a dot", false, topic(".", 1)),
                creation("a name with a space", false, topic("a b", 1)),
                creation("a name that is too long", false, topic(LONG_NAME, 1)),
                creation(
                                "a name that differs in a dot only",
                                false,
                                topic("a_b.c", 1),
                                topic("a.b_c", 1))
                        .in(7),
                creation("no partitions", false, topic("none", 0)),
                creation("-2 partitions", false, topic("none", -2)),
                creation("three copies", true, threeCopies),
                creation("no copies", false, noCopies),
                creation("an assignment without partition 0", false, assigned),
                creation("an assignment and a count", false, both),
                creation("an unknown config", false, topic("none", 1, "no.such.config", "1")),
                creation(
                        "a config that is no number", false, topic("none", 1, "retention.ms", "x")),
                creation("a config out of range", false, topic("none", 1, "segment.ms", "0")),
                creation(
                        "a config that is no word", false, topic("none", 1, "cleanup.policy", "x")),
                creation("a name twice", false, topic("twice", 1), topic("twice", 2)),
                creation("one good and one bad", true, topic("good", 1), topic("b@d", 1)),
                creation("nothing", false));
    }

    // ---- CreatePartitions

    private static Question partitions(String what, String name, int count, int... brokers) {
        return Question.of(
                ApiKey.CREATE_PARTITIONS,
                what,
                (_, _) -> {
                    var topic = new CreatePartitionsRequest.CreatePartitionsTopic();
                    topic.name = name;
                    topic.count = count;
                    topic.assignments = null;
                    if (brokers.length > 0) {
                        var assignment = new CreatePartitionsRequest.CreatePartitionsAssignment();
                        assignment.brokerIds = new ArrayList<>();
                        for (int broker : brokers) {
                            assignment.brokerIds.add(broker);
                        }
                        topic.assignments = List.of(assignment);
                    }
                    var request = new CreatePartitionsRequest();
                    request.timeoutMs = 10_000;
                    request.topics.add(topic);
                    return request;
                });
    }

    private static List<Question> partitions() {
        return List.of(
                partitions("fewer partitions", "orders", 1),
                partitions("as many partitions", "orders", 2),
                partitions("partitions of no topic", "none", 3),
                partitions("more partitions", "orders", 3).in(3),
                partitions("-1 partitions", "orders", -1),
                partitions("more by two, with one assignment", "orders", 5, 1));
    }

    // ---- Metadata

    private static MetadataRequest.MetadataRequestTopic named(@Nullable String name, UUID id) {
        var topic = new MetadataRequest.MetadataRequestTopic();
        topic.name = name;
        topic.topicId = id;
        return topic;
    }

    private static MetadataRequest metadata(
            @Nullable List<MetadataRequest.MetadataRequestTopic> topics) {
        var request = new MetadataRequest();
        request.topics = topics;
        return request;
    }

    private static Question names(String what, String... names) {
        return Question.of(
                        ApiKey.METADATA,
                        what,
                        (_, _) -> {
                            var topics = new ArrayList<MetadataRequest.MetadataRequestTopic>();
                            for (String name : names) {
                                topics.add(named(name, new UUID(0, 0)));
                            }
                            MetadataRequest request = metadata(topics);
                            request.allowAutoTopicCreation = false;
                            return request;
                        })
                .in(4, 9, 13);
    }

    private static List<Question> metadata() {
        return List.of(
                Question.of(
                                ApiKey.METADATA,
                                "all topics",
                                (_, version) -> metadata(version == 0 ? List.of() : null))
                        .in(0, 1, 4, 9, 13),
                Question.of(ApiKey.METADATA, "no topics", (_, _) -> metadata(List.of()))
                        .in(1, 4, 13),
                names("a topic", "orders"),
                names("a topic that there is not", "none"),
                names("names that no topic can have", "a b", "", LONG_NAME, ".."),
                names("a topic twice", "orders", "orders"),
                Question.of(
                                ApiKey.METADATA,
                                "topics by id",
                                (told, _) -> {
                                    UUID orders = told.topicId("orders");
                                    return metadata(
                                            List.of(
                                                    named(null, orders),
                                                    named(null, Told.UNKNOWN_TOPIC)));
                                })
                        .in(12, 13),
                Question.of(
                                ApiKey.METADATA,
                                "what may be done",
                                (_, version) -> {
                                    MetadataRequest request =
                                            metadata(List.of(named("orders", new UUID(0, 0))));
                                    request.includeTopicAuthorizedOperations = true;
                                    request.includeClusterAuthorizedOperations = version <= 10;
                                    return request;
                                })
                        .in(8, 10, 13));
    }

    // ---- DescribeTopicPartitions

    private static Question description(
            String what, Consumer<DescribeTopicPartitionsRequest> wording, String... names) {
        return Question.of(
                ApiKey.DESCRIBE_TOPIC_PARTITIONS,
                what,
                (_, _) -> {
                    var request = new DescribeTopicPartitionsRequest();
                    for (String name : names) {
                        var topic = new DescribeTopicPartitionsRequest.TopicRequest();
                        topic.name = name;
                        request.topics.add(topic);
                    }
                    wording.accept(request);
                    return request;
                });
    }

    private static DescribeTopicPartitionsRequest.Cursor cursor(String name, int partition) {
        var cursor = new DescribeTopicPartitionsRequest.Cursor();
        cursor.topicName = name;
        cursor.partitionIndex = partition;
        return cursor;
    }

    private static List<Question> descriptions() {
        return List.of(
                description("some topics", _ -> {}, "orders", "none", "compacted"),
                description("a bad name", _ -> {}, "a b"),
                description("a page of one", r -> r.responsePartitionLimit = 1, "orders", "small"),
                description("a page of none", r -> r.responsePartitionLimit = 0, "orders"),
                description(
                        "the next page", r -> r.cursor = cursor("orders", 1), "orders", "small"),
                description("a page after all", r -> r.cursor = cursor("zzz", 0), "orders"),
                description("a cursor of -1", r -> r.cursor = cursor("orders", -1), "orders"));
    }

    // ---- DeleteTopics

    private static List<Question> deletions() {
        return List.of(
                Question.of(
                        ApiKey.DELETE_TOPICS,
                        "topics that there are not",
                        (_, version) -> deletion(version, "none")),
                Question.of(
                        ApiKey.DELETE_TOPICS,
                        "a topic",
                        (_, version) ->
                                deletion(version, version == 1 ? "orders-v2" : "orders-v7")),
                Question.of(
                        ApiKey.DELETE_TOPICS,
                        "a topic that is gone",
                        (_, version) ->
                                deletion(version, version == 1 ? "orders-v2" : "orders-v7")),
                Question.of(
                                ApiKey.DELETE_TOPICS,
                                "an id that there is not, and an entry without name and id",
                                (_, _) -> {
                                    var request = new DeleteTopicsRequest();
                                    request.timeoutMs = 10_000;
                                    var byId = new DeleteTopicsRequest.DeleteTopicState();
                                    byId.name = null;
                                    byId.topicId = Told.UNKNOWN_TOPIC;
                                    var empty = new DeleteTopicsRequest.DeleteTopicState();
                                    empty.name = null;
                                    request.topics = List.of(byId, empty);
                                    return request;
                                })
                        .in(6),
                Question.of(
                                ApiKey.DELETE_TOPICS,
                                "a name and an id together, and a name twice",
                                (told, _) -> {
                                    var request = new DeleteTopicsRequest();
                                    request.timeoutMs = 10_000;
                                    var both = new DeleteTopicsRequest.DeleteTopicState();
                                    both.name = "settings";
                                    both.topicId = told.topicId("settings");
                                    var once = new DeleteTopicsRequest.DeleteTopicState();
                                    once.name = "small";
                                    var twice = new DeleteTopicsRequest.DeleteTopicState();
                                    twice.name = "small";
                                    request.topics = List.of(both, once, twice);
                                    return request;
                                })
                        .in(6));
    }

    private static DeleteTopicsRequest deletion(int version, String name) {
        var request = new DeleteTopicsRequest();
        request.timeoutMs = 10_000;
        if (version < 6) {
            request.topicNames = List.of(name);
        } else {
            var topic = new DeleteTopicsRequest.DeleteTopicState();
            topic.name = name;
            request.topics = List.of(topic);
        }
        return request;
    }
}
