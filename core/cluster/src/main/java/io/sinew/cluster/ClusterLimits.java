package io.sinew.cluster;

import io.sinew.topics.Engine;
import java.time.Duration;

/// Bounds on waits and on what is kept, in the order of a call's way.
final class ClusterLimits {
    /// How long the cluster may take to answer at all when an engine is opened.
    static final Duration OPEN = Duration.ofSeconds(15);

    /// How long a broker may take to answer one request before it is sent again.
    static final Duration ANSWER = Duration.ofSeconds(10);

    /// How long kafka-clients try again by themselves before a call is refused: a batch that is to
    /// be delivered, a question to the brokers, a step of a transaction. A broker that restarts, or
    /// a leader that moves, is back within it.
    static final Duration GIVE_UP = Duration.ofSeconds(30);

    /// How long closing an engine, an owner or a share takes at most; what has not ended then is
    /// given up.
    static final Duration CLOSE = Duration.ofSeconds(10);

    /// How long one look at whether a change can be seen is apart from the next.
    static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /// How long what is known of a topic is believed. For so long after another process deleted a
    /// topic or changed its rules an append goes by the old ones.
    static final Duration FACTS_AGE = Duration.ofSeconds(10);

    /// Topics of which something is known at a time; more, and all is asked anew.
    static final int FACTS_MAX = 10_000;

    /// Partitions that are created by one call: Kafka's own bound on a request.
    static final int PARTITIONS_MAX = 10_000;

    /// How long the shared producer collects records for a batch. Callers wait for it, and while a
    /// batch is under way the next one fills up anyway.
    static final Duration LINGER = Duration.ofMillis(1);

    /// How long an owner's producer collects: until the commit, which sends what there is.
    static final Duration OWNER_LINGER = Duration.ofMillis(100);

    /// Bytes of a batch. Below what a topic takes unless told otherwise (1 MiB).
    static final int BATCH_BYTES = 256 << 10;

    /// Partitions whose topics take less than [#BATCH_BYTES] that are appended to at a time.
    static final int NARROW_LOCKS = 64;

    /// Bytes of one record, more or less: a topic's `max.message.bytes` is to be what decides.
    static final int REQUEST_BYTES = Engine.COMMIT_BYTES_MAX + (1 << 20);

    /// Bytes that wait in one producer. Whoever comes when it is full waits.
    static final int PRODUCER_BYTES = 2 * Engine.COMMIT_BYTES_MAX;

    /// Names that are owned at a time. Each is a producer: a thread and two connections.
    static final int OWNERS_MAX = 1_000;

    /// Characters of an owned name, of a group's and of an address.
    static final int NAME_CHARS_MAX = 200;

    /// Groups whose positions are committed with a name, as far as what stands for them is kept.
    static final int GROUPS_MAX = 10_000;

    /// How long the cluster leaves a transaction open that nobody goes on with. Until then it holds
    /// up the readers of its partitions, unless somebody takes the name over. More than [#GIVE_UP],
    /// so that a commit is not cut off by it.
    static final Duration TRANSACTION = Duration.ofSeconds(60);

    /// How long a commit that has happened waits for its markers. The next one of that name could
    /// not begin without them.
    static final Duration MARKERS = GIVE_UP;

    /// Consumers that read at a time. Each has a connection to its partition's broker and no
    /// thread.
    static final int READERS_MAX = 256;

    /// How long a consumer is kept that nobody reads with.
    static final Duration READER_IDLE = Duration.ofSeconds(60);

    /// Bytes that a consumer fetches at once, and so has in store for the next read.
    static final int FETCH_BYTES = 1 << 20;

    /// How long a broker holds a fetch back that finds nothing.
    static final Duration FETCH_WAIT = Duration.ofMillis(500);

    /// Records that one poll hands over.
    static final int POLL_RECORDS = 5_000;

    /// How often a member of a sharing group says that it is there, in the time that it may be
    /// silent ([ClusterSettings#session]).
    static final int HEARTBEATS_A_SESSION = 3;

    /// How long a listener may take before its process loses all partitions.
    static final Duration LISTENER = Duration.ofMinutes(5);

    /// How long it takes a share to see that its topic has more partitions.
    static final Duration NEW_PARTITIONS = Duration.ofSeconds(10);

    /// How long a share waits after a failure before it joins anew.
    static final Duration REJOIN = Duration.ofSeconds(1);

    /// How long an answer about who has which partition is believed.
    static final Duration HOLDERS_AGE = Duration.ofSeconds(1);

    private ClusterLimits() {}

    static int millis(Duration limit) {
        return Math.toIntExact(limit.toMillis());
    }
}
