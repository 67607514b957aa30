package io.sinew.bench;

import io.sinew.base.Clock;
import java.time.Duration;
import java.util.List;

/// Reading from the beginning what is no longer in memory.
record ColdFetchWorkload(int sizeMb, int partitions) implements Workload {
    private static final int BATCH_SIZE_BYTES = 128 << 10;
    private static final int RECORD_SIZE_BYTES = 1024;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    @Override
    public String name() {
        return "fetch-cold/" + partitions + "p";
    }

    @Override
    public String meaning() {
        return ("%d reader(s) read the log from its beginning, 1 MiB a request, the "
                        + "page cache dropped before")
                .formatted(partitions);
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(Run.WARM_TOPIC, RawProduceWorkload.TOPIC), partitions);
        var address = run.broker().address();
        fill(run, Run.WARM_TOPIC, 64L << 20);
        fill(run, RawProduceWorkload.TOPIC, run.scale().of(sizeMb) * 1_000_000L);
        warmUp(run);
        run.notes().accept("fetch-cold: " + PageCache.drop(run.broker().dataFolder()));
        ProcessFacts before = run.facts();
        var outcome =
                new FetchLoad(RawProduceWorkload.TOPIC, partitions, partitions)
                        .readAll(address, LIMIT);
        ProcessFacts after = run.facts();
        return new Readings()
                .rate(0, outcome.sizeBytes(), outcome.elapsedNanos())
                .cpu(before, after, outcome.sizeBytes());
    }

    private void warmUp(Run run) throws Exception {
        long untilNanos = Clock.system().nanos() + run.scale().warmUp().toNanos();
        while (Clock.system().nanos() < untilNanos) {
            new FetchLoad(Run.WARM_TOPIC, partitions, partitions)
                    .readAll(run.broker().address(), LIMIT);
        }
    }

    /// Writes until a topic holds `sizeBytes`.
    private void fill(Run run, String topic, long sizeBytes) throws Exception {
        var batch = ReadyBatch.fill(BATCH_SIZE_BYTES, RECORD_SIZE_BYTES, Clock.system().nowMs());
        var load = new ProduceLoad(new ProduceLoad.Shape(topic, partitions, 1, batch), 0);
        for (long written = 0; written < sizeBytes; ) {
            var outcome = load.run(run.broker().address(), Duration.ofMillis(250));
            written += outcome.acknowledged() * batch.bytes().length;
        }
    }
}
