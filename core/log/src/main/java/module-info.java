/// The durable log: record batches, write-ahead log, segments, indexes, recovery.
@org.jspecify.annotations.NullMarked
module io.sinew.log {
    requires transitive io.sinew.base;
}
