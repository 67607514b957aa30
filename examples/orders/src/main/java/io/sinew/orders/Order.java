package io.sinew.orders;

/// What a customer bought. It travels as JSON in the topic [#TOPIC], under the customer as its key,
/// so that the orders of one customer stay in order.
///
/// @param id chosen by the shop, and unique
/// @param customer who pays
/// @param item what was bought
/// @param quantity how many of it
/// @param totalCents what it costs, all together
public record Order(String id, String customer, String item, int quantity, long totalCents) {
    /// Where orders are written to, and read from.
    public static final String TOPIC = "orders";
}
