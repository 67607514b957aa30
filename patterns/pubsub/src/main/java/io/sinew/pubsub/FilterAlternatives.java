package io.sinew.pubsub;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/// What a value may be, any of several. Of literal values there may be many, and each is found at
/// once; operators are tried one after the other.
///
/// @param texts a `HashSet`, whose worst case is no line of collisions
record FilterAlternatives(
        Set<String> texts,
        NavigableSet<FilterNumber> numbers,
        Set<FilterValue.Literal> literals,
        List<FilterMatcher> matchers) {
    static FilterAlternatives of(List<FilterValue> values, List<FilterMatcher> matchers) {
        var texts = new HashSet<String>();
        var numbers = new TreeSet<FilterNumber>();
        var literals = EnumSet.noneOf(FilterValue.Literal.class);
        for (FilterValue value : values) {
            if (value.text() != null) {
                texts.add(value.text());
            } else if (value.number() != null) {
                numbers.add(value.number());
            } else if (value instanceof FilterValue.Literal literal) {
                literals.add(literal);
            }
        }
        return new FilterAlternatives(texts, numbers, literals, List.copyOf(matchers));
    }

    boolean matches(FilterValue value) {
        String text = value.text();
        if (text != null && texts.contains(text)) {
            return true;
        }
        if (!numbers.isEmpty()) {
            FilterNumber number = value.number();
            if (number != null && numbers.contains(number)) {
                return true;
            }
        }
        for (FilterValue.Literal literal : literals) {
            if (value.is(literal)) {
                return true;
            }
        }
        for (FilterMatcher matcher : matchers) {
            if (matcher.matches(value)) {
                return true;
            }
        }
        return false;
    }
}
