package io.sinew.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A page that names a test, as `SomeTest.what_it_says`, names one that there is.
final class NamedTests implements Rule {
    private static final Pattern NAME = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    @Override
    public String name() {
        return "named-test";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        var found = new ArrayList<Violation>();
        tree.texts()
                .forEach((path, text) -> {
                    if (path.endsWith(".md")) {
                        checkPage(tree, path, text.lines().toList(), found);
                    }
                });
        return found;
    }

    private void checkPage(
            SourceTree tree, String path, List<String> lines, List<Violation> found) {
        for (int i = 0; i < lines.size(); i++) {
            var match = NAME.matcher(lines.get(i));
            while (match.find()) {
                if (!isThere(tree, match.group(1), match.group(2))) {
                    found.add(
                            new Violation(name(), path, i + 1, match.group() + " is no test here"));
                }
            }
        }
    }

    private static boolean isThere(SourceTree tree, String type, String method) {
        return tree.javaFiles().stream()
                .anyMatch(file ->
                        file.path().endsWith("/" + type + ".java")
                                && file.text().contains("void " + method + "("));
    }
}
