package io.sinew.bench;

import io.sinew.base.Clock;
import java.util.List;

/// Ready-made batches as fast as the broker acknowledges them: what the broker can do when the
/// client costs nothing.
///
/// @param batchesPerRequest for how many partitions one request carries a batch
record RawProduceWorkload(
        int batchSizeKib, int partitions, int batchesPerRequest, int recordSizeBytes)
        implements Workload {
    static final String TOPIC = "load";

    @Override
    public String name() {
        return "raw-produce/" + batchSizeKib + "KiB/" + partitions + "p/" + recordSizeBytes + "B";
    }

    @Override
    public String meaning() {
        return ("prebuilt batches of %d KiB (records of %d B) to %d partition(s), %d "
                        + "batch(es) a request, 4 connections with 5 in flight, acks=all")
                .formatted(batchSizeKib, recordSizeBytes, partitions, batchesPerRequest);
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(Run.WARM_TOPIC, TOPIC), partitions);
        var batch = ReadyBatch.fill(batchSizeKib << 10, recordSizeBytes, Clock.system().nowMs());
        load(Run.WARM_TOPIC, batch).run(run.broker().address(), run.scale().warmUp());
        ProcessFacts before = run.facts();
        var outcome = load(TOPIC, batch).run(run.broker().address(), run.scale().measured());
        ProcessFacts after = run.facts();
        long batches = outcome.acknowledged() * batchesPerRequest;
        long bytes = batches * batch.bytes().length;
        return new Readings()
                .rate(batches * batch.recordCount(), bytes, outcome.elapsedNanos())
                .cpu(before, after, bytes)
                .megabytes(Quantity.RESIDENT_PEAK_MB, after.residentPeakBytes());
    }

    private ProduceLoad load(String topic, ReadyBatch batch) {
        return new ProduceLoad(
                new ProduceLoad.Shape(topic, partitions, batchesPerRequest, batch), 0);
    }
}
