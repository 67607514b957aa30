package io.sinew.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./dev bench`: a subcommand for each part of Sinew that is measured against a peer.
@Command(
        name = "bench",
        description = "Measures Sinew and the product people would take instead, side by side.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {LogBench.class, QueueBench.class})
final class Bench {
    private Bench() {}

    /// Ends with 0 when everything was measured, 1 when something could not be, 2 for wrong usage.
    public static void main(String[] arguments) {
        var line = new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true);
        int exitCode = line.execute(arguments);
        System.exit(exitCode);
    }
}
