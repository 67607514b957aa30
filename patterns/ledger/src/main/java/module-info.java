/// The state of each message of a topic for one queue or subscription: leases, retries, delays,
/// order, priorities, dedupe. A pure state machine, and what runs it on any engine.
@org.jspecify.annotations.NullMarked
module io.sinew.ledger {
    requires transitive io.sinew.topics;

    exports io.sinew.ledger;
}
