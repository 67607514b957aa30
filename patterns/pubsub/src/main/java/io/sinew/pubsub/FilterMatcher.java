package io.sinew.pubsub;

import org.jspecify.annotations.Nullable;

/// One operator of a pattern: what a value that is neither an array nor an object has to be.
/// Immutable.
sealed interface FilterMatcher
        permits FilterMatcher.Prefix,
                FilterMatcher.Suffix,
                FilterMatcher.EqualsIgnoreCase,
                FilterMatcher.Range,
                FilterMatcher.AnythingBut,
                FilterWildcard,
                FilterNetwork {
    boolean matches(FilterValue value);

    /// A text that begins so.
    record Prefix(String start, boolean ignoresCase) implements FilterMatcher {
        @Override
        public boolean matches(FilterValue value) {
            String text = value.text();
            return text != null && text.regionMatches(ignoresCase, 0, start, 0, start.length());
        }
    }

    /// A text that ends so.
    record Suffix(String end, boolean ignoresCase) implements FilterMatcher {
        @Override
        public boolean matches(FilterValue value) {
            String text = value.text();
            if (text == null) {
                return false;
            }
            int from = text.length() - end.length();
            return text.regionMatches(ignoresCase, from, end, 0, end.length());
        }
    }

    /// This text, each character in upper or lower case: those of Unicode, of no language.
    record EqualsIgnoreCase(String wanted) implements FilterMatcher {
        @Override
        public boolean matches(FilterValue value) {
            return wanted.equalsIgnoreCase(value.text());
        }
    }

    /// A number between two others.
    ///
    /// @param least null for no lower bound
    /// @param most null for no upper bound
    record Range(
            @Nullable FilterNumber least,
            boolean isLeastIn,
            @Nullable FilterNumber most,
            boolean isMostIn)
            implements FilterMatcher {
        @Override
        public boolean matches(FilterValue value) {
            FilterNumber number = value.number();
            return number != null
                    && (least == null || number.compareTo(least) >= (isLeastIn ? 0 : 1))
                    && (most == null || number.compareTo(most) <= (isMostIn ? 0 : -1));
        }

        /// Whether no number is between the two.
        boolean isEmpty() {
            if (least == null || most == null) {
                return false;
            }
            int order = least.compareTo(most);
            return order > 0 || (order == 0 && !(isLeastIn && isMostIn));
        }
    }

    /// A value, of whatever type, that is none of these.
    record AnythingBut(FilterAlternatives excluded) implements FilterMatcher {
        @Override
        public boolean matches(FilterValue value) {
            return !excluded.matches(value);
        }
    }
}
