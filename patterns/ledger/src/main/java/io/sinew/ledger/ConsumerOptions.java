package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.time.Duration;

/// How a [MessageConsumer] takes messages. Immutable: each of its methods gives another.
///
/// @param concurrency messages that its handler deals with at a time
/// @param credit messages that it has at most, those that its handler deals with among them; from
///   `concurrency` to [#CREDIT_MAX]. What it has and has not begun waits here, in memory, and is
///   not there for other consumers
/// @param perSecond messages that it begins in a second at most; 0 for as many as there are
/// @param perSecondOfGroup messages of one ordered group that it begins in a second at most; 0 for
///   as many as there are. One that comes too early goes back to the queue until its time, which
///   does not count as a failure, and holds up its group only
/// @param lease how long a message is believed to be dealt with after the last sign of life
/// @param mode how often a message may be met
public record ConsumerOptions(
        int concurrency,
        int credit,
        int perSecond,
        int perSecondOfGroup,
        Duration lease,
        DeliveryMode mode) {
    /// Messages that one consumer deals with at a time.
    public static final int CONCURRENCY_MAX = 10_000;

    /// Messages that one consumer has at a time.
    public static final int CREDIT_MAX = 20_000;

    /// The highest rate there is.
    public static final int PER_SECOND_MAX = Pace.PER_SECOND_MAX;

    /// Groups whose rate one consumer minds at a time: those of which it began a message within the
    /// time that belongs to one. Some 200 bytes of memory each, with a short name. Messages of
    /// others wait.
    public static final int GROUPS_MAX = 100_000;

    public ConsumerOptions {
        require(
                concurrency >= 1 && concurrency <= CONCURRENCY_MAX,
                "deals with 1 to " + CONCURRENCY_MAX + " messages at a time");
        require(
                credit >= concurrency && credit <= CREDIT_MAX,
                "has at least as many messages as it deals with, and at most " + CREDIT_MAX);
        require(
                isRate(perSecond) && isRate(perSecondOfGroup),
                "begins 1 to " + PER_SECOND_MAX + " messages a second, or 0 for no limit");
        require(lease.toMillis() >= 1, "has a lease of a millisecond at least");
    }

    private static boolean isRate(int perSecond) {
        return perSecond >= 0 && perSecond <= PER_SECOND_MAX;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new SinewException(ErrorCode.INVALID_REQUEST, "A consumer " + what);
        }
    }

    /// So many at a time, each when there is somebody to deal with it, as fast as they come, with
    /// leases of 30 seconds, at least once.
    public static ConsumerOptions concurrency(int count) {
        return new ConsumerOptions(
                count, count, 0, 0, Duration.ofSeconds(30), DeliveryMode.AT_LEAST_ONCE);
    }

    /// So many in hand at a time, begun or not.
    public ConsumerOptions withCredit(int count) {
        return new ConsumerOptions(concurrency, count, perSecond, perSecondOfGroup, lease, mode);
    }

    /// So many a second at most.
    public ConsumerOptions atMostPerSecond(int count) {
        return new ConsumerOptions(concurrency, credit, count, perSecondOfGroup, lease, mode);
    }

    /// So many of each ordered group a second at most.
    public ConsumerOptions atMostPerSecondOfGroup(int count) {
        return new ConsumerOptions(concurrency, credit, perSecond, count, lease, mode);
    }

    public ConsumerOptions withLease(Duration time) {
        return new ConsumerOptions(concurrency, credit, perSecond, perSecondOfGroup, time, mode);
    }

    /// Settles each message before its handler has it. What the handler says of it then counts for
    /// nothing.
    public ConsumerOptions atMostOnce() {
        return new ConsumerOptions(
                concurrency, credit, perSecond, perSecondOfGroup, lease, DeliveryMode.AT_MOST_ONCE);
    }
}
