package io.sinew.bench;

import java.util.List;

/// Kafka's `EndToEndLatency`.
record ToolLatencyWorkload(int records) implements Workload {
    @Override
    public String name() {
        return "tool-end-to-end";
    }

    @Override
    public String meaning() {
        return "kafka-e2e-latency, records of 100 B, acks=all, one after the other; "
                + "whole milliseconds, stalls hidden";
    }

    @Override
    public Readings measure(Run run) throws Exception {
        run.startWithTopics(List.of(Run.WARM_TOPIC, RawProduceWorkload.TOPIC), 1);
        var address = run.broker().address();
        int count = run.scale().of(records);
        run.tools().endToEnd(address, Run.WARM_TOPIC, count / 2, run.folder());
        return run.tools().endToEnd(address, RawProduceWorkload.TOPIC, count, run.folder());
    }
}
