package io.sinew.cli;

/// Where the process begins.
final class Main {
    private Main() {}

    /// Runs the command that the arguments name and exits with its code.
    public static void main(String[] arguments) {
        int exitCode = run(Terminal.ofProcess(), arguments);
        System.exit(exitCode);
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
