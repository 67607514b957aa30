package io.sinew.broker;

import io.sinew.base.Metric;

/// What the broker counts.
public enum BrokerMetric implements Metric {
    TOPICS("sinew_topics", Kind.GAUGE, "Topics there are."),
    PARTITIONS("sinew_partitions", Kind.GAUGE, "Partitions of all topics together."),
    GROUPS("sinew_groups", Kind.GAUGE, "Consumer groups there are, with members or without."),
    TRANSACTIONAL_IDS("sinew_transactional_ids", Kind.GAUGE, "Transactional ids that are known."),
    APPENDED_BATCHES("sinew_appended_batches_total", Kind.COUNTER, "Batches appended."),
    APPENDED_RECORDS("sinew_appended_records_total", Kind.COUNTER, "Records appended."),
    APPENDED_BYTES("sinew_appended_bytes_total", Kind.COUNTER, "Bytes of the batches appended."),
    DUPLICATE_BATCHES(
            "sinew_duplicate_batches_total",
            Kind.COUNTER,
            "Batches of idempotent producers that had been appended before and were not again."),
    DIRTIEST_PERCENT(
            "sinew_compaction_dirtiest_percent",
            Kind.GAUGE,
            "Share of uncompacted bytes in the compacted partition that has most of them, when it"
                    + " was last looked.");

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
