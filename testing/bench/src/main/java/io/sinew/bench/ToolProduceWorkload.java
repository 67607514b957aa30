package io.sinew.bench;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Kafka's `ProducerPerformance`: what a Java producer gets.
///
/// @param transaction how long each of its transactions lasts; empty for none
record ToolProduceWorkload(
        int records,
        int recordSizeBytes,
        int partitions,
        int batchSizeKib,
        Optional<Duration> transaction)
        implements Workload {
    @Override
    public String name() {
        return (transaction.isPresent() ? "transactional-produce/" : "tool-produce/")
                + recordSizeBytes
                + "B/"
                + partitions
                + "p/"
                + batchSizeKib
                + "KiB";
    }

    @Override
    public String meaning() {
        return ("kafka-producer-perf-test, records of %d B, %d partition(s), "
                        + "batch.size %d KiB, acks=all%s; its latencies hide stalls")
                .formatted(
                        recordSizeBytes,
                        partitions,
                        batchSizeKib,
                        transaction
                                .map(length -> ", a commit every " + length.toMillis() + " ms")
                                .orElse(""));
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(Run.WARM_TOPIC, RawProduceWorkload.TOPIC), partitions);
        int count = run.scale().of(records);
        produce(run, Run.WARM_TOPIC, count / 2);
        ProcessFacts before = run.facts();
        Readings readings = produce(run, RawProduceWorkload.TOPIC, count);
        return readings.cpu(before, run.facts(), (long) count * recordSizeBytes);
    }

    /// The first quarter warms up the client and is not in the tool's figures.
    private Readings produce(Run run, String topic, int count) throws Exception {
        var load =
                new KafkaTools.Produce(
                        topic, count, count / 4, recordSizeBytes, batchSizeKib << 10, transaction);
        return run.tools().produce(run.broker().address(), load, run.folder());
    }
}
