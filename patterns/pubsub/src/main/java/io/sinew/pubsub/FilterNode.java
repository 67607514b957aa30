package io.sinew.pubsub;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a pattern asks at one place of a record, and below it. A set of combinations (of the
/// alternatives of `$or`s) is a `long` with one bit for each. Immutable.
///
/// @param lookup the member's name, as one looks for a header of it
/// @param rules what is asked of the value here
/// @param children what is asked of members of the object here
/// @param own combinations that ask something of the value here
/// @param asks combinations that ask something here or below
/// @param whenMissing combinations that are content with nothing being here
record FilterNode(
        FilterName lookup,
        List<Rule> rules,
        List<FilterNode> children,
        long own,
        long asks,
        long whenMissing) {
    /// @param combinations that have this rule
    record Rule(long combinations, FilterRule rule) {}

    FilterNode {
        rules = List.copyOf(rules);
        children = List.copyOf(children);
    }

    static FilterNode of(String name, List<Rule> rules, List<FilterNode> children) {
        long own = 0;
        long asks = 0;
        long whenMissing = ~0L;
        for (Rule rule : rules) {
            own |= rule.combinations;
            whenMissing &= rule.rule.takesNone() ? ~0L : ~rule.combinations;
        }
        for (FilterNode child : children) {
            asks |= child.asks;
            whenMissing &= child.whenMissing;
        }
        return new FilterNode(FilterName.of(name), rules, children, own, asks | own, whenMissing);
    }

    /// The member's name.
    String name() {
        return lookup.name();
    }

    /// Combinations whose rule here takes this value, and those that have none.
    ///
    /// @param value no array and no object; null for nothing
    long matching(@Nullable FilterValue value) {
        long matching = ~own;
        for (Rule each : rules) {
            if (value == null ? each.rule.takesNone() : each.rule.matches(value)) {
                matching |= each.combinations;
            }
        }
        return matching;
    }

    /// A node that grows.
    static final class Builder {
        private final String name;
        private final List<Rule> rules = new ArrayList<>();
        private final Map<String, Builder> children = new LinkedHashMap<>();

        Builder(String name) {
            this.name = name;
        }

        /// Adds what one combination asks.
        ///
        /// @return whether it asks nothing of that field, or of one above or below it, so far
        boolean add(List<String> path, long combination, FilterRule rule) {
            Builder at = this;
            for (String step : path) {
                if (at.hasRule(combination)) {
                    return false;
                }
                at = at.children.computeIfAbsent(step, Builder::new);
            }
            if (at.hasRule(combination) || at.isAskedBelow(combination)) {
                return false;
            }
            for (int i = 0; i < at.rules.size(); i++) {
                Rule known = at.rules.get(i);
                if (known.rule.equals(rule)) {
                    at.rules.set(i, new Rule(known.combinations | combination, rule));
                    return true;
                }
            }
            at.rules.add(new Rule(combination, rule));
            return true;
        }

        private boolean hasRule(long combination) {
            return rules.stream().anyMatch(each -> (each.combinations & combination) != 0);
        }

        private boolean isAskedBelow(long combination) {
            return children.values().stream()
                    .anyMatch(
                            child -> child.hasRule(combination) || child.isAskedBelow(combination));
        }

        FilterNode build() {
            return of(name, rules, children.values().stream().map(Builder::build).toList());
        }
    }
}
