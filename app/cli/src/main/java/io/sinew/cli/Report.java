package io.sinew.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a describing command has found: facts about one thing, then listings of its parts.
final class Report {
    private final Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    private final Map<String, Listing> listings = new LinkedHashMap<>();

    /// A fact under its name, which is the same for people and for scripts.
    Report fact(String field, @Nullable Object value) {
        facts.put(field, value);
        return this;
    }

    /// A listing. People do not see an empty one.
    Report listing(String field, Listing listing) {
        listings.put(field, listing);
        return this;
    }

    void print(Terminal terminal, OutputFormat format) {
        switch (format) {
            case JSON -> {
                var object = new LinkedHashMap<String, @Nullable Object>(facts);
                listings.forEach((field, listing) -> object.put(field, listing.objects()));
                terminal.out().println(Json.pretty(object));
            }
            case TABLE -> {
                int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
                facts.forEach((field, value) ->
                        terminal.out()
                                .println(
                                        field
                                                + " ".repeat(width - field.length() + 2)
                                                + Listing.text(value)));
                listings.values().stream()
                        .filter(listing -> !listing.isEmpty())
                        .forEach(listing -> {
                            terminal.out().println();
                            listing.lines().forEach(terminal.out()::println);
                        });
            }
        }
    }
}
