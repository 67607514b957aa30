package io.sinew.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What `/proc` says about a process and those it started, summed.
///
/// @param userSeconds CPU time in its own code
/// @param systemSeconds CPU time in the kernel on its behalf
/// @param residentBytes memory now
/// @param residentPeakBytes the most memory so far
record ProcessFacts(
        double userSeconds,
        double systemSeconds,
        long residentBytes,
        long residentPeakBytes,
        int threads) {
    /// `/proc` counts CPU time in ticks; Linux has 100 a second on every platform that runs a JVM.
    private static final double TICKS_PER_SECOND = 100;

    // Positions after the command's name in /proc/PID/stat.
    private static final int USER_TIME_INDEX = 11;
    private static final int SYSTEM_TIME_INDEX = 12;

    static ProcessFacts of(List<Long> pids) throws IOException {
        var sum = new ProcessFacts(0, 0, 0, 0, 0);
        for (long pid : pids) {
            try {
                sum = sum.plus(of(pid));
            } catch (IOException e) {
                // One that a launcher started may end while we look; the rest still counts.
                if (ProcessHandle.of(pid).isPresent()) {
                    throw e;
                }
            }
        }
        return sum;
    }

    /// The memory of processes that share some of it with each other, such as PostgreSQL's: what is
    /// shared counts once.
    static long sharedOnceBytes(List<Long> pids) throws IOException {
        long sum = 0;
        for (long pid : pids) {
            try {
                Path file = Path.of("/proc", Long.toString(pid), "smaps_rollup");
                sum += 1024 * field(Files.readAllLines(file), "Pss:");
            } catch (IOException e) {
                // One that has ended has no memory, even while its parent has not noticed.
                if (of(List.of(pid)).residentBytes() > 0) {
                    throw e;
                }
            }
        }
        return sum;
    }

    private static ProcessFacts of(long pid) throws IOException {
        Path folder = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(folder.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        List<String> status = Files.readAllLines(folder.resolve("status"));
        return new ProcessFacts(
                Long.parseLong(fields[USER_TIME_INDEX]) / TICKS_PER_SECOND,
                Long.parseLong(fields[SYSTEM_TIME_INDEX]) / TICKS_PER_SECOND,
                1024 * field(status, "VmRSS:"),
                1024 * field(status, "VmHWM:"),
                (int) field(status, "Threads:"));
    }

    private ProcessFacts plus(ProcessFacts other) {
        return new ProcessFacts(
                userSeconds + other.userSeconds,
                systemSeconds + other.systemSeconds,
                residentBytes + other.residentBytes,
                residentPeakBytes + other.residentPeakBytes,
                threads + other.threads);
    }

    private static long field(List<String> status, String name) {
        for (String line : status) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).replace("kB", "").trim());
            }
        }
        return 0;
    }
}
