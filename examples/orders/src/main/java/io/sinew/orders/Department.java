package io.sinew.orders;

/// A part of the shop that has to hear of every order. Its name is its consumer group: the server
/// remembers for each group how far it has come, so departments neither share nor steal orders.
///
/// A department is told of an order by one thread, and asked for its report by another.
sealed interface Department permits Email, Inventory, Analytics, Fraud, Recommendations, Billing {
    /// For people, and the name of the consumer group.
    String name();

    /// Does what this department does for an order.
    void handle(Order order);

    /// What it has done so far, in a few words.
    String report();
}
