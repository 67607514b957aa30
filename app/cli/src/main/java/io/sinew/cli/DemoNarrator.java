package io.sinew.cli;

import io.sinew.orders.Backbone;
import io.sinew.orders.Narrator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Tells the story on a terminal. Where the story says how to look at something, it looks: the
/// command is run, and what it prints is shown.
final class DemoNarrator implements Narrator {
    private final Terminal terminal;
    private final Backbone backbone;
    private int steps;

    DemoNarrator(Terminal terminal, Backbone backbone) {
        this.terminal = terminal;
        this.backbone = backbone;
    }

    @Override
    public void step(String title) {
        steps++;
        print("");
        print(steps + ". " + title);
    }

    @Override
    public void tell(String fact) {
        print("   " + fact);
    }

    @Override
    public void verified(String claim) {
        print("   ✓ " + claim);
    }

    @Override
    public void look(String command) {
        print("   $ ./sinew " + command);
        var arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(
                arguments.getFirst().equals("queue")
                        ? List.of("--http", backbone.httpAddress())
                        : List.of("--bootstrap", backbone.address()));
        var printed = new ByteArrayOutputStream();
        var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        int exitCode =
                Main.run(new Terminal(terminal.in(), out, out), arguments.toArray(String[]::new));
        printed.toString(StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> print(line.isEmpty() ? "" : "     " + line));
        if (exitCode != ExitCode.DONE.number()) {
            throw new CommandException(
                    ExitCode.FAILED, "`./sinew " + command + "` ended with " + exitCode);
        }
    }

    private void print(String line) {
        terminal.out().println(line);
        terminal.flush();
    }
}
