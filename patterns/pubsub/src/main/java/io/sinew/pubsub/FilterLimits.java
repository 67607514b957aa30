package io.sinew.pubsub;

/// The bounds of filters, and of the bodies that they look at. A filter beyond one of them is
/// refused; a body beyond one of them counts as no body.
final class FilterLimits {
    /// Bytes of a filter's document, in UTF-8: as many as SNS takes.
    static final int DOCUMENT_BYTES = 256 << 10;

    /// Objects and arrays in each other in a filter. What reads a filter calls itself so often.
    static final int DEPTH = 32;

    /// Values and operators in a filter, each of which may be compared with each value of a field.
    static final int CONDITIONS = 2_048;

    /// Ways to choose one alternative in each `$or` of a filter: one bit of a `long` for each, so
    /// that one pass over a record tries all of them.
    static final int OR_COMBINATIONS = 64;

    /// Characters in all wildcards of a filter. In the worst case each of them is compared with
    /// each character of the text.
    static final int WILDCARD_CHARS = 1_024;

    /// Digits, sign and exponent of a number, in a filter, in a header or in a body.
    static final int NUMBER_CHARS = 1_000;

    /// Bytes of a body that is read as JSON.
    static final int BODY_BYTES = 1 << 20;

    /// Objects and arrays in each other in a body. What reads and compares a body calls itself so
    /// often.
    static final int BODY_DEPTH = 64;

    /// Tokens in a body: names, values, and both ends of objects and arrays. Each value becomes an
    /// object of some 50 bytes.
    static final int BODY_TOKENS = 200_000;

    private FilterLimits() {}
}
