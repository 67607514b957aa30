package io.sinew.bench;

import io.sinew.base.Clock;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Counts the syncs of the server while messages are published one after the other: who confirms
/// from the disk needs at least one for each.
record SyncProofWorkload() implements QueueWorkload {
    private static final int MESSAGES = 200;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// A line of strace's summary: share, seconds, microseconds a call, calls, perhaps errors,
    /// name.
    private static final Pattern CALLS =
            Pattern.compile("\\s*[0-9.]+\\s+[0-9.]+\\s+[0-9]+\\s+([0-9]+)\\s.*\\b(\\w*sync\\w*)");

    @Override
    public String name() {
        return "sync-proof";
    }

    @Override
    public String meaning() {
        return ("calls of fsync, fdatasync, msync and sync_file_range by the server, counted by"
                        + " strace, while %d messages are published one after the other")
                .formatted(MESSAGES);
    }

    @Override
    public Readings measure(QueueRun run) throws Exception {
        run.system().create(FlowWorkload.QUEUE);
        var shape = QueueLoad.Shape.of(1, 0, 1).backlogMax(2 * MESSAGES);
        Path summary = run.folder().resolve("strace.txt");
        var strace = trace(run, summary);
        try (strace) {
            var next = new AtomicInteger();
            new QueueLoad(run.system(), FlowWorkload.QUEUE, shape)
                    .runAll(
                            thread -> {
                                int id = next.getAndIncrement();
                                long now = Clock.system().nanos();
                                return id < MESSAGES ? QueueMessage.plain(id, now) : null;
                            },
                            LIMIT);
            strace.stop(LIMIT);
        }
        return new Readings()
                .put(
                        Quantity.SYNCS_PER_MESSAGE,
                        syncs(Files.readAllLines(summary)) / (double) MESSAGES);
    }

    private static ChildProcess trace(QueueRun run, Path summary) throws Exception {
        var command =
                new ArrayList<>(
                        List.of(
                                "strace",
                                "-f",
                                "-c",
                                "-e",
                                "trace=fsync,fdatasync,msync,sync_file_range",
                                "-o",
                                summary.toString()));
        for (long pid : run.system().pids()) {
            command.addAll(List.of("-p", Long.toString(pid)));
        }
        var strace =
                ChildProcess.start(
                        "strace", new ProcessBuilder(command), run.folder().resolve("strace.log"));
        strace.awaitLine(LIMIT, line -> line.contains("attached"));
        Eventually.await(LIMIT, "strace to hold the server", () -> traced(run.system().pids()));
        return strace;
    }

    private static boolean traced(List<Long> pids) throws IOException {
        for (long pid : pids) {
            Path status = Path.of("/proc", Long.toString(pid), "status");
            if (Files.exists(status)
                    && Files.readString(status).lines().anyMatch("TracerPid:\t0"::equals)) {
                return false;
            }
        }
        return true;
    }

    /// Calls in all lines of strace's summary.
    static long syncs(List<String> summary) {
        long sum = 0;
        for (String line : summary) {
            Matcher matcher = CALLS.matcher(line);
            if (matcher.matches()) {
                sum += Long.parseLong(matcher.group(1));
            }
        }
        return sum;
    }
}
