/// A small shop: orders go into one topic, and departments read them, each in its own time; one of
/// them makes payments of them, which cashiers take from a work queue.
///
/// Read [io.sinew.orders.Order], `Checkout` and `Worker`, which use any Kafka server, and for the
/// queue `PaymentQueue` and `Cashier`; that is the whole shop. The rest is the departments, and
/// [io.sinew.orders.OrdersStory], which `./sinew demo` plays.
@org.jspecify.annotations.NullMarked
module io.sinew.orders {
    requires static org.jspecify;
    requires java.net.http;
    requires transitive kafka.clients;
    requires tools.jackson.databind;

    exports io.sinew.orders;
}
