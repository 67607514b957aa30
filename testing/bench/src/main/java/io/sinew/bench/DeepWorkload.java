package io.sinew.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/// Messages that flow through a queue in which others lie, beside the same flow through an empty
/// queue of the same server.
///
/// @param name of the workload
/// @param lying what lies there
/// @param count how many, to scale
/// @param shape of the flow
record DeepWorkload(String name, Lying lying, int count, QueueLoad.Shape shape)
        implements QueueWorkload {
    private static final Duration LIMIT = Duration.ofMinutes(60);
    private static final Duration TOMORROW = Duration.ofDays(1);

    /// One part in so many is published before the heap is looked at for the first time: caches and
    /// buffers are full by then.
    private static final int FIRST_PART = 10;

    /// What lies in a queue.
    enum Lying {
        /// Messages that wait for a receiver, before the ones that are published.
        PENDING,

        /// Messages that are due tomorrow.
        DELAYED,

        /// A pending message of each of so many ordered groups, and the flow goes on in them.
        GROUPS
    }

    @Override
    public String meaning() {
        String what =
                switch (lying) {
                    case PENDING -> "messages (to scale) pending before those that are published";
                    case DELAYED -> "messages (to scale) in the queue that are due tomorrow";
                    case GROUPS -> "ordered groups (to scale) with a message pending in each";
                };
        return "%,d %s; %d publishers with %d in flight each and %d receivers, beside an empty queue"
                .formatted(count, what, shape.publishers(), shape.inFlight(), shape.receivers());
    }

    @Override
    public Readings measure(QueueRun run) throws Exception {
        QueueSystem system = run.system();
        if (lying == Lying.DELAYED && !system.abilities().delay()) {
            throw new NotAvailableException("no delayed messages");
        }
        if (lying == Lying.GROUPS && !system.abilities().groups()) {
            throw new NotAvailableException("no ordered groups");
        }
        int scaled = run.scale().of(count);
        system.create("empty");
        system.create(FlowWorkload.QUEUE);
        var empty = new QueueLoad(system, "empty", flow(0, scaled));
        var alone = empty.run(run.scale().warmUp(), run.scale().measured(), LIMIT);
        var readings = new Readings();
        QueueLoad deep = filled(run, scaled, readings);
        var outcome = deep.run(run.scale().warmUp(), run.scale().measured(), LIMIT);
        double emptyRate = alone.settled() * 1e9 / alone.nanos();
        double deepRate = outcome.settled() * 1e9 / outcome.nanos();
        return readings.queue(outcome)
                .put(Quantity.MESSAGES_PER_S_EMPTY, emptyRate)
                .put(Quantity.SHARE_OF_EMPTY, deepRate / emptyRate);
    }

    /// The flow, with room for so many more messages that are not settled.
    private QueueLoad.Shape flow(int lie, int scaled) {
        QueueLoad.Shape roomy = shape.backlogMax(QueueLoad.BACKLOG_MAX + lie);
        return lying == Lying.GROUPS ? roomy.groups(scaled) : roomy;
    }

    /// A load into whose queue so many messages were published.
    private QueueLoad filled(QueueRun run, int scaled, Readings readings) throws Exception {
        boolean later = lying == Lying.DELAYED;
        var filling = new QueueLoad(run.system(), FlowWorkload.QUEUE, flow(scaled, scaled));
        // What is due tomorrow never comes while this is measured, and nobody looks for it; the
        // flow has no more room for it than through an empty queue.
        QueueLoad load =
                later ? new QueueLoad(run.system(), FlowWorkload.QUEUE, flow(0, scaled)) : filling;
        Duration delay = later ? TOMORROW : Duration.ZERO;
        int first = scaled / FIRST_PART;
        var _ = filling.fill(first, delay, LIMIT);
        long before = heapBytes();
        var _ = filling.fill(scaled - first, delay, LIMIT);
        if (run.system().pids().contains(ProcessHandle.current().pid())) {
            double each = (heapBytes() - before) / (double) (scaled - first);
            readings.put(Quantity.HEAP_B_PER_PENDING, each);
        }
        return load;
    }

    /// What this JVM's heap holds.
    private static long heapBytes() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
