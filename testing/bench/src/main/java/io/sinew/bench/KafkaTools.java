package io.sinew.bench;

import io.sinew.kit.ChildJvm;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Kafka's own perf tools, each in a JVM of its own, with the flags of `kafka-run-class.sh`.
///
/// @param classPath the jars of `kafka-tools`
record KafkaTools(String classPath) {
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final String NUMBER = "([0-9.]+)";
    private static final int CONSUMED_RECORDS_INDEX = 4;
    private static final int FETCH_TIME_MS_INDEX = 7;

    /// The last line of the producer's tool.
    private static final Pattern PRODUCED =
            Pattern.compile(
                    NUMBER
                            + " records sent, "
                            + NUMBER
                            + " records/sec .*?"
                            + NUMBER
                            + " ms avg latency, "
                            + NUMBER
                            + " ms max latency, "
                            + NUMBER
                            + " ms 50th, .*?"
                            + NUMBER
                            + " ms 99th, "
                            + NUMBER
                            + " ms 99.9th.*");

    /// The lines of the latency tool: its mean, and its percentiles in whole milliseconds.
    private static final Pattern MEAN = Pattern.compile("Avg latency: " + NUMBER + " ms.*");

    private static final Pattern PERCENTILES =
            Pattern.compile(
                    "Percentiles: 50th = "
                            + NUMBER
                            + ", 99th = "
                            + NUMBER
                            + ", 99.9th = "
                            + NUMBER
                            + ".*");

    /// What the producer's tool sends.
    ///
    /// @param warmUpRecords the first of them, which the tool leaves out of its figures
    /// @param transaction how long each transaction lasts; empty for no transactions
    record Produce(
            String topic,
            int records,
            int warmUpRecords,
            int recordSizeBytes,
            int batchSizeBytes,
            Optional<Duration> transaction) {
        private List<String> arguments(InetSocketAddress address) {
            var arguments = new ArrayList<String>();
            arguments.addAll(List.of("--bootstrap-server", bootstrap(address)));
            arguments.addAll(List.of("--topic", topic));
            arguments.addAll(List.of("--num-records", Integer.toString(records)));
            arguments.addAll(List.of("--warmup-records", Integer.toString(warmUpRecords)));
            arguments.addAll(List.of("--record-size", Integer.toString(recordSizeBytes)));
            arguments.addAll(List.of("--throughput", "-1"));
            transaction.ifPresent(length ->
                    arguments.addAll(
                            List.of(
                                    "--transactional-id",
                                    topic,
                                    "--transaction-duration-ms",
                                    Long.toString(length.toMillis()))));
            arguments.addAll(
                    List.of("--command-property", "acks=all", "batch.size=" + batchSizeBytes));
            return arguments;
        }
    }

    /// Runs `ProducerPerformance` without a limit to its rate.
    Readings produce(InetSocketAddress address, Produce load, Path folder) throws Exception {
        List<String> lines = run("ProducerPerformance", folder, load.arguments(address));
        return produced(lines, load.recordSizeBytes());
    }

    /// Runs `ConsumerPerformance`; its time counts from when the group has its partitions.
    Readings consume(InetSocketAddress address, String topic, int records, Path folder)
            throws Exception {
        List<String> lines =
                run(
                        "ConsumerPerformance",
                        folder,
                        List.of(
                                "--bootstrap-server",
                                bootstrap(address),
                                "--topic",
                                topic,
                                "--num-records",
                                Integer.toString(records),
                                "--hide-header"));
        return consumed(lines);
    }

    /// Runs `EndToEndLatency`: one record after the other, each read before the next is written.
    Readings endToEnd(InetSocketAddress address, String topic, int records, Path folder)
            throws Exception {
        List<String> lines =
                run(
                        "EndToEndLatency",
                        folder,
                        List.of(
                                bootstrap(address),
                                topic,
                                Integer.toString(records),
                                "all",
                                "100"));
        return endToEnd(lines);
    }

    static Readings produced(List<String> lines, int recordSizeBytes) throws IOException {
        Matcher last = last(lines, PRODUCED);
        double recordsPerSecond = Double.parseDouble(last.group(2));
        return new Readings()
                .put(Quantity.RECORDS_PER_S, recordsPerSecond)
                .put(Quantity.MB_PER_S, recordsPerSecond * recordSizeBytes / 1e6)
                .put(Quantity.MEAN_MS, Double.parseDouble(last.group(3)))
                .put(Quantity.MAX_MS, Double.parseDouble(last.group(4)))
                .put(Quantity.P50_MS, Double.parseDouble(last.group(5)))
                .put(Quantity.P99_MS, Double.parseDouble(last.group(6)))
                .put(Quantity.P999_MS, Double.parseDouble(last.group(7)));
    }

    /// start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec,
    /// rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec; MB is 2^20 bytes.
    static Readings consumed(List<String> lines) throws IOException {
        String[] fields =
                last(lines, Pattern.compile("[^,]+(?:, [^,]+){9}")).group().split(", ", -1);
        double seconds = Double.parseDouble(fields[FETCH_TIME_MS_INDEX]) / 1e3;
        double records = Double.parseDouble(fields[CONSUMED_RECORDS_INDEX]);
        double megabytes = Double.parseDouble(fields[2]) * (1 << 20) / 1e6;
        return new Readings()
                .put(Quantity.RECORDS_PER_S, records / seconds)
                .put(Quantity.MB_PER_S, megabytes / seconds);
    }

    static Readings endToEnd(List<String> lines) throws IOException {
        Matcher percentiles = last(lines, PERCENTILES);
        return new Readings()
                .put(Quantity.MEAN_MS, Double.parseDouble(last(lines, MEAN).group(1)))
                .put(Quantity.P50_MS, Double.parseDouble(percentiles.group(1)))
                .put(Quantity.P99_MS, Double.parseDouble(percentiles.group(2)))
                .put(Quantity.P999_MS, Double.parseDouble(percentiles.group(3)));
    }

    private List<String> run(String tool, Path folder, List<String> arguments) throws Exception {
        var jvm =
                ChildJvm.of("org.apache.kafka.tools." + tool, classPath)
                        .flags(List.of("-Xmx512m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"));
        try (var child = jvm.start(tool, folder.resolve(tool + ".log"), arguments)) {
            int exitCode = child.awaitExit(LIMIT);
            if (exitCode != 0) {
                throw new IOException(tool + " failed: " + String.join(" | ", child.lastLines()));
            }
            return child.lastLines();
        }
    }

    private static Matcher last(List<String> lines, Pattern pattern) throws IOException {
        for (String line : lines.reversed()) {
            Matcher matcher = pattern.matcher(line.strip());
            if (matcher.matches()) {
                return matcher;
            }
        }
        throw new IOException("the tool printed no result: " + String.join(" | ", lines));
    }

    private static String bootstrap(InetSocketAddress address) {
        return "127.0.0.1:" + address.getPort();
    }
}
