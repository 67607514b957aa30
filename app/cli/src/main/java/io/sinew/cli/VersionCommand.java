package io.sinew.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `sinew version`.
@Command(name = "version", description = "Show which Sinew and which Java this is.")
final class VersionCommand implements Callable<Integer> {
    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /// The version of the build; `unknown` when it does not run from its jar.
    static String version() {
        String version = VersionCommand.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    @Override
    public Integer call() {
        terminal.out().println("sinew " + version() + ", Java " + Runtime.version());
        return ExitCode.DONE.number();
    }
}
