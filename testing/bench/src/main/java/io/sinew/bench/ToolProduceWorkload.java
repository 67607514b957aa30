package io.sinew.bench;

import java.util.List;

/// Kafka's `ProducerPerformance`: what a Java producer gets.
record ToolProduceWorkload(int records, int recordSizeBytes, int partitions, int batchSizeKib)
        implements Workload {
    @Override
    public String name() {
        return "tool-produce/" + recordSizeBytes + "B/" + partitions + "p/" + batchSizeKib + "KiB";
    }

    @Override
    public String meaning() {
        return ("kafka-producer-perf-test, records of %d B, %d partition(s), "
                        + "batch.size %d KiB, acks=all; its latencies hide stalls")
                .formatted(recordSizeBytes, partitions, batchSizeKib);
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
                        topic, count, count / 4, recordSizeBytes, batchSizeKib << 10);
        return run.tools().produce(run.broker().address(), load, run.folder());
    }
}
