package io.sinew.cluster;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Fetched;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// The consumers that reads go through. One that goes on where the last one ended gets the same
/// consumer, with what that has fetched ahead; any other gets one that nobody needs, or a new one.
/// At most [ClusterLimits#READERS_MAX] at a time, and none for longer than it is used.
final class Readers {
    /// How long one poll waits for what is known to be there.
    private static final Duration PATIENCE = Duration.ofMillis(100);

    /// How long one poll waits for what may come. Then the end is asked for, so that a reader
    /// notices a cluster that is gone.
    private static final long TURN_NANOS = 5_000_000_000L;

    private final Clients clients;
    private final Clock clock;
    private final Offsets offsets;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition over = lock.newCondition();

    /// Those nobody reads with, longest returned first.
    private final Set<PartitionReader> idle = new LinkedHashSet<>();

    private final Set<PartitionReader> lent = new HashSet<>();

    /// Those that are being made.
    private int coming;

    private boolean closed;

    Readers(Clients clients, Offsets offsets, Clock clock) {
        this.clients = clients;
        this.offsets = offsets;
        this.clock = clock;
        Thread.ofVirtual().name("sinew-cluster-idle").start(this::closeIdle);
    }

    Fetched read(TopicPartition partition, long offset, int maxBytes, Duration atMost)
            throws InterruptedException {
        if (offset < 0) {
            throw outOfRange(partition, offset, null);
        }
        PartitionReader reader = borrow(partition, offset);
        boolean sound = false;
        try {
            reader.moveTo(partition, offset);
            await(reader, partition, nanos(atMost));
            Fetched found = reader.take(maxBytes);
            sound = true;
            return found;
        } catch (WakeupException e) {
            throw closedRefusal(e);
        } catch (org.apache.kafka.clients.consumer.OffsetOutOfRangeException e) {
            throw outOfRange(partition, offset, e);
        } catch (KafkaException e) {
            throw clients.refusals().orInterrupted(e, "reading " + partition);
        } finally {
            giveBack(reader, sound);
        }
    }

    /// As far as a wait can be counted in nanoseconds: 292 years.
    private static long nanos(Duration wait) {
        if (wait.isNegative()) {
            return 0;
        }
        return wait.toSeconds() < Long.MAX_VALUE / 1_000_000_000 ? wait.toNanos() : Long.MAX_VALUE;
    }

    /// Until the reader has a record in store, or has passed over all that there is and that nobody
    /// is to see, or the time is up and there is nothing. That a poll brought nothing does not say
    /// so: an answer may be on its way, or no broker be there. Then the partition's end is asked
    /// for.
    private void await(PartitionReader reader, TopicPartition partition, long atMostNanos)
            throws InterruptedException {
        long beganNanos = clock.nanos();
        long offset = reader.position();
        while (reader.isEmpty()) {
            long leftNanos = atMostNanos - (clock.nanos() - beganNanos);
            if (reader.behindEnd()) {
                if (-leftNanos > ClusterLimits.GIVE_UP.toNanos()) {
                    throw clients.refusals()
                            .unavailable(
                                    "reading " + partition,
                                    new KafkaException("no answer to a fetch in time"));
                }
                reader.poll(PATIENCE);
                continue;
            }
            boolean passedOver = reader.position() > offset;
            long waitNanos = passedOver ? 0 : Math.clamp(leftNanos, 0, TURN_NANOS);
            reader.poll(Duration.ofNanos(waitNanos));
            if (reader.isEmpty()) {
                long end = offsets.end(partition);
                reader.sawEnd(end);
                if (reader.position() > end) {
                    checkReadable(partition, reader.position());
                }
                boolean gotOn = reader.position() > offset;
                boolean late = atMostNanos <= clock.nanos() - beganNanos;
                if (reader.position() >= end && (gotOn || late)) {
                    return;
                }
            }
        }
    }

    /// Behind the end of what is committed there may be a transaction that is open: whoever waits
    /// there is only early. Behind what is open there is nothing.
    private void checkReadable(TopicPartition partition, long offset) throws InterruptedException {
        long uncommittedEnd = offsets.uncommittedEnd(partition);
        if (offset > uncommittedEnd) {
            throw outOfRange(partition, offset, null);
        }
    }

    private SinewException outOfRange(
            TopicPartition partition, long offset, @Nullable Throwable cause)
            throws InterruptedException {
        String message =
                "offset "
                        + offset
                        + " of "
                        + partition
                        + " can't be read: it has "
                        + offsets.start(partition)
                        + " to "
                        + offsets.end(partition);
        return cause == null
                ? new SinewException(ErrorCode.OFFSET_OUT_OF_RANGE, message)
                : new SinewException(ErrorCode.OFFSET_OUT_OF_RANGE, message, cause);
    }

    private static SinewException closedRefusal(@Nullable Throwable cause) {
        String message = "the engine is closed: open another";
        return cause == null
                ? new SinewException(ErrorCode.LOG_STOPPED, message)
                : new SinewException(ErrorCode.LOG_STOPPED, message, cause);
    }

    // ---- lending

    private PartitionReader borrow(TopicPartition partition, long offset)
            throws InterruptedException {
        long leftNanos = ClusterLimits.GIVE_UP.toNanos();
        lock.lockInterruptibly();
        try {
            while (true) {
                if (closed) {
                    throw closedRefusal(null);
                }
                PartitionReader reader = choose(partition, offset);
                if (reader != null) {
                    idle.remove(reader);
                    lent.add(reader);
                    return reader;
                }
                if (idle.size() + lent.size() + coming < ClusterLimits.READERS_MAX) {
                    coming++;
                    break;
                }
                if (leftNanos <= 0) {
                    throw new SinewException(
                            ErrorCode.TOO_MANY_WAITERS,
                            "reading "
                                    + partition
                                    + ": "
                                    + ClusterLimits.READERS_MAX
                                    + " reads have been waiting for "
                                    + ClusterLimits.GIVE_UP
                                    + "; let them wait for less long, or read less at a time");
                }
                leftNanos = changed.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
        return make();
    }

    /// The one that fits best, if it is better than a new one or there can be no new one.
    private @Nullable PartitionReader choose(TopicPartition partition, long offset) {
        PartitionReader exact = first(reader -> reader.isAt(partition, offset));
        if (exact != null) {
            return exact;
        }
        PartitionReader near = first(reader -> reader.canMoveIn(partition));
        if (near != null) {
            return near;
        }
        boolean full = idle.size() + lent.size() + coming >= ClusterLimits.READERS_MAX;
        return full ? first(reader -> true) : null;
    }

    private @Nullable PartitionReader first(Predicate<PartitionReader> wanted) {
        for (PartitionReader reader : idle) {
            if (wanted.test(reader)) {
                return reader;
            }
        }
        return null;
    }

    private PartitionReader make() {
        PartitionReader made = null;
        try {
            made =
                    new PartitionReader(
                            clients.consumer(
                                    "read",
                                    Map.of(
                                            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                                            ClusterLimits.FETCH_BYTES,
                                            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                                            ClusterLimits.millis(ClusterLimits.FETCH_WAIT),
                                            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                            ClusterLimits.POLL_RECORDS)),
                            clock);
            return made;
        } finally {
            lock.lock();
            try {
                coming--;
                if (made != null) {
                    lent.add(made);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// @param sound whether it can be used again
    private void giveBack(PartitionReader reader, boolean sound) {
        boolean keep = false;
        lock.lock();
        try {
            lent.remove(reader);
            keep = sound && !closed;
            if (keep) {
                reader.returned(clock.nanos());
                idle.add(reader);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (!keep) {
            reader.close();
        }
    }

    /// Drops what is in store of a topic of which something was deleted.
    void forget(String topic) {
        lock.lock();
        try {
            for (PartitionReader reader : idle) {
                if (reader.isOf(topic)) {
                    reader.forget();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    int lentCount() {
        lock.lock();
        try {
            return lent.size();
        } finally {
            lock.unlock();
        }
    }

    // ---- the end

    private void closeIdle() {
        try {
            while (true) {
                List<PartitionReader> unused = awaitIdle();
                if (unused.isEmpty()) {
                    return;
                }
                unused.forEach(PartitionReader::close);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for readers that have been idle for long, and takes them out; none when it is over.
    private List<PartitionReader> awaitIdle() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                var unused = new ArrayList<PartitionReader>();
                long waitNanos = ClusterLimits.READER_IDLE.toNanos();
                for (PartitionReader reader : idle) {
                    long leftNanos = ClusterLimits.READER_IDLE.toNanos() - reader.idleNanos();
                    if (leftNanos <= 0) {
                        unused.add(reader);
                    } else {
                        waitNanos = Math.min(waitNanos, leftNanos);
                    }
                }
                if (!unused.isEmpty()) {
                    unused.forEach(idle::remove);
                    return unused;
                }
                // Not whenever one is given back: that takes a while to become idle for long.
                boolean woken = over.await(waitNanos, TimeUnit.NANOSECONDS);
                if (woken) {
                    return List.of();
                }
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    void close(Duration atMost) {
        var unused = new ArrayList<PartitionReader>();
        long leftNanos = atMost.toNanos();
        lock.lock();
        try {
            closed = true;
            unused.addAll(idle);
            idle.clear();
            lent.forEach(PartitionReader::wakeup);
            changed.signalAll();
            over.signalAll();
            while ((!lent.isEmpty() || coming > 0) && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
                lent.forEach(PartitionReader::wakeup);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        closeAll(unused, Duration.ofNanos(Math.max(0, leftNanos)));
    }

    /// Side by side: each has to tell a broker, which may be holding back its last fetch.
    private static void closeAll(List<PartitionReader> readers, Duration atMost) {
        var closing = new ArrayList<Thread>();
        for (PartitionReader reader : readers) {
            closing.add(Thread.ofVirtual().name("sinew-cluster-close").start(reader::close));
        }
        try {
            for (Thread thread : closing) {
                // The last one is waited for as long as the first; they end together.
                if (!thread.join(atMost)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
