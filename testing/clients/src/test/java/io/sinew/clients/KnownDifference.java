package io.sinew.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// A difference between two answers that is meant, a line of `differences.txt`, from which
/// docs/kafka-compatibility.md is made too:
///
/// ```
/// API | field, with * for anything | Apache Kafka's value or * | Sinew's or * | why
/// ```
///
/// A field's name may be followed by ` when ` and words of the question's name.
record KnownDifference(
        String api, Pattern field, String when, Pattern kafka, Pattern sinew, String why) {
    private static final Path FILE =
            Path.of("src", "test", "resources", "io", "sinew", "clients", "differences.txt");

    static List<KnownDifference> all() {
        try {
            return Files.readAllLines(FILE).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(KnownDifference::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KnownDifference of(String line) {
        String[] parts = line.split(" \\| ", -1);
        if (parts.length != 5) {
            throw new IllegalArgumentException("not a line of differences.txt: " + line);
        }
        String[] field = parts[1].strip().split(" when ", 2);
        return new KnownDifference(
                parts[0].strip(),
                pattern(field[0]),
                field.length == 2 ? field[1] : "",
                pattern(parts[2].strip()),
                pattern(parts[3].strip()),
                parts[4].strip());
    }

    private static Pattern pattern(String words) {
        var regex = new StringBuilder();
        for (String part : words.split("((?<=\\*)|(?=\\*))", -1)) {
            regex.append(part.equals("*") ? ".*" : Pattern.quote(part));
        }
        return Pattern.compile(regex.toString());
    }

    boolean explains(Difference found) {
        return (api.equals("*") || api.equals(found.question().api().protocolName()))
                && field.matcher(found.field()).matches()
                && found.question().what().contains(when)
                && kafka.matcher(found.kafka()).matches()
                && sinew.matcher(found.sinew()).matches();
    }

    /// Two answers to one question that differ in one field.
    ///
    /// @param kafka "none" where Apache Kafka's answer has no such field
    record Difference(Question question, int version, String field, String kafka, String sinew) {
        @Override
        public String toString() {
            return question.api().protocolName()
                    + " v"
                    + version
                    + ", "
                    + question.what()
                    + ": "
                    + field
                    + " | "
                    + kafka
                    + " | "
                    + sinew;
        }
    }
}
