/// Sinew inside an application: on a data directory of its own, or on a Kafka cluster.
@org.jspecify.annotations.NullMarked
module io.sinew.library {
    requires io.sinew.broker;
    requires transitive io.sinew.cluster;
    requires transitive io.sinew.pubsub;
    requires transitive io.sinew.queue;
    requires kafka.clients;
    requires tools.jackson.databind;

    exports io.sinew.library;
}
