package io.sinew.tidy;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;

/// What is not part of the tree: `.git`, and the patterns of `.gitignore` as far as ours go
/// (`name/`, `/name/`, `*.suffix`; no negation).
final class Ignored {
    private final Path root;
    private final List<PathMatcher> anywhere = new ArrayList<>();
    private final List<PathMatcher> atTheTop = new ArrayList<>();

    Ignored(Path root) throws IOException {
        this.root = root;
        add("/.git");
        Path patterns = root.resolve(".gitignore");
        if (Files.exists(patterns)) {
            Files.readAllLines(patterns).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(this::add);
        }
    }

    boolean matches(Path path) {
        Path name = path.getFileName();
        return anywhere.stream().anyMatch(matcher -> matcher.matches(name))
                || (root.equals(path.getParent())
                        && atTheTop.stream().anyMatch(matcher -> matcher.matches(name)));
    }

    private void add(String pattern) {
        String name = pattern.endsWith("/") ? pattern.substring(0, pattern.length() - 1) : pattern;
        boolean top = name.startsWith("/");
        String glob = "glob:" + (top ? name.substring(1) : name);
        (top ? atTheTop : anywhere).add(FileSystems.getDefault().getPathMatcher(glob));
    }
}
