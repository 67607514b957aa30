package io.sinew.pubsub;

import java.io.IOException;

/// An endpoint has no address that anything may be sent to.
final class EndpointRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    EndpointRefusedException(String message) {
        super(message);
    }
}
