package io.sinew.sim;

import io.sinew.base.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./dev sim`: runs simulations, one seed after the other.
@Command(
        name = "sim",
        description = "Runs the broker on a simulated disk and clock; a seed decides what happens.",
        mixinStandardHelpOptions = true)
final class Sim implements Callable<Integer> {
    static final int STEPS = 1_000;

    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(10);

    @Parameters(
            arity = "0..1",
            paramLabel = "SEED",
            description = "The first seed; without it, one that the time gives.")
    @Nullable Long firstSeed;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of each run (default: 1000).")
    int steps = STEPS;

    @Option(names = "--seeds", paramLabel = "N", description = "Seeds to run (default: 1).")
    long seeds = 1;

    @Option(names = "--hours", paramLabel = "H", description = "Go on for so long instead.")
    @Nullable Double hours;

    @Option(names = "--trace", description = "Print everything that happens.")
    boolean traced;

    private final Clock clock = Clock.system();

    private Sim() {}

    /// Ends with 0 when all promises were kept, 1 when one was broken, 2 for wrong usage.
    public static void main(String[] arguments) {
        int exitCode = new CommandLine(new Sim()).execute(arguments);
        System.exit(exitCode);
    }

    @Override
    public Integer call() {
        Long given = firstSeed;
        long first = given == null ? clock.nowMs() : given;
        Double wanted = hours;
        long limitNanos =
                wanted == null ? Long.MAX_VALUE : (long) (wanted * TimeUnit.HOURS.toNanos(1));
        long last = wanted == null ? first + seeds : Long.MAX_VALUE;
        long began = clock.nanos();
        long reported = began;
        for (long seed = first; seed < last && clock.nanos() - began < limitNanos; seed++) {
            try {
                Simulation.Outcome outcome = Simulation.run(seed, steps, this::trace);
                if (last - first <= 10) {
                    System.out.println(line(outcome));
                }
            } catch (FailedRun e) {
                System.out.println(e.getMessage());
                return report(e, seed - first);
            }
            if (clock.nanos() - reported >= PROGRESS_NANOS) {
                reported = clock.nanos();
                System.out.println(progress(seed - first + 1, reported - began));
            }
        }
        return 0;
    }

    private void trace(String line) {
        if (traced) {
            System.out.println(line);
        }
    }

    private static String line(Simulation.Outcome outcome) {
        return String.format(
                Locale.ROOT,
                "seed %d: %d steps, all promises kept; trace %016x",
                outcome.seed(),
                outcome.steps(),
                outcome.sum());
    }

    private static String progress(long runs, long nanos) {
        return String.format(
                Locale.ROOT,
                "%d seeds in %d s, all promises kept",
                runs,
                TimeUnit.NANOSECONDS.toSeconds(nanos));
    }

    private int report(FailedRun failure, long runsBefore) {
        Throwable cause = failure.getCause();
        StackTraceElement[] frames =
                cause == null ? new StackTraceElement[0] : cause.getStackTrace();
        for (int i = 0; i < Math.min(12, frames.length); i++) {
            System.out.println("    at " + frames[i]);
        }
        System.out.println("FAILED: seed " + failure.seed() + ", after " + runsBefore + " others");
        return 1;
    }
}
