/// The durable log: record batches, write-ahead log, segments, indexes, recovery.
@org.jspecify.annotations.NullMarked
module io.sinew.log {
    requires transitive io.sinew.base;
    requires com.github.luben.zstd_jni;
    requires org.lz4.java;
    requires snappy.java;

    exports io.sinew.log;
}
