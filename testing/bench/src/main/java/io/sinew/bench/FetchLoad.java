package io.sinew.bench;

import io.sinew.base.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Readers that fetch one partition each (the same one, if there are fewer partitions than readers)
/// and look only at the headers of the batches that come back.
record FetchLoad(String topic, int partitions, int readers) {
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(1);

    /// @param sizeBytes of whole batches, over all readers
    record Outcome(long sizeBytes, long elapsedNanos) {}

    /// Each reader reads its partition once, from the beginning to where it ends now.
    Outcome readAll(InetSocketAddress address, Duration limit) throws Exception {
        return run(address, 0, Long.MAX_VALUE, limit);
    }

    /// Each reader follows the end of its partition for `duration`.
    Outcome follow(InetSocketAddress address, Duration duration) throws Exception {
        return run(address, -1, Clock.system().nanos() + duration.toNanos(), duration);
    }

    /// @param from the first offset, or -1 for the end
    private Outcome run(InetSocketAddress address, long from, long untilNanos, Duration limit)
            throws Exception {
        var connections = new ArrayList<RawConnection>();
        var sizeBytes = new AtomicLong();
        long startNanos = Clock.system().nanos();
        try {
            for (int i = 0; i < readers; i++) {
                connections.add(RawConnection.open(address));
            }
            var workers = new Workers(connections);
            for (int i = 0; i < readers; i++) {
                int partition = i % partitions;
                RawConnection connection = connections.get(i);
                long end = endOffset(address, partition);
                long first = from < 0 ? end : from;
                long last = from < 0 ? Long.MAX_VALUE : end;
                workers.start(
                        "fetch",
                        () ->
                                sizeBytes.addAndGet(
                                        read(connection, partition, first, last, untilNanos)));
            }
            workers.join(limit.plus(ANSWER_LIMIT));
        } finally {
            for (RawConnection connection : connections) {
                connection.close();
            }
        }
        return new Outcome(sizeBytes.get(), Clock.system().nanos() - startNanos);
    }

    private long endOffset(InetSocketAddress address, int partition) throws IOException {
        try (var client = RawClient.connect(address)) {
            return client.endOffset(topic, partition);
        }
    }

    private long read(
            RawConnection connection, int partition, long first, long last, long untilNanos)
            throws IOException {
        KafkaRequests.Fetch request = KafkaRequests.fetch(topic, partition);
        long offset = first;
        long sizeBytes = 0;
        while (offset < last && Clock.system().nanos() < untilNanos) {
            var reply = connection.call(request.from(offset));
            KafkaReplies.Fetched fetched = KafkaReplies.fetched(reply);
            RawClient.require(fetched.error(), "Fetch");
            if (fetched.nextOffset() >= 0) {
                offset = fetched.nextOffset();
            }
            sizeBytes += fetched.sizeBytes();
        }
        return sizeBytes;
    }
}
