package io.sinew.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A page of documentation of which one part, between two markers, is written by the bench.
///
/// @param file the page; created with the markers if it is not there
/// @param part what is between the markers: `log`
record DocsPage(Path file, String part) {
    /// Replaces what is between the markers, or appends the part where there is none.
    void write(String markdown) throws IOException {
        String begin = "<!-- bench " + part + ": begin, written by ./dev bench -->";
        String end = "<!-- bench " + part + ": end -->";
        String block = begin + "\n" + markdown.strip() + "\n" + end;
        String page = Files.exists(file) ? Files.readString(file) : "# Benchmarks\n";
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        if (from >= 0 && to > from) {
            page = page.substring(0, from) + block + page.substring(to + end.length());
        } else {
            page = page.stripTrailing() + "\n\n" + block + "\n";
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, page);
    }
}
