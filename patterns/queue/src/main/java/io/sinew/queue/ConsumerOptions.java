package io.sinew.queue;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.time.Duration;

/// How a [QueueConsumer] takes messages.
///
/// @param concurrency messages that its handler deals with at a time
/// @param perSecond messages that it begins in a second at most; 0 for as many as there are
/// @param lease how long a message is believed to be dealt with after the last sign of life
public record ConsumerOptions(int concurrency, int perSecond, Duration lease) {
    /// Messages that one consumer deals with at a time.
    public static final int CONCURRENCY_MAX = 10_000;

    public ConsumerOptions {
        if (concurrency < 1 || concurrency > CONCURRENCY_MAX || perSecond < 0) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "A consumer deals with 1 to "
                            + CONCURRENCY_MAX
                            + " messages at a time, and not with less than none a second");
        }
    }

    /// So many at a time, as fast as they come, with leases of 30 seconds.
    public static ConsumerOptions concurrency(int count) {
        return new ConsumerOptions(count, 0, Duration.ofSeconds(30));
    }

    /// So many a second at most.
    public ConsumerOptions atMostPerSecond(int count) {
        return new ConsumerOptions(concurrency, count, lease);
    }

    public ConsumerOptions withLease(Duration time) {
        return new ConsumerOptions(concurrency, perSecond, time);
    }
}
