package io.sinew.bench;

/// The answer of a product that has no such thing: a result, not a failure.
final class NotAvailableException extends Exception {
    private static final long serialVersionUID = 1;

    /// @param reason completes the sentence "not available: …"
    NotAvailableException(String reason) {
        super(reason);
    }
}
