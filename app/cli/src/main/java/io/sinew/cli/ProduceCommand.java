package io.sinew.cli;

import io.sinew.base.Clock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sinew produce`.
@Command(
        name = "produce",
        description = "Write the lines of the standard input to a topic, one record each.")
final class ProduceCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin private BootstrapOptions server = new BootstrapOptions();

    @Parameters(paramLabel = "TOPIC", description = "Where to.")
    private String topic = "";

    @Option(
            names = {"-k", "--key-separator"},
            paramLabel = "TEXT",
            description = "What stands between key and value in each line. Default: no keys.")
    private @Nullable String keySeparator;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "KEY=VALUE",
            description = "A header for every record.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "One partition for all. Default: by the hash of the key, else spread.")
    private @Nullable Integer partition;

    @Option(
            names = "--acks",
            paramLabel = "all|1|0",
            defaultValue = "all",
            description =
                    "When a record counts as written: all, it is durable (the default); 1, the"
                            + " server has it; 0, it was sent.")
    private String acks = "all";

    ProduceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!List.of("all", "-1", "1", "0").contains(acks)) {
            throw new CommandException(ExitCode.USAGE, "--acks takes all, 1 or 0, not " + acks);
        }
        var written = new WrittenRecords(topic, terminal, Clock.system());
        try (KafkaClients clients = server.connect();
                KafkaProducer<byte[], byte[]> producer = clients.producer(settings())) {
            try {
                sendLines(producer, written);
            } finally {
                producer.flush();
                written.report();
            }
        }
        written.throwFirstFailure();
        return ExitCode.DONE.number();
    }

    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("acks", acks);
        settings.put("enable.idempotence", acks.equals("all") || acks.equals("-1"));
        settings.put("linger.ms", 5);
        settings.put("compression.type", "lz4");
        settings.put("max.block.ms", 15_000);
        settings.put("request.timeout.ms", 15_000);
        settings.put("delivery.timeout.ms", 60_000);
        return settings;
    }

    private void sendLines(KafkaProducer<byte[], byte[]> producer, WrittenRecords written)
            throws IOException {
        var in = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
        long lines = 0;
        for (String line = in.readLine();
                line != null && !written.hasFailed();
                line = in.readLine()) {
            lines++;
            var _ = producer.send(record(line, lines), written::add);
        }
    }

    @SuppressWarnings("NullAway") // null is how Kafka's client spells "no key", and "any partition"
    private ProducerRecord<byte[], byte[]> record(String line, long number) {
        byte @Nullable [] key = null;
        String value = line;
        if (keySeparator != null) {
            int at = line.indexOf(keySeparator);
            if (at < 0) {
                throw new CommandException(
                        ExitCode.FAILED,
                        "line " + number + " has no '" + keySeparator + "' between key and value");
            }
            key = bytes(line.substring(0, at));
            value = line.substring(at + keySeparator.length());
        }
        var record = new ProducerRecord<>(topic, partition, key, bytes(value));
        headers.forEach((name, text) -> record.headers().add(name, bytes(text)));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
