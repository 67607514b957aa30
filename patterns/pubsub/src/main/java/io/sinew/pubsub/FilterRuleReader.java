package io.sinew.pubsub;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonToken;

/// Reads what a pattern asks of one field: an array of values and operators.
final class FilterRuleReader {
    private static final String OPERATORS =
            "one of \"prefix\", \"suffix\", \"equals-ignore-case\", \"wildcard\", \"cidr\","
                    + " \"exists\", \"numeric\" and \"anything-but\"";
    private static final String TEXT_OPERATORS =
            "one of \"prefix\", \"suffix\", \"equals-ignore-case\" and \"wildcard\"";
    private static final String IGNORE_CASE = "equals-ignore-case";
    private static final String BOUND = "one of \"=\", \"<\", \"<=\", \">\" and \">=\"";

    private final FilterReader reader;
    private final List<FilterValue> values = new ArrayList<>();
    private final List<FilterMatcher> matchers = new ArrayList<>();
    private boolean takesAny;
    private boolean takesNone;

    private FilterRuleReader(FilterReader reader) {
        this.reader = reader;
    }

    /// Reads the array that has begun.
    static FilterRule read(FilterReader reader) {
        return new FilterRuleReader(reader).rule();
    }

    private FilterRule rule() {
        for (int i = 0; reader.next() != JsonToken.END_ARRAY; i++) {
            reader.enter(i);
            reader.addCondition();
            if (reader.token() == JsonToken.START_OBJECT) {
                readOperator();
            } else if (reader.isAtValue()) {
                values.add(reader.value());
            } else {
                throw reader.refused("a text, a number, true, false, null or an operator in { }");
            }
            reader.leave();
        }
        if (values.isEmpty() && matchers.isEmpty() && !takesAny && !takesNone) {
            throw reader.refused("at least one value or operator");
        }
        return new FilterRule(FilterAlternatives.of(values, matchers), takesAny, takesNone);
    }

    private void readOperator() {
        String name = reader.requireOnlyName(OPERATORS);
        switch (name) {
            case "exists" -> readExists();
            case "cidr" -> readCidr();
            case "numeric" -> readNumeric();
            case "anything-but" -> readAnythingBut();
            case "prefix", "suffix", IGNORE_CASE, "wildcard" -> readTextOperator(name);
            default -> throw reader.refused(OPERATORS);
        }
        reader.requireEndOfObject();
    }

    private void readExists() {
        reader.enter("exists");
        switch (reader.next()) {
            case VALUE_TRUE -> takesAny = true;
            case VALUE_FALSE -> takesNone = true;
            case null, default -> throw reader.refused("true or false");
        }
        reader.leave();
    }

    private void readCidr() {
        reader.enter("cidr");
        reader.next();
        String what = "a network as \"10.0.0.0/24\" or \"2001:db8::/32\"";
        FilterNetwork network = FilterNetwork.parse(reader.requireText(what));
        if (network == null) {
            throw reader.refused(what);
        }
        matchers.add(network);
        reader.leave();
    }

    private void readNumeric() {
        reader.enter("numeric");
        if (reader.next() != JsonToken.START_ARRAY) {
            throw reader.refused("an array as [\">\", 0, \"<=\", 5]");
        }
        var range = new FilterMatcher.Range(null, true, null, true);
        int bounds = 0;
        while (reader.next() != JsonToken.END_ARRAY) {
            bounds++;
            String operator = reader.requireText(BOUND);
            if (bounds > 2 || !isFree(range, operator, bounds)) {
                throw reader.refused(
                        "only a lower bound (\">\", \">=\"), an upper one (\"<\", \"<=\"), one of"
                                + " each, or \"=\" alone");
            }
            reader.next();
            range = bounded(range, operator, reader.requireNumber());
            if (range.isEmpty()) {
                throw reader.refused("a bound that leaves some number");
            }
        }
        if (bounds == 0) {
            throw reader.refused(BOUND);
        }
        matchers.add(range);
        reader.leave();
    }

    private static boolean isFree(FilterMatcher.Range range, String operator, int bounds) {
        return switch (operator) {
            case "=" -> bounds == 1;
            case ">", ">=" -> range.least() == null;
            case "<", "<=" -> range.most() == null;
            default -> false;
        };
    }

    private static FilterMatcher.Range bounded(
            FilterMatcher.Range range, String operator, FilterNumber bound) {
        return switch (operator) {
            case ">", ">=" ->
                    new FilterMatcher.Range(
                            bound, operator.equals(">="), range.most(), range.isMostIn());
            case "<", "<=" ->
                    new FilterMatcher.Range(
                            range.least(), range.isLeastIn(), bound, operator.equals("<="));
            default -> new FilterMatcher.Range(bound, true, bound, true);
        };
    }

    private void readAnythingBut() {
        reader.enter("anything-but");
        reader.next();
        var excluded = new FilterRuleReader(reader);
        if (reader.token() == JsonToken.START_ARRAY) {
            for (int i = 0; reader.next() != JsonToken.END_ARRAY; i++) {
                reader.enter(i);
                reader.addCondition();
                excluded.readExcluded();
                reader.leave();
            }
        } else {
            excluded.readExcluded();
        }
        if (excluded.values.isEmpty() && excluded.matchers.isEmpty()) {
            throw reader.refused("at least one value or operator");
        }
        matchers.add(
                new FilterMatcher.AnythingBut(
                        FilterAlternatives.of(excluded.values, excluded.matchers)));
        reader.leave();
    }

    private void readExcluded() {
        if (reader.isAtValue()) {
            values.add(reader.value());
            return;
        }
        if (reader.token() != JsonToken.START_OBJECT) {
            throw reader.refused(
                    "a text, a number, true, false, null, "
                            + TEXT_OPERATORS
                            + " in { }, or an array of those");
        }
        String name = reader.requireOnlyName(TEXT_OPERATORS);
        switch (name) {
            case "prefix", "suffix", IGNORE_CASE, "wildcard" -> readExcludedTexts(name);
            default -> throw reader.refused(TEXT_OPERATORS);
        }
        reader.requireEndOfObject();
    }

    /// The operand of an operator inside `anything-but`: unlike elsewhere it may be an array.
    private void readExcludedTexts(String operator) {
        reader.enter(operator);
        if (reader.next() == JsonToken.START_ARRAY) {
            int count = 0;
            while (reader.next() != JsonToken.END_ARRAY) {
                reader.enter(count);
                reader.addCondition();
                addExcludedText(operator);
                reader.leave();
                count++;
            }
            if (count == 0) {
                throw reader.refused("at least one text");
            }
        } else {
            addExcludedText(operator);
        }
        reader.leave();
    }

    private void addExcludedText(String operator) {
        if (reader.token() == JsonToken.VALUE_STRING
                && reader.text().isEmpty()
                && (operator.equals("prefix") || operator.equals("suffix"))) {
            throw reader.refused("a text that is not empty: every text begins and ends with it");
        }
        matchers.add(textOperator(operator));
    }

    private void readTextOperator(String operator) {
        reader.enter(operator);
        reader.next();
        matchers.add(textOperator(operator));
        reader.leave();
    }

    /// The operator whose operand is here.
    private FilterMatcher textOperator(String operator) {
        return switch (operator) {
            case "prefix" ->
                    isIgnoringCase()
                            ? new FilterMatcher.Prefix(ignoringCase(), true)
                            : new FilterMatcher.Prefix(affix(), false);
            case "suffix" ->
                    isIgnoringCase()
                            ? new FilterMatcher.Suffix(ignoringCase(), true)
                            : new FilterMatcher.Suffix(affix(), false);
            case IGNORE_CASE -> new FilterMatcher.EqualsIgnoreCase(reader.requireText("a text"));
            default -> wildcard();
        };
    }

    private String affix() {
        return reader.requireText("a text, or {\"equals-ignore-case\": a text}");
    }

    private boolean isIgnoringCase() {
        return reader.token() == JsonToken.START_OBJECT;
    }

    /// The text in `{"equals-ignore-case": …}`.
    private String ignoringCase() {
        String only = "\"equals-ignore-case\"";
        if (!reader.requireOnlyName(only).equals(IGNORE_CASE)) {
            throw reader.refused(only);
        }
        reader.enter(IGNORE_CASE);
        reader.next();
        String text = reader.requireText("a text");
        reader.leave();
        reader.requireEndOfObject();
        return text;
    }

    private FilterWildcard wildcard() {
        String text = reader.requireText("a text, with * for any characters");
        reader.addWildcard(text.length());
        FilterWildcard wildcard = FilterWildcard.parse(text);
        if (wildcard == null) {
            throw reader.refused(
                    "a text without two * in a row, and with \\ only before * or \\ (as it is"
                            + " after JSON's own escapes)");
        }
        return wildcard;
    }
}
