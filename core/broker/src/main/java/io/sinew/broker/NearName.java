package io.sinew.broker;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The name somebody meant who wrote one that there is not.
final class NearName {
    /// One letter in so many may differ.
    private static final int LETTERS_PER_SLIP = 4;

    private NearName() {}

    /// The known name that takes the fewest slips to write as `name`, if it takes few; else one
    /// that has all its words, or all of whose words it has (`retention.ms` and
    /// `log.retention.ms`). None for a name of more than [Quote#CHARS_MAX] characters: the search
    /// takes as long as the name is.
    static Optional<String> of(String name, Collection<String> known) {
        if (name.length() > Quote.CHARS_MAX) {
            return Optional.empty();
        }
        String lower = name.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(candidate ->
                        slips(lower, candidate)
                                <= Math.max(1, candidate.length() / LETTERS_PER_SLIP))
                .min(Comparator.comparingInt(candidate -> slips(lower, candidate)))
                .or(() -> withWordsOf(lower, known));
    }

    private static Optional<String> withWordsOf(String name, Collection<String> known) {
        List<String> words = words(name);
        return known.stream()
                .filter(candidate -> {
                    List<String> others = words(candidate);
                    return others.containsAll(words) || words.containsAll(others);
                })
                .min(
                        Comparator.comparingInt(
                                candidate -> Math.abs(candidate.length() - name.length())));
    }

    private static List<String> words(String name) {
        return List.of(name.split("[._-]", -1));
    }

    /// Letters to insert, drop or replace to get from one text to the other (Levenshtein).
    private static int slips(String from, String to) {
        var row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
