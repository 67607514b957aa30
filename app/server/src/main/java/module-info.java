/// Configuration in, running system out: what starts and stops, in which order.
@org.jspecify.annotations.NullMarked
module io.sinew.server {
    requires transitive io.sinew.base;
    requires io.sinew.broker;
    requires io.sinew.cluster;
    requires io.sinew.http;
    requires io.sinew.kafka;
    requires io.sinew.log;
    requires transitive io.sinew.pubsub;
    requires io.sinew.queue;
    requires io.sinew.topics;

    exports io.sinew.server;
}
