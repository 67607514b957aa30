package io.sinew.bench;

import io.sinew.base.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// A backlog that grows while nobody receives, and is then received by one.
///
/// @param messages to scale
record BacklogWorkload(int messages) implements QueueWorkload {
    private static final Duration LIMIT = Duration.ofMinutes(60);
    private static final int IN_FLIGHT = 300;

    @Override
    public String name() {
        return "W4-backlog";
    }

    @Override
    public String meaning() {
        return ("%,d messages (to scale) published with 300 in flight and nobody receiving, then"
                        + " drained by one receiver; memory is that of the full queue")
                .formatted(messages);
    }

    @Override
    public Readings measure(QueueRun run) throws Exception {
        int count = run.scale().of(messages);
        run.system().create(FlowWorkload.QUEUE);
        var shape = QueueLoad.Shape.of(1, 0, IN_FLIGHT).backlogMax(count + IN_FLIGHT);
        var load = new QueueLoad(run.system(), FlowWorkload.QUEUE, shape);
        var next = new AtomicInteger();
        var filled =
                load.runAll(
                        thread -> {
                            int id = next.getAndIncrement();
                            long now = Clock.system().nanos();
                            return id < count ? QueueMessage.plain(id, now) : null;
                        },
                        LIMIT);
        var readings = new Readings().queue(filled);
        var drained = load.drain(1, LIMIT);
        return readings.put(Quantity.PUBLISHED_PER_S, count * 1e9 / filled.nanos())
                .put(Quantity.DRAINED_PER_S, count * 1e9 / drained.nanos());
    }
}
