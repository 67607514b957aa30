package io.sinew.broker;

import io.sinew.base.Metric;

/// What the broker counts.
public enum BrokerMetric implements Metric {
    TOPICS("sinew_topics", Kind.GAUGE, "Topics there are."),
    PARTITIONS("sinew_partitions", Kind.GAUGE, "Partitions of all topics together.");

    private final String id;
    private final Kind kind;
    private final String meaning;

    BrokerMetric(String id, Kind kind, String meaning) {
        this.id = id;
        this.kind = kind;
        this.meaning = meaning;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
