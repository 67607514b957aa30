package io.sinew.cli;

/// How a command shows what it found.
enum OutputFormat {
    /// For people.
    TABLE,
    /// For scripts: an array of objects, or an object; its field names never change.
    JSON;

    /// Prints a listing; people are told when it is empty.
    void print(Terminal terminal, Listing listing, String whenEmpty) {
        switch (this) {
            case JSON -> terminal.out().println(Json.pretty(listing.objects()));
            case TABLE -> {
                if (listing.isEmpty()) {
                    terminal.err().println(whenEmpty);
                } else {
                    listing.lines().forEach(terminal.out()::println);
                }
            }
        }
    }
}
