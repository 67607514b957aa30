package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildProcess;
import io.sinew.kit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The programs that Apache Kafka tests its own crashes with, while Sinew is sent SIGKILL again and
/// again: nothing is there twice, and nothing is missing.
class KafkaToolsKillTest {
    private static final int KILLS = 20;
    private static final int PARTITIONS = 2;
    private static final Duration POLL = Duration.ofMillis(100);

    /// What the producer says for each record that was acknowledged.
    private static final Pattern ACKNOWLEDGED =
            Pattern.compile("\"name\":\"producer_send_success\".*\"value\":\"(\\d+)\"");

    private static final Pattern REFUSED = Pattern.compile("\"name\":\"producer_send_error\".*");

    /// What the consumer says for each record that it gets.
    private static final Pattern CONSUMED =
            Pattern.compile("\"name\":\"record_data\".*\"value\":\"(\\d+)\"");

    /// What a copier says before each transaction.
    private static final Pattern COPIED = Pattern.compile("\"totalProcessed\":(\\d+)");

    /// Clients that find a restarted server soon.
    private static final List<String> SOON =
            List.of("reconnect.backoff.max.ms=50", "retry.backoff.max.ms=50");

    @TempDir Path folder;
    private ForkedSinew sinew;

    @BeforeEach
    void start() throws Exception {
        sinew =
                ForkedSinew.start(
                        folder.resolve("sinew"),
                        "num.partitions=" + PARTITIONS,
                        "log.segment.bytes=1048576");
    }

    @AfterEach
    void stop() {
        sinew.close();
    }

    @Test
    void what_a_verifiable_producer_was_promised_a_verifiable_consumer_gets_once()
            throws Exception {
        int records = 12_000;
        try (var producer = producer(records);
                var consumer = consumer(records)) {
            killWhile(() -> lastNumber(producer, ACKNOWLEDGED), records);
            assertEnds(producer);
            assertEnds(consumer);
            assertThat(producer.allFinds(REFUSED)).isEmpty();
            assertThat(numbers(producer.allFinds(ACKNOWLEDGED)))
                    .containsExactlyInAnyOrderElementsOf(upTo(records));
            assertThat(numbers(consumer.allFinds(CONSUMED)))
                    .containsExactlyInAnyOrderElementsOf(upTo(records));
        }
        assertThat(texts("verified")).hasSize(records).doesNotHaveDuplicates();
    }

    /// Retries, which the program leaves out by itself: with them a record that was written and not
    /// acknowledged comes a second time.
    private KafkaTool producer(int records) throws Exception {
        return KafkaTool.start(
                "VerifiableProducer",
                folder.resolve("producer.log"),
                "--bootstrap-server",
                sinew.bootstrap(),
                "--topic",
                "verified",
                "--max-messages",
                Integer.toString(records),
                "--throughput",
                "600",
                "--command-config",
                config("producer", "retries=2147483647", "enable.idempotence=true"));
    }

    private KafkaTool consumer(int records) throws Exception {
        return KafkaTool.start(
                "VerifiableConsumer",
                folder.resolve("consumer.log"),
                "--bootstrap-server",
                sinew.bootstrap(),
                "--topic",
                "verified",
                "--group-id",
                "verifiers",
                "--max-messages",
                Integer.toString(records),
                "--verbose",
                "--command-config",
                config("consumer", "metadata.max.age.ms=1000"));
    }

    private String config(String name, String... lines) throws Exception {
        Path file = folder.resolve(name + ".properties");
        Files.write(file, Stream.concat(Stream.of(lines), SOON.stream()).toList());
        return file.toString();
    }

    @Test
    void transactional_copiers_copy_each_record_once_and_in_its_order() throws Exception {
        int records = 4_000;
        send(records);
        try (var first = copier(0);
                var second = copier(1)) {
            killWhile(
                    () -> lastNumber(first, COPIED) + lastNumber(second, COPIED),
                    (long) PARTITIONS * records);
            assertEnds(first);
            assertEnds(second);
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(texts("output", partition)).isEqualTo(texts("input", partition));
        }
        assertThat(texts("output")).hasSize(PARTITIONS * records);
    }

    private void send(int records) throws Exception {
        var input = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (int i = 0; i < PARTITIONS * records; i++) {
            byte[] value = JavaClients.bytes(Integer.toString(i));
            input.add(new ProducerRecord<>("input", i % PARTITIONS, null, value));
        }
        new JavaClients(sinew.bootstrap()).send(Map.of("linger.ms", 20), input);
    }

    /// One that drops a third of its transactions for no reason, and begins those again.
    private KafkaTool copier(int partition) throws Exception {
        return KafkaTool.start(
                "TransactionalMessageCopier",
                folder.resolve("copier-" + partition + ".log"),
                "--broker-list",
                sinew.bootstrap(),
                "--input-topic",
                "input",
                "--input-partition",
                Integer.toString(partition),
                "--output-topic",
                "output",
                "--consumer-group",
                "copiers-" + partition,
                "--transactional-id",
                "copier-" + partition,
                "--transaction-size",
                "15",
                "--use-group-metadata",
                "--enable-random-aborts");
    }

    /// Kills and restarts the server each time that a part of the whole is done.
    private void killWhile(LongSupplier done, long whole) throws Exception {
        for (int kill = 1; kill <= KILLS; kill++) {
            long target = whole * kill / (KILLS + 1);
            Eventually.await(LIMIT, target + " done", () -> done.getAsLong() >= target);
            sinew.kill();
            sinew.start();
        }
    }

    private static void assertEnds(KafkaTool tool) throws Exception {
        ChildProcess process = tool.process();
        assertThat(process.awaitExit(LIMIT))
                .as(() -> String.join("\n", process.lastLines()))
                .isZero();
    }

    private static long lastNumber(KafkaTool tool, Pattern pattern) {
        return numbers(tool.lastFinds(pattern)).stream().findFirst().orElse(0L);
    }

    private static List<Long> numbers(List<MatchResult> finds) {
        return finds.stream().map(find -> Long.parseLong(find.group(1))).toList();
    }

    private static List<Long> upTo(long count) {
        return Stream.iterate(0L, n -> n < count, n -> n + 1).toList();
    }

    /// What committed transactions and others have written, to all partitions.
    private List<String> texts(String topic) throws Exception {
        var all = new ArrayList<String>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.addAll(texts(topic, partition));
        }
        return all;
    }

    private List<String> texts(String topic, int partition) throws Exception {
        var texts = new ArrayList<String>();
        var from = new TopicPartition(topic, partition);
        try (var consumer =
                new JavaClients(sinew.bootstrap())
                        .consumer(Map.of("isolation.level", "read_committed"))) {
            consumer.assign(List.of(from));
            long end = consumer.endOffsets(List.of(from)).values().iterator().next();
            Eventually.await(
                    LIMIT,
                    topic + " to be read",
                    () -> {
                        consumer.poll(POLL)
                                .forEach(record -> texts.add(JavaClients.text(record.value())));
                        return consumer.position(from) >= end;
                    });
        }
        return texts;
    }
}
