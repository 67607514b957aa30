/// Pub/sub: a topic whose records many subscriptions see, each through its own filter and with its
/// own ledger.
@org.jspecify.annotations.NullMarked
module io.sinew.pubsub {
    requires transitive io.sinew.ledger;
    requires org.apache.httpcomponents.core5.httpcore5;
    requires tools.jackson.core;

    exports io.sinew.pubsub;
}
