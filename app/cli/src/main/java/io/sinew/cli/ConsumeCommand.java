package io.sinew.cli;

import io.sinew.base.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sinew consume`.
@Command(
        name = "consume",
        description = {
            "Print the records of a topic, and wait for more, until Ctrl-C.",
            "With --group it shares the partitions with the group's other members, begins where"
                    + " the group stopped, and commits what it has printed."
        })
final class ConsumeCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int POLL_RECORDS_MAX = 500;

    private final Terminal terminal;
    private final Clock clock = Clock.system();

    @Mixin private BootstrapOptions server = new BootstrapOptions();

    @Parameters(paramLabel = "TOPIC", description = "Where from.")
    private String topic = "";

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "Read as a member of this consumer group.")
    private @Nullable String group;

    @Option(
            names = {"-f", "--from"},
            paramLabel = Place.LABEL,
            converter = Place.Converter.class,
            defaultValue = "beginning",
            description =
                    "Where to begin (default: beginning). TIME is 2026-11-23T17:00:00Z, or a time"
                            + " ago: 10m. With --group, beginning or end, for partitions that the"
                            + " group has not read yet.")
    private Place from = new Place.Beginning();

    @Option(
            names = {"-n", "--max"},
            paramLabel = "N",
            description = "End after so many records.")
    private long max = Long.MAX_VALUE;

    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "TIME",
            converter = TimeSpan.Converter.class,
            description = "End when nothing has come for this long: 10s.")
    private @Nullable Duration timeout;

    @Option(names = "--partition", paramLabel = "N", description = "Read this partition only.")
    private int partition = -1;

    @Option(
            names = "--json",
            description =
                    "One JSON object per line: topic, partition, offset, timestamp, key, value,"
                            + " headers. Bytes that are not text are in base 64, in keyBase64 and"
                            + " valueBase64.")
    private boolean json;

    @Option(
            names = {"-k", "--key-separator"},
            paramLabel = "TEXT",
            description = "Print keys too, with this between key and value.")
    private @Nullable String keySeparator;

    ConsumeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        checkOptions();
        try (KafkaClients clients = server.connect()) {
            List<TopicPartition> partitions = Offsets.partitions(clients.admin(), topic, partition);
            try (var interrupt = new Interrupt();
                    KafkaConsumer<byte[], byte[]> consumer = clients.consumer(settings())) {
                interrupt.stops(consumer::wakeup);
                if (group == null) {
                    consumer.assign(partitions);
                    Offsets.at(clients.admin(), partitions, from).forEach(consumer::seek);
                } else {
                    consumer.subscribe(List.of(topic));
                }
                return print(consumer, interrupt).number();
            }
        }
    }

    private void checkOptions() {
        if (group != null && partition >= 0) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--group and --partition exclude each other: the group assigns partitions");
        }
        if (group != null && !(from instanceof Place.Beginning || from instanceof Place.End)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "with --group, --from is beginning or end; to move a group, use"
                            + " `./sinew group reset`");
        }
    }

    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("enable.auto.commit", false);
        settings.put("allow.auto.create.topics", false);
        settings.put("max.poll.records", Math.clamp(max, 1, POLL_RECORDS_MAX));
        settings.put("auto.offset.reset", from instanceof Place.End ? "latest" : "earliest");
        if (group != null) {
            settings.put("group.id", group);
        }
        return settings;
    }

    /// Prints until there is a reason to end.
    private ExitCode print(KafkaConsumer<byte[], byte[]> consumer, Interrupt interrupt) {
        long printed = 0;
        long idleSinceNanos = clock.nanos();
        while (printed < max && !interrupt.requested()) {
            ConsumerRecords<byte[], byte[]> records = poll(consumer);
            long before = printed;
            var reached = new HashMap<TopicPartition, OffsetAndMetadata>();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (printed < max) {
                    print(record);
                    printed++;
                    reached.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                }
            }
            if (terminal.out().checkError()) {
                // Whoever read our output has closed it: `sinew consume orders | head`.
                return ExitCode.DONE;
            }
            if (printed > before) {
                commit(consumer, reached);
                idleSinceNanos = clock.nanos();
            } else if (timeout != null && clock.nanos() - idleSinceNanos >= timeout.toNanos()) {
                return timedOut(printed, timeout);
            }
        }
        return ExitCode.DONE;
    }

    private ConsumerRecords<byte[], byte[]> poll(KafkaConsumer<byte[], byte[]> consumer) {
        try {
            return consumer.poll(timeout != null && timeout.compareTo(POLL) < 0 ? timeout : POLL);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        }
    }

    private void commit(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, OffsetAndMetadata> reached) {
        if (group == null) {
            return;
        }
        try {
            consumer.commitSync(reached);
        } catch (WakeupException e) {
            // Ctrl-C came first. What was printed is committed all the same.
            consumer.commitSync(reached);
        }
    }

    /// A script that waits for so many records must learn that they did not come.
    private ExitCode timedOut(long printed, Duration waited) {
        if (max == Long.MAX_VALUE) {
            return ExitCode.DONE;
        }
        throw new CommandException(
                ExitCode.FAILED,
                "only "
                        + printed
                        + " of "
                        + max
                        + " records came; nothing for "
                        + waited.toMillis()
                        + " ms");
    }

    private void print(ConsumerRecord<byte[], byte[]> record) {
        if (json) {
            terminal.out().println(RecordJson.line(record));
            return;
        }
        if (keySeparator != null) {
            write(record.key());
            terminal.out().print(keySeparator);
        }
        write(record.value());
        terminal.out().println();
    }

    /// The bytes as they are.
    private void write(byte @Nullable [] bytes) {
        if (bytes != null) {
            terminal.out().write(bytes, 0, bytes.length);
        }
    }
}
