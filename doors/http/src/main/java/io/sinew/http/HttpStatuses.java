package io.sinew.http;

import io.helidon.http.Status;
import io.sinew.base.ErrorCode;

/// Which HTTP status a refusal is answered with.
final class HttpStatuses {
    private static final Status INSUFFICIENT_STORAGE = Status.create(507, "Insufficient Storage");

    private HttpStatuses() {}

    static Status of(ErrorCode code) {
        return switch (code) {
            case INVALID_REQUEST,
                    INVALID_TOPIC_NAME,
                    INVALID_PARTITIONS,
                    INVALID_REPLICATION_FACTOR,
                    INVALID_CONFIG,
                    INVALID_RECORD,
                    CORRUPT_BATCH,
                    UNSUPPORTED_COMPRESSION,
                    INVALID_TIMESTAMP,
                    INVALID_REQUIRED_ACKS,
                    INVALID_GROUP_ID,
                    INVALID_SESSION_TIMEOUT,
                    INCONSISTENT_GROUP_PROTOCOL,
                    OFFSET_METADATA_TOO_LARGE,
                    UNSUPPORTED_VERSION,
                    POLICY_VIOLATION,
                    INVALID_TRANSACTION_TIMEOUT,
                    INVALID_REPLICA_ASSIGNMENT,
                    UNSUPPORTED_ASSIGNOR,
                    INVALID_REGULAR_EXPRESSION,
                    STREAMS_INVALID_TOPOLOGY,
                    INVALID_FILTER,
                    OFFSET_OUT_OF_RANGE ->
                    Status.BAD_REQUEST_400;
            case TOPIC_DELETION_DISABLED -> Status.FORBIDDEN_403;
            case UNKNOWN_TOPIC_OR_PARTITION,
                    UNKNOWN_TOPIC_ID,
                    INCONSISTENT_TOPIC_ID,
                    GROUP_ID_NOT_FOUND,
                    UNKNOWN_MEMBER_ID,
                    UNKNOWN_PRODUCER_ID,
                    FETCH_SESSION_ID_NOT_FOUND,
                    RESOURCE_NOT_FOUND,
                    INVALID_PRODUCER_ID_MAPPING,
                    TRANSACTIONAL_ID_NOT_FOUND,
                    QUEUE_NOT_FOUND,
                    SUBSCRIPTION_NOT_FOUND ->
                    Status.NOT_FOUND_404;
            case TOPIC_ALREADY_EXISTS,
                    OUT_OF_ORDER_SEQUENCE,
                    DUPLICATE_SEQUENCE,
                    INVALID_PRODUCER_EPOCH,
                    PRODUCER_FENCED,
                    ILLEGAL_GENERATION,
                    REBALANCE_IN_PROGRESS,
                    MEMBER_ID_REQUIRED,
                    FENCED_INSTANCE_ID,
                    NON_EMPTY_GROUP,
                    GROUP_SUBSCRIBED_TO_TOPIC,
                    FENCED_LEADER_EPOCH,
                    UNKNOWN_LEADER_EPOCH,
                    INVALID_FETCH_SESSION_EPOCH,
                    INVALID_TXN_STATE,
                    CONCURRENT_TRANSACTIONS,
                    TRANSACTION_ABORTABLE,
                    UNSTABLE_OFFSET_COMMIT,
                    FENCED_MEMBER_EPOCH,
                    STALE_MEMBER_EPOCH,
                    UNRELEASED_INSTANCE_ID,
                    QUEUE_ALREADY_EXISTS,
                    SUBSCRIPTION_ALREADY_EXISTS ->
                    Status.CONFLICT_409;
            case BATCH_TOO_LARGE -> Status.REQUEST_ENTITY_TOO_LARGE_413;
            case GROUP_MAX_SIZE_REACHED,
                    TOO_MANY_PARTITIONS,
                    TOO_MANY_TRANSACTIONAL_IDS,
                    TOO_MANY_SUBSCRIPTIONS,
                    QUEUE_FULL,
                    DEDUPE_WINDOW_FULL ->
                    Status.TOO_MANY_REQUESTS_429;
            case DISK_FULL -> INSUFFICIENT_STORAGE;
            case NOT_OWNER,
                    TOO_MANY_CONNECTIONS,
                    TOO_MANY_WAITERS,
                    TIMED_OUT,
                    LOG_STOPPED,
                    COORDINATOR_NOT_AVAILABLE,
                    ENGINE_UNAVAILABLE ->
                    Status.SERVICE_UNAVAILABLE_503;
            case DAMAGED_DATA,
                    DATA_DIRECTORY_LOCKED,
                    DATA_DIRECTORY_TOO_NEW,
                    INTERNAL_ERROR,
                    ADDRESS_UNAVAILABLE ->
                    Status.INTERNAL_SERVER_ERROR_500;
        };
    }
}
