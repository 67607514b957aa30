package io.sinew.bench;

import io.sinew.kit.Eventually;
import io.sinew.ledger.Message;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.library.Sinew;
import io.sinew.queue.NewMessage;
import io.sinew.queue.Queue;
import io.sinew.queue.QueueSettings;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sinew's queues by their Java interface, on whatever stores them.
///
/// @param pids whose CPU time and memory are measured: this process, and the engine's if it has one
/// @param engine is closed last
record SinewSystem(Sinew sinew, int partitions, List<Long> pids, Closeable engine)
        implements QueueSystem {
    /// Until all partitions of a new queue are served.
    private static final Duration SERVED = Duration.ofMinutes(1);

    @Override
    public void create(String name) throws Exception {
        // As much memory as the backlogs of the workloads need.
        var settings =
                QueueSettings.defaults()
                        .with(
                                Map.of(
                                        "tracked.max", "10000000",
                                        "messages.max", "100000000",
                                        "lease.ms", "3600000"));
        var _ = sinew.queues().create(name, partitions, settings);
        Queue queue = sinew.queues().queue(name);
        Eventually.await(
                SERVED,
                "the queue to be served",
                () -> queue.ledger().partitions().size() == partitions);
    }

    @Override
    public Publisher publisher(String queue) throws Exception {
        return new SinewPublisher(sinew.queues().queue(queue));
    }

    @Override
    public Receiver receiver(String queue, int prefetch) throws Exception {
        return new SinewReceiver(sinew.queues().queue(queue));
    }

    @Override
    public Abilities abilities() {
        return new Abilities("nack with its own delay", true, true, true);
    }

    @Override
    public String describe() {
        return "in the driver's JVM; each message is settled by itself, and the settlements of a"
                + " received batch share a sync";
    }

    @Override
    public void close() throws IOException {
        try (engine) {
            sinew.close();
        }
    }

    private record SinewPublisher(Queue queue) implements QueueSystem.Publisher {
        @Override
        public void publish(QueueMessage message) throws Exception {
            NewMessage sent = NewMessage.of(message.bytes());
            if (!message.delay().isZero()) {
                sent = sent.withDelay(message.delay());
            }
            if (message.group() != QueueMessage.NO_GROUP) {
                sent = sent.inGroup("g" + message.group());
            }
            var _ = queue.send(sent);
        }

        @Override
        public void close() {}
    }

    private record SinewReceiver(Queue queue) implements QueueSystem.Receiver {
        @Override
        public List<QueueSystem.Delivery> receive(int most, Duration limit) throws Exception {
            return queue.receive(Math.min(most, 1_000), limit).stream()
                    .map(SinewReceiver::delivery)
                    .toList();
        }

        private static QueueSystem.Delivery delivery(Message message) {
            byte[] value = message.value();
            return new QueueSystem.Delivery(value == null ? new byte[0] : value, message.receipt());
        }

        @Override
        public void settle(
                List<QueueSystem.Delivery> done, List<QueueSystem.Delivery> again, Duration delay)
                throws Exception {
            settle(done, new Verdict.Done());
            settle(again, new Verdict.Failed(Optional.of(delay), "again"));
        }

        private void settle(List<QueueSystem.Delivery> deliveries, Verdict verdict)
                throws Exception {
            List<Receipt> receipts =
                    deliveries.stream().map(delivery -> (Receipt) delivery.receipt()).toList();
            if (queue.ledger().settleAll(receipts, verdict).contains(Settled.LOST)) {
                throw new IOException("a lease was lost");
            }
        }

        @Override
        public void close() {}
    }
}
