package io.sinew.pubsub;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import tools.jackson.core.JsonToken;

/// A filter in the dialects that CloudEvents' Subscriptions API requires (version 0.1-wip, section
/// 3.2.4.1.1): `exact`, `prefix`, `suffix`, `all`, `any`, `not`.
sealed interface FilterEvents extends FilterExpression {
    /// All of these hold; of none, too.
    record All(List<FilterEvents> filters) implements FilterEvents {
        @Override
        public boolean matches(FilterSubject subject) {
            for (FilterEvents each : filters) {
                if (!each.matches(subject)) {
                    return false;
                }
            }
            return true;
        }
    }

    /// One of these holds.
    record Any(List<FilterEvents> filters) implements FilterEvents {
        @Override
        public boolean matches(FilterSubject subject) {
            for (FilterEvents each : filters) {
                if (each.matches(subject)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// That does not hold.
    record Not(FilterEvents filter) implements FilterEvents {
        @Override
        public boolean matches(FilterSubject subject) {
            return !filter.matches(subject);
        }
    }

    /// Each of these attributes is there and has such a value.
    ///
    /// @param test of the attribute's value and the one in the filter
    record Attributes(BiPredicate<String, String> test, List<Attribute> attributes)
            implements FilterEvents {
        @Override
        public boolean matches(FilterSubject subject) {
            for (Attribute each : attributes) {
                String value = subject.attribute(each.name);
                if (value == null || !test.test(value, each.value)) {
                    return false;
                }
            }
            return true;
        }
    }

    /// An attribute of an event, and what it is compared with.
    record Attribute(FilterName name, String value) {}

    /// Reads the array that has begun. Calls itself for each filter in another, of which there are
    /// at most [FilterLimits#DEPTH].
    static FilterEvents read(FilterReader reader) {
        return new All(filters(reader));
    }

    private static List<FilterEvents> filters(FilterReader reader) {
        var filters = new ArrayList<FilterEvents>();
        while (reader.next() != JsonToken.END_ARRAY) {
            reader.enter(filters.size());
            filters.add(filter(reader));
            reader.leave();
        }
        return List.copyOf(filters);
    }

    private static FilterEvents filter(FilterReader reader) {
        String dialects = "one of \"exact\", \"prefix\", \"suffix\", \"all\", \"any\" and \"not\"";
        if (reader.token() != JsonToken.START_OBJECT) {
            throw reader.refused("an object with " + dialects);
        }
        String dialect = reader.requireOnlyName(dialects);
        if (dialect.equals("sql")) {
            throw reader.refused(dialects + ": CloudEvents SQL is not supported");
        }
        if (!List.of("exact", "prefix", "suffix", "all", "any", "not").contains(dialect)) {
            throw reader.refused(dialects);
        }
        reader.addCondition();
        reader.enter(dialect);
        reader.next();
        FilterEvents filter =
                switch (dialect) {
                    case "exact" -> new Attributes(String::equals, attributes(reader));
                    case "prefix" -> new Attributes(String::startsWith, attributes(reader));
                    case "suffix" -> new Attributes(String::endsWith, attributes(reader));
                    case "all" -> new All(someFilters(reader));
                    case "any" -> new Any(someFilters(reader));
                    default -> new Not(filter(reader));
                };
        reader.leave();
        reader.requireEndOfObject();
        return filter;
    }

    private static List<FilterEvents> someFilters(FilterReader reader) {
        if (reader.token() != JsonToken.START_ARRAY) {
            throw reader.refused("an array of filters");
        }
        List<FilterEvents> filters = filters(reader);
        if (filters.isEmpty()) {
            throw reader.refused("at least one filter");
        }
        return filters;
    }

    private static List<Attribute> attributes(FilterReader reader) {
        if (reader.token() != JsonToken.START_OBJECT) {
            throw reader.refused("an object of attributes and texts");
        }
        var attributes = new ArrayList<Attribute>();
        while (reader.next() != JsonToken.END_OBJECT) {
            String name = reader.text();
            if (name.isEmpty()) {
                throw reader.refused("the name of an attribute, which is not empty");
            }
            reader.enter(name);
            reader.addCondition();
            reader.next();
            String what = "a text that is not empty";
            String value = reader.requireText(what);
            if (value.isEmpty()) {
                throw reader.refused(what);
            }
            attributes.add(new Attribute(FilterName.of(name), value));
            reader.leave();
        }
        if (attributes.isEmpty()) {
            throw reader.refused("at least one attribute");
        }
        return List.copyOf(attributes);
    }
}
