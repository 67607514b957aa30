package io.sinew.bench;

import io.sinew.base.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Messages that all wait for a time of their own, in a queue that keeps them back.
///
/// @param messages to scale
/// @param window over which they are due, to scale
record DelayedWorkload(int messages, Duration window) implements QueueWorkload {
    private static final Duration LIMIT = Duration.ofMinutes(60);
    private static final Duration LEAD_MIN = Duration.ofSeconds(2);
    private static final int IN_FLIGHT = 300;
    private static final int PROBES = 2_000;

    /// Shares no factor with any count of messages in use, so that its multiples visit all.
    private static final long STRIDE = 1_000_003;

    @Override
    public String name() {
        return "W6-delayed";
    }

    @Override
    public String meaning() {
        return ("%,d messages due over %d minutes (both to scale), in no order, published before the"
                        + " first is due; late: from when each was due to the receiver's hands; memory: when all are"
                        + " waiting")
                .formatted(messages, window.toMinutes());
    }

    @Override
    public Readings measure(QueueRun run) throws Exception {
        QueueSystem system = run.system();
        if (!system.abilities().delay()) {
            throw new NotAvailableException("no delayed messages");
        }
        int count = run.scale().of(messages);
        double intervalNanos = window.toNanos() / (double) messages;
        system.create("probe");
        system.create(FlowWorkload.QUEUE);
        long leadNanos = leadNanos(system, count);
        long firstNanos = Clock.system().nanos() + leadNanos;
        var shape = QueueLoad.Shape.of(1, 1, IN_FLIGHT).backlogMax(count + IN_FLIGHT);
        var next = new AtomicInteger();
        var pendingBytes = new AtomicLong();
        var publishedNanos = new AtomicLong();
        var outcome =
                new QueueLoad(system, FlowWorkload.QUEUE, shape)
                        .runAll(
                                thread -> {
                                    int id = next.getAndIncrement();
                                    if (id == count) {
                                        publishedNanos.set(Clock.system().nanos());
                                        pendingBytes.set(residentBytes(system));
                                    }
                                    return id < count
                                            ? message(id, count, firstNanos, intervalNanos)
                                            : null;
                                },
                                LIMIT);
        long behindNanos = publishedNanos.get() - firstNanos;
        if (behindNanos > 0) {
            run.notes()
                    .accept(
                            ("%s: `%s` took the last message %.1f s after the first was due; its"
                                            + " lateness is that of publishing too")
                                    .formatted(name(), run.name(), behindNanos / 1e9));
        }
        return new Readings()
                .late(outcome.endToEnd())
                .put(Quantity.CPU_US_PER_MESSAGE, Readings.cpuMicros(outcome, count))
                .megabytes(Quantity.RESIDENT_MB, pendingBytes.get());
    }

    private static long residentBytes(QueueSystem system) {
        try {
            return ProcessFacts.sharedOnceBytes(system.pids());
        } catch (IOException e) {
            throw new UncheckedIOException("the server's memory could not be read", e);
        }
    }

    private static QueueMessage message(int id, int count, long firstNanos, double intervalNanos) {
        long place = id * STRIDE % count;
        long dueNanos = firstNanos + (long) (place * intervalNanos);
        long leftNanos = Math.max(0, dueNanos - Clock.system().nanos());
        return new QueueMessage(id, dueNanos, Duration.ofNanos(leftNanos), QueueMessage.NO_GROUP);
    }

    /// How long publishing will take, by a look at how fast it goes, and half as much again.
    private static long leadNanos(QueueSystem system, int count) throws Exception {
        var next = new AtomicInteger();
        var shape = QueueLoad.Shape.of(1, 0, IN_FLIGHT).backlogMax(PROBES + IN_FLIGHT);
        var probe =
                new QueueLoad(system, "probe", shape)
                        .runAll(
                                thread -> {
                                    int id = next.getAndIncrement();
                                    long now = Clock.system().nanos();
                                    return id < PROBES
                                            ? new QueueMessage(
                                                    id,
                                                    now,
                                                    Duration.ofDays(1),
                                                    QueueMessage.NO_GROUP)
                                            : null;
                                },
                                LIMIT);
        double nanosEach = probe.nanos() / (double) PROBES;
        return LEAD_MIN.toNanos() + (long) (1.5 * nanosEach * count);
    }
}
