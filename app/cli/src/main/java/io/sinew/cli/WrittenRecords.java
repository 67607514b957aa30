package io.sinew.cli;

import io.sinew.base.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// What the server has said about the records that `produce` sent: called by the producer's thread,
/// asked by the command's.
final class WrittenRecords {
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// What went to one partition.
    private record Stretch(long count, long first, long last) {
        Stretch and(Stretch other) {
            return new Stretch(
                    count + other.count, Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    private final String topic;
    private final Terminal terminal;
    private final Clock clock;
    private final Map<Integer, Stretch> partitions = new TreeMap<>();
    private long count;
    private long progressNanos;
    private @Nullable Exception failure;

    WrittenRecords(String topic, Terminal terminal, Clock clock) {
        this.topic = topic;
        this.terminal = terminal;
        this.clock = clock;
        this.progressNanos = clock.nanos() + PROGRESS_NANOS;
    }

    /// The answer for one record; in the shape of Kafka's callback.
    synchronized void add(@Nullable RecordMetadata metadata, @Nullable Exception e) {
        if (e != null) {
            if (failure == null) {
                failure = e;
            }
            return;
        }
        if (metadata != null) {
            long offset = metadata.offset();
            partitions.merge(metadata.partition(), new Stretch(1, offset, offset), Stretch::and);
        }
        count++;
        if (clock.nanos() >= progressNanos) {
            progressNanos = clock.nanos() + PROGRESS_NANOS;
            terminal.err().println(count + " records so far");
        }
    }

    synchronized boolean hasFailed() {
        return failure != null;
    }

    /// Says what went where.
    synchronized void report() {
        terminal.err().println(count + (count == 1 ? " record" : " records") + " to " + topic);
        partitions.forEach((partition, stretch) -> {
            String offsets =
                    stretch.first < 0
                            ? ""
                            : stretch.first == stretch.last
                                    ? ", offset " + stretch.first
                                    : ", offsets " + stretch.first + " to " + stretch.last;
            terminal.err().println("  partition " + partition + ": " + stretch.count + offsets);
        });
    }

    /// Ends the command when a record was refused.
    synchronized void throwFirstFailure() {
        if (failure != null) {
            Exception first = failure;
            throw KafkaFailures.explain(first, "topic " + topic)
                    .orElseGet(
                            () -> new CommandException(ExitCode.FAILED, first.toString(), first));
        }
    }
}
