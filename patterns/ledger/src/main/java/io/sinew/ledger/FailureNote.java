package io.sinew.ledger;

/// What is remembered of one failure of a message.
///
/// @param atMs when it was told
/// @param cause in a few words; may be empty
public record FailureNote(long atMs, String cause) {
    /// Characters of a cause that are kept.
    public static final int CAUSE_CHARS_MAX = 200;

    /// Failures of a message that are kept, the last ones.
    public static final int KEPT_MAX = 5;

    public FailureNote {
        cause = shortened(cause);
    }

    /// A cause as far as it is kept.
    static String shortened(String cause) {
        return cause.substring(0, Math.min(CAUSE_CHARS_MAX, cause.length()));
    }
}
