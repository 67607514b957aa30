package io.sinew.pubsub;

import java.util.Locale;

/// Why an attempt failed, as it is counted.
public enum PushTrouble {
    /// The answer says that it is too much at the moment: 429, 502, 503, 504.
    THROTTLED,
    /// The answer sends us elsewhere, where we never go.
    REDIRECT,
    /// Another answer from 400 to 499.
    CLIENT_ERROR,
    /// Another answer from 500 on.
    SERVER_ERROR,
    /// No whole answer in time.
    TIMEOUT,
    /// No connection.
    CONNECT,
    /// The other side could not prove who it is, or there is no way to talk in secret.
    TLS,
    /// Nobody knows the name of the host.
    LOOKUP,
    /// Its address is one where nothing may be sent.
    ADDRESS,
    /// The connection broke, or what came was no HTTP.
    PROTOCOL;

    /// As in metrics: `client_error`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
