package io.sinew.bench;

import io.sinew.base.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A start after SIGKILL, with much data and with producers and transactions to remember.
record RecoverWorkload(int gigabytes, int partitions) implements Workload {
    private static final String TRANSACTED = "transacted";
    private static final Duration SLICE = Duration.ofSeconds(5);
    private static final long BYTES_PER_GB = 1_000_000_000;
    private static final int TRANSACTED_RECORDS = 100_000;
    private static final Duration TRANSACTION = Duration.ofMillis(100);

    @Override
    public String name() {
        return "recover/" + gigabytes + "GB/" + partitions + "p";
    }

    @Override
    public String meaning() {
        return ("SIGKILL with %d GB (a quarter with --quick) in %d partitions and %,d records of "
                        + "transactions, then from starting the process to the first record "
                        + "acknowledged")
                .formatted(gigabytes, partitions, TRANSACTED_RECORDS);
    }

    @Override
    public Readings measure(Run run) throws Exception {
        List<String> topics = List.of(RawProduceWorkload.TOPIC, TRANSACTED);
        run.startWithTopics(topics, partitions);
        transact(run);
        fill(run, (long) (run.scale().factor() * gigabytes * BYTES_PER_GB));
        run.broker().process().kill();
        long startNanos = Clock.system().nanos();
        run.broker().spawn();
        try (RawClient client = run.client()) {
            for (String topic : topics) {
                client.produceWhenReady(
                        new KafkaRequests.Partitions(topic, 0, partitions), RawClient.oneRecord());
            }
        }
        return new Readings()
                .seconds(Quantity.START_KILLED_S, Clock.system().nanos() - startNanos)
                .megabytes(Quantity.RESIDENT_AFTER_MB, run.facts().residentBytes());
    }

    private static void transact(Run run) throws Exception {
        var load =
                new KafkaTools.Produce(
                        TRANSACTED,
                        TRANSACTED_RECORDS,
                        0,
                        1_024,
                        16 << 10,
                        Optional.of(TRANSACTION));
        run.tools().produce(run.broker().address(), load, run.folder());
    }

    private void fill(Run run, long bytes) throws Exception {
        var batch = ReadyBatch.fill(128 << 10, 1_024, Clock.system().nowMs());
        int group = Math.min(partitions, 10);
        var shape = new ProduceLoad.Shape(RawProduceWorkload.TOPIC, partitions, group, batch);
        long left = bytes;
        while (left > 0) {
            var outcome = new ProduceLoad(shape, 0).run(run.broker().address(), SLICE);
            left -= outcome.acknowledged() * shape.requestBytes();
        }
    }
}
