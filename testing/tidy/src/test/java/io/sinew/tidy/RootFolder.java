package io.sinew.tidy;

import java.util.List;
import java.util.Set;

/// The root folder is the first thing that anybody sees: it holds what is listed here.
final class RootFolder implements Rule {
    private static final Set<String> LISTED =
            Set.of(
                    // read
                    "README.md",
                    "ARCHITECTURE.md",
                    "STYLE.md",
                    "CONTRIBUTING.md",
                    "CHANGELOG.md",
                    "LICENSE",
                    "docs",
                    // run
                    "sinew",
                    "dev",
                    // the storeys
                    "core",
                    "patterns",
                    "doors",
                    "app",
                    "testing",
                    "examples",
                    // for the tools
                    "pom.xml",
                    ".ci",
                    ".mvn",
                    ".gitignore",
                    ".editorconfig");

    @Override
    public String name() {
        return "root-folder";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        return tree.topNames().stream()
                .filter(name -> !LISTED.contains(name))
                .map(name -> new Violation(name(), name, 0, "it does not belong in the root"))
                .toList();
    }
}
