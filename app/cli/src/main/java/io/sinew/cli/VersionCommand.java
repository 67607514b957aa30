package io.sinew.cli;

import io.sinew.server.SinewServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `sinew version`.
@Command(name = "version", description = "Show which Sinew and which Java this is.")
final class VersionCommand implements Callable<Integer> {
    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().println(text());
        return ExitCode.DONE.number();
    }

    static String text() {
        return "sinew " + SinewServer.version() + ", Java " + Runtime.version();
    }
}
