package io.sinew.cli;

import io.sinew.orders.OrdersStory;
import io.sinew.orders.StoryException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InterruptException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sinew demo`: plays the story of `examples/orders`, and ends with 0 only if all it claims holds.
@Command(
        name = "demo",
        description = {
            "Play a day in a small shop: orders, departments, payments on a work queue, a kill -9.",
            "It starts a server of its own, with its data in a temporary folder, and verifies each"
                    + " claim that it makes; if one does not hold, the exit code is 1."
        })
final class DemoCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            defaultValue = "127.0.0.1:0",
            description = "Where the server listens. Default: a free port of this machine.")
    private HostPort kafka = new HostPort("127.0.0.1", 0);

    @Option(
            names = "--keep",
            description = "Leave the server running at the end, to look around, until Ctrl-C.")
    private boolean keep;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        terminal.out().println("A fresh server, with its data in a temporary folder:");
        terminal.flush();
        Thread storyteller = Thread.currentThread();
        try (var interrupt = new Interrupt();
                var folder = TemporaryFolder.create("demo");
                var backbone =
                        ChildBackbone.start(
                                kafka, folder.path().resolve("data"), this::printIndented)) {
            interrupt.lastly(backbone::killNow);
            interrupt.stops(storyteller::interrupt);
            try {
                play(backbone);
            } catch (InterruptedException | InterruptException e) {
                if (!interrupt.requested()) {
                    throw e;
                }
            }
        }
        return ExitCode.DONE.number();
    }

    private void play(ChildBackbone backbone) throws IOException, InterruptedException {
        var narrator = new DemoNarrator(terminal, backbone);
        try (var story = new OrdersStory(backbone, narrator)) {
            story.play();
            terminal.out().println();
            terminal.out().println("Every claim was verified.");
            if (keep) {
                waitForTheReader(backbone);
            } else {
                terminal.out()
                        .println(
                                "To look at it yourself: `./sinew demo --keep`, or begin your"
                                        + " own with `./sinew up`.");
            }
        } catch (StoryException | ExecutionException e) {
            throw new CommandException(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private void printIndented(String line) {
        terminal.out().println("   " + line);
        terminal.flush();
    }

    private void waitForTheReader(ChildBackbone backbone) throws InterruptedException {
        terminal.out().println("The shop stays open until Ctrl-C. In another terminal:");
        terminal.out().println("  export SINEW_BOOTSTRAP=" + backbone.address());
        terminal.out().println("  export SINEW_HTTP=" + backbone.httpAddress());
        terminal.out().println("  ./sinew group list");
        terminal.out().println("  ./sinew queue list");
        terminal.flush();
        backbone.awaitEnd();
    }
}
