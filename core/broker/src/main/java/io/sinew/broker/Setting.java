package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// One thing that can be set, under the name it has in Kafka where Kafka has it. Values are text;
/// they are checked when they are set and parsed when they are used.
///
/// @param name as in Kafka's documentation
/// @param type how the text reads
/// @param defaultValue as text
/// @param least for numbers
/// @param most for numbers
/// @param allowed for text and lists: the words there are; empty for any. For booleans: `false`
///   where it can't be turned on
/// @param meaning one sentence for the manual and for `DescribeConfigs`
public record Setting(
        String name,
        Type type,
        String defaultValue,
        long least,
        long most,
        Set<String> allowed,
        String meaning) {

    /// How a value reads.
    public enum Type {
        INT,
        LONG,
        DOUBLE,
        BOOLEAN,
        STRING,
        LIST
    }

    static Setting ofInt(String name, int defaultValue, long least, long most, String meaning) {
        return new Setting(
                name, Type.INT, Integer.toString(defaultValue), least, most, Set.of(), meaning);
    }

    static Setting ofLong(String name, long defaultValue, long least, String meaning) {
        return new Setting(
                name,
                Type.LONG,
                Long.toString(defaultValue),
                least,
                Long.MAX_VALUE,
                Set.of(),
                meaning);
    }

    static Setting ofRatio(String name, String defaultValue, String meaning) {
        return new Setting(name, Type.DOUBLE, defaultValue, 0, 1, Set.of(), meaning);
    }

    static Setting ofBoolean(String name, boolean defaultValue, String meaning) {
        return new Setting(
                name, Type.BOOLEAN, Boolean.toString(defaultValue), 0, 0, Set.of(), meaning);
    }

    /// Something that Kafka has and Sinew has not, so that it can only be off.
    ///
    /// @param meaning says so, as it does where somebody tries
    static Setting ofOff(String name, String meaning) {
        return new Setting(name, Type.BOOLEAN, "false", 0, 0, Set.of("false"), meaning);
    }

    static Setting ofWord(String name, String defaultValue, Set<String> allowed, String meaning) {
        return new Setting(name, Type.STRING, defaultValue, 0, 0, allowed, meaning);
    }

    static Setting ofList(String name, String defaultValue, Set<String> allowed, String meaning) {
        return new Setting(name, Type.LIST, defaultValue, 0, 0, allowed, meaning);
    }

    /// A list of any words, at first of none.
    static Setting ofWords(String name, String meaning) {
        return ofList(name, "", Set.of(), meaning);
    }

    /// Refuses a value that this setting can't have.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    void check(String value) {
        switch (type) {
            case INT, LONG -> checkNumber(value);
            case DOUBLE -> checkRatio(value);
            case BOOLEAN -> checkBoolean(value);
            case STRING -> checkWords(value, List.of(value));
            case LIST -> checkWords(value, words(value));
        }
    }

    private void checkNumber(String value) {
        try {
            long number = Long.parseLong(value.strip());
            if (number < least || number > most) {
                throw refused(value, "a whole number from " + least + " to " + most);
            }
        } catch (NumberFormatException e) {
            throw refused(value, "a whole number from " + least + " to " + most);
        }
    }

    private void checkRatio(String value) {
        try {
            double number = Double.parseDouble(value.strip());
            if (!(number >= least && number <= most)) {
                throw refused(value, "a number from " + least + " to " + most);
            }
        } catch (NumberFormatException e) {
            throw refused(value, "a number from " + least + " to " + most);
        }
    }

    private void checkBoolean(String value) {
        String word = value.strip().toLowerCase(Locale.ROOT);
        if (!allowed.isEmpty() && !allowed.contains(word)) {
            throw refused(value, String.join(" or ", allowed) + ". " + meaning);
        }
        if (!word.equals("true") && !word.equals("false")) {
            throw refused(value, "true or false");
        }
    }

    private void checkWords(String value, List<String> words) {
        if (!allowed.isEmpty() && (words.isEmpty() || !allowed.containsAll(words))) {
            throw refused(value, "of " + String.join(", ", allowed.stream().sorted().toList()));
        }
    }

    /// The words of a list value.
    public static List<String> words(String value) {
        return Arrays.stream(value.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private SinewException refused(String value, String wanted) {
        return new SinewException(
                ErrorCode.INVALID_CONFIG,
                "Invalid value "
                        + Quote.of(value)
                        + " for configuration "
                        + name
                        + ": must be "
                        + wanted);
    }
}
