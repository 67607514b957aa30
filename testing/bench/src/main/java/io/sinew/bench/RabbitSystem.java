package io.sinew.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import io.sinew.base.Check;
import io.sinew.kit.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// A RabbitMQ node, by AMQP 0-9-1: one connection, and a channel for each publisher and receiver.
final class RabbitSystem implements QueueSystem {
    private static final long CONFIRM_LIMIT_S = 60;

    private final String type;
    private final Connection connection;
    private final List<ChildProcess> processes;

    /// @param processes the node first, then what it needs; ended in this order
    RabbitSystem(String type, Connection connection, List<ChildProcess> processes) {
        this.type = type;
        this.connection = connection;
        this.processes = processes;
    }

    /// A message that is given back goes to a second queue, and from there back after its TTL.
    @Override
    public void create(String queue) throws Exception {
        try (Channel channel = connection.createChannel()) {
            declare(channel, queue, again(queue), Map.of());
            long ttlMs = QueueLoad.NACK_DELAY.toMillis();
            declare(channel, again(queue), queue, Map.of("x-message-ttl", ttlMs));
        }
    }

    private void declare(
            Channel channel, String queue, String deadLetters, Map<String, Object> more)
            throws IOException {
        var arguments = new HashMap<String, Object>(more);
        arguments.put("x-queue-type", type);
        arguments.put("x-dead-letter-exchange", "");
        arguments.put("x-dead-letter-routing-key", deadLetters);
        channel.queueDeclare(queue, true, false, false, arguments);
    }

    private static String again(String queue) {
        return queue + ".again";
    }

    @Override
    public Publisher publisher(String queue) throws Exception {
        return new RabbitPublisher(connection.createChannel(), queue);
    }

    @Override
    public Receiver receiver(String queue, int prefetch) throws Exception {
        return new RabbitReceiver(connection.createChannel(), queue, prefetch);
    }

    @Override
    public Abilities abilities() {
        return new Abilities(
                "no delay of its own: basic.reject into a dead-letter queue with a TTL of 1 s that"
                        + " dead-letters back",
                true,
                false,
                false);
    }

    @Override
    public String describe() {
        return "RabbitMQ "
                + connection.getServerProperties().get("version")
                + ", publisher confirms; acks are not confirmed, AMQP 0-9-1 has no such thing";
    }

    @Override
    public List<Long> pids() {
        return processes.getFirst().treePids();
    }

    @Override
    public void close() {
        connection.abort();
        processes.forEach(ChildProcess::close);
    }

    private static final class RabbitPublisher implements Publisher {
        private final Channel channel;
        private final String queue;
        private final ReentrantLock lock = new ReentrantLock();
        private final ConcurrentNavigableMap<Long, CompletableFuture<Boolean>> waiting =
                new ConcurrentSkipListMap<>();

        RabbitPublisher(Channel channel, String queue) throws IOException {
            this.channel = channel;
            this.queue = queue;
            channel.confirmSelect();
            channel.addConfirmListener(
                    (tag, multiple) -> confirm(tag, multiple, true),
                    (tag, multiple) -> confirm(tag, multiple, false));
        }

        @Override
        public void publish(QueueMessage message) throws Exception {
            byte[] body = message.bytes();
            var confirmed = new CompletableFuture<Boolean>();
            lock.lock();
            try {
                waiting.put(channel.getNextPublishSeqNo(), confirmed);
                channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body);
            } finally {
                lock.unlock();
            }
            if (!confirmed.get(CONFIRM_LIMIT_S, TimeUnit.SECONDS)) {
                throw new IOException("RabbitMQ refused a message");
            }
        }

        private void confirm(long tag, boolean multiple, boolean taken) {
            var all = multiple ? waiting.headMap(tag, true) : waiting.subMap(tag, true, tag, true);
            for (Long each : all.keySet()) {
                var waiter = waiting.remove(each);
                if (waiter != null) {
                    waiter.complete(taken);
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.abort();
        }
    }

    private static final class RabbitReceiver implements Receiver {
        private final Channel channel;
        private final Arrivals arrivals = new Arrivals();

        RabbitReceiver(Channel channel, String queue, int prefetch) throws IOException {
            this.channel = channel;
            channel.basicQos(prefetch);
            channel.basicConsume(
                    queue,
                    false,
                    new DefaultConsumer(channel) {
                        @Override
                        public void handleDelivery(
                                String consumer,
                                Envelope envelope,
                                AMQP.BasicProperties properties,
                                byte[] body) {
                            arrivals.add(new Delivery(body, envelope.getDeliveryTag()));
                        }
                    });
        }

        @Override
        public List<Delivery> receive(int most, Duration limit) throws Exception {
            return arrivals.take(most, limit);
        }

        @Override
        public void settle(List<Delivery> done, List<Delivery> again, Duration delay)
                throws Exception {
            Check.that(
                    again.isEmpty() || delay.equals(QueueLoad.NACK_DELAY),
                    "the delay is the TTL of the queue");
            for (Delivery delivery : done) {
                channel.basicAck((Long) delivery.receipt(), false);
            }
            for (Delivery delivery : again) {
                channel.basicReject((Long) delivery.receipt(), false);
            }
        }

        @Override
        public void close() throws IOException {
            channel.abort();
        }
    }
}
