package io.sinew.bench;

import io.sinew.ledger.Message;
import io.sinew.ledger.Receipt;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.library.Sinew;
import io.sinew.queue.NewMessage;
import io.sinew.queue.Queue;
import io.sinew.queue.QueueSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sinew's queues inside the driver's process, by their Java interface: what an application has
/// that embeds it.
record SinewQueue() implements QueuePeer {
    private static final int PARTITIONS = 1;

    @Override
    public String name() {
        return "sinew";
    }

    @Override
    public String durability() {
        return "durable: one sync for all who wait for it";
    }

    @Override
    public String command() {
        return "Sinew.open(folder), a queue with its defaults and "
                + PARTITIONS
                + " partition; in the driver's own JVM: CPU time and memory are those of both";
    }

    @Override
    public boolean inDriver() {
        return true;
    }

    @Override
    public QueueSystem start(Path folder) throws Exception {
        return new SinewSystem(Sinew.open(folder.resolve("data")));
    }

    private record SinewSystem(Sinew sinew) implements QueueSystem {
        @Override
        public void create(String queue) throws Exception {
            // As much memory as the backlogs of the workloads need.
            var settings =
                    QueueSettings.defaults()
                            .with(
                                    Map.of(
                                            "tracked.max", "10000000",
                                            "messages.max", "100000000",
                                            "lease.ms", "3600000"));
            var _ = sinew.queues().create(queue, PARTITIONS, settings);
            var _ = sinew.queues().queue(queue);
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
        public List<Long> pids() {
            return List.of(ProcessHandle.current().pid());
        }

        @Override
        public void close() throws IOException {
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
