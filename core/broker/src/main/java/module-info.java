/// The embedded engine: topics, producers, groups, on the log.
@org.jspecify.annotations.NullMarked
module io.sinew.broker {
    requires transitive io.sinew.groups;
    requires transitive io.sinew.log;

    exports io.sinew.broker;
}
