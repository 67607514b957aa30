package io.sinew.base;

/// Every refusal that Sinew gives, whatever the door it leaves by. Each door maps a code to its own
/// protocol in one exhaustive switch; the numbers are stable and appear in logs and in JSON.
public enum ErrorCode {
    // Requests that can never succeed as they are: 100 and up.
    INVALID_REQUEST(100, Blame.CALLER, false),
    INVALID_TOPIC_NAME(101, Blame.CALLER, false),
    INVALID_PARTITIONS(102, Blame.CALLER, false),
    INVALID_REPLICATION_FACTOR(103, Blame.CALLER, false),
    INVALID_CONFIG(104, Blame.CALLER, false),
    INVALID_RECORD(105, Blame.CALLER, false),
    CORRUPT_BATCH(106, Blame.CALLER, false),
    BATCH_TOO_LARGE(107, Blame.CALLER, false),
    UNSUPPORTED_COMPRESSION(108, Blame.CALLER, false),
    INVALID_TIMESTAMP(109, Blame.CALLER, false),
    INVALID_REQUIRED_ACKS(110, Blame.CALLER, false),
    INVALID_GROUP_ID(111, Blame.CALLER, false),
    INVALID_SESSION_TIMEOUT(112, Blame.CALLER, false),
    INCONSISTENT_GROUP_PROTOCOL(113, Blame.CALLER, false),
    OFFSET_METADATA_TOO_LARGE(114, Blame.CALLER, false),
    UNSUPPORTED_VERSION(115, Blame.CALLER, false),
    TOPIC_DELETION_DISABLED(116, Blame.CALLER, false),
    POLICY_VIOLATION(117, Blame.CALLER, false),
    INVALID_TRANSACTION_TIMEOUT(118, Blame.CALLER, false),
    /// Partitions can't be given to brokers that way.
    INVALID_REPLICA_ASSIGNMENT(119, Blame.CALLER, false),
    UNSUPPORTED_ASSIGNOR(120, Blame.CALLER, false),
    INVALID_REGULAR_EXPRESSION(121, Blame.CALLER, false),
    STREAMS_INVALID_TOPOLOGY(122, Blame.CALLER, false),
    /// The filter of a subscription can't be read; the message says where and why.
    INVALID_FILTER(123, Blame.CALLER, false),

    // What the caller named is not there: 200 and up.
    UNKNOWN_TOPIC_OR_PARTITION(200, Blame.CALLER, true),
    UNKNOWN_TOPIC_ID(201, Blame.CALLER, true),
    INCONSISTENT_TOPIC_ID(202, Blame.CALLER, true),
    GROUP_ID_NOT_FOUND(203, Blame.CALLER, false),
    UNKNOWN_MEMBER_ID(204, Blame.CALLER, false),
    UNKNOWN_PRODUCER_ID(205, Blame.CALLER, false),
    OFFSET_OUT_OF_RANGE(206, Blame.CALLER, false),
    FETCH_SESSION_ID_NOT_FOUND(207, Blame.CALLER, true),
    RESOURCE_NOT_FOUND(208, Blame.CALLER, false),
    INVALID_PRODUCER_ID_MAPPING(209, Blame.CALLER, false),
    TRANSACTIONAL_ID_NOT_FOUND(210, Blame.CALLER, false),
    QUEUE_NOT_FOUND(211, Blame.CALLER, false),
    SUBSCRIPTION_NOT_FOUND(212, Blame.CALLER, false),

    // The caller is late, or somebody else was first: 300 and up.
    TOPIC_ALREADY_EXISTS(300, Blame.CONFLICT, false),
    OUT_OF_ORDER_SEQUENCE(301, Blame.CONFLICT, false),
    DUPLICATE_SEQUENCE(302, Blame.CONFLICT, false),
    INVALID_PRODUCER_EPOCH(303, Blame.CONFLICT, false),
    PRODUCER_FENCED(304, Blame.CONFLICT, false),
    ILLEGAL_GENERATION(305, Blame.CONFLICT, false),
    REBALANCE_IN_PROGRESS(306, Blame.CONFLICT, false),
    MEMBER_ID_REQUIRED(307, Blame.CONFLICT, false),
    FENCED_INSTANCE_ID(308, Blame.CONFLICT, false),
    NON_EMPTY_GROUP(309, Blame.CONFLICT, false),
    GROUP_SUBSCRIBED_TO_TOPIC(310, Blame.CONFLICT, false),
    FENCED_LEADER_EPOCH(311, Blame.CONFLICT, true),
    UNKNOWN_LEADER_EPOCH(312, Blame.CONFLICT, true),
    INVALID_FETCH_SESSION_EPOCH(313, Blame.CONFLICT, true),
    INVALID_TXN_STATE(314, Blame.CONFLICT, false),
    CONCURRENT_TRANSACTIONS(315, Blame.CONFLICT, true),
    TRANSACTION_ABORTABLE(316, Blame.CONFLICT, false),
    UNSTABLE_OFFSET_COMMIT(317, Blame.CONFLICT, true),
    FENCED_MEMBER_EPOCH(320, Blame.CONFLICT, false),
    STALE_MEMBER_EPOCH(321, Blame.CONFLICT, true),
    UNRELEASED_INSTANCE_ID(322, Blame.CONFLICT, true),
    QUEUE_ALREADY_EXISTS(323, Blame.CONFLICT, false),
    /// Another process has the partition now; it is to be asked.
    NOT_OWNER(324, Blame.CONFLICT, true),
    SUBSCRIPTION_ALREADY_EXISTS(325, Blame.CONFLICT, false),

    // A named limit was reached: 400 and up.
    GROUP_MAX_SIZE_REACHED(400, Blame.CAPACITY, false),
    TOO_MANY_CONNECTIONS(401, Blame.CAPACITY, true),
    TOO_MANY_PARTITIONS(402, Blame.CAPACITY, false),
    TIMED_OUT(403, Blame.CAPACITY, true),
    DISK_FULL(404, Blame.CAPACITY, true),
    TOO_MANY_TRANSACTIONAL_IDS(405, Blame.CAPACITY, false),
    QUEUE_FULL(406, Blame.CAPACITY, true),
    DEDUPE_WINDOW_FULL(407, Blame.CAPACITY, true),
    TOO_MANY_WAITERS(408, Blame.CAPACITY, true),
    TOO_MANY_SUBSCRIPTIONS(409, Blame.CAPACITY, false),

    // Ours: 500 and up.
    LOG_STOPPED(500, Blame.INTERNAL, false),
    DAMAGED_DATA(501, Blame.INTERNAL, false),
    DATA_DIRECTORY_LOCKED(502, Blame.CALLER, false),
    DATA_DIRECTORY_TOO_NEW(503, Blame.CALLER, false),
    COORDINATOR_NOT_AVAILABLE(504, Blame.INTERNAL, true),
    INTERNAL_ERROR(505, Blame.INTERNAL, false),
    ADDRESS_UNAVAILABLE(506, Blame.CALLER, false),
    /// The cluster that stores the topics can't be reached, or does not answer in time.
    ENGINE_UNAVAILABLE(507, Blame.INTERNAL, true);

    /// Who has to change something.
    public enum Blame {
        /// The request is wrong.
        CALLER,
        /// The request was right when it was made; the state has moved on.
        CONFLICT,
        /// A named limit was reached.
        CAPACITY,
        /// Sinew or its machine.
        INTERNAL
    }

    private final int number;
    private final Blame blame;
    private final boolean retriable;

    ErrorCode(int number, Blame blame, boolean retriable) {
        this.number = number;
        this.blame = blame;
        this.retriable = retriable;
    }

    public int number() {
        return number;
    }

    public Blame blame() {
        return blame;
    }

    /// Whether the same request may succeed later, unchanged.
    public boolean retriable() {
        return retriable;
    }
}
