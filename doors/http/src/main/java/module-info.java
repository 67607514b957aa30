/// The door for HTTP: how the process is, what it counts, topics, subscriptions to them, and work
/// queues.
@org.jspecify.annotations.NullMarked
module io.sinew.http {
    requires transitive io.sinew.base;
    requires transitive io.sinew.pubsub;
    requires transitive io.sinew.queue;
    requires io.helidon.common.uri;
    requires io.helidon.http;
    requires io.helidon.service.registry;
    requires io.helidon.webserver;
    requires java.logging;
    requires java.net.http;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires tools.jackson.core;

    exports io.sinew.http;
}
