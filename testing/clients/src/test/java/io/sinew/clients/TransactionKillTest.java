package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Eventually;
import io.sinew.kit.TempFolder;
import io.sinew.kit.Trials;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// SIGKILL at random moments, while a copier reads, writes and commits in transactions: in the end
/// each record is there once.
class TransactionKillTest {
    private static final String INPUT = "input";
    private static final String OUTPUT = "output";
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 6_000;
    private static final int KILLS = 20;

    @Test
    void through_twenty_kills_each_record_is_copied_exactly_once() {
        Trials.run(1, TransactionKillTest::copyThroughKills);
    }

    private static void copyThroughKills(SplittableRandom random) throws Exception {
        try (var folder = TempFolder.create();
                var sinew =
                        ForkedSinew.start(
                                folder.path(),
                                "num.partitions=" + PARTITIONS,
                                "log.segment.bytes=1048576")) {
            var clients = new JavaClients(sinew.bootstrap());
            clients.send(Map.of("linger.ms", 20), records());
            try (var copier = new TransactionCopier(clients, INPUT, OUTPUT, "copier")) {
                copier.start();
                for (int kill = 1; kill <= KILLS; kill++) {
                    long target = (long) RECORDS * kill / (2 * KILLS) + random.nextInt(50);
                    Eventually.await(LIMIT, "copies", () -> copier.copied() >= target);
                    sinew.kill();
                    sinew.start();
                }
                checkOutput(clients);
            }
        }
    }

    private static List<ProducerRecord<byte[], byte[]>> records() {
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (int i = 0; i < RECORDS; i++) {
            records.add(
                    new ProducerRecord<>(
                            INPUT,
                            i % PARTITIONS,
                            null,
                            JavaClients.bytes(Integer.toString(i / PARTITIONS))));
        }
        return records;
    }

    private static void checkOutput(JavaClients clients) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            try (var consumer = clients.consumer(Map.of("isolation.level", "read_committed"))) {
                consumer.assign(List.of(new TopicPartition(OUTPUT, partition)));
                List<String> copies =
                        JavaClients.texts(JavaClients.take(consumer, RECORDS / PARTITIONS));
                assertThat(copies).isEqualTo(JavaClients.numbered("", RECORDS / PARTITIONS));
                assertThat(consumer.poll(Duration.ofMillis(500))).isEmpty();
            }
        }
    }
}
