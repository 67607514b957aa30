package io.sinew.bench;

import java.util.List;

/// How long a record takes from when it was due to a reader that waits for it.
record EndToEndWorkload(int recordsPerSecond) implements Workload {
    @Override
    public String name() {
        return "end-to-end/" + recordsPerSecond + "ps";
    }

    @Override
    public String meaning() {
        return "single records of 100 B, %d a second, from when each was due to the reader's hands"
                .formatted(recordsPerSecond);
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(Run.WARM_TOPIC, RawProduceWorkload.TOPIC), 1);
        new EndToEndLoad(Run.WARM_TOPIC, recordsPerSecond)
                .run(run.broker().address(), run.scale().warmUp());
        var latency =
                new EndToEndLoad(RawProduceWorkload.TOPIC, recordsPerSecond)
                        .run(run.broker().address(), run.scale().measured());
        return new Readings().latency(latency);
    }
}
