package io.sinew.http;

import io.helidon.http.Status;
import io.sinew.base.ErrorCode;
import io.sinew.http.Schema.Anything;
import io.sinew.http.Schema.Listed;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
import io.sinew.http.Schema.Texts;
import io.sinew.http.Schema.Truth;
import io.sinew.http.Schema.Whole;
import io.sinew.http.Schema.Word;
import io.sinew.pubsub.Subscriptions;
import java.util.List;

/// What the routes of [SubscriptionRoutes] do, and what they take and give.
final class SubscriptionOperations {
    private static final Member FILTER =
            Member.optional(
                    SubscriptionJson.FILTER, new Anything(), "Which records; else all of them");

    static final Shape PREVIEWING =
            Shape.of(
                    "Preview",
                    FILTER,
                    Member.optional(
                            "last",
                            Whole.of(1, Subscriptions.PREVIEW_MAX, 100),
                            "How many of each partition are looked at"));

    private static final Shape PREVIEWED =
            Shape.of(
                    "Previewed",
                    Member.needed("matched", Whole.count(), "How many it lets through"),
                    Member.needed(
                            "records",
                            Listed.of(
                                    TopicRecordJson.RECORD.with(
                                            "PreviewedRecord",
                                            Member.needed(
                                                    "matches",
                                                    new Truth(),
                                                    "Whether it is let through"))),
                            "Those looked at"));

    static final Shape LISTED =
            Shape.of(
                    "ListSubscriptions",
                    Member.optional("counts", new Truth(), "With how many messages are how"));

    private static final List<Member> STATE = SourceStatus.members(MessageSource.PARKED);

    private static final Shape STATED =
            SubscriptionJson.SUBSCRIPTION
                    .with("SubscriptionWithCounts", STATE)
                    .with(
                            "SubscriptionState",
                            Member.optional(
                                    SubscriptionJson.PUSH_STATE,
                                    SubscriptionJson.PUSH_STATUS,
                                    "How its push is doing in the process that was asked"));

    private static final Shape SUBSCRIPTIONS =
            Shape.of(
                    "Subscriptions",
                    Member.needed("subscriptions", Listed.of(STATED), "Those to the topic"));

    static final Shape NEW_SUBSCRIPTION =
            Shape.of(
                    "NewSubscription",
                    FILTER,
                    Member.optional(
                            "start",
                            Word.usually("end"),
                            "end, beginning, an offset, or a time as 2026-11-29T12:00:00Z"),
                    Member.optional("settings", new Texts(), "Those that are not as usual"),
                    Member.optional("push", new Texts(), "Where its messages are pushed, and how"));

    static final Shape PUSHING =
            Shape.of(
                    "Push",
                    Member.optional("push", new Texts(), "Where its messages are pushed, and how"));

    static final Shape SEEKING =
            Shape.of("Seek", Member.needed("to", Word.any(), "As where a subscription starts"));

    static final Operation PREVIEW =
            Operation.of("previewFilter", "Which of a topic's last records a filter lets through.")
                    .members(PREVIEWING)
                    .answers(Status.OK_200, "The records", PREVIEWED)
                    .refuses(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.POLICY_VIOLATION,
                            ErrorCode.INVALID_FILTER);

    static final Operation LIST =
            Operation.of("listSubscriptions", "All subscriptions to a topic.")
                    .query(LISTED)
                    .answers(Status.OK_200, "The subscriptions", SUBSCRIPTIONS)
                    .refuses(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);

    static final Operation CREATE =
            Operation.of("createSubscription", "Creates a subscription to a topic.")
                    .members(NEW_SUBSCRIPTION)
                    .answers(Status.CREATED_201, "The subscription", SubscriptionJson.SUBSCRIPTION)
                    .refuses(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.SUBSCRIPTION_ALREADY_EXISTS,
                            ErrorCode.TOPIC_ALREADY_EXISTS,
                            ErrorCode.INVALID_FILTER,
                            ErrorCode.INVALID_CONFIG,
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            ErrorCode.POLICY_VIOLATION,
                            ErrorCode.TOO_MANY_SUBSCRIPTIONS);

    static final Operation DESCRIBE =
            Operation.of("describeSubscription", "A subscription, and how its messages are.")
                    .answers(Status.OK_200, "The subscription", STATED)
                    .refuses(ErrorCode.SUBSCRIPTION_NOT_FOUND);

    static final Operation CHANGE_PUSH =
            Operation.of("changePush", "Has a subscription's messages pushed to an endpoint.")
                    .members(PUSHING)
                    .answers(
                            Status.OK_200,
                            "The subscription, with the secrets",
                            SubscriptionJson.SUBSCRIPTION)
                    .refuses(ErrorCode.SUBSCRIPTION_NOT_FOUND, ErrorCode.INVALID_CONFIG);

    static final Operation END_PUSH =
            Operation.of("endPush", "Has a subscription's messages pushed no more; they stay.")
                    .answers(Status.NO_CONTENT_204, "They are pushed no more")
                    .refuses(ErrorCode.SUBSCRIPTION_NOT_FOUND);

    static final Operation SEEK =
            Operation.of("seekSubscription", "Goes on from somewhere else; forgets its messages.")
                    .members(SEEKING)
                    .answers(Status.NO_CONTENT_204, "It goes on from there")
                    .refuses(ErrorCode.SUBSCRIPTION_NOT_FOUND, ErrorCode.OFFSET_OUT_OF_RANGE);

    static final Operation PARKED =
            Operation.of("listParkedMessages", "Messages delivered no more, each with why.")
                    .query(SubscriptionParked.LOOK)
                    .answers(Status.OK_200, "The messages", SubscriptionParked.SEEN)
                    .refuses(ErrorCode.SUBSCRIPTION_NOT_FOUND);

    static final Operation REDRIVE =
            Operation.of("redriveParkedMessages", "Has parked messages tried again.")
                    .members(SubscriptionParked.CHOSEN, SubscriptionParked.ALL)
                    .answers(Status.OK_200, "How far it got", SubscriptionParked.REDRIVEN)
                    .refuses(ErrorCode.SUBSCRIPTION_NOT_FOUND);

    static final Operation DROP =
            Operation.of("dropParkedMessages", "Forgets parked messages for good.")
                    .members(SubscriptionParked.CHOSEN, SubscriptionParked.ALL)
                    .answers(Status.OK_200, "How far it got", SubscriptionParked.DROPPED)
                    .refuses(ErrorCode.SUBSCRIPTION_NOT_FOUND);

    static final Operation DELETE =
            Operation.of("deleteSubscription", "Deletes a subscription with all it knows.")
                    .answers(Status.NO_CONTENT_204, "It is deleted")
                    .refuses(ErrorCode.SUBSCRIPTION_NOT_FOUND);

    private SubscriptionOperations() {}
}
