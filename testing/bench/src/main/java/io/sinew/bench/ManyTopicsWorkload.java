package io.sinew.bench;

import io.sinew.base.Clock;
import java.util.List;
import java.util.stream.IntStream;

/// A broker with many partitions: how long they take to make, and a start with them.
record ManyTopicsWorkload(int topics, int partitions) implements Workload {
    private static final int TOPICS_PER_REQUEST = 100;

    @Override
    public String name() {
        return "many-topics";
    }

    @Override
    public String meaning() {
        return ("%d topics x %d partitions (a quarter of the topics with --quick): "
                        + "creating them, a clean restart to the first record acknowledged, "
                        + "memory then")
                .formatted(topics, partitions);
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.start();
        long createNanos = create(run, run.scale().of(topics));
        run.broker().stop();
        long startNanos = Clock.system().nanos();
        run.startAgain();
        try (RawClient client = run.client()) {
            client.produceWhenReady(first(), RawClient.oneRecord());
        }
        long restartNanos = Clock.system().nanos() - startNanos;
        ProcessFacts facts = run.facts();
        return new Readings()
                .seconds(Quantity.CREATE_S, createNanos)
                .seconds(Quantity.START_EXISTING_S, restartNanos)
                .megabytes(Quantity.RESIDENT_AFTER_MB, facts.residentBytes())
                .put(Quantity.THREADS, facts.threads());
    }

    private long create(Run run, int count) throws Exception {
        List<String> names = IntStream.range(0, count).mapToObj(ManyTopicsWorkload::topic).toList();
        long startNanos = Clock.system().nanos();
        try (RawClient client = run.client()) {
            for (int i = 0; i < count; i += TOPICS_PER_REQUEST) {
                client.createTopics(
                        names.subList(i, Math.min(count, i + TOPICS_PER_REQUEST)), partitions);
            }
            var last = new KafkaRequests.Partitions(topic(count - 1), 0, partitions);
            client.produceWhenReady(last, RawClient.oneRecord());
        }
        return Clock.system().nanos() - startNanos;
    }

    private KafkaRequests.Partitions first() {
        return new KafkaRequests.Partitions(topic(0), 0, partitions);
    }

    private static String topic(int index) {
        return "topic-" + index;
    }
}
