package io.sinew.http;

/// The bounds of the HTTP door.
///
/// @param maxConnections open at a time, of which each may wait for messages or follow a topic;
///   more wait to be taken. One that follows a topic costs a file descriptor and some 25 KB of heap
///   (a virtual thread, Helidon's buffers): 230 MB for 10,000. One that waits for messages costs
///   about 0.1 ms of a processor's time for each look at it besides
/// @param maxRequestLineBytes of `GET /path HTTP/1.1`; beyond it the request is refused
/// @param maxHeadersBytes of all header lines together; beyond it the request is refused
/// @param maxBodyBytes of a request's body, unless its route takes messages; beyond it the request
///   is refused
/// @param readTimeoutMs how long a connection may send nothing, between two requests and within one
/// @param closeMs how long requests under way may take when the door closes
/// @param tailBeatMs how often a tail with nothing to say says that it is there
/// @param tailStallMs how long a client may take nothing of what its tail sends. Then its
///   connection is closed; it may come back and go on where it was
record HttpLimits(
        int maxConnections,
        int maxRequestLineBytes,
        int maxHeadersBytes,
        int maxBodyBytes,
        int readTimeoutMs,
        int closeMs,
        int tailBeatMs,
        int tailStallMs) {
    /// Bytes of a body with messages.
    static final int MESSAGES_BODY_BYTES = 16 << 20;

    /// Bytes of a body with a filter in it, which may have 256 KiB.
    static final int FILTER_BODY_BYTES = 320 << 10;

    /// Bytes of all bodies together that are being read or worked on; beyond it requests are
    /// refused and may be made again.
    static final int ALL_BODIES_BYTES = 64 << 20;

    /// Objects and arrays in each other in a body.
    static final int JSON_DEPTH = 16;

    /// The same where a member may be any value.
    static final int JSON_VALUE_DEPTH = 200;

    /// Tokens in a body: each becomes an object of some 50 bytes.
    static final int JSON_TOKENS = 1_000_000;

    /// Characters of a member's name in a body, which may be the name of a header.
    static final int JSON_NAME_CHARS = 1_024;

    /// Bytes of messages in one answer, more or less: at least one message is in it.
    static final int ANSWER_BYTES = 8 << 20;

    /// Messages that are taken from a queue at a time until an answer is full. A message has 1 MiB
    /// unless its topic allows for more.
    static final int TAKEN_AT_ONCE = 16;

    /// Messages that somebody looks at in one request without taking them.
    static final int LOOKED_AT = 100;

    /// The longest wait for messages, in ms. What is between the door and the client often gives up
    /// on silent connections after a minute.
    static final int WAIT_MS = 60_000;

    /// How often it is looked at whether a client that waits is still there, in ms. It is also how
    /// long a door that closes waits for those who wait.
    static final int WATCH_MS = 1_000;

    /// How long a request waits until a queue that was just opened is served, in ms.
    static final int SERVE_MS = 10_000;

    /// Dead letters that one request sends again.
    static final int REDRIVE = 10_000;

    /// How long one request sends dead letters again, or sees to parked messages, in ms; then it
    /// says that it has not finished.
    static final int REDRIVE_MS = 20_000;

    /// How long another process may take to be connected to, and how long a request waits until
    /// there are fewer than [#PEER_REQUESTS], in ms.
    static final int PEER_CONNECT_MS = 2_000;

    /// How long another process may take to answer, in ms, beyond what it is asked to wait for
    /// messages. More than [#SERVE_MS], for it may just be opening the queue.
    static final int PEER_ANSWER_MS = 15_000;

    /// Requests to other processes that are under way at a time.
    static final int PEER_REQUESTS = 256;

    /// How many of them wait for messages. Consumers beyond that wait for what comes here, and take
    /// turns: whoever asks for messages of others is given them.
    static final int PEER_WAITS = 64;

    /// Bytes of another process's answer: some 8 MiB of messages, of which each byte may be six in
    /// JSON.
    static final int PEER_ANSWER_BYTES = 64 << 20;

    /// How often a consumer that waits for messages of this process and of others looks at what the
    /// others have sent, in ms.
    static final int PEER_LOOK_MS = 20;

    /// Every so many requests for messages ask others first, so that the messages of a process that
    /// no consumer talks to are not the last ones for ever.
    static final int PEER_TURN = 16;

    /// How long requests to other processes may go on when the door closes, in ms. More than
    /// [#WATCH_MS], for those that wait.
    static final int PEER_CLOSE_MS = 2_000;

    /// Partitions that one request appends to at a time; the others wait for their turn.
    static final int APPENDS = 64;

    /// How long it is believed how many partitions a topic has, in ms.
    static final int COUNTED_MS = 5_000;

    /// Topics of which that is known at a time.
    static final int COUNTED = 10_000;

    /// Records in one answer.
    static final int RECORDS = 10_000;

    /// Bytes of records that are read at a time until an answer is full.
    static final int READ_STEP_BYTES = 64 << 10;

    /// Topics with tails at a time.
    static final int TAILED_TOPICS = 256;

    /// Partitions with tails at a time. On a Kafka cluster each takes one of 256 consumers, which
    /// queues need too.
    static final int TAILED_PARTITIONS = 4_096;

    /// The same on a Kafka cluster.
    static final int TAILED_PARTITIONS_SHARED = 128;

    /// Partitions of one tail: each is named in the id of every event.
    static final int TAIL_PARTITIONS = 256;

    /// Bytes of events of one topic that are kept for its tails. Who has not taken what is dropped
    /// reads it from the log.
    static final int TAIL_WINDOW_BYTES = 1 << 20;

    /// Bytes of records that a topic's tails are given to read at a time.
    static final int TAIL_READ_BYTES = 256 << 10;

    /// Bytes of records that a tail which is behind reads at a time, more or less: at least one.
    static final int TAIL_STEP_BYTES = 16 << 10;

    /// Bytes of records that all tails which are behind hold together.
    static final int TAILS_BEHIND_BYTES = 256 << 20;

    /// After how long a client comes back when its tail has ended, in ms.
    static final int TAIL_RETRY_MS = 1_000;

    static HttpLimits defaults() {
        return defaults(HttpDoor.CONNECTIONS);
    }

    /// @param connections how many clients may be connected at a time
    static HttpLimits defaults(int connections) {
        return new HttpLimits(connections, 4 << 10, 8 << 10, 64 << 10, 30_000, 500, 15_000, 30_000);
    }
}
