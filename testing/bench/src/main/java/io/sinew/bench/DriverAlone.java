package io.sinew.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// No queue at all: the driver hands each message over in its own memory. What that costs is the
/// driver's own share of the figures of a queue that runs in its JVM.
record DriverAlone() implements QueuePeer {
    @Override
    public String name() {
        return "driver";
    }

    @Override
    public String durability() {
        return "none: no queue, the driver by itself";
    }

    @Override
    public String command() {
        return "a LinkedBlockingQueue in the driver's JVM";
    }

    @Override
    public boolean inDriver() {
        return true;
    }

    @Override
    public QueueSystem start(Path folder) {
        return new MemorySystem(new ConcurrentHashMap<>());
    }

    private record MemorySystem(Map<String, LinkedBlockingQueue<byte[]>> queues)
            implements QueueSystem {
        private LinkedBlockingQueue<byte[]> of(String queue) {
            return Objects.requireNonNull(queues.get(queue));
        }

        @Override
        public void create(String queue) {
            queues.put(queue, new LinkedBlockingQueue<>());
        }

        @Override
        public Publisher publisher(String queue) {
            return new MemoryPublisher(of(queue));
        }

        @Override
        public Receiver receiver(String queue, int prefetch) {
            return new MemoryReceiver(of(queue));
        }

        @Override
        public Abilities abilities() {
            return new Abilities("put back at once", false, false, false);
        }

        @Override
        public String describe() {
            return "the driver alone, with no queue between its two ends";
        }

        @Override
        public List<Long> pids() {
            return List.of(ProcessHandle.current().pid());
        }

        @Override
        public void close() {}
    }

    private record MemoryPublisher(LinkedBlockingQueue<byte[]> queue)
            implements QueueSystem.Publisher {
        @Override
        public void publish(QueueMessage message) throws InterruptedException {
            queue.put(message.bytes());
        }

        @Override
        public void close() {}
    }

    private record MemoryReceiver(LinkedBlockingQueue<byte[]> queue)
            implements QueueSystem.Receiver {
        @Override
        public List<QueueSystem.Delivery> receive(int most, Duration limit)
                throws InterruptedException {
            byte @Nullable [] first = queue.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (first == null) {
                return List.of();
            }
            var bodies = new ArrayList<byte[]>();
            bodies.add(first);
            queue.drainTo(bodies, most - 1);
            return bodies.stream().map(body -> new QueueSystem.Delivery(body, body)).toList();
        }

        @Override
        public void settle(
                List<QueueSystem.Delivery> done, List<QueueSystem.Delivery> again, Duration delay)
                throws InterruptedException {
            for (QueueSystem.Delivery delivery : again) {
                queue.put(delivery.body());
            }
        }

        @Override
        public void close() {}
    }
}
