package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Settings as text, by name, being read.
public record SettingValues(Map<String, String> texts) {
    public SettingValues {
        texts = Map.copyOf(texts);
    }

    /// These values, with others in place of some.
    ///
    /// @param of what they are settings of, as `a queue`
    /// @throws SinewException `INVALID_CONFIG` for a name that is not among them
    public static SettingValues changed(
            String of, Map<String, String> values, Map<String, String> changes) {
        var all = new LinkedHashMap<String, String>(values);
        changes.forEach((name, value) -> {
            if (all.replace(name, value) == null) {
                throw new SinewException(
                        ErrorCode.INVALID_CONFIG,
                        of
                                + " has no setting '"
                                + name
                                + "'; it has "
                                + String.join(", ", values.keySet()));
            }
        });
        return new SettingValues(all);
    }

    public String text(String name) {
        return texts.getOrDefault(name, "").strip();
    }

    /// A whole number.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public long number(String name) {
        try {
            return Long.parseLong(text(name));
        } catch (NumberFormatException e) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    name + " is a whole number, and not '" + text(name) + "'",
                    e);
        }
    }

    /// As [#number], of at most 31 bits.
    public int smallNumber(String name) {
        long value = number(name);
        requireRange(name, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return (int) value;
    }

    /// Refuses a number that is not within its bounds.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public static void requireRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    name + " is from " + least + " to " + most + ", and not " + value);
        }
    }

    /// `true` or `false`.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public boolean truth(String name) {
        return switch (text(name)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new SinewException(
                            ErrorCode.INVALID_CONFIG,
                            name + " is true or false, and not '" + text(name) + "'");
        };
    }
}
