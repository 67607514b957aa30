package io.sinew.bench;

import io.sinew.base.Clock;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Reading what has just been written. The broker writes at a fixed rate, first without readers and
/// then with them; what the second half costs more is the readers' share.
record TailFetchWorkload(int batchesPerSecond, int readers) implements Workload {
    private static final int BATCH_SIZE_BYTES = 128 << 10;
    private static final int RECORD_SIZE_BYTES = 1024;

    @Override
    public String name() {
        return "fetch-tail/" + readers + "r";
    }

    @Override
    public String meaning() {
        return ("%d readers follow one partition that gets %d batches of 128 KiB a "
                        + "second; CPU is what the readers add to the writing")
                .formatted(readers, batchesPerSecond);
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(RawProduceWorkload.TOPIC), 1);
        try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
            produceAndFollow(run, writer, run.scale().warmUp());
            return measure(run, writer);
        }
    }

    private Readings measure(Run run, ExecutorService writer) throws Exception {
        Duration duration = run.scale().measured();
        ProcessFacts start = run.facts();
        load().run(run.broker().address(), duration);
        ProcessFacts middle = run.facts();
        var outcome = produceAndFollow(run, writer, duration);
        ProcessFacts end = run.facts();
        double gigabytes = outcome.sizeBytes() / 1e9;
        double user =
                (end.userSeconds() - 2 * middle.userSeconds() + start.userSeconds()) / gigabytes;
        double system =
                (end.systemSeconds() - 2 * middle.systemSeconds() + start.systemSeconds())
                        / gigabytes;
        return new Readings()
                .rate(0, outcome.sizeBytes(), outcome.elapsedNanos())
                .put(Quantity.CPU_USER_S_PER_GB, user)
                .put(Quantity.CPU_SYSTEM_S_PER_GB, system)
                .put(Quantity.CPU_S_PER_GB, user + system);
    }

    private FetchLoad.Outcome produceAndFollow(Run run, ExecutorService writer, Duration duration)
            throws Exception {
        InetSocketAddress address = run.broker().address();
        Future<ProduceLoad.Outcome> writing = writer.submit(() -> load().run(address, duration));
        var outcome = new FetchLoad(RawProduceWorkload.TOPIC, 1, readers).follow(address, duration);
        writing.get();
        return outcome;
    }

    private ProduceLoad load() {
        var batch = ReadyBatch.fill(BATCH_SIZE_BYTES, RECORD_SIZE_BYTES, Clock.system().nowMs());
        return new ProduceLoad(
                new ProduceLoad.Shape(RawProduceWorkload.TOPIC, 1, 1, batch), batchesPerSecond);
    }
}
