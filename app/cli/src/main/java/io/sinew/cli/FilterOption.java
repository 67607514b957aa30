package io.sinew.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.util.RawValue;

/// `--filter`: which records are meant, as text or in a file.
final class FilterOption {
    @Option(
            names = {"-f", "--filter"},
            paramLabel = "JSON|@FILE",
            description =
                    "Which records, as docs/filters.md says: '[{\"exact\":{\"type\":\"sold\"}}]'."
                            + " Default: all.")
    private @Nullable String filter;

    /// Puts it into the body of a request, as it was written: the server says where it is wrong.
    void into(Map<String, Object> body) {
        if (filter == null) {
            return;
        }
        String text = filter.startsWith("@") ? read(Path.of(filter.substring(1))) : filter;
        try {
            var _ = Json.read(text);
        } catch (JacksonException e) {
            String what = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
            throw new CommandException(
                    ExitCode.USAGE,
                    "--filter is not JSON: "
                            + what
                            + " (line "
                            + e.getLocation().getLineNr()
                            + ", column "
                            + e.getLocation().getColumnNr()
                            + ")",
                    e);
        }
        body.put("filter", new RawValue(text));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE, "--filter names a file that can't be read: " + file, e);
        }
    }
}
