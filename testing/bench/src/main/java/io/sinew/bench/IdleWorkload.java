package io.sinew.bench;

import java.time.Duration;
import java.util.List;

/// What a broker takes that has started, has taken one record and is left alone.
record IdleWorkload() implements Workload {
    private static final Duration REST = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "idle";
    }

    @Override
    public String meaning() {
        return "memory and threads 5 s after the first record, nothing going on";
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(RawProduceWorkload.TOPIC), 1);
        Pace.rest(REST);
        ProcessFacts facts = run.facts();
        return new Readings()
                .megabytes(Quantity.RESIDENT_IDLE_MB, facts.residentBytes())
                .put(Quantity.THREADS, facts.threads());
    }
}
