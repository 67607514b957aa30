package io.sinew.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `sinew` itself: what all commands have in common.
@Command(
        name = "sinew",
        versionProvider = SinewCommand.Version.class,
        header = "Sinew: a durable log that speaks the Kafka protocol, in one process.%n",
        synopsisSubcommandLabel = "COMMAND",
        customSynopsis = "sinew COMMAND [ARGUMENTS]",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nTo begin:%n",
        footer = {
            "  ./sinew demo                               see what it does, in ten seconds",
            "  ./sinew up                                 start it, data in the folder data",
            "  echo 'hello' | ./sinew produce greetings   in another terminal",
            "  ./sinew consume greetings",
            "",
            "`./sinew help COMMAND` tells more about a command."
        })
final class SinewCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show what this command does and takes.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the option itself
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "As the command `version`.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the option itself
    private boolean version;

    /// What `--version` prints.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {VersionCommand.text()};
        }
    }
}
