package io.sinew.pubsub;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a filter finds in a record: a value of JSON, or the text of a header or key.
sealed interface FilterValue {
    /// The text that this is, if it is one.
    default @Nullable String text() {
        return null;
    }

    /// The number that this is or, without a type, may be read as.
    default @Nullable FilterNumber number() {
        return null;
    }

    /// Whether this is `true`, `false` or `null`, as the argument says, or may be read as it.
    default boolean is(Literal literal) {
        return false;
    }

    /// A string of a body.
    record Text(String text) implements FilterValue {}

    /// A number of a body.
    ///
    /// @param number null for one with an exponent that nobody means
    record Numeral(@Nullable FilterNumber number) implements FilterValue {}

    /// The three names of JSON.
    enum Literal implements FilterValue {
        TRUE("true"),
        FALSE("false"),
        NULL("null");

        private final String word;

        Literal(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        @Override
        public boolean is(Literal literal) {
            return this == literal;
        }
    }

    /// The text of a header or of a key. It has no type: `5` is the text and also the number,
    /// `true` the text and also the truth value.
    final class Word implements FilterValue {
        private final String text;
        private @Nullable Numeral numeral;

        Word(String text) {
            this.text = text;
        }

        @Override
        public String text() {
            return text;
        }

        @Override
        public @Nullable FilterNumber number() {
            Numeral known = numeral;
            if (known == null) {
                known = new Numeral(FilterNumber.parse(text));
                numeral = known;
            }
            return known.number();
        }

        @Override
        public boolean is(Literal literal) {
            return literal != Literal.NULL && literal.word().equals(text);
        }
    }

    /// An array.
    record Items(List<FilterValue> items) implements FilterValue {}

    /// An object. Of members with the same name the last counts.
    final class Members implements FilterValue {
        /// Members up to which looking at each is as fast as a map.
        private static final int FEW = 8;

        private final List<String> names;
        private final List<FilterValue> values;
        private @Nullable Map<String, FilterValue> byName;

        Members(List<String> names, List<FilterValue> values) {
            this.names = names;
            this.values = values;
        }

        @Nullable FilterValue member(String name) {
            if (names.size() > FEW) {
                return byName().get(name);
            }
            for (int i = names.size() - 1; i >= 0; i--) {
                if (names.get(i).equals(name)) {
                    return values.get(i);
                }
            }
            return null;
        }

        private Map<String, FilterValue> byName() {
            Map<String, FilterValue> map = byName;
            if (map == null) {
                var all = new HashMap<String, FilterValue>();
                for (int i = 0; i < names.size(); i++) {
                    all.put(names.get(i), values.get(i));
                }
                map = Map.copyOf(all);
                byName = map;
            }
            return map;
        }
    }
}
