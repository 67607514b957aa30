package io.sinew.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/// `--watch`: what a command shows is drawn again every second, until it is interrupted or nobody
/// reads it any more.
final class Watch {
    private static final long PERIOD_MS = 1_000;

    /// Cursor to the top left, and everything from there on away (ECMA-48).
    private static final String CLEAR = "\u001b[H\u001b[J";

    @Option(
            names = {"-w", "--watch"},
            description = "Show it again every second, until Ctrl-C.")
    private boolean again;

    /// Shows it once, or again and again.
    ///
    /// @param format JSON is not drawn over what was there before
    void show(Terminal terminal, OutputFormat format, Runnable draw) {
        if (!again) {
            draw.run();
            return;
        }
        var stopped = new CountDownLatch(1);
        try (var interrupt = new Interrupt()) {
            interrupt.stops(stopped::countDown);
            do {
                if (format == OutputFormat.TABLE) {
                    terminal.out().print(CLEAR);
                }
                draw.run();
            } while (!terminal.out().checkError()
                    && !stopped.await(PERIOD_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
