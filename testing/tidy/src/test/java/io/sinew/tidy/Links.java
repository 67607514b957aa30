package io.sinew.tidy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Relative links in Markdown lead somewhere: to a file, and to a heading of it. Links to other
/// hosts are left alone, because a check must not depend on them.
final class Links implements Rule {
    private static final Pattern LINK =
            Pattern.compile(
                    "\\]\\(<?([^)\\s>]+)[^)]*\\)|^\\[[^]]+]:\\s*(\\S+)|(?:href|src)=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$");
    private static final Pattern SCHEME = Pattern.compile("^[a-z][a-z0-9+.-]*:");

    @Override
    public String name() {
        return "link";
    }

    @Override
    public List<Violation> check(SourceTree tree) {
        var found = new ArrayList<Violation>();
        tree.texts()
                .forEach((path, text) -> {
                    if (path.endsWith(".md")) {
                        checkPage(tree, path, text, found);
                    }
                });
        return found;
    }

    private void checkPage(SourceTree tree, String path, String text, List<Violation> found) {
        List<String> lines = withoutCode(text);
        for (int i = 0; i < lines.size(); i++) {
            var match = LINK.matcher(lines.get(i));
            while (match.find()) {
                String link = firstGroup(match.group(1), match.group(2), match.group(3));
                if (!SCHEME.matcher(link).find() && !leadsSomewhere(tree, path, link)) {
                    found.add(new Violation(name(), path, i + 1, link + " leads nowhere"));
                }
            }
        }
    }

    private static String firstGroup(@Nullable String... groups) {
        for (String group : groups) {
            if (group != null) {
                return group;
            }
        }
        return "";
    }

    private static boolean leadsSomewhere(SourceTree tree, String page, String link) {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path from = tree.root().resolve(page);
        Path target = file.isEmpty() ? from : from.resolveSibling(file).normalize();
        if (!target.startsWith(tree.root()) || !Files.exists(target)) {
            return false;
        }
        String text = tree.texts().get(tree.root().relativize(target).toString());
        return hash < 0 || (text != null && anchors(text).contains(link.substring(hash + 1)));
    }

    /// The anchors that GitHub makes from headings.
    static Set<String> anchors(String text) {
        var anchors = new HashSet<String>();
        Map<String, Integer> seen = new HashMap<>();
        for (String line : withoutFences(text)) {
            var match = HEADING.matcher(line);
            if (match.matches()) {
                String anchor =
                        match.group(1)
                                .toLowerCase(Locale.ROOT)
                                .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                                .replace(' ', '-');
                int before = seen.merge(anchor, 1, Integer::sum) - 1;
                anchors.add(before == 0 ? anchor : anchor + "-" + before);
            }
        }
        return anchors;
    }

    private static List<String> withoutCode(String text) {
        return withoutFences(text).stream().map(line -> line.replaceAll("`[^`]*`", "")).toList();
    }

    /// The lines, with those of fenced code emptied.
    private static List<String> withoutFences(String text) {
        var lines = new ArrayList<String>();
        boolean fenced = false;
        for (String line : text.lines().toList()) {
            boolean fence = line.stripLeading().startsWith("```");
            fenced ^= fence;
            lines.add(fence || fenced ? "" : line);
        }
        return lines;
    }
}
