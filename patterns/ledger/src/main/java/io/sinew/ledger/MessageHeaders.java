package io.sinew.ledger;

/// The headers by which a record says how it wants to be delivered. Any Kafka producer may set
/// them; all are text in UTF-8, times in ms since 1970. What can't be read counts as not there: the
/// record is delivered all the same.
public final class MessageHeaders {
    /// Not to be delivered before.
    public static final String DUE = "sinew-due";

    /// Not to be delivered at or after.
    public static final String EXPIRES = "sinew-expires";

    /// From 0 to 9; higher goes first.
    public static final String PRIORITY = "sinew-priority";

    /// Messages with the same value are delivered in their order, one at a time.
    public static final String GROUP = "sinew-group";

    /// A message with a value that another had within the dedupe window is not delivered.
    public static final String DEDUPE = "sinew-dedupe";

    /// The priority of a message that names none.
    public static final int PRIORITY_DEFAULT = 4;

    /// The highest priority.
    public static final int PRIORITY_MAX = 9;

    private MessageHeaders() {}
}
