package io.sinew.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/// The commands there are, in the order of `sinew help`. Only the command that is called is built,
/// because picocli reads a command's options by reflection and `sinew up` has no use for those of
/// the others; `help`, and a name that is not known, get all of them.
final class Commands {
    private static final int USAGE_WIDTH = 80;

    private static final Map<String, Function<Terminal, CommandLine>> TABLE = table();

    private Commands() {}

    private static Map<String, Function<Terminal, CommandLine>> table() {
        var table = new LinkedHashMap<String, Function<Terminal, CommandLine>>();
        table.put("up", terminal -> new CommandLine(new UpCommand(terminal)));
        table.put("demo", terminal -> new CommandLine(new DemoCommand(terminal)));
        table.put("topic", Commands::topic);
        table.put("produce", terminal -> new CommandLine(new ProduceCommand(terminal)));
        table.put("consume", terminal -> new CommandLine(new ConsumeCommand(terminal)));
        table.put("group", Commands::group);
        table.put("queue", Commands::queue);
        table.put("sub", Commands::sub);
        table.put("version", terminal -> new CommandLine(new VersionCommand(terminal)));
        table.put("help", terminal -> new CommandLine(new HelpCommand(terminal)));
        table.put("aot-training", terminal -> new CommandLine(new AotTrainingCommand(terminal)));
        return table;
    }

    private static CommandLine topic(Terminal terminal) {
        return new CommandLine(new TopicCommand())
                .addSubcommand(new TopicCreateCommand(terminal))
                .addSubcommand(new TopicListCommand(terminal))
                .addSubcommand(new TopicDescribeCommand(terminal))
                .addSubcommand(new TopicAlterCommand(terminal))
                .addSubcommand(new TopicDeleteCommand(terminal));
    }

    private static CommandLine group(Terminal terminal) {
        return new CommandLine(new GroupCommand())
                .addSubcommand(new GroupListCommand(terminal))
                .addSubcommand(new GroupDescribeCommand(terminal))
                .addSubcommand(new GroupResetCommand(terminal))
                .addSubcommand(new GroupDeleteCommand(terminal));
    }

    private static CommandLine queue(Terminal terminal) {
        return new CommandLine(new QueueCommand())
                .addSubcommand(new QueueCreateCommand(terminal))
                .addSubcommand(new QueueListCommand(terminal))
                .addSubcommand(new QueueDescribeCommand(terminal))
                .addSubcommand(new QueueSendCommand(terminal))
                .addSubcommand(new QueueReceiveCommand(terminal))
                .addSubcommand(new QueueAckCommand(terminal))
                .addSubcommand(new QueueNackCommand(terminal))
                .addSubcommand(new QueueExtendCommand(terminal))
                .addSubcommand(new QueuePeekCommand(terminal))
                .addSubcommand(new QueuePurgeCommand(terminal))
                .addSubcommand(new QueuePauseCommand(terminal))
                .addSubcommand(new QueueResumeCommand(terminal))
                .addSubcommand(new QueueDeadCommand(terminal))
                .addSubcommand(new QueueRedriveCommand(terminal))
                .addSubcommand(new QueueDeleteCommand(terminal));
    }

    private static CommandLine sub(Terminal terminal) {
        return new CommandLine(new SubCommand())
                .addSubcommand(new SubCreateCommand(terminal))
                .addSubcommand(new SubListCommand(terminal))
                .addSubcommand(new SubDescribeCommand(terminal))
                .addSubcommand(new SubPullCommand(terminal))
                .addSubcommand(new SubAckCommand(terminal))
                .addSubcommand(new SubNackCommand(terminal))
                .addSubcommand(new SubPauseCommand(terminal))
                .addSubcommand(new SubResumeCommand(terminal))
                .addSubcommand(new SubSeekCommand(terminal))
                .addSubcommand(new SubParkedCommand(terminal))
                .addSubcommand(new SubRedriveCommand(terminal))
                .addSubcommand(new SubDropCommand(terminal))
                .addSubcommand(new SubPreviewCommand(terminal))
                .addSubcommand(new SubDeleteCommand(terminal));
    }

    /// What parses these arguments and runs the command that they name.
    static CommandLine commandLine(Terminal terminal, String... arguments) {
        var root = new CommandLine(new SinewCommand());
        String wanted = arguments.length == 0 ? "" : arguments[0];
        TABLE.forEach((name, command) -> {
            if (name.equals(wanted) || !TABLE.containsKey(wanted) || wanted.equals("help")) {
                root.addSubcommand(name, command.apply(terminal));
            }
        });
        root.getCommandSpec().usageMessage().exitCodeList(ExitCode.table());
        return root.setOut(writer(terminal.out()))
                .setErr(writer(terminal.err()))
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setUsageHelpWidth(USAGE_WIDTH)
                // A word that begins with @ is a file for an option, or what is to be sent.
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, given) -> Failures.wrongUsage(terminal, e))
                .setExecutionExceptionHandler((e, line, given) -> Failures.report(terminal, e));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
