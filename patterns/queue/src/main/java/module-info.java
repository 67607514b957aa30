/// Work queues: a topic whose records are messages, each dealt with by one consumer.
@org.jspecify.annotations.NullMarked
module io.sinew.queue {
    requires transitive io.sinew.ledger;

    exports io.sinew.queue;
}
