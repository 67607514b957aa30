package io.sinew.orders;

/// What a customer has to pay. It travels as JSON, in a message of the queue [#QUEUE].
///
/// @param id of the order, or of the till where it was keyed in; unique, so that nobody pays twice
/// @param customer who pays
/// @param amount as the sender wrote it: whether it is one is for whoever deals with it to find out
record Payment(String id, String customer, String amount) {
    /// Where payments wait for a cashier.
    static final String QUEUE = "payments";
}
