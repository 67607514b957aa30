package io.sinew.bench;

import io.sinew.base.Clock;
import io.sinew.kit.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Publishers and receivers on one queue: every publisher has a fixed number of threads that
/// publish one message each and wait for its confirmation, every receiver is one thread that
/// receives, measures and settles. What is timed is what was due inside the window.
final class QueueLoad {
    /// A publisher waits while so many messages are not settled, lest a slow receiver's latencies
    /// be those of a backlog that grows as long as the bench runs.
    static final int BACKLOG_MAX = 1_000;

    /// The most that a receiver takes and holds at once.
    static final int PREFETCH = 300;

    /// How long a message that was given back stays away.
    static final Duration NACK_DELAY = Duration.ofSeconds(1);

    private static final Duration RECEIVE_LIMIT = Duration.ofMillis(100);
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);
    private static final Duration LATENCY_MAX = Duration.ofHours(1);
    private static final int DIGITS = 3;

    private final QueueSystem system;
    private final String queue;
    private final Shape shape;
    private final QueueTally tally = new QueueTally();
    private final Histogram confirm = histogram();
    private final Histogram endToEnd = histogram();
    private final Histogram again = histogram();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong settledInWindow = new AtomicLong();
    private final AtomicInteger publishing = new AtomicInteger();
    private final Semaphore backlog;
    private volatile long drainDeadlineNanos = Long.MAX_VALUE;
    private volatile Window window = Window.ALWAYS;

    QueueLoad(QueueSystem system, String queue, Shape shape) {
        this.system = system;
        this.queue = queue;
        this.shape = shape;
        this.backlog = new Semaphore(shape.backlogMax());
    }

    /// How many of everything.
    ///
    /// @param inFlight messages of each publisher that wait for their confirmation
    /// @param ratePerSecond of all publishers together; 0 for as fast as they can
    /// @param nackEvery every so many messages one is given back once; 0 for none
    /// @param groups ordered groups that the messages are dealt out to; 0 for none
    /// @param backlogMax messages that may be published and not settled
    record Shape(
            int publishers,
            int receivers,
            int inFlight,
            double ratePerSecond,
            int nackEvery,
            int groups,
            int backlogMax) {
        /// As fast as they can.
        static Shape of(int publishers, int receivers, int inFlight) {
            return new Shape(publishers, receivers, inFlight, 0, 0, 0, BACKLOG_MAX);
        }

        Shape paced(double perSecond) {
            return new Shape(
                    publishers, receivers, inFlight, perSecond, nackEvery, groups, backlogMax);
        }

        Shape nackEvery(int messages) {
            return new Shape(
                    publishers, receivers, inFlight, ratePerSecond, messages, groups, backlogMax);
        }

        Shape groups(int count) {
            return new Shape(
                    publishers, receivers, inFlight, ratePerSecond, nackEvery, count, backlogMax);
        }

        Shape backlogMax(int messages) {
            return new Shape(
                    publishers, receivers, inFlight, ratePerSecond, nackEvery, groups, messages);
        }
    }

    /// When messages are measured: those that are due in it.
    private record Window(long fromNanos, long untilNanos) {
        static final Window ALWAYS = new Window(Long.MIN_VALUE, Long.MAX_VALUE);
        static final Window NONE = new Window(Long.MAX_VALUE, Long.MAX_VALUE);

        boolean holds(long nanos) {
            return nanos >= fromNanos && nanos < untilNanos;
        }
    }

    /// What a load measured.
    ///
    /// @param settled messages that were acknowledged in the window
    /// @param nanos length of the window
    /// @param confirm from when a message was due to its confirmation, in ns
    /// @param endToEnd from when a message was due to a receiver's hands, in ns
    /// @param again from the end of a nack's delay to the next delivery, in ns
    /// @param before the server when the window opened
    /// @param after the server when it closed
    /// @param residentBytes the server's memory then; what its processes share counts once
    record Outcome(
            long settled,
            long nanos,
            Histogram confirm,
            Histogram endToEnd,
            Histogram again,
            long redelivered,
            ProcessFacts before,
            ProcessFacts after,
            long residentBytes) {}

    /// Where the threads of the publishers get their messages from.
    interface Source {
        /// The next message for one of the threads, which count from 0; null when there are no
        /// more. It is due when it says, or, with a delay, that much earlier.
        @Nullable QueueMessage next(int thread);
    }

    /// Publishes and receives until the time is over, then receives the rest. The warm-up begins
    /// when the first message has gone all the way: a group takes seconds to have its members.
    ///
    /// @throws IOException when a message was lost, or came as it must not
    Outcome run(Duration warmUp, Duration measured) throws Exception {
        return run(warmUp, measured, DRAIN_LIMIT);
    }

    /// The same, when there is a lot left to receive in the end.
    ///
    /// @param drainLimit for that
    Outcome run(Duration warmUp, Duration measured, Duration drainLimit) throws Exception {
        return run(warmUp, measured, drainLimit, () -> {});
    }

    /// The same, and does something when the time is over and before the rest is received.
    Outcome run(Duration warmUp, Duration measured, Workers.Work atEnd) throws Exception {
        return run(warmUp, measured, DRAIN_LIMIT, atEnd);
    }

    private Outcome run(Duration warmUp, Duration measured, Duration drainLimit, Workers.Work atEnd)
            throws Exception {
        window = Window.NONE;
        long perSecondNanos = shape.ratePerSecond() > 0 ? (long) (1e9 / shape.ratePerSecond()) : 0;
        var pace = new Pace(Clock.system().nanos(), perSecondNanos);
        try (var ends = new Ends()) {
            ends.start(thread -> timed(pace), shape.receivers());
            Eventually.await(
                    READY_LIMIT,
                    "the first message to be settled",
                    () -> tally.settledAny() || ends.failed());
            if (ends.failed()) {
                ends.join(DRAIN_LIMIT);
            }
            long fromNanos = Clock.system().nanos() + warmUp.toNanos();
            long untilNanos = fromNanos + measured.toNanos();
            window = new Window(fromNanos, untilNanos);
            Pace.until(fromNanos);
            ProcessFacts before = facts();
            Pace.until(untilNanos);
            ProcessFacts after = facts();
            long residentBytes = residentBytes();
            atEnd.run();
            drainDeadlineNanos = Clock.system().nanos() + drainLimit.toNanos();
            ends.join(drainLimit.multipliedBy(2));
            require();
            return outcome(measured.toNanos(), before, after, residentBytes);
        }
    }

    /// Publishes what `source` has, and receives at the same time if there are receivers.
    ///
    /// @param limit for all of it
    Outcome runAll(Source source, Duration limit) throws Exception {
        long startNanos = Clock.system().nanos();
        drainDeadlineNanos = startNanos + limit.toNanos();
        try (var ends = new Ends()) {
            ProcessFacts before = facts();
            ends.start(source, shape.receivers());
            ends.join(limit.multipliedBy(2));
            if (shape.receivers() > 0) {
                require();
            }
            long nanos = Clock.system().nanos() - startNanos;
            return outcome(nanos, before, facts(), residentBytes());
        }
    }

    /// Publishes so many messages, with nobody receiving.
    ///
    /// @param delay of each
    Outcome fill(int count, Duration delay, Duration limit) throws Exception {
        var left = new AtomicInteger(count);
        long startNanos = Clock.system().nanos();
        try (var ends = new Ends()) {
            ProcessFacts before = facts();
            ends.start(
                    _ -> {
                        if (left.getAndDecrement() <= 0) {
                            return null;
                        }
                        long dueNanos = Clock.system().nanos() + delay.toNanos();
                        return new QueueMessage(
                                ids.getAndIncrement(), dueNanos, delay, QueueMessage.NO_GROUP);
                    },
                    0);
            ends.join(limit);
            return outcome(Clock.system().nanos() - startNanos, before, facts(), residentBytes());
        }
    }

    /// Receives what was published before, with so many receivers.
    Outcome drain(int receivers, Duration limit) throws Exception {
        long startNanos = Clock.system().nanos();
        drainDeadlineNanos = startNanos + limit.toNanos();
        try (var ends = new Ends()) {
            ProcessFacts before = facts();
            ends.receive(receivers);
            ends.join(limit.multipliedBy(2));
            require();
            long nanos = Clock.system().nanos() - startNanos;
            return outcome(nanos, before, facts(), residentBytes());
        }
    }

    private @Nullable QueueMessage timed(Pace pace) {
        if (Clock.system().nanos() >= window.untilNanos()) {
            return null;
        }
        long id = ids.getAndIncrement();
        long dueNanos = shape.ratePerSecond() > 0 ? pace.dueNanos(id) : Clock.system().nanos();
        return QueueMessage.plain(id, dueNanos);
    }

    private ProcessFacts facts() throws IOException {
        return ProcessFacts.of(system.pids());
    }

    private long residentBytes() throws IOException {
        return ProcessFacts.sharedOnceBytes(system.pids());
    }

    private Outcome outcome(
            long nanos, ProcessFacts before, ProcessFacts after, long residentBytes) {
        return new Outcome(
                settledInWindow.get(),
                nanos,
                confirm,
                endToEnd,
                again,
                tally.redelivered(),
                before,
                after,
                residentBytes);
    }

    private void require() throws IOException {
        var complaints = new ArrayList<>(tally.complaints());
        if (tally.open() > 0 && complaints.isEmpty()) {
            complaints.add(tally.open() + " messages were published and never settled");
        }
        if (!complaints.isEmpty()) {
            throw new IOException(String.join("; ", complaints));
        }
    }

    private static Histogram histogram() {
        return new ConcurrentHistogram(LATENCY_MAX.toNanos(), DIGITS);
    }

    /// The two ends of a queue, with their threads.
    private final class Ends implements AutoCloseable {
        private final Workers workers = new Workers(List.of());

        /// Starts both. Receivers end when nobody publishes and nothing is open, so somebody counts
        /// as publishing until all who do are counted.
        void start(Source source, int receivers) throws Exception {
            publishing.incrementAndGet();
            try {
                receive(receivers);
                publish(source);
            } finally {
                publishing.decrementAndGet();
            }
        }

        void receive(int receivers) throws Exception {
            for (int n = 0; n < receivers; n++) {
                var receiver = system.receiver(queue, PREFETCH);
                workers.closesToo(receiver);
                workers.start("receive-" + n, () -> receiveAll(receiver));
            }
        }

        private void publish(Source source) throws Exception {
            for (int n = 0; n < shape.publishers(); n++) {
                var publisher = system.publisher(queue);
                workers.closesToo(publisher);
                for (int slot = 0; slot < shape.inFlight(); slot++) {
                    int thread = n * shape.inFlight() + slot;
                    publishing.incrementAndGet();
                    workers.startVirtual(
                            "publish-" + thread, () -> publishAll(publisher, source, thread));
                }
            }
        }

        boolean failed() {
            return workers.failed();
        }

        void join(Duration limit) throws Exception {
            workers.join(limit);
        }

        /// Ends the threads of a load that failed before it joined them.
        @Override
        public void close() {
            workers.endAll();
        }
    }

    private void publishAll(QueueSystem.Publisher publisher, Source source, int thread)
            throws Exception {
        try {
            while (true) {
                backlog.acquire();
                QueueMessage next = source.next(thread);
                if (next == null) {
                    backlog.release();
                    return;
                }
                Pace.until(next.dueNanos() - next.delay().toNanos());
                QueueMessage message = grouped(next, thread);
                tally.publishing(message.id());
                publisher.publish(message);
                tally.confirmed(message.id());
                record(confirm, message.dueNanos() - message.delay().toNanos());
            }
        } finally {
            publishing.decrementAndGet();
        }
    }

    /// Each thread has groups of its own, so that the order in a group is the order of the ids.
    private QueueMessage grouped(QueueMessage message, int thread) {
        if (shape.groups() == 0) {
            return message;
        }
        int threads = shape.publishers() * shape.inFlight();
        int own = Math.max(1, (shape.groups() - thread + threads - 1) / threads);
        int group = thread + threads * (int) (message.id() % own);
        return new QueueMessage(message.id(), message.dueNanos(), message.delay(), group);
    }

    private void receiveAll(QueueSystem.Receiver receiver) throws Exception {
        Clock clock = Clock.system();
        while ((publishing.get() > 0 || tally.open() > 0) && clock.nanos() < drainDeadlineNanos) {
            List<QueueSystem.Delivery> deliveries = receiver.receive(PREFETCH, RECEIVE_LIMIT);
            var done = new ArrayList<QueueSystem.Delivery>();
            var back = new ArrayList<QueueSystem.Delivery>();
            var acknowledged = new ArrayList<Long>();
            for (QueueSystem.Delivery delivery : deliveries) {
                QueueMessage message = QueueMessage.of(delivery.body());
                if (takeIn(message)) {
                    done.add(delivery);
                    acknowledged.add(message.id());
                } else {
                    back.add(delivery);
                }
            }
            if (!deliveries.isEmpty()) {
                receiver.settle(done, back, NACK_DELAY);
                settled(acknowledged);
            }
        }
    }

    /// Measures a message that came.
    ///
    /// @return whether it is to be acknowledged; otherwise it is to be given back
    private boolean takeIn(QueueMessage message) {
        if (message.id() == QueueMessage.HELD_ID) {
            return true;
        }
        return switch (tally.received(message)) {
            case QueueTally.Arrival.First() -> takeInFirst(message);
            case QueueTally.Arrival.Again(long dueNanos) -> {
                record(again, dueNanos);
                yield true;
            }
            case QueueTally.Arrival.Unasked() -> true;
        };
    }

    private boolean takeInFirst(QueueMessage message) {
        record(endToEnd, message.dueNanos());
        if (shape.nackEvery() > 0 && message.id() % shape.nackEvery() == 0) {
            tally.returning(message.id(), Clock.system().nanos() + NACK_DELAY.toNanos());
            return false;
        }
        return true;
    }

    private void settled(List<Long> acknowledged) {
        boolean counts = window.holds(Clock.system().nanos());
        for (long id : acknowledged) {
            if (tally.settled(id)) {
                backlog.release();
                if (counts) {
                    settledInWindow.incrementAndGet();
                }
            }
        }
    }

    /// Records the time since a message was due, if that was in the window.
    private void record(Histogram histogram, long dueNanos) {
        if (window.holds(dueNanos)) {
            long nanos = Clock.system().nanos() - dueNanos;
            histogram.recordValue(Math.clamp(nanos, 0, LATENCY_MAX.toNanos()));
        }
    }
}
