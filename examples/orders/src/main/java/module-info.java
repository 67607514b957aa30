/// A small shop: orders go into one topic, and five departments read them, each in its own time.
///
/// Read [io.sinew.orders.Order], `Checkout` and `Worker`; that is the whole shop. The rest is the
/// five departments, and [io.sinew.orders.OrdersStory], which `./sinew demo` plays.
@org.jspecify.annotations.NullMarked
module io.sinew.orders {
    requires static org.jspecify;
    requires transitive kafka.clients;
    requires tools.jackson.databind;

    exports io.sinew.orders;
}
