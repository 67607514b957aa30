package io.sinew.kafka;

import io.sinew.base.Metric;

/// What the Kafka door counts.
public enum KafkaMetric implements Metric {
    CONNECTIONS("sinew_kafka_connections", Kind.GAUGE, "Connections open now.");

    private final String id;
    private final Kind kind;
    private final String meaning;

    KafkaMetric(String id, Kind kind, String meaning) {
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
