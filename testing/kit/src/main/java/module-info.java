/// What tests share: seeded trials, hand-written doubles, waiting without sleeping, child
/// processes, among them Sinew itself and a real Apache Kafka.
@org.jspecify.annotations.NullMarked
module io.sinew.kit {
    requires transitive io.sinew.base;
    requires java.net.http;

    exports io.sinew.kit;
}
