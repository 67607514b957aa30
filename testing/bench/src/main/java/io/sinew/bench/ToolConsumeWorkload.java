package io.sinew.bench;

import java.util.List;
import java.util.Optional;

/// Kafka's `ConsumerPerformance`: what a Java consumer gets, from a warm page cache.
record ToolConsumeWorkload(int records, int recordSizeBytes, int partitions) implements Workload {
    private static final int BATCH_SIZE_BYTES = 16 << 10;

    @Override
    public String name() {
        return "tool-consume/" + recordSizeBytes + "B/" + partitions + "p";
    }

    @Override
    public String meaning() {
        return ("kafka-consumer-perf-test, records of %d B that were written a moment "
                        + "before, %d partition(s)")
                .formatted(recordSizeBytes, partitions);
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(RawProduceWorkload.TOPIC), partitions);
        var address = run.broker().address();
        int count = run.scale().of(records);
        var load =
                new KafkaTools.Produce(
                        RawProduceWorkload.TOPIC,
                        count,
                        0,
                        recordSizeBytes,
                        BATCH_SIZE_BYTES,
                        Optional.empty());
        run.tools().produce(address, load, run.folder());
        run.tools().consume(address, RawProduceWorkload.TOPIC, count / 2, run.folder());
        ProcessFacts before = run.facts();
        Readings readings =
                run.tools().consume(address, RawProduceWorkload.TOPIC, count, run.folder());
        return readings.cpu(before, run.facts(), (long) count * recordSizeBytes);
    }
}
