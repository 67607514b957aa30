package io.sinew.cli;

import picocli.CommandLine.Option;

/// `--output`, the same for all commands that list or describe.
final class OutputOption {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "A table for people (the default), or JSON for scripts.")
    private OutputFormat format = OutputFormat.TABLE;

    OutputFormat format() {
        return format;
    }
}
