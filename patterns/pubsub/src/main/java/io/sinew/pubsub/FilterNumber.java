package io.sinew.pubsub;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// A number as JSON writes it, compared as the decimal that it is: nothing is rounded, and `1`,
/// `1.0` and `1e0` are equal.
final class FilterNumber implements Comparable<FilterNumber> {
    private final long whole;

    /// Where the number is none that a long can hold.
    private final @Nullable BigDecimal decimal;

    private FilterNumber(long whole, @Nullable BigDecimal decimal) {
        this.whole = whole;
        this.decimal = decimal;
    }

    static FilterNumber of(long whole) {
        return new FilterNumber(whole, null);
    }

    /// A number that stands for itself in JSON; null for any other text, and for exponents that
    /// have more than about nine digits.
    static @Nullable FilterNumber parse(String text) {
        if (!isNumber(text)) {
            return null;
        }
        try {
            return new FilterNumber(0, new BigDecimal(text));
        } catch (NumberFormatException | ArithmeticException _) {
            return null;
        }
    }

    /// JSON's grammar: `-? (0 | [1-9] [0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
    private static boolean isNumber(String text) {
        int length = text.length();
        if (length > FilterLimits.NUMBER_CHARS) {
            return false;
        }
        int begin = length > 0 && text.charAt(0) == '-' ? 1 : 0;
        int at = behindDigits(text, begin);
        if (at == begin || (text.charAt(begin) == '0' && at > begin + 1)) {
            return false;
        }
        if (at < length && text.charAt(at) == '.') {
            int fraction = at + 1;
            at = behindDigits(text, fraction);
            if (at == fraction) {
                return false;
            }
        }
        if (at < length && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            int exponent = at + 1;
            if (exponent < length
                    && (text.charAt(exponent) == '+' || text.charAt(exponent) == '-')) {
                exponent++;
            }
            at = behindDigits(text, exponent);
            if (at == exponent) {
                return false;
            }
        }
        return at == length;
    }

    private static int behindDigits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    private BigDecimal exact() {
        return decimal == null ? BigDecimal.valueOf(whole) : decimal;
    }

    @Override
    public int compareTo(FilterNumber other) {
        return decimal == null && other.decimal == null
                ? Long.compare(whole, other.whole)
                : exact().compareTo(other.exact());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FilterNumber number && compareTo(number) == 0;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(exact().doubleValue());
    }

    @Override
    public String toString() {
        return exact().toString();
    }
}
