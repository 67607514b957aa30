package io.sinew.cli;

/// Where the process begins.
final class Main {
    private static final String CARRIERS_PROPERTY = "jdk.virtualThreadScheduler.parallelism";

    /// Threads that carry virtual threads, at least. One that reads from a slow disk is held for so
    /// long (`FileChannel.transferTo`), and on a machine with few cores that must not stop
    /// everybody else.
    private static final int LEAST_CARRIERS = 8;

    private Main() {}

    /// Runs the command that the arguments name and exits with its code.
    public static void main(String[] arguments) {
        provideCarriers();
        int exitCode = run(Terminal.ofProcess(), arguments);
        System.exit(exitCode);
    }

    /// Before there is a virtual thread: the scheduler looks once.
    private static void provideCarriers() {
        if (System.getProperty(CARRIERS_PROPERTY) == null) {
            int cores = Runtime.getRuntime().availableProcessors();
            System.setProperty(
                    CARRIERS_PROPERTY, String.valueOf(Math.max(LEAST_CARRIERS, 2 * cores)));
        }
    }

    /// Runs a command; tests bring their own terminal.
    ///
    /// @return the exit code
    static int run(Terminal terminal, String... arguments) {
        int exitCode = Commands.commandLine(terminal, arguments).execute(arguments);
        terminal.flush();
        return exitCode;
    }
}
