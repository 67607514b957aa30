package io.sinew.cli;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.IOException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// What the user is told when a command fails: one line and an exit code.
final class Failures {
    private static final System.Logger LOGGER = System.getLogger(Failures.class.getName());

    private Failures() {}

    static int wrongUsage(Terminal terminal, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        if (e instanceof UnmatchedArgumentException unmatched) {
            terminal.complain("'" + unmatched.getUnmatched().getFirst() + "' is not known here");
            UnmatchedArgumentException.printSuggestions(unmatched, e.getCommandLine().getErr());
        } else {
            terminal.complain(firstLine(e));
        }
        String topic = command.substring(Math.min(command.length(), "sinew".length()));
        terminal.err().println("Try `./sinew help" + topic + "`.");
        return ExitCode.USAGE.number();
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    static int report(Terminal terminal, Exception e) {
        CommandException failure = explain(e);
        terminal.complain(String.valueOf(failure.getMessage()));
        return failure.exitCode().number();
    }

    private static CommandException explain(Exception e) {
        return switch (e) {
            case CommandException explained -> explained;
            case SinewException refusal -> explain(refusal);
            case IOException failure ->
                    new CommandException(ExitCode.FAILED, describe(failure), failure);
            default -> KafkaFailures.explain(e, "").orElseGet(() -> unexpected(e));
        };
    }

    private static CommandException explain(SinewException e) {
        ExitCode exitCode =
                switch (e.code()) {
                    case INVALID_CONFIG -> ExitCode.USAGE;
                    case ENGINE_UNAVAILABLE -> ExitCode.NO_ANSWER;
                    case DATA_DIRECTORY_LOCKED, ADDRESS_UNAVAILABLE -> ExitCode.IN_THE_WAY;
                    case DATA_DIRECTORY_TOO_NEW, DAMAGED_DATA -> ExitCode.BAD_DATA;
                    default -> ExitCode.FAILED;
                };
        String hint =
                e.code() == ErrorCode.ADDRESS_UNAVAILABLE ? " (options --kafka and --http)" : "";
        return new CommandException(exitCode, e.getMessage() + hint, e);
    }

    /// Java's messages for files are often just the file's name.
    private static String describe(IOException e) {
        String message = String.valueOf(e.getMessage());
        return e.getClass() == IOException.class
                ? message
                : e.getClass().getSimpleName() + ": " + message;
    }

    private static CommandException unexpected(Exception e) {
        LOGGER.log(System.Logger.Level.ERROR, "command=failed", e);
        return new CommandException(
                ExitCode.FAILED, "unexpected: " + e + " (a defect: please report it)", e);
    }
}
