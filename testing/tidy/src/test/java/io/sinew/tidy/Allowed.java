package io.sinew.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The exceptions in `allowed.txt`: `rule | path | reason`, one a line. It is meant for tables; an
/// exception that nothing needs any more fails, so that the list only shrinks by itself.
record Allowed(List<Entry> entries) {
    record Entry(String rule, String path, String reason) {
        Entry {
            if (reason.isBlank()) {
                throw new IllegalArgumentException(rule + " | " + path + " has no reason");
            }
        }

        boolean covers(Violation violation) {
            return rule.equals(violation.rule()) && path.equals(violation.path());
        }
    }

    static Allowed own() {
        try (var file = Allowed.class.getResourceAsStream("allowed.txt")) {
            if (file == null) {
                throw new IllegalStateException("allowed.txt is not on the class path");
            }
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Allowed parse(String text) {
        var entries = new ArrayList<Entry>();
        text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(line -> {
                    String[] parts = line.split("\\|", 3);
                    if (parts.length < 3) {
                        throw new IllegalArgumentException("rule | path | reason, but: " + line);
                    }
                    entries.add(new Entry(parts[0].strip(), parts[1].strip(), parts[2].strip()));
                });
        return new Allowed(entries);
    }

    /// What a rule found, without what is allowed, and with the exceptions of it that are not used.
    List<String> remaining(Rule rule, List<Violation> found) {
        var remaining = new ArrayList<String>();
        for (Violation violation : found) {
            if (entries.stream().noneMatch(entry -> entry.covers(violation))) {
                remaining.add(violation.toString());
            }
        }
        for (Entry entry : entries) {
            if (entry.rule().equals(rule.name()) && found.stream().noneMatch(entry::covers)) {
                remaining.add("allowed.txt: nobody needs " + entry);
            }
        }
        return remaining;
    }
}
