package io.sinew.bench;

/// What a workload reads off. The name is the key in the JSON output.
enum Quantity {
    RECORDS_PER_S("records/s"),
    MESSAGES_PER_S("messages/s"),
    MESSAGES_PER_S_ALONE("messages/s without the slow one"),
    MESSAGES_PER_S_EMPTY("messages/s through an empty queue"),
    SHARE_OF_EMPTY("of that"),
    HEAP_B_PER_PENDING("heap B/pending message"),
    PUBLISHED_PER_S("published messages/s"),
    DRAINED_PER_S("drained messages/s"),
    MB_PER_S("MB/s"),
    CPU_S_PER_GB("broker CPU s/GB"),
    CPU_USER_S_PER_GB("  of it user"),
    CPU_SYSTEM_S_PER_GB("  of it system"),
    MEAN_MS("mean ms"),
    P50_MS("p50 ms"),
    P99_MS("p99 ms"),
    P999_MS("p99.9 ms"),
    MAX_MS("max ms"),
    PUBLISH_P50_MS("publish to confirm p50 ms"),
    PUBLISH_P99_MS("publish to confirm p99 ms"),
    PUBLISH_P999_MS("publish to confirm p99.9 ms"),
    END_TO_END_P50_MS("publish to receive p50 ms"),
    END_TO_END_P99_MS("publish to receive p99 ms"),
    LATE_P50_MS("late p50 ms"),
    LATE_P99_MS("late p99 ms"),
    LATE_MAX_MS("late max ms"),
    CPU_US_PER_MESSAGE("server CPU us/message"),
    REDELIVERED("delivered more often than asked for"),
    SYNCS_PER_MESSAGE("syncs per message"),
    RESIDENT_MB("server resident MB, shared pages once"),
    FORMAT_S("format s"),
    START_FRESH_S("start, fresh folder s"),
    START_EXISTING_S("start, existing folder s"),
    START_KILLED_S("start after SIGKILL s"),
    RESIDENT_IDLE_MB("resident idle MB"),
    RESIDENT_PEAK_MB("resident peak MB"),
    RESIDENT_BEFORE_MB("resident before MB"),
    RESIDENT_AFTER_MB("resident after MB"),
    THREADS("threads"),
    CREATE_S("create s"),
    CONNECTIONS_HELD("connections held"),
    SEQUENTIAL_MB_PER_S("write, one sync at the end MB/s"),
    SYNCED_MB_PER_S("write + fdatasync each MB/s");

    private final String title;

    Quantity(String title) {
        this.title = title;
    }

    /// With the unit, for tables.
    String title() {
        return title;
    }
}
