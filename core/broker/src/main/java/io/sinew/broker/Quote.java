package io.sinew.broker;

/// What a client sent, as messages repeat it: at most its beginning.
final class Quote {
    /// Characters of a quotation, and of a name that is worth a guess.
    static final int CHARS_MAX = 100;

    private Quote() {}

    static String of(String text) {
        return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX) + "…";
    }
}
