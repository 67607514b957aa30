package io.sinew.broker;

import java.util.Optional;

/// What a quota bounds, under the name that it has in Kafka's tools.
public enum QuotaKind {
    /// Bytes of produce requests a second.
    PRODUCE("producer_byte_rate", 1, true),
    /// Bytes of records fetched a second.
    FETCH("consumer_byte_rate", 2, true),
    /// Time spent on a client's requests, in percent of one thread's time.
    REQUEST("request_percentage", 3, false);

    private final String key;
    private final int number;
    private final boolean isWhole;

    QuotaKind(String key, int number, boolean isWhole) {
        this.key = key;
        this.number = number;
        this.isWhole = isWhole;
    }

    public String key() {
        return key;
    }

    public static Optional<QuotaKind> of(String key) {
        for (QuotaKind kind : values()) {
            if (kind.key.equals(key)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /// On disk.
    int number() {
        return number;
    }

    /// Whether a limit is a whole number.
    boolean isWhole() {
        return isWhole;
    }
}
