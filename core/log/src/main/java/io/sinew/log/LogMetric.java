package io.sinew.log;

import io.sinew.base.Metric;

/// What the log counts.
public enum LogMetric implements Metric {
    WAL_BYTES(
            "sinew_wal_bytes_total",
            Kind.COUNTER,
            "Bytes written to the write-ahead log, padding included."),
    WAL_SYNCS("sinew_wal_syncs_total", Kind.COUNTER, "Syncs of the write-ahead log."),
    SEGMENT_BYTES("sinew_segment_bytes_total", Kind.COUNTER, "Bytes moved to segments."),
    SEGMENT_WRITES(
            "sinew_segment_writes_total", Kind.COUNTER, "Writes that moved bytes to segments."),
    CHECKPOINTS("sinew_checkpoints_total", Kind.COUNTER, "Checkpoints completed."),
    UNFLUSHED_BYTES(
            "sinew_unflushed_bytes", Kind.GAUGE, "Durable bytes that are not in segments yet.");

    private final String id;
    private final Kind kind;
    private final String meaning;

    LogMetric(String id, Kind kind, String meaning) {
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
