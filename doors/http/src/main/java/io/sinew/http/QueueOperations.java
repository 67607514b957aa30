package io.sinew.http;

import io.helidon.http.Status;
import io.sinew.base.ErrorCode;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Text;
import io.sinew.http.Schema.Texts;
import io.sinew.http.Schema.Truth;
import io.sinew.http.Schema.Whole;
import io.sinew.queue.Queues;
import java.util.List;

/// What the routes of [QueueRoutes] do, and what they take and give.
final class QueueOperations {
    static final Shape LISTED =
            Shape.of(
                    "ListQueues",
                    Member.optional("counts", new Truth(), "With how many messages are how"));

    static final Shape NEW_QUEUE =
            Shape.of(
                    "NewQueue",
                    Member.optional(
                            "partitions", Whole.of(1, Queues.PARTITIONS_MAX, 1), "It stays so"),
                    Member.optional("settings", new Texts(), "Those that are not as usual"));

    private static final Shape NAMED =
            Shape.of(
                    "CreatedQueue",
                    Member.needed("name", Text.any(), "Its own"),
                    Member.needed("partitions", Whole.partition(), "How many"),
                    Member.optional("deadLetters", Text.any(), "The queue of its dead letters"),
                    Member.needed("settings", new Texts(), "All of them"));

    private static final List<Member> STATE = SourceStatus.members(MessageSource.DOOMED);

    private static final Shape QUEUE = NAMED.with("Queue", STATE);

    private static final Shape QUEUES =
            Shape.of("Queues", Member.needed("queues", Listed.of(QUEUE), "All of them"));

    static final Operation LIST =
            Operation.of("listQueues", "All queues.")
                    .query(LISTED)
                    .answers(Status.OK_200, "The queues", QUEUES);

    static final Operation CREATE =
            Operation.of("createQueue", "Creates a queue, and another for its dead letters.")
                    .members(NEW_QUEUE)
                    .answers(Status.CREATED_201, "The queue", NAMED)
                    .refuses(
                            ErrorCode.QUEUE_ALREADY_EXISTS,
                            ErrorCode.TOPIC_ALREADY_EXISTS,
                            ErrorCode.INVALID_TOPIC_NAME,
                            ErrorCode.INVALID_CONFIG,
                            ErrorCode.POLICY_VIOLATION,
                            ErrorCode.TOO_MANY_PARTITIONS);

    static final Operation DESCRIBE =
            Operation.of("describeQueue", "A queue, and how many of its messages are how.")
                    .answers(Status.OK_200, "The queue", QUEUE)
                    .refuses(ErrorCode.QUEUE_NOT_FOUND);

    static final Operation SEND =
            Operation.of("sendMessages", "Sends a message, or several; durable when answered.")
                    .body(MessageJson.NEW_MESSAGE, MessageJson.NEW_MESSAGES)
                    .answers(Status.OK_200, "Where they are", QueueMessages.SENT)
                    .refuses(
                            ErrorCode.QUEUE_NOT_FOUND,
                            ErrorCode.INVALID_RECORD,
                            ErrorCode.QUEUE_FULL,
                            ErrorCode.DEDUPE_WINDOW_FULL);

    static final Operation PURGE =
            Operation.of("purgeQueue", "Drops all messages that no consumer has.")
                    .answers(Status.NO_CONTENT_204, "They are dropped")
                    .refuses(ErrorCode.QUEUE_NOT_FOUND);

    static final Operation PEEK =
            Operation.of("peekMessages", "The first messages, without taking them.")
                    .query(QueueLetters.LOOK)
                    .answers(Status.OK_200, "The messages", QueueLetters.SEEN)
                    .refuses(ErrorCode.QUEUE_NOT_FOUND);

    static final Operation DEAD =
            Operation.of("peekDeadLetters", "The first dead letters, each with why it is one.")
                    .query(QueueLetters.LOOK)
                    .answers(Status.OK_200, "The dead letters", QueueLetters.SEEN)
                    .refuses(ErrorCode.QUEUE_NOT_FOUND);

    static final Operation REDRIVE =
            Operation.of("redriveDeadLetters", "Sends dead letters to their queue again.")
                    .members(QueueLetters.REDRIVE, QueueLetters.REDRIVE_ONE)
                    .answers(Status.OK_200, "How far it got", QueueLetters.REDRIVEN)
                    .refuses(
                            ErrorCode.QUEUE_NOT_FOUND,
                            ErrorCode.QUEUE_FULL,
                            ErrorCode.DEDUPE_WINDOW_FULL);

    static final Operation DELETE =
            Operation.of("deleteQueue", "Deletes a queue with its messages and dead letters.")
                    .answers(Status.NO_CONTENT_204, "It is deleted")
                    .refuses(ErrorCode.QUEUE_NOT_FOUND);

    private QueueOperations() {}
}
