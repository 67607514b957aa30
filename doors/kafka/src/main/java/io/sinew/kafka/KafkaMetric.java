package io.sinew.kafka;

import io.sinew.base.Metric;
import java.util.Optional;

/// What the Kafka door counts.
public enum KafkaMetric implements Metric {
    CONNECTIONS("sinew_kafka_connections", Kind.GAUGE, "Connections open now."),
    CONNECTIONS_ACCEPTED(
            "sinew_kafka_connections_accepted_total", Kind.COUNTER, "Connections taken."),
    CONNECTIONS_REFUSED(
            "sinew_kafka_connections_refused_total",
            Kind.COUNTER,
            "Connections closed as they came, because of `max.connections`."),
    REQUESTS("sinew_kafka_requests_total", Kind.COUNTER, "Requests read.", "api"),
    RECEIVED_BYTES("sinew_kafka_received_bytes_total", Kind.COUNTER, "Bytes of requests."),
    SENT_BYTES("sinew_kafka_sent_bytes_total", Kind.COUNTER, "Bytes of answers."),
    PRODUCE_REFUSALS(
            "sinew_kafka_produce_refusals_total",
            Kind.COUNTER,
            "Batches that were not appended, or not made safe."),
    FETCH_REFUSALS(
            "sinew_kafka_fetch_refusals_total",
            Kind.COUNTER,
            "Partitions that a fetch named and was not given."),
    PAUSES(
            "sinew_kafka_pauses_total",
            Kind.COUNTER,
            "Answers that told a client to pause, because it has used more than its quota.");

    private final String id;
    private final Kind kind;
    private final String meaning;
    private final String label;

    KafkaMetric(String id, Kind kind, String meaning) {
        this(id, kind, meaning, "");
    }

    KafkaMetric(String id, Kind kind, String meaning, String label) {
        this.id = id;
        this.kind = kind;
        this.meaning = meaning;
        this.label = label;
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

    @Override
    public Optional<String> label() {
        return label.isEmpty() ? Optional.empty() : Optional.of(label);
    }
}
