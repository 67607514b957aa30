package io.sinew.bench;

import io.sinew.base.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// One message that somebody holds without settling it, and many others behind it.
///
/// @param shape of the others
record OneSlowWorkload(QueueLoad.Shape shape) implements QueueWorkload {
    private static final Duration RECEIVE_LIMIT = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "W8-one-slow";
    }

    @Override
    public String meaning() {
        return "one receiver holds the queue's first message all the time; the others,"
                + " %d publishers with %d in flight each and %d receivers, with it and without it"
                        .formatted(shape.publishers(), shape.inFlight(), shape.receivers());
    }

    @Override
    public Readings measure(QueueRun run) throws Exception {
        QueueSystem system = run.system();
        Scale scale = run.scale();
        system.create("alone");
        var alone = new QueueLoad(system, "alone", shape).run(scale.warmUp(), scale.measured());
        double aloneRate = alone.settled() * 1e9 / alone.nanos();
        system.create("held");
        // Closed when it lets go, or with the system when nothing came of it.
        QueueSystem.Receiver slow = system.receiver("held", 1);
        try (var publisher = system.publisher("held")) {
            publisher.publish(QueueMessage.plain(QueueMessage.HELD_ID, Clock.system().nanos()));
            List<QueueSystem.Delivery> held = slow.receive(1, RECEIVE_LIMIT);
            if (held.size() != 1) {
                throw new IOException("the message to be held did not come");
            }
            var others = new QueueLoad(system, "held", shape);
            var outcome = others.run(scale.warmUp(), scale.measured(), () -> letGo(slow, held));
            return new Readings()
                    .queue(outcome)
                    .put(Quantity.MESSAGES_PER_S, outcome.settled() * 1e9 / outcome.nanos())
                    .put(Quantity.MESSAGES_PER_S_ALONE, aloneRate);
        }
    }

    /// Settles what was held, and receives no more.
    private static void letGo(QueueSystem.Receiver slow, List<QueueSystem.Delivery> held)
            throws Exception {
        try (slow) {
            slow.settle(held, List.of(), Duration.ZERO);
        }
    }
}
