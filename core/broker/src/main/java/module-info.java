/// Topics, producers and groups on the log, and the embedded engine, which gives them to patterns.
@org.jspecify.annotations.NullMarked
module io.sinew.broker {
    requires transitive io.sinew.groups;
    requires transitive io.sinew.log;
    requires transitive io.sinew.topics;

    exports io.sinew.broker;
}
