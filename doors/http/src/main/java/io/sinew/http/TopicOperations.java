package io.sinew.http;

import io.helidon.http.Status;
import io.sinew.base.ErrorCode;
import io.sinew.http.Schema.Anything;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Texts;
import io.sinew.http.Schema.Whole;
import io.sinew.queue.Queue;
import io.sinew.queue.Queues;
import java.util.Map;

/// What the routes of [TopicRoutes] do, and what they take and give.
final class TopicOperations {
    static final Shape NEW_TOPIC =
            Shape.of(
                    "NewTopic",
                    Member.optional(
                            "partitions", Whole.of(1, Queues.PARTITIONS_MAX, 1), "How many"),
                    Member.optional("settings", new Texts(), "Kafka's, by their names"));

    private static final Member NAME = Member.needed("name", Text.any(), "Its own");
    private static final Member PARTITIONS =
            Member.needed("partitions", Whole.partition(), "How many");

    private static final Shape TOPICS =
            Shape.of(
                    "Topics",
                    Member.needed(
                            "topics",
                            Listed.of(Shape.of("TopicName", NAME, PARTITIONS)),
                            "All of them"));

    private static final Shape CREATED =
            Shape.of(
                    "CreatedTopic",
                    NAME,
                    PARTITIONS,
                    Member.needed("settings", new Texts(), "Those that are its own"));

    private static final Shape TOPIC =
            CREATED.with(
                    "Topic",
                    Member.needed(
                            "offsets",
                            Listed.of(
                                    Shape.of(
                                            "PartitionOffsets",
                                            Member.needed("partition", Whole.partition(), "Which"),
                                            Member.needed(
                                                    "start", Whole.count(), "Its first record"),
                                            Member.needed("end", Whole.count(), "Its next one"))),
                            "By partition"));

    /// What its attributes are is checked by [CloudEventAttributes].
    private static final Shape EVENT =
            Shape.open(
                    "CloudEvent",
                    Member.needed("specversion", Text.of("1.0"), "Of CloudEvents"),
                    Member.needed("id", Text.any(), "Its own, within its source"),
                    Member.needed("source", Text.any(), "Where it came about, a URI reference"),
                    Member.needed("type", Text.any(), "What came about"),
                    Member.optional("subject", Text.any(), "What it is about"),
                    Member.optional("time", Text.any(), "When, as RFC 3339 has it"),
                    Member.optional("datacontenttype", Text.any(), "Of data; else JSON"),
                    Member.optional("dataschema", Text.any(), "Of data, a URI"),
                    Member.optional("partitionkey", Text.any(), "Becomes the record's key"),
                    Member.optional("data", new Anything(), "What it says; this or data_base64"),
                    Member.optional("data_base64", Text.any(), "What it says, as bytes"));

    static final Operation LIST =
            Operation.of("listTopics", "All topics.").answers(Status.OK_200, "The topics", TOPICS);

    static final Operation CREATE =
            Operation.of("createTopic", "Creates a topic.")
                    .members(NEW_TOPIC)
                    .answers(Status.CREATED_201, "The topic", CREATED)
                    .refuses(
                            ErrorCode.TOPIC_ALREADY_EXISTS,
                            ErrorCode.INVALID_TOPIC_NAME,
                            ErrorCode.INVALID_PARTITIONS,
                            ErrorCode.INVALID_CONFIG,
                            ErrorCode.POLICY_VIOLATION,
                            ErrorCode.TOO_MANY_PARTITIONS);

    static final Operation DESCRIBE =
            Operation.of("describeTopic", "A topic, and where each partition begins and ends.")
                    .answers(Status.OK_200, "The topic", TOPIC)
                    .refuses(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.POLICY_VIOLATION);

    static final Operation APPEND =
            Operation.of("appendRecords", "Appends a record, or several; durable when answered.")
                    .body(TopicRecordJson.NEW_RECORD, TopicRecordJson.NEW_RECORDS)
                    .answers(Status.OK_200, "Where they are", TopicRecords.APPENDED)
                    .refuses(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.POLICY_VIOLATION,
                            ErrorCode.INVALID_RECORD,
                            ErrorCode.INVALID_TIMESTAMP);

    static final Operation READ =
            Operation.of("readRecords", "Records of a partition, from a place on.")
                    .query(TopicRecords.READ)
                    .answers(
                            Status.OK_200,
                            "The records; as CloudEvents for who accepts those, with the next"
                                    + " offset in the header Sinew-Next-Offset",
                            Map.of(
                                    "application/json",
                                    TopicRecords.RECORDS,
                                    CloudEventJson.BATCH_TYPE,
                                    Listed.of(EVENT)))
                    .refuses(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.POLICY_VIOLATION,
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            ErrorCode.TOO_MANY_WAITERS);

    static final Operation TAIL =
            Operation.of("tailTopic", "What is written, as it is written: server-sent events.")
                    .query(TopicTails.TAIL)
                    .headers(TopicTails.LAST_EVENT)
                    .answers(
                            Status.OK_200,
                            "Events, each a record; or a gap",
                            Map.of("text/event-stream", Text.any()))
                    .refuses(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.POLICY_VIOLATION,
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            ErrorCode.TOO_MANY_WAITERS);

    static final Operation EVENTS =
            Operation.of("appendEvents", "Appends CloudEvents that come by the HTTP binding.")
                    .body(
                            Map.of(
                                    CloudEventJson.TYPE,
                                    EVENT,
                                    CloudEventJson.BATCH_TYPE,
                                    new Listed(EVENT, 0, Queue.SEND_MAX),
                                    "*/*",
                                    new Anything()))
                    .headers(
                            Member.optional(
                                    "ce-specversion", Text.any(), "Where the body is the data"),
                            Member.optional("ce-id", Text.any(), "Where the body is the data"),
                            Member.optional("ce-source", Text.any(), "Where the body is the data"),
                            Member.optional("ce-type", Text.any(), "Where the body is the data"))
                    .answers(Status.OK_200, "Where they are", TopicRecords.APPENDED)
                    .refuses(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.POLICY_VIOLATION,
                            ErrorCode.INVALID_RECORD,
                            ErrorCode.INVALID_TIMESTAMP);

    static final Operation DELETE =
            Operation.of("deleteTopic", "Deletes a topic with all its records.")
                    .answers(Status.NO_CONTENT_204, "It is deleted")
                    .refuses(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.POLICY_VIOLATION,
                            ErrorCode.TOPIC_DELETION_DISABLED);

    private TopicOperations() {}
}
