/// The door for HTTP: how the process is, what it counts.
@org.jspecify.annotations.NullMarked
module io.sinew.http {
    requires transitive io.sinew.base;
    requires io.helidon.http;
    requires io.helidon.service.registry;
    requires io.helidon.webserver;
    requires java.logging;
    requires micrometer.core;
    requires micrometer.registry.prometheus;

    exports io.sinew.http;
}
