package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import org.jspecify.annotations.Nullable;

/// Sinew's refusals as Kafka's error codes (Kafka's documentation, "Error Codes").
final class KafkaErrors {
    static final short NONE = 0;
    static final short UNKNOWN_SERVER_ERROR = -1;
    static final short UNKNOWN_TOPIC_OR_PARTITION = 3;
    static final short COORDINATOR_NOT_AVAILABLE = 15;
    static final short INVALID_TXN_STATE = 48;
    static final short ILLEGAL_GENERATION = 22;
    static final short INCONSISTENT_GROUP_PROTOCOL = 23;
    static final short UNSUPPORTED_VERSION = 35;
    static final short INVALID_REQUEST = 42;
    static final short STORAGE_ERROR = 56;
    static final short GROUP_ID_NOT_FOUND = 69;
    static final short MEMBER_ID_REQUIRED = 79;
    static final short UNSTABLE_OFFSET_COMMIT = 88;
    static final short PRODUCER_FENCED = 90;
    static final short INVALID_PRODUCER_EPOCH = 47;
    static final short TRANSACTION_ABORTABLE = 120;
    static final short INVALID_REGULAR_EXPRESSION = 128;
    static final short UNKNOWN_TOPIC_ID = 100;
    static final short STALE_MEMBER_EPOCH = 113;
    static final short MISMATCHED_ENDPOINT_TYPE = 114;
    static final short UNSUPPORTED_ENDPOINT_TYPE = 115;
    static final short STREAMS_INVALID_TOPOLOGY = 130;

    private KafkaErrors() {}

    /// What to say of a group that is not there.
    static short noGroup(String groupId) {
        return groupId.isEmpty() ? of(ErrorCode.INVALID_GROUP_ID) : GROUP_ID_NOT_FOUND;
    }

    /// 0 for null, which stands for success.
    static short of(@Nullable ErrorCode code) {
        return code == null ? NONE : (short) number(code);
    }

    /// As [#of], for what a group coordinator answers: a log that takes no writes is to its clients
    /// a coordinator that is away, to be looked for and asked again.
    static short ofCoordinator(ErrorCode code) {
        boolean away =
                code == ErrorCode.DISK_FULL
                        || code == ErrorCode.LOG_STOPPED
                        || code == ErrorCode.TIMED_OUT;
        return away ? COORDINATOR_NOT_AVAILABLE : of(code);
    }

    /// What a producer is told from a version on; before, what it knows.
    static short fencedIn(int version, int first, short error) {
        return error == PRODUCER_FENCED && version < first ? INVALID_PRODUCER_EPOCH : error;
    }

    private static int number(ErrorCode code) {
        return switch (code) {
            case INVALID_REQUEST -> INVALID_REQUEST;
            case INVALID_TOPIC_NAME -> 17;
            case INVALID_PARTITIONS -> 37;
            case INVALID_REPLICATION_FACTOR -> 38;
            case INVALID_REPLICA_ASSIGNMENT -> 39;
            case INVALID_CONFIG -> 40;
            case INVALID_RECORD -> 87;
            case CORRUPT_BATCH -> 2;
            case BATCH_TOO_LARGE -> 10;
            case UNSUPPORTED_COMPRESSION -> 76;
            case INVALID_TIMESTAMP -> 32;
            case INVALID_REQUIRED_ACKS -> 21;
            case INVALID_GROUP_ID -> 24;
            case INVALID_SESSION_TIMEOUT -> 26;
            case INCONSISTENT_GROUP_PROTOCOL -> INCONSISTENT_GROUP_PROTOCOL;
            case OFFSET_METADATA_TOO_LARGE -> 12;
            case UNSUPPORTED_VERSION -> UNSUPPORTED_VERSION;
            case TOPIC_DELETION_DISABLED -> 73;
            case POLICY_VIOLATION, TOO_MANY_PARTITIONS, TOO_MANY_TRANSACTIONAL_IDS -> 44;
            case UNKNOWN_TOPIC_OR_PARTITION -> UNKNOWN_TOPIC_OR_PARTITION;
            case UNKNOWN_TOPIC_ID -> UNKNOWN_TOPIC_ID;
            case INCONSISTENT_TOPIC_ID -> 103;
            case GROUP_ID_NOT_FOUND -> GROUP_ID_NOT_FOUND;
            case UNKNOWN_MEMBER_ID -> 25;
            case UNKNOWN_PRODUCER_ID -> 59;
            case OFFSET_OUT_OF_RANGE -> 1;
            case FETCH_SESSION_ID_NOT_FOUND -> 70;
            case RESOURCE_NOT_FOUND -> 91;
            case TOPIC_ALREADY_EXISTS -> 36;
            case OUT_OF_ORDER_SEQUENCE -> 45;
            case DUPLICATE_SEQUENCE -> 46;
            case INVALID_PRODUCER_EPOCH -> INVALID_PRODUCER_EPOCH;
            case PRODUCER_FENCED -> PRODUCER_FENCED;
            case ILLEGAL_GENERATION -> ILLEGAL_GENERATION;
            case REBALANCE_IN_PROGRESS -> 27;
            case MEMBER_ID_REQUIRED -> MEMBER_ID_REQUIRED;
            case FENCED_INSTANCE_ID -> 82;
            case NON_EMPTY_GROUP -> 68;
            case GROUP_SUBSCRIBED_TO_TOPIC -> 86;
            case FENCED_LEADER_EPOCH -> 74;
            case UNKNOWN_LEADER_EPOCH -> 75;
            case INVALID_FETCH_SESSION_EPOCH -> 71;
            case INVALID_TXN_STATE -> INVALID_TXN_STATE;
            case INVALID_PRODUCER_ID_MAPPING -> 49;
            case INVALID_TRANSACTION_TIMEOUT -> 50;
            case CONCURRENT_TRANSACTIONS -> 51;
            case UNSTABLE_OFFSET_COMMIT -> UNSTABLE_OFFSET_COMMIT;
            case TRANSACTIONAL_ID_NOT_FOUND -> 105;
            case TRANSACTION_ABORTABLE -> TRANSACTION_ABORTABLE;
            case FENCED_MEMBER_EPOCH -> 110;
            case UNRELEASED_INSTANCE_ID -> 111;
            case UNSUPPORTED_ASSIGNOR -> 112;
            case STALE_MEMBER_EPOCH -> STALE_MEMBER_EPOCH;
            case INVALID_REGULAR_EXPRESSION -> INVALID_REGULAR_EXPRESSION;
            case STREAMS_INVALID_TOPOLOGY -> STREAMS_INVALID_TOPOLOGY;
            case GROUP_MAX_SIZE_REACHED -> 81;
            case TIMED_OUT -> 7;
            // Kafka's storage error: clients try again, and succeed when there is space.
            case DISK_FULL, LOG_STOPPED, DAMAGED_DATA -> STORAGE_ERROR;
            case COORDINATOR_NOT_AVAILABLE -> COORDINATOR_NOT_AVAILABLE;
            // No request of the Kafka protocol meets these.
            case INVALID_FILTER,
                    QUEUE_NOT_FOUND,
                    SUBSCRIPTION_NOT_FOUND,
                    SUBSCRIPTION_ALREADY_EXISTS,
                    TOO_MANY_SUBSCRIPTIONS,
                    QUEUE_ALREADY_EXISTS,
                    NOT_OWNER,
                    QUEUE_FULL,
                    DEDUPE_WINDOW_FULL,
                    TOO_MANY_WAITERS,
                    ENGINE_UNAVAILABLE,
                    TOO_MANY_CONNECTIONS,
                    DATA_DIRECTORY_LOCKED,
                    DATA_DIRECTORY_TOO_NEW,
                    ADDRESS_UNAVAILABLE,
                    INTERNAL_ERROR ->
                    UNKNOWN_SERVER_ERROR;
        };
    }
}
