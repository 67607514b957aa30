package io.sinew.pubsub;

import io.sinew.base.Check;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonToken;

/// Reads a pattern: an object of names, under each of which is an array of what its value may be,
/// or an object of the same kind. Calls itself for each object in another, of which there are at
/// most [FilterLimits#DEPTH].
final class FilterPatternReader {
    private static final String OR = "$or";
    private static final String HEADERS = "headers";
    private static final String KEY = "key";
    private static final String BODY = "body";

    /// What SNS and EventBridge take for no name in an alternative of `$or`: their own operators,
    /// and words that they keep for later ones.
    private static final Set<String> RESERVED =
            Set.of(
                    "exactly",
                    "equals-ignore-case",
                    "prefix",
                    "suffix",
                    "anything-but",
                    "exists",
                    "wildcard",
                    "numeric",
                    "cidr",
                    "=",
                    "<",
                    "<=",
                    ">",
                    ">=",
                    "regex",
                    "not-wildcard",
                    "not-equals-ignore-case",
                    "date-after",
                    "date-on-or-after",
                    "date-before",
                    "date-on-or-before",
                    "in-date-range",
                    "ip-address-in-range",
                    "ip-address-not-in-range");

    /// What is asked of one field.
    private record Field(List<String> path, FilterRule rule, FilterReader.Place place) {}

    private final FilterReader reader;
    private final Deque<String> path = new ArrayDeque<>();

    private FilterPatternReader(FilterReader reader) {
        this.reader = reader;
    }

    /// Reads the object that has begun.
    static FilterPattern read(FilterReader reader) {
        List<List<Field>> combinations = new FilterPatternReader(reader).object(false, true);
        return compile(combinations);
    }

    /// What each combination of the alternatives of `$or`s asks.
    private List<List<Field>> object(boolean isAlternative, boolean mayBeEmpty) {
        List<List<Field>> combinations = new ArrayList<>();
        combinations.add(new ArrayList<>());
        int count = 0;
        while (reader.next() != JsonToken.END_OBJECT) {
            count++;
            String name = reader.text();
            if (isAlternative && RESERVED.contains(name)) {
                throw reader.refused(
                        "the name of a field: inside \"$or\" none is called as an operator is");
            }
            reader.enter(name);
            reader.next();
            if (name.equals(OR)) {
                combinations = times(combinations, alternatives());
            } else {
                path.addLast(name);
                combinations = times(combinations, member(isAlternative));
                path.removeLast();
            }
            reader.leave();
        }
        if (count == 0 && !mayBeEmpty) {
            throw reader.refused("at least one name");
        }
        return combinations;
    }

    private List<List<Field>> member(boolean isAlternative) {
        return switch (reader.token()) {
            case START_OBJECT -> object(isAlternative, false);
            case START_ARRAY -> List.of(List.of(field()));
            case null, default ->
                    throw reader.refused("an array, as [\"a value\"], or an object of names");
        };
    }

    private Field field() {
        List<String> fieldPath = List.copyOf(path);
        if (path.getFirst().equals(HEADERS) && path.size() != 2) {
            throw reader.refused(
                    path.size() == 1
                            ? "an object of names of headers"
                            : "no more names: a header is text and has nothing in it");
        }
        if (path.getFirst().equals(KEY) && path.size() != 1) {
            throw reader.refused("no names: a key is text and has nothing in it");
        }
        FilterReader.Place place = reader.place();
        return new Field(fieldPath, FilterRuleReader.read(reader), place);
    }

    private List<List<Field>> alternatives() {
        String what = "an array of at least two objects, of which one has to match";
        if (reader.token() != JsonToken.START_ARRAY) {
            throw reader.refused(what);
        }
        List<List<Field>> alternatives = new ArrayList<>();
        int count = 0;
        while (reader.next() != JsonToken.END_ARRAY) {
            reader.enter(count);
            if (reader.token() != JsonToken.START_OBJECT) {
                throw reader.refused(what);
            }
            alternatives.addAll(object(true, false));
            requireFew(alternatives.size());
            reader.leave();
            count++;
        }
        if (count < 2) {
            throw reader.refused(what);
        }
        return alternatives;
    }

    private void requireFew(int combinations) {
        if (combinations > FilterLimits.OR_COMBINATIONS) {
            throw reader.tooMuch(
                    "the alternatives of all \"$or\"s go together in more than "
                            + FilterLimits.OR_COMBINATIONS
                            + " ways");
        }
    }

    /// Each of the one with each of the other. Adds to what there is where it can, so that many
    /// fields are not copied many times.
    private List<List<Field>> times(List<List<Field>> some, List<List<Field>> others) {
        requireFew(some.size() * others.size());
        if (others.size() == 1) {
            some.forEach(each -> each.addAll(others.getFirst()));
            return some;
        }
        List<List<Field>> product = new ArrayList<>();
        for (List<Field> one : some) {
            for (List<Field> other : others) {
                var both = new ArrayList<>(one);
                both.addAll(other);
                product.add(both);
            }
        }
        return product;
    }

    private static FilterPattern compile(List<List<Field>> combinations) {
        Check.that(
                combinations.size() <= FilterLimits.OR_COMBINATIONS, "combinations fit in a long");
        var headers = new FilterNode.Builder(HEADERS);
        var key = new FilterNode.Builder(KEY);
        var loose = new FilterNode.Builder("");
        var body = new FilterNode.Builder(BODY);
        for (int i = 0; i < combinations.size(); i++) {
            for (Field field : combinations.get(i)) {
                List<String> below = field.path.subList(1, field.path.size());
                boolean isNew =
                        switch (field.path.getFirst()) {
                            case HEADERS -> headers.add(below, 1L << i, field.rule);
                            case KEY -> key.add(below, 1L << i, field.rule);
                            case BODY -> body.add(below, 1L << i, field.rule);
                            default ->
                                    (below.isEmpty() ? loose : body)
                                            .add(field.path, 1L << i, field.rule);
                        };
                if (!isNew) {
                    throw FilterReader.refused(
                            field.place,
                            "this field, or one above or below it, is asked for twice, inside"
                                    + " \"$or\" and beside it; put all of it into the"
                                    + " alternatives");
                }
            }
        }
        int count = combinations.size();
        return new FilterPattern(
                count == Long.SIZE ? ~0L : (1L << count) - 1,
                headers.build(),
                key.build(),
                loose.build(),
                body.build());
    }
}
