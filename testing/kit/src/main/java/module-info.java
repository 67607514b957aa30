/// What tests share: seeded trials, hand-written doubles, waiting without sleeping, child processes
/// and a real Apache Kafka.
@org.jspecify.annotations.NullMarked
module io.sinew.kit {
    requires transitive io.sinew.base;

    exports io.sinew.kit;
}
