package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.TailEvent.Said;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// What is written to one topic from now on, for all who follow it: one reader for each partition
/// that somebody wants, one sequence of events for all partitions, the last ones kept as far as
/// their bytes fit into a window. A tail stands at one of the events and goes from link to link
/// without a lock; one that is slower than the window is long finds its place gone, and reads the
/// log until it has met the feed again. So nobody waits for anybody.
///
/// It is over when its topic is gone or has got more partitions, and when the door closes. Safe for
/// any thread.
final class TailFeed {
    private static final System.Logger LOGGER = System.getLogger(TailFeed.class.getName());
    private static final Duration STEP = Duration.ofMillis(HttpLimits.WATCH_MS);

    private final TailFeeds feeds;
    private final String topic;
    private final int count;
    private final ReentrantLock lock = new ReentrantLock();

    /// Threads that wait for what comes.
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();

    private volatile boolean over;

    // Under the lock.

    private final TailPositions positions;

    /// How many seats want each partition.
    private final int[] wanted;

    private final boolean[] read;
    private TailEvent first = TailEvent.before();
    private TailEvent last = first;
    private long windowBytes;
    private int seats;

    TailFeed(TailFeeds feeds, String topic, int count) {
        this.feeds = feeds;
        this.topic = topic;
        this.count = count;
        this.positions = TailPositions.none(count);
        this.wanted = new int[count];
        this.read = new boolean[count];
    }

    String topic() {
        return topic;
    }

    int count() {
        return count;
    }

    /// Where the feed was at a moment.
    ///
    /// @param at the last event then
    /// @param positions those behind it
    record Place(TailEvent at, TailPositions positions) {}

    /// What somebody has who follows some partitions. Closed by whoever got it.
    final class Seat implements AutoCloseable {
        private final int[] partitions;

        private Seat(int[] partitions) {
            this.partitions = partitions;
        }

        int[] partitions() {
            return partitions.clone();
        }

        int count() {
            return count;
        }

        boolean isOver() {
            return over;
        }

        Place place() {
            lock.lock();
            try {
                return new Place(last, positions.copy());
            } finally {
                lock.unlock();
            }
        }

        /// Waits until there is something behind that event, or it is gone.
        ///
        /// @return false when neither came to be in time
        boolean await(TailEvent at, long waitMs) throws InterruptedException {
            return TailFeed.this.await(() -> at.next() != null || at.isGone(), waitMs);
        }

        /// Waits until there may be something at an offset.
        void awaitBehind(int partition, long offset, long waitMs) throws InterruptedException {
            var _ = TailFeed.this.await(() -> position(partition) > offset, waitMs);
        }

        @Override
        public void close() {
            leave(partitions);
        }
    }

    private long position(int partition) {
        lock.lock();
        try {
            return positions.of(partition);
        } finally {
            lock.unlock();
        }
    }

    private boolean await(BooleanSupplier come, long waitMs) throws InterruptedException {
        long deadlineNanos = feeds.clock().nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        Thread me = Thread.currentThread();
        waiting.add(me);
        try {
            while (!over && !come.getAsBoolean()) {
                long leftNanos = deadlineNanos - feeds.clock().nanos();
                if (leftNanos <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, leftNanos);
                if (Thread.interrupted()) {
                    throw new InterruptedException("the door closes");
                }
            }
            return true;
        } finally {
            waiting.remove(me);
        }
    }

    private void wake() {
        waiting.forEach(LockSupport::unpark);
    }

    // ---- who is there

    /// Makes sure that those partitions are read, from their ends on where they were not.
    Seat sit(int[] partitions) throws InterruptedException {
        lock.lock();
        try {
            seats++;
            for (int partition : partitions) {
                wanted[partition]++;
            }
        } finally {
            lock.unlock();
        }
        try {
            for (int partition : partitions) {
                begin(partition);
            }
            return new Seat(partitions.clone());
        } catch (SinewException | InterruptedException e) {
            leave(partitions);
            throw e;
        }
    }

    private void begin(int partition) throws InterruptedException {
        if (isRead(partition)) {
            return;
        }
        var named = new TopicPartition(topic, partition);
        long end = feeds.calls().run(() -> engine().endOffset(named));
        lock.lock();
        try {
            if (!read[partition]) {
                feeds.take();
                read[partition] = true;
                positions.put(partition, end);
                Thread.ofVirtual()
                        .name("sinew-http-tail-", partition)
                        .start(() -> follow(partition));
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isRead(int partition) {
        lock.lock();
        try {
            return read[partition];
        } finally {
            lock.unlock();
        }
    }

    private void leave(int[] partitions) {
        boolean empty;
        lock.lock();
        try {
            for (int partition : partitions) {
                wanted[partition]--;
            }
            seats--;
            empty = seats == 0;
        } finally {
            lock.unlock();
        }
        if (empty) {
            feeds.empty(this);
        }
    }

    /// Whether nobody is there, as [TailFeeds] asks who lets nobody in meanwhile.
    boolean isEmpty() {
        lock.lock();
        try {
            return seats == 0;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the tails; those who want to go on come again.
    void end() {
        over = true;
        wake();
    }

    // ---- reading

    private Engine engine() {
        return feeds.engine();
    }

    private void follow(int partition) {
        try {
            while (goesOn(partition)) {
                try {
                    publish(step(new TopicPartition(topic, partition), position(partition)));
                } catch (SinewException e) {
                    if (isFinal(e.code())) {
                        end();
                    } else {
                        // The cluster does not answer. Tails wait, and say that they are there.
                        LOGGER.log(System.Logger.Level.DEBUG, () -> "tail=waits topic=" + topic, e);
                        var _ = feeds.calls().pause(STEP.toNanos());
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.ERROR, "tail=failed topic=" + topic, e);
            end();
        } finally {
            stopped(partition);
        }
    }

    private static boolean isFinal(ErrorCode code) {
        return code == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                || code == ErrorCode.OFFSET_OUT_OF_RANGE
                || code == ErrorCode.LOG_STOPPED;
    }

    /// Whether somebody wants the partition still. If not it counts as not read from this moment.
    private boolean goesOn(int partition) {
        lock.lock();
        try {
            if (!over && wanted[partition] > 0) {
                return true;
            }
            stopReading(partition);
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void stopped(int partition) {
        lock.lock();
        try {
            if (over) {
                stopReading(partition);
            }
        } finally {
            lock.unlock();
        }
    }

    private void stopReading(int partition) {
        if (read[partition]) {
            read[partition] = false;
            positions.put(partition, TailPositions.NONE);
            feeds.giveBack();
        }
    }

    /// What a read brought.
    private record Step(int partition, List<Said> events, long nextOffset) {}

    private Step step(TopicPartition from, long offset) throws InterruptedException {
        var events = new ArrayList<Said>();
        try {
            Fetched found =
                    feeds.calls()
                            .run(() ->
                                    engine().read(from, offset, HttpLimits.TAIL_READ_BYTES, STEP));
            for (StoredRecord record : found.records()) {
                events.add(Said.record(from.partition(), record));
            }
            return new Step(from.partition(), events, found.nextOffset());
        } catch (SinewException e) {
            long start = startBehind(from, offset, e);
            events.add(Said.gap(from.partition(), offset, start));
            return new Step(from.partition(), events, start);
        }
    }

    /// Where a partition begins whose records were deleted that somebody was about to read.
    ///
    /// @throws SinewException that refusal, if it was for something else
    private long startBehind(TopicPartition partition, long offset, SinewException refusal)
            throws InterruptedException {
        return startBehind(feeds, partition, offset, refusal);
    }

    static long startBehind(
            TailFeeds feeds, TopicPartition partition, long offset, SinewException refusal)
            throws InterruptedException {
        if (refusal.code() != ErrorCode.OFFSET_OUT_OF_RANGE) {
            throw refusal;
        }
        long start = feeds.calls().run(() -> feeds.engine().startOffset(partition));
        if (start <= offset) {
            throw refusal;
        }
        return start;
    }

    private void publish(Step step) {
        lock.lock();
        try {
            for (Said said : step.events()) {
                positions.put(step.partition(), said.nextOffset());
                TailEvent event = TailEvent.of(said, positions);
                windowBytes += event.sizeBytes();
                last.append(event);
                last = event;
            }
            positions.put(step.partition(), step.nextOffset());
            // The last one stays, however large it is, and what leads to it.
            while (windowBytes > HttpLimits.TAIL_WINDOW_BYTES && first.next() != last) {
                TailEvent oldest = first;
                first = Objects.requireNonNull(oldest.next());
                windowBytes -= oldest.sizeBytes();
                oldest.drop();
            }
        } finally {
            lock.unlock();
        }
        wake();
    }
}
