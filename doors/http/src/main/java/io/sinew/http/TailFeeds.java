package io.sinew.http;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The feeds of all topics that somebody follows, each made by the first who does and gone with the
/// last; and the tails, whose connections are closed when they take nothing for long. Safe for any
/// thread.
final class TailFeeds implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(TailFeeds.class.getName());

    private final Engine engine;
    private final EngineCalls calls;
    private final Clock clock;
    private final TopicCounts counts;
    private final HttpLimits limits;
    private final int readersMax;
    private final Semaphore readers;
    private final Semaphore behindKiB = new Semaphore(HttpLimits.TAILS_BEHIND_BYTES >> 10);
    private final Set<Tail> tails = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Map<String, TailFeed> feeds = new HashMap<>();
    private boolean watched;
    private boolean closed;

    TailFeeds(RouteContext context, TopicCounts counts) {
        this.engine = context.contents().engine();
        this.calls = context.calls();
        this.clock = context.contents().clock();
        this.counts = counts;
        this.limits = context.limits();
        this.readersMax =
                context.contents().shared()
                        ? HttpLimits.TAILED_PARTITIONS_SHARED
                        : HttpLimits.TAILED_PARTITIONS;
        this.readers = new Semaphore(readersMax);
    }

    Engine engine() {
        return engine;
    }

    EngineCalls calls() {
        return calls;
    }

    Clock clock() {
        return clock;
    }

    /// How often a tail with nothing to say says that it is there.
    int beatMs() {
        return limits.tailBeatMs();
    }

    /// KiB of records that tails which are behind may hold.
    Semaphore behindKiB() {
        return behindKiB;
    }

    private static SinewException full(String what) {
        return new SinewException(
                ErrorCode.TOO_MANY_WAITERS,
                what + " are followed here already, which is the most. Try again later");
    }

    /// Begins to read one partition more.
    ///
    /// @throws SinewException `TOO_MANY_WAITERS`
    void take() {
        if (!readers.tryAcquire()) {
            throw full("As many partitions as can be");
        }
    }

    void giveBack() {
        readers.release();
    }

    int followedPartitions() {
        return readersMax - readers.availablePermits();
    }

    /// A seat at the feed of a topic.
    ///
    /// @throws SinewException `TOO_MANY_WAITERS`, `UNKNOWN_TOPIC_OR_PARTITION`, `LOG_STOPPED`
    TailFeed.Seat seat(String topic, int[] partitions) throws InterruptedException {
        int count = calls.run(() -> counts.of(topic));
        for (int partition : partitions) {
            var _ = TopicCounts.require(topic, partition, count);
        }
        while (true) {
            TailFeed feed = feed(topic, count);
            TailFeed.Seat seat = feed.sit(partitions);
            lock.lock();
            try {
                // It may have been given up for empty a moment ago.
                if (feeds.get(topic) == feed) {
                    return seat;
                }
            } finally {
                lock.unlock();
            }
            seat.close();
        }
    }

    private TailFeed feed(String topic, int count) {
        lock.lock();
        try {
            if (closed) {
                throw new SinewException(
                        ErrorCode.LOG_STOPPED, "Sinew is stopping. Try again when it is up");
            }
            TailFeed known = feeds.get(topic);
            if (known != null && known.count() == count) {
                return known;
            }
            if (known != null) {
                known.end();
            } else if (feeds.size() >= HttpLimits.TAILED_TOPICS) {
                throw full(HttpLimits.TAILED_TOPICS + " topics");
            }
            var made = new TailFeed(this, topic, count);
            feeds.put(topic, made);
            if (!watched) {
                watched = true;
                Thread.ofVirtual().name("sinew-http-tails").start(this::watch);
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    /// The last one has left a feed.
    void empty(TailFeed feed) {
        lock.lock();
        try {
            if (feed.isEmpty() && feeds.remove(feed.topic(), feed)) {
                feed.end();
            }
        } finally {
            lock.unlock();
        }
    }

    void began(Tail tail) {
        tails.add(tail);
    }

    void ended(Tail tail) {
        tails.remove(tail);
    }

    // ---- looking after them

    private void watch() {
        long stallNanos = TimeUnit.MILLISECONDS.toNanos(limits.tailStallMs());
        try {
            while (calls.pause(TimeUnit.MILLISECONDS.toNanos(HttpLimits.WATCH_MS))) {
                tails.forEach(tail -> tail.cutIfStalled(stallNanos));
                List<TailFeed> now = now();
                if (now.isEmpty()) {
                    return;
                }
                now.forEach(this::endIfGrown);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Those that there are. When there are none the watch is over.
    private List<TailFeed> now() {
        lock.lock();
        try {
            watched = !feeds.isEmpty();
            return List.copyOf(feeds.values());
        } finally {
            lock.unlock();
        }
    }

    /// The tails of a topic that is gone, or has more partitions, end; who comes again follows
    /// those too, from their first record.
    private void endIfGrown(TailFeed feed) {
        try {
            if (calls.run(() -> counts.of(feed.topic())) != feed.count()) {
                giveUp(feed);
            }
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.DEBUG, () -> "tail=unchecked " + feed.topic(), e);
            if (e.code() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                giveUp(feed);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Nobody sits down at it any more.
    private void giveUp(TailFeed feed) {
        lock.lock();
        try {
            feeds.remove(feed.topic(), feed);
        } finally {
            lock.unlock();
        }
        feed.end();
    }

    /// Ends all tails.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            feeds.values().forEach(TailFeed::end);
            feeds.clear();
        } finally {
            lock.unlock();
        }
    }
}
