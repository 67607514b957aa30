package io.sinew.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sinew help [COMMAND…]`.
@Command(name = "help", description = "Show the commands, or what one of them takes.")
final class HelpCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "COMMAND", description = "For example: topic create")
    private List<String> path = new ArrayList<>();

    HelpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CommandLine command = spec.root().commandLine();
        for (String name : path) {
            CommandLine inner = command.getSubcommands().get(name);
            if (inner == null) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "there is no command " + String.join(" ", path) + ": try `./sinew help`");
            }
            command = inner;
        }
        terminal.out().println(command.getUsageMessage().stripTrailing());
        return ExitCode.DONE.number();
    }
}
