package io.sinew.bench;

import io.sinew.base.Clock;
import io.sinew.kit.TempFolder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// From the start of the process to the first acknowledged record, on a fresh folder and on one
/// that has been used and cleanly closed. Medians of several starts.
record StartWorkload() implements Workload {
    private static final String TOPIC = "first";

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String meaning() {
        return "from starting the process to the first record acknowledged "
                + "(acks=all), topic created on the way; format is counted apart";
    }

    @Override
    public Readings measure(Run run) throws Exception {
        long formatNanos = timed(run.broker()::prepare);
        var fresh = new ArrayList<Long>();
        var existing = new ArrayList<Long>();
        for (int i = 0; i < run.scale().starts(); i++) {
            if (i > 0) {
                wipe(run);
                run.broker().prepare();
            }
            fresh.add(timed(() -> toFirstRecord(run, true)));
            run.broker().stop();
            existing.add(timed(() -> toFirstRecord(run, false)));
            run.broker().stop();
        }
        return new Readings()
                .seconds(Quantity.FORMAT_S, formatNanos)
                .seconds(Quantity.START_FRESH_S, median(fresh))
                .seconds(Quantity.START_EXISTING_S, median(existing));
    }

    private static void toFirstRecord(Run run, boolean create) throws Exception {
        run.broker().spawn();
        try (RawClient client = run.client()) {
            if (create) {
                client.createTopics(List.of(TOPIC), 1);
            }
            client.produceWhenReady(
                    new KafkaRequests.Partitions(TOPIC, 0, 1), RawClient.oneRecord());
        }
    }

    private static void wipe(Run run) throws Exception {
        try (var data = new TempFolder(run.broker().dataFolder())) {
            Files.createDirectories(data.path());
        }
    }

    private static long median(List<Long> nanos) {
        return (long) Results.median(nanos.stream().mapToDouble(Long::doubleValue).toArray());
    }

    private static long timed(Workers.Work work) throws Exception {
        long startNanos = Clock.system().nanos();
        work.run();
        return Clock.system().nanos() - startNanos;
    }
}
