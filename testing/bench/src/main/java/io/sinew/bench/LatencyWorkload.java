package io.sinew.bench;

import io.sinew.base.Clock;
import java.util.List;

/// How long an acknowledgement takes at a fixed rate that every peer can hold.
record LatencyWorkload(int batchSizeKib, int partitions, int batchesPerSecond) implements Workload {
    private static final int RECORD_SIZE_BYTES = 1024;

    @Override
    public String name() {
        return "latency/" + batchSizeKib + "KiB/" + partitions + "p/" + batchesPerSecond + "ps";
    }

    @Override
    public String meaning() {
        return ("acknowledgement of batches of %d KiB, %d a second over %d "
                        + "partition(s), counted from when each was due")
                .formatted(batchSizeKib, batchesPerSecond, partitions);
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(Run.WARM_TOPIC, RawProduceWorkload.TOPIC), partitions);
        var batch = ReadyBatch.fill(batchSizeKib << 10, RECORD_SIZE_BYTES, Clock.system().nowMs());
        load(Run.WARM_TOPIC, batch).run(run.broker().address(), run.scale().warmUp());
        var outcome =
                load(RawProduceWorkload.TOPIC, batch)
                        .run(run.broker().address(), run.scale().measured());
        return new Readings()
                .rate(0, outcome.acknowledged() * batch.bytes().length, outcome.elapsedNanos())
                .latency(outcome.latency());
    }

    private ProduceLoad load(String topic, ReadyBatch batch) {
        return new ProduceLoad(
                new ProduceLoad.Shape(topic, partitions, 1, batch), batchesPerSecond);
    }
}
