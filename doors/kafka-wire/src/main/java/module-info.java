/// The Kafka protocol's messages as Java structs, and how they become bytes. Generated from Kafka's
/// own message schemas when the module is built; knows no sockets, no topics and no time.
@org.jspecify.annotations.NullMarked
module io.sinew.kafkawire {
    requires static transitive org.jspecify;
    requires transitive io.sinew.base;

    exports io.sinew.kafkawire;
}
