package io.sinew.queue;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.DeadReason;
import io.sinew.ledger.MessageHeaders;
import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which dead letters are meant: those that have all of this. Immutable: each `with…` gives
/// another.
///
/// @param reason why they are dead
/// @param headers that they have, by name, with the last value under it
/// @param group the ordered group that they belong to
public record LetterFilter(
        Optional<DeadReason> reason, Map<String, String> headers, Optional<String> group) {
    public LetterFilter {
        headers = Map.copyOf(headers);
    }

    /// All of them.
    public static LetterFilter all() {
        return new LetterFilter(Optional.empty(), Map.of(), Optional.empty());
    }

    public LetterFilter withReason(DeadReason wanted) {
        return new LetterFilter(Optional.of(wanted), headers, group);
    }

    /// As [#withReason(DeadReason)], with the reason as text, in lower case.
    ///
    /// @throws SinewException `INVALID_REQUEST`: nothing is dead for such a reason
    public LetterFilter withReason(String text) {
        for (DeadReason known : DeadReason.values()) {
            if (text(known).equals(text)) {
                return withReason(known);
            }
        }
        String all =
                Arrays.stream(DeadReason.values())
                        .map(LetterFilter::text)
                        .collect(Collectors.joining(", "));
        throw new SinewException(
                ErrorCode.INVALID_REQUEST,
                "Nothing is dead for the reason '" + text + "'; there are " + all);
    }

    public LetterFilter withHeader(String name, String value) {
        var more = new HashMap<>(headers);
        more.put(name, value);
        return new LetterFilter(reason, more, group);
    }

    public LetterFilter withGroup(String name) {
        return new LetterFilter(reason, headers, Optional.of(name));
    }

    private static String text(DeadReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    /// Whether a dead letter is meant.
    boolean matches(StoredRecord letter) {
        return (reason.isEmpty() || has(letter, DeadLetters.REASON, text(reason.get())))
                && (group.isEmpty() || has(letter, MessageHeaders.GROUP, group.get()))
                && headers.entrySet().stream()
                        .allMatch(header -> has(letter, header.getKey(), header.getValue()));
    }

    private static boolean has(StoredRecord letter, String name, String value) {
        return letter.header(name).map(Header::text).equals(Optional.of(value));
    }
}
