package io.sinew.pubsub;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A text with `*` for any characters, also none. `\*` is an asterisk, `\\` a backslash. It takes
/// the first place of each piece between two asterisks, which is as good as any, so that it never
/// goes back: its time is at worst the product of both lengths.
///
/// @param pieces what is between the asterisks, in order; one piece alone has none
record FilterWildcard(List<String> pieces) implements FilterMatcher {
    FilterWildcard {
        pieces = List.copyOf(pieces);
    }

    /// Null for one with two asterisks in a row, or a backslash before anything else.
    static @Nullable FilterWildcard parse(String text) {
        var pieces = new ArrayList<String>();
        var piece = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '*') {
                if (text.startsWith("**", i)) {
                    return null;
                }
                pieces.add(piece.toString());
                piece.setLength(0);
            } else if (c == '\\') {
                i++;
                if (i == text.length() || (text.charAt(i) != '*' && text.charAt(i) != '\\')) {
                    return null;
                }
                piece.append(text.charAt(i));
            } else {
                piece.append(c);
            }
        }
        pieces.add(piece.toString());
        return new FilterWildcard(pieces);
    }

    @Override
    public boolean matches(FilterValue value) {
        String text = value.text();
        return text != null && matches(text);
    }

    private boolean matches(String text) {
        String first = pieces.getFirst();
        if (pieces.size() == 1) {
            return text.equals(first);
        }
        String last = pieces.getLast();
        int end = text.length() - last.length();
        int at = first.length();
        if (!text.startsWith(first) || !text.endsWith(last)) {
            return false;
        }
        for (int i = 1; i < pieces.size() - 1; i++) {
            int found = text.indexOf(pieces.get(i), at);
            if (found < 0) {
                return false;
            }
            at = found + pieces.get(i).length();
        }
        return at <= end;
    }
}
