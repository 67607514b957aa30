/// The Kafka protocol: sockets, framing, one handler for each API.
@org.jspecify.annotations.NullMarked
module io.sinew.kafka {
    requires transitive io.sinew.broker;
    requires io.sinew.kafkawire;

    exports io.sinew.kafka;
}
