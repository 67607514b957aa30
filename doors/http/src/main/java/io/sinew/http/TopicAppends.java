package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.Joins;
import io.sinew.base.SinewException;
import io.sinew.http.TopicRecordJson.Placed;
import io.sinew.topics.Engine;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Appends the records of one request, to several partitions side by side, so that they wait for
/// one sync and not for one after the other.
final class TopicAppends {
    private final Engine engine;
    private final EngineCalls calls;
    private final TopicCounts counts;
    private final TopicPartitioner partitioner = new TopicPartitioner();

    TopicAppends(Engine engine, EngineCalls calls, TopicCounts counts) {
        this.engine = engine;
        this.calls = calls;
        this.counts = counts;
    }

    /// Where a record is.
    record Place(int partition, long offset) {}

    /// Records for one partition, and which of all they are.
    private record Part(TopicPartition to, List<NewRecord> records, List<Integer> indexes) {}

    /// Durable when it returns. If it fails, some may be there.
    ///
    /// @return the place of each
    List<Place> append(String topic, List<Placed> all) throws InterruptedException {
        int count = calls.run(() -> counts.of(topic));
        var parts = new LinkedHashMap<Integer, Part>();
        for (int i = 0; i < all.size(); i++) {
            Placed placed = all.get(i);
            int partition =
                    placed.partition().isPresent()
                            ? placed.partition().getAsInt()
                            : partitioner.partition(placed.record().key(), count);
            var to = new TopicPartition(topic, TopicCounts.require(topic, partition, count));
            Part part =
                    parts.computeIfAbsent(
                            partition, _ -> new Part(to, new ArrayList<>(), new ArrayList<>()));
            part.records().add(placed.record());
            part.indexes().add(i);
        }
        var places = new Place[all.size()];
        if (parts.size() == 1) {
            append(parts.values().iterator().next(), places);
        } else {
            appendAll(parts, places);
        }
        return List.of(places);
    }

    private void append(Part part, Place[] places) throws InterruptedException {
        long[] offsets = calls.run(() -> engine.append(part.to(), part.records()));
        for (int i = 0; i < offsets.length; i++) {
            places[part.indexes().get(i)] = new Place(part.to().partition(), offsets[i]);
        }
    }

    private void appendAll(Map<Integer, Part> parts, Place[] places) throws InterruptedException {
        Queue<Part> left = new ConcurrentLinkedQueue<>(parts.values());
        var failure = new AtomicReference<@Nullable RuntimeException>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < Math.min(parts.size(), HttpLimits.APPENDS); i++) {
            threads.add(
                    Thread.ofVirtual()
                            .name("sinew-http-append")
                            .start(() -> appendSome(left, places, failure)));
        }
        // Who is interrupted waits nevertheless: what was begun is done, or fails as the door ends.
        Joins.all(threads);
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("the door closes");
        }
    }

    private void appendSome(
            Queue<Part> left, Place[] places, AtomicReference<@Nullable RuntimeException> failure) {
        try {
            for (Part part = left.poll();
                    part != null && failure.get() == null;
                    part = left.poll()) {
                append(part, places);
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        } catch (InterruptedException e) {
            failure.compareAndSet(
                    null,
                    new SinewException(ErrorCode.TIMED_OUT, "Interrupted while appending", e));
        }
    }
}
