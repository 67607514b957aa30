package io.sinew.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Rules that are a pattern over the lines of all text files.
final class Lines {
    private Lines() {}

    static List<Violation> matching(SourceTree tree, Pattern pattern, String rule, String instead) {
        var found = new ArrayList<Violation>();
        tree.texts()
                .forEach((path, text) -> {
                    List<String> lines = text.lines().toList();
                    for (int i = 0; i < lines.size(); i++) {
                        var match = pattern.matcher(lines.get(i));
                        if (match.find()) {
                            String message = match.group() + ": " + instead;
                            found.add(new Violation(rule, path, i + 1, message));
                        }
                    }
                });
        return found;
    }
}
