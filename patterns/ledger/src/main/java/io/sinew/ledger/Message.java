package io.sinew.ledger;

import io.sinew.topics.Header;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A message as a consumer has it.
///
/// @param timestampMs of its record: when it was sent
/// @param attempt 1, and one more for each time that it failed
public record Message(
        Receipt receipt,
        long timestampMs,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        int attempt) {
    // Written out, because what javac writes into a class file for the short form does not say that
    // key and value may be null.
    public Message(
            Receipt receipt,
            long timestampMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers,
            int attempt) {
        this.receipt = receipt;
        this.timestampMs = timestampMs;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
        this.attempt = attempt;
    }

    /// The text of the last header of that name, if there is one.
    public Optional<String> header(String name) {
        return headers.reversed().stream()
                .filter(header -> header.name().equals(name))
                .map(Header::text)
                .findFirst();
    }
}
