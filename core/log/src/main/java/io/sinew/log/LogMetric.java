package io.sinew.log;

import io.sinew.base.Metric;

/// What the log counts.
public enum LogMetric implements Metric {
    WAL_BYTES(
            "sinew_wal_bytes_total",
            Kind.COUNTER,
            "Bytes written to the write-ahead log, padding included."),
    WAL_SYNCS("sinew_wal_syncs_total", Kind.COUNTER, "Syncs of the write-ahead log."),
    WAL_SYNC_TIME(
            "sinew_wal_sync_seconds_total",
            Kind.TIME,
            "Time spent in syncs of the write-ahead log; divided by their count, what an"
                    + " acknowledgement costs."),
    REPLAY_BYTES(
            "sinew_wal_replay_bytes",
            Kind.GAUGE,
            "Bytes of the write-ahead log that a start would have to replay now."),
    SEGMENT_BYTES("sinew_segment_bytes_total", Kind.COUNTER, "Bytes moved to segments."),
    SEGMENT_WRITES(
            "sinew_segment_writes_total", Kind.COUNTER, "Writes that moved bytes to segments."),
    CHECKPOINTS("sinew_checkpoints_total", Kind.COUNTER, "Checkpoints completed."),
    COMPACTIONS("sinew_compactions_total", Kind.COUNTER, "Compactions of a partition completed."),
    COMPACTION_TIME(
            "sinew_compaction_seconds_total",
            Kind.TIME,
            "Time spent in compactions of partitions."),
    COMPACTION_READ_BYTES(
            "sinew_compaction_read_bytes_total",
            Kind.COUNTER,
            "Bytes of batches that compactions read, what they read twice counted twice."),
    COMPACTION_WRITTEN_BYTES(
            "sinew_compaction_written_bytes_total",
            Kind.COUNTER,
            "Bytes of compacted segments written."),
    COMPACTION_REMOVED_RECORDS(
            "sinew_compaction_removed_records_total",
            Kind.COUNTER,
            "Records that compactions took out."),
    UNFLUSHED_BYTES(
            "sinew_unflushed_bytes", Kind.GAUGE, "Durable bytes that are not in segments yet."),
    DISK_USABLE_BYTES(
            "sinew_disk_usable_bytes",
            Kind.GAUGE,
            "Bytes that can still be written where the data directory is; -1 when unknown."),
    WRITABLE(
            "sinew_log_writable",
            Kind.GAUGE,
            "1 while writes are taken; 0 while the disk is full and after the log has stopped.");

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
