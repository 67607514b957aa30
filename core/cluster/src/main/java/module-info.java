/// The engine that stores topics in an existing Apache Kafka cluster, by the public API of
/// kafka-clients alone: an application that embeds Sinew brings its own version of it.
@org.jspecify.annotations.NullMarked
module io.sinew.cluster {
    requires transitive io.sinew.topics;
    requires kafka.clients;

    exports io.sinew.cluster;
}
