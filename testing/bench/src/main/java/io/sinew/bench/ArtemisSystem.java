package io.sinew.bench;

import io.sinew.kit.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.SendAcknowledgementHandler;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.core.client.impl.ClientConsumerInternal;

/// An Artemis server, by its core protocol: a connection and a session for each publisher and
/// receiver.
final class ArtemisSystem implements QueueSystem {
    private static final int CONFIRMATION_WINDOW_BYTES = 1 << 20;
    private static final long CONFIRM_LIMIT_S = 60;

    /// What a message counts for in a receiver's window.
    private static final int MESSAGE_BYTES = 1_200;

    private final ChildProcess process;
    private final ServerLocator locator;
    private final String settings;

    ArtemisSystem(ChildProcess process, ServerLocator locator, String settings) {
        this.process = process;
        this.locator = locator;
        this.settings = settings;
        locator.setConfirmationWindowSize(CONFIRMATION_WINDOW_BYTES)
                .setBlockOnDurableSend(false)
                .setBlockOnAcknowledge(false);
    }

    @Override
    public void create(String queue) throws Exception {
        try (ClientSessionFactory factory = locator.createSessionFactory();
                ClientSession session = factory.createSession()) {
            session.createQueue(
                    QueueConfiguration.of(queue)
                            .setRoutingType(RoutingType.ANYCAST)
                            .setDurable(true));
        }
    }

    @Override
    public Publisher publisher(String queue) throws Exception {
        return new ArtemisPublisher(locator.createSessionFactory(), queue);
    }

    @Override
    public Receiver receiver(String queue, int prefetch) throws Exception {
        return new ArtemisReceiver(locator.createSessionFactory(), queue, prefetch);
    }

    @Override
    public Abilities abilities() {
        return new Abilities(
                "acknowledged and sent again with a scheduled delivery time, in one transaction",
                true,
                true,
                true);
    }

    @Override
    public String describe() {
        return settings
                + "; each message is acknowledged, and all of a batch are confirmed together"
                + " (commit); a group is pinned to one receiver";
    }

    @Override
    public List<Long> pids() {
        return process.treePids();
    }

    @Override
    public void close() {
        locator.close();
        process.close();
    }

    private static void close(ClientSession session, ClientSessionFactory factory)
            throws IOException {
        try {
            session.close();
        } catch (ActiveMQException e) {
            throw new IOException("the session could not be closed", e);
        } finally {
            factory.close();
        }
    }

    private static ClientMessage message(ClientSession session, byte[] body, Duration delay) {
        ClientMessage message = session.createMessage(true);
        message.getBodyBuffer().writeBytes(body);
        if (delay.isPositive()) {
            message.putLongProperty(
                    Message.HDR_SCHEDULED_DELIVERY_TIME,
                    System.currentTimeMillis() + delay.toMillis());
        }
        return message;
    }

    private static final class ArtemisPublisher implements Publisher {
        private final ClientSessionFactory factory;
        private final ClientSession session;
        private final ClientProducer producer;
        private final ReentrantLock lock = new ReentrantLock();

        ArtemisPublisher(ClientSessionFactory factory, String queue) throws Exception {
            this.factory = factory;
            this.session = factory.createSession(true, true);
            this.producer = session.createProducer(queue);
        }

        @Override
        public void publish(QueueMessage message) throws Exception {
            var confirmed = new CompletableFuture<Boolean>();
            lock.lock();
            try {
                ClientMessage sent = message(session, message.bytes(), message.delay());
                if (message.group() != QueueMessage.NO_GROUP) {
                    sent.putStringProperty(
                            Message.HDR_GROUP_ID, SimpleString.of("group-" + message.group()));
                }
                producer.send(sent, new Confirmation(confirmed));
            } finally {
                lock.unlock();
            }
            confirmed.get(CONFIRM_LIMIT_S, TimeUnit.SECONDS);
        }

        @Override
        public void close() throws IOException {
            ArtemisSystem.close(session, factory);
        }
    }

    private record Confirmation(CompletableFuture<Boolean> confirmed)
            implements SendAcknowledgementHandler {
        @Override
        public void sendAcknowledged(Message message) {
            confirmed.complete(true);
        }

        @Override
        public void sendFailed(Message message, Exception e) {
            confirmed.completeExceptionally(e);
        }
    }

    private static final class ArtemisReceiver implements Receiver {
        private final ClientSessionFactory factory;
        private final ClientSession session;
        private final ClientConsumer consumer;
        private final ClientProducer producer;

        ArtemisReceiver(ClientSessionFactory factory, String queue, int prefetch) throws Exception {
            this.factory = factory;
            this.session = factory.createSession(false, false);
            int windowBytes = prefetch == 1 ? 0 : prefetch * MESSAGE_BYTES;
            this.consumer =
                    session.createConsumer(SimpleString.of(queue), null, windowBytes, -1, false);
            this.producer = session.createProducer(queue);
            session.start();
        }

        /// Takes what has come already, without asking the server for more.
        @Override
        public List<Delivery> receive(int most, Duration limit) throws Exception {
            var taken = new ArrayList<Delivery>();
            ClientMessage next = consumer.receive(limit.toMillis());
            while (next != null) {
                var body = new byte[next.getBodyBuffer().readableBytes()];
                next.getBodyBuffer().readBytes(body);
                taken.add(new Delivery(body, next));
                boolean more = ((ClientConsumerInternal) consumer).getBufferSize() > 0;
                next = more && taken.size() < most ? consumer.receiveImmediate() : null;
            }
            return taken;
        }

        @Override
        public void settle(List<Delivery> done, List<Delivery> again, Duration delay)
                throws Exception {
            for (Delivery delivery : done) {
                ((ClientMessage) delivery.receipt()).individualAcknowledge();
            }
            for (Delivery delivery : again) {
                ((ClientMessage) delivery.receipt()).individualAcknowledge();
                producer.send(message(session, delivery.body(), delay));
            }
            session.commit();
        }

        @Override
        public void close() throws IOException {
            ArtemisSystem.close(session, factory);
        }
    }
}
