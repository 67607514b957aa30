package io.sinew.http;

import io.sinew.base.Check;

/// How the process is: what `GET /health` tells.
///
/// @param detail what is wrong and what to do about it; empty when nothing is
/// @param version of Sinew
/// @param uptimeMs since it was opened
public record Health(Status status, String detail, String version, long uptimeMs) {
    public Health {
        Check.that(detail.isEmpty() == (status == Status.UP), "what is wrong is said");
    }

    /// How it is, in a word.
    public enum Status {
        /// Reads and writes are served.
        UP,
        /// Writes are refused for now and are taken again by themselves; reads are served.
        DEGRADED,
        /// Writes are refused until somebody does something; reads may be served.
        DOWN
    }
}
