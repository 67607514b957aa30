package io.sinew.kafka;

/// The end of a connection that can't be answered in any better way.
final class CloseConnection extends RuntimeException {
    private static final long serialVersionUID = 1;

    CloseConnection(String reason) {
        super(reason);
    }
}
