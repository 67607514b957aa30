package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.Joins;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Somebody who listens to a topic as long as he is there, from now on. Nothing is kept for him:
/// what he misses, and what his handler fails with, is gone for him. Has a virtual thread for each
/// partition, which reads at the pace of the handler; the handler is called by all of them.
public final class LiveSubscription implements AutoCloseable {
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final int READ_BYTES = 1 << 20;
    private static final long FAILURE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final System.Logger LOGGER = System.getLogger(LiveSubscription.class.getName());

    private final Engine engine;
    private final Filter filter;
    private final Consumer<StoredRecord> handler;
    private final List<Thread> threads = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean closing;

    private LiveSubscription(Engine engine, Filter filter, Consumer<StoredRecord> handler) {
        this.engine = engine;
        this.filter = filter;
        this.handler = handler;
    }

    /// Listens from now on: to all that is appended after this returns.
    static LiveSubscription start(
            Engine engine,
            String topic,
            int partitionCount,
            Filter filter,
            Consumer<StoredRecord> handler)
            throws InterruptedException {
        var live = new LiveSubscription(engine, filter, handler);
        for (int i = 0; i < partitionCount; i++) {
            var partition = new TopicPartition(topic, i);
            long end = engine.endOffset(partition);
            live.threads.add(
                    Thread.ofVirtual()
                            .name("sinew-live-" + partition)
                            .start(() -> live.listen(partition, end)));
        }
        return live;
    }

    private void listen(TopicPartition partition, long from) {
        long next = from;
        try {
            while (!closing) {
                next = read(partition, next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long read(TopicPartition partition, long next) throws InterruptedException {
        try {
            Fetched fetched = engine.read(partition, next, READ_BYTES, WAIT);
            for (StoredRecord record : fetched.records()) {
                if (!closing && filter.matches(record)) {
                    handle(partition, record);
                }
            }
            return fetched.nextOffset();
        } catch (SinewException e) {
            if (e.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                return engine.startOffset(partition);
            }
            LOGGER.log(System.Logger.Level.WARNING, "live=waits partition=" + partition, e);
            pause();
            return next;
        }
    }

    private void handle(TopicPartition partition, StoredRecord record) {
        try {
            handler.accept(record);
        } catch (RuntimeException | AssertionError e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "live=missed record=" + partition + "@" + record.offset(),
                    e);
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            long left = FAILURE_PAUSE_NANOS;
            while (!closing && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Returns when the handler is called no more.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Joins.all(threads);
    }
}
