package io.sinew.bench;

import io.sinew.base.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.HdrHistogram.Histogram;

/// One record at a time at a fixed rate through one partition, and one reader that waits for them.
/// The n-th record is due at a known time and gets a known offset, so the reader knows from the
/// offset alone how late a record is, and a stall counts for each record that it delays.
record EndToEndLoad(String topic, double recordsPerSecond) {
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(1);
    private static final int IN_FLIGHT = 5;

    /// Nanoseconds from when each record was due to when the reader had it.
    Histogram run(InetSocketAddress address, Duration duration)
            throws IOException, InterruptedException {
        long count = (long) (recordsPerSecond * duration.toMillis() / 1000);
        var latency = new Histogram(Duration.ofMinutes(10).toNanos(), 3);
        try (var writer = RawConnection.open(address);
                var reader = RawConnection.open(address);
                var client = RawClient.connect(address)) {
            long first = client.endOffset(topic, 0);
            Pace pace = Pace.perSecond(recordsPerSecond);
            var inFlight = new Semaphore(IN_FLIGHT);
            var workers = new Workers(List.of(writer, reader));
            workers.start("write", () -> write(writer, pace, count, inFlight));
            workers.start("acknowledge", () -> acknowledge(writer, count, inFlight));
            workers.start("read", () -> read(reader, pace, first, count, latency));
            workers.join(duration.plus(ANSWER_LIMIT));
        }
        return latency;
    }

    private void write(RawConnection writer, Pace pace, long count, Semaphore inFlight)
            throws IOException, InterruptedException {
        ByteBuffer request =
                KafkaRequests.produce(
                        new KafkaRequests.Partitions(topic, 0, 1), RawClient.oneRecord());
        for (int n = 0; n < count; n++) {
            pace.await(n);
            inFlight.acquire();
            writer.send(request, n);
        }
    }

    private static void acknowledge(RawConnection writer, long count, Semaphore inFlight)
            throws IOException {
        for (int n = 0; n < count; n++) {
            RawClient.require(KafkaReplies.produceError(writer.receive(n)), "Produce");
            inFlight.release();
        }
    }

    private void read(RawConnection reader, Pace pace, long first, long count, Histogram latency)
            throws IOException {
        KafkaRequests.Fetch request = KafkaRequests.fetch(topic, 0);
        long offset = first;
        while (offset < first + count) {
            KafkaReplies.Fetched fetched = KafkaReplies.fetched(reader.call(request.from(offset)));
            long now = Clock.system().nanos();
            RawClient.require(fetched.error(), "Fetch");
            for (; offset < fetched.nextOffset(); offset++) {
                latency.recordValue(Math.max(0, now - pace.dueNanos(offset - first)));
            }
        }
    }
}
