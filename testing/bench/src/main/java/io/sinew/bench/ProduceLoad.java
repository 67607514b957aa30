package io.sinew.bench;

import io.sinew.base.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Sends the same ready-made Produce requests over several connections with several in flight on
/// each, so that the client costs next to nothing and the broker is the limit.
///
/// @param shape what is sent
/// @param requestsPerSecond over all connections; 0 is as fast as the answers allow
record ProduceLoad(Shape shape, double requestsPerSecond) {
    /// As many as the Java producer has with idempotence (`max.in.flight.requests.per.connection`).
    private static final int IN_FLIGHT = 5;

    private static final int CONNECTIONS = 4;
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(1);
    private static final long LATENCY_MAX_NANOS = Duration.ofMinutes(10).toNanos();

    /// What is sent: `batch` to each of `batchesPerRequest` partitions of the topic, in turn.
    record Shape(String topic, int partitions, int batchesPerRequest, ReadyBatch batch) {
        /// Bytes of batches in one request.
        long requestBytes() {
            return (long) batchesPerRequest * batch.bytes().length;
        }

        /// A request for each group of partitions.
        List<ByteBuffer> requests() {
            var requests = new ArrayList<ByteBuffer>();
            for (int first = 0; first < partitions; first += batchesPerRequest) {
                int count = Math.min(batchesPerRequest, partitions - first);
                var group = new KafkaRequests.Partitions(topic, first, count);
                requests.add(KafkaRequests.produce(group, batch));
            }
            return requests;
        }
    }

    /// What came of it.
    ///
    /// @param acknowledged requests
    /// @param elapsedNanos until the last answer
    /// @param latency nanoseconds from when a request was due (at a fixed rate) or sent
    record Outcome(long acknowledged, long elapsedNanos, Histogram latency) {}

    /// Sends for `duration` and then waits for the answers that are missing.
    Outcome run(InetSocketAddress address, Duration duration)
            throws IOException, InterruptedException {
        var lanes = new ArrayList<Lane>();
        Pace pace = requestsPerSecond > 0 ? Pace.perSecond(requestsPerSecond) : null;
        long startNanos = Clock.system().nanos();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                lanes.add(new Lane(i, RawConnection.open(address), shape.requests(), pace));
            }
            var workers = new Workers(lanes);
            for (Lane lane : lanes) {
                workers.start("send", () -> lane.send(startNanos + duration.toNanos()));
                workers.start("receive", lane::receive);
            }
            workers.join(duration.plus(ANSWER_LIMIT));
        } finally {
            for (Lane lane : lanes) {
                lane.close();
            }
        }
        var latency = new Histogram(LATENCY_MAX_NANOS, 3);
        long endNanos = startNanos;
        for (Lane lane : lanes) {
            latency.add(lane.latency);
            endNanos = Math.max(endNanos, lane.endNanos);
        }
        return new Outcome(latency.getTotalCount(), endNanos - startNanos, latency);
    }

    /// One connection: a thread that sends and one that receives.
    private static final class Lane implements AutoCloseable {
        private final int index;
        private final RawConnection connection;
        private final List<ByteBuffer> requests;
        private final @Nullable Pace pace;
        private final Semaphore room = new Semaphore(IN_FLIGHT);
        private final Semaphore outstanding = new Semaphore(0);
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLongArray sinceNanos = new AtomicLongArray(IN_FLIGHT);
        private final Histogram latency = new Histogram(LATENCY_MAX_NANOS, 3);
        private long endNanos;

        Lane(int index, RawConnection connection, List<ByteBuffer> requests, @Nullable Pace pace) {
            this.index = index;
            this.connection = connection;
            this.requests = requests;
            this.pace = pace;
        }

        void send(long untilNanos) throws IOException, InterruptedException {
            // Lanes begin at different partitions, as independent producers do.
            int next = index * requests.size() / CONNECTIONS;
            for (int n = 0; true; n++) {
                long since = pace == null ? 0 : pace.await((long) n * CONNECTIONS + index);
                room.acquire();
                long now = Clock.system().nanos();
                if ((pace == null ? now : since) >= untilNanos) {
                    break;
                }
                sinceNanos.set(n % IN_FLIGHT, pace == null ? now : since);
                connection.send(requests.get(next), n);
                next = (next + 1) % requests.size();
                sent.set(n + 1);
                outstanding.release();
            }
            outstanding.release();
        }

        void receive() throws IOException, InterruptedException {
            for (int n = 0; true; n++) {
                outstanding.acquire();
                if (n == sent.get()) {
                    break;
                }
                ByteBuffer reply = connection.receive(n);
                RawClient.require(KafkaReplies.produceError(reply), "Produce");
                endNanos = Clock.system().nanos();
                latency.recordValue(endNanos - sinceNanos.get(n % IN_FLIGHT));
                room.release();
            }
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
