package io.sinew.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/// A queue in the test's own memory that keeps every promise, or breaks the one that a test names.
final class MemoryQueue implements QueueSystem {
    /// What it does to a message that it confirms.
    interface Fault {
        /// The bodies that it stores instead of this one, in this order.
        List<byte[]> stored(QueueMessage message, byte[] body) throws Exception;
    }

    private final Fault fault;
    private final boolean forgetsReturned;
    private final Map<String, DelayQueue<Kept>> queues = new HashMap<>();

    private MemoryQueue(Fault fault, boolean forgetsReturned) {
        this.fault = fault;
        this.forgetsReturned = forgetsReturned;
    }

    static MemoryQueue faithful() {
        return new MemoryQueue((message, body) -> List.of(body), false);
    }

    static MemoryQueue with(Fault fault) {
        return new MemoryQueue(fault, false);
    }

    static MemoryQueue forgettingWhatIsReturned() {
        return new MemoryQueue((message, body) -> List.of(body), true);
    }

    @Override
    public void create(String queue) {
        queues.put(queue, new DelayQueue<>());
    }

    @Override
    public Publisher publisher(String queue) {
        DelayQueue<Kept> kept = Objects.requireNonNull(queues.get(queue));
        return new Publisher() {
            @Override
            public void publish(QueueMessage message) throws Exception {
                for (byte[] body : fault.stored(message, message.bytes())) {
                    kept.add(Kept.until(message.delay(), body));
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Receiver receiver(String queue, int prefetch) {
        DelayQueue<Kept> kept = Objects.requireNonNull(queues.get(queue));
        return new Receiver() {
            @Override
            public List<Delivery> receive(int most, Duration limit) throws Exception {
                var taken = new ArrayList<Delivery>();
                Kept first = kept.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
                for (Kept next = first; next != null; next = kept.poll()) {
                    taken.add(new Delivery(next.body(), next));
                }
                return taken;
            }

            @Override
            public void settle(List<Delivery> done, List<Delivery> again, Duration delay) {
                if (!forgetsReturned) {
                    again.forEach(each -> kept.add(Kept.until(delay, each.body())));
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Abilities abilities() {
        return new Abilities("put back", true, false, false);
    }

    @Override
    public String describe() {
        return "in memory";
    }

    @Override
    public List<Long> pids() {
        return List.of(ProcessHandle.current().pid());
    }

    @Override
    public void close() {}

    private record Kept(long untilNanos, byte[] body) implements Delayed {
        static Kept until(Duration delay, byte[] body) {
            return new Kept(System.nanoTime() + delay.toNanos(), body);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(untilNanos, ((Kept) other).untilNanos());
        }
    }
}
