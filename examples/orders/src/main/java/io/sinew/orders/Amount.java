package io.sinew.orders;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How cashiers read an amount of money.
enum Amount {
    /// As the shop writes it: `18.90`.
    WITH_POINT("([0-9]{1,9})\\.([0-9]{2})"),
    /// Also as the old till writes it: `18,90`.
    WITH_POINT_OR_COMMA("([0-9]{1,9})[.,]([0-9]{2})");

    private final Pattern form;

    Amount(String form) {
        this.form = Pattern.compile(form);
    }

    /// The amount in cents.
    ///
    /// @throws IllegalArgumentException saying what was there instead of one
    long cents(String text) {
        Matcher matcher = form.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not an amount");
        }
        return 100 * Long.parseLong(matcher.group(1)) + Long.parseLong(matcher.group(2));
    }

    /// Cents as the shop writes them.
    static String text(long cents) {
        return cents / 100 + "." + cents / 10 % 10 + cents % 10;
    }
}
