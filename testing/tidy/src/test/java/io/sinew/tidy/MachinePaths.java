package io.sinew.tidy;

import java.util.List;
import java.util.regex.Pattern;

/// Paths that exist on somebody's machine only. Tests use `@TempDir`.
final class MachinePaths implements Rule {
    private static final Pattern PATH =
            Pattern.compile(
                    "(?<![\\w.$}*/-])/(home|Users|root|work|tmp)/\\w|\\b[A-Z]:\\\\+Users\\b");

    @Override
    public String name() {
        return "machine-path";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        return Lines.matching(tree, PATH, name(), "no paths of one machine");
    }
}
