package io.sinew.bench;

import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.JetStream;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// NATS JetStream as it is installed, one server with file storage.
record NatsQueue() implements QueuePeer {
    private static final String SERVER = "nats-server";
    private static final String WORKERS = "workers";
    private static final Duration READY_LIMIT = Duration.ofMinutes(1);
    private static final Duration ACK_WAIT = Duration.ofMinutes(10);
    private static final int UNSETTLED_MAX = 20_000;
    private static final long ANSWER_LIMIT_S = 60;
    private static final byte[] ACK = "+ACK".getBytes(StandardCharsets.US_ASCII);

    @Override
    public String name() {
        return "nats";
    }

    @Override
    public String durability() {
        return "NOT durable: confirmed from the page cache, synced every 2 minutes; this version"
                + " has no setting for it";
    }

    @Override
    public String command() {
        return SERVER
                + " -js, a work-queue stream in files, one pull consumer, each ack confirmed,"
                + " batches of "
                + QueueLoad.PREFETCH;
    }

    @Override
    public Optional<String> missing() {
        return Programs.missing(SERVER);
    }

    @Override
    public QueueSystem start(Path folder) throws Exception {
        int port = FreePorts.next();
        String program = Programs.find(SERVER).map(Path::toString).orElse(SERVER);
        var command =
                new ProcessBuilder(
                        program,
                        "-js",
                        "-a",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-sd",
                        folder.resolve("data").toString());
        var process = ChildProcess.start(SERVER, command, folder.resolve("nats.log"));
        try {
            process.awaitPort(
                    READY_LIMIT, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return new NatsSystem(process, connect(port), port);
        } catch (Exception | AssertionError e) {
            process.close();
            throw e;
        }
    }

    private static Connection connect(int port) throws IOException, InterruptedException {
        return Nats.connect(
                new Options.Builder()
                        .server("nats://127.0.0.1:" + port)
                        .connectionTimeout(READY_LIMIT)
                        .build());
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @param connection for what concerns the whole server
    private record NatsSystem(ChildProcess process, Connection connection, int port)
            implements QueueSystem {
        @Override
        public void create(String queue) throws Exception {
            connection
                    .jetStreamManagement()
                    .addStream(
                            StreamConfiguration.builder()
                                    .name(queue)
                                    .subjects(queue)
                                    .storageType(StorageType.File)
                                    .retentionPolicy(RetentionPolicy.WorkQueue)
                                    .build());
            connection
                    .jetStreamManagement()
                    .addOrUpdateConsumer(
                            queue,
                            ConsumerConfiguration.builder()
                                    .durable(WORKERS)
                                    .ackPolicy(AckPolicy.Explicit)
                                    .ackWait(ACK_WAIT)
                                    .maxAckPending(UNSETTLED_MAX)
                                    .build());
        }

        @Override
        public Publisher publisher(String queue) throws Exception {
            return new NatsPublisher(connect(port), queue);
        }

        @Override
        public Receiver receiver(String queue, int prefetch) throws Exception {
            return new NatsReceiver(connect(port), queue, prefetch);
        }

        @Override
        public Abilities abilities() {
            return new Abilities("-NAK with a delay", true, false, false);
        }

        @Override
        public String describe() {
            return "NATS " + connection.getServerInfo().getVersion() + ", each ack is confirmed";
        }

        @Override
        public List<Long> pids() {
            return process.treePids();
        }

        @Override
        public void close() {
            NatsQueue.close(connection);
            process.close();
        }
    }

    private static final class NatsPublisher implements QueueSystem.Publisher {
        private final Connection connection;
        private final JetStream stream;
        private final String queue;

        NatsPublisher(Connection connection, String queue) throws IOException {
            this.connection = connection;
            this.stream = connection.jetStream();
            this.queue = queue;
        }

        @Override
        public void publish(QueueMessage message) throws Exception {
            stream.publishAsync(queue, message.bytes()).get(ANSWER_LIMIT_S, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            NatsQueue.close(connection);
        }
    }

    private static final class NatsReceiver implements QueueSystem.Receiver {
        private final Connection connection;
        private final Arrivals arrivals = new Arrivals();
        private final MessageConsumer consumer;

        NatsReceiver(Connection connection, String queue, int prefetch) throws Exception {
            this.connection = connection;
            this.consumer =
                    connection
                            .getStreamContext(queue)
                            .getConsumerContext(WORKERS)
                            .consume(
                                    ConsumeOptions.builder().batchSize(prefetch).build(),
                                    message ->
                                            arrivals.add(
                                                    new QueueSystem.Delivery(
                                                            message.getData(), message)));
        }

        @Override
        public List<QueueSystem.Delivery> receive(int most, Duration limit) throws Exception {
            return arrivals.take(most, limit);
        }

        /// The acks are requests, so that the server answers each of them.
        @Override
        public void settle(
                List<QueueSystem.Delivery> done, List<QueueSystem.Delivery> again, Duration delay)
                throws Exception {
            var answers = new ArrayList<CompletableFuture<Message>>();
            for (QueueSystem.Delivery delivery : done) {
                var message = (Message) delivery.receipt();
                answers.add(connection.request(message.getReplyTo(), ACK));
            }
            for (QueueSystem.Delivery delivery : again) {
                ((Message) delivery.receipt()).nakWithDelay(delay);
            }
            for (CompletableFuture<Message> answer : answers) {
                answer.get(ANSWER_LIMIT_S, TimeUnit.SECONDS);
            }
        }

        @Override
        public void close() {
            consumer.stop();
            NatsQueue.close(connection);
        }
    }
}
