package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static io.sinew.clients.JavaClients.bytes;
import static io.sinew.clients.JavaClients.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Eventually;
import io.sinew.kit.ForkedSinew;
import io.sinew.kit.TempFolder;
import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A table that transactions write: kafka-clients commits and aborts them at random, while the
/// server compacts all the time and is killed now and then.
class JavaCompactedTransactionsTest {
    private static final Map<String, Object> COMMITTED =
            Map.of("isolation.level", "read_committed");
    private static final int KEYS = 50;
    private static final int TRANSACTIONS = 60;
    private static final int KILL_EVERY = 15;
    private static final int RECORDS_MAX = 120;

    @Test
    void readers_of_committed_records_rebuild_the_table_whatever_was_compacted_and_killed() {
        Trials.run(1, JavaCompactedTransactionsTest::writeThroughKills);
    }

    private static void writeThroughKills(SplittableRandom random) throws Exception {
        try (var folder = TempFolder.create();
                var sinew = ForkedSinew.start(folder.path(), "log.cleaner.backoff.ms=50")) {
            var clients = new JavaClients(sinew.bootstrap());
            CompactedTopic topic = CompactedTopic.create(clients, "table", "compact");
            try (var one = new Writer(topic, "one", random);
                    var other = new Writer(topic, "other", random)) {
                writeThroughKills(sinew, topic, List.of(one, other), random);
                // What is last must be behind what is compacted.
                one.write("last", "one");
                one.end(true);
                one.write("last", "other");
                one.end(false);
                Eventually.await(
                        LIMIT,
                        "nothing left that was aborted, or replaced",
                        () -> isCompacted(topic, table(one, other)));
            }
            Map<String, String> before = CompactedTopic.table(topic.readAll(COMMITTED));
            sinew.kill();
            sinew.start();
            assertThat(CompactedTopic.table(topic.readAll(COMMITTED))).isEqualTo(before);
        }
    }

    private static void writeThroughKills(
            ForkedSinew sinew, CompactedTopic topic, List<Writer> writers, SplittableRandom random)
            throws Exception {
        for (int i = 1; i <= TRANSACTIONS; i++) {
            // Both at once: the one that began first may end last.
            for (Writer writer : writers) {
                writer.writeSome();
            }
            if (i % KILL_EVERY == 0) {
                sinew.kill();
                sinew.start();
            }
            boolean inOrder = random.nextBoolean();
            for (Writer writer : inOrder ? writers : writers.reversed()) {
                writer.end(random.nextInt(3) > 0);
            }
            if (i % 5 == 0) {
                assertThat(CompactedTopic.table(topic.readAll(COMMITTED)))
                        .isEqualTo(table(writers.getFirst(), writers.getLast()));
            }
        }
    }

    /// Each writes its own keys.
    private static Map<String, String> table(Writer one, Writer other) {
        var table = new HashMap<>(one.table);
        table.putAll(other.table);
        return table;
    }

    private static boolean isCompacted(CompactedTopic topic, Map<String, String> table)
            throws Exception {
        List<ConsumerRecord<byte[], byte[]>> committed = topic.readAll(COMMITTED);
        assertThat(CompactedTopic.table(committed)).isEqualTo(table);
        List<ConsumerRecord<byte[], byte[]>> all = topic.readAll(Map.of());
        return all.size() == committed.size()
                && all.stream().map(record -> text(record.key())).distinct().count() == all.size();
    }

    /// A transactional producer, and what its committed transactions make of its keys.
    private static final class Writer implements AutoCloseable {
        final Map<String, String> table = new HashMap<>();
        private final Map<String, @Nullable String> pending = new HashMap<>();
        private final CompactedTopic topic;
        private final String name;
        private final SplittableRandom random;
        private final KafkaProducer<byte[], byte[]> producer;
        private boolean open;
        private int serial;

        Writer(CompactedTopic topic, String name, SplittableRandom random) {
            this.topic = topic;
            this.name = name;
            this.random = random;
            producer =
                    topic.clients().producer(Map.of("transactional.id", name, "batch.size", 2_000));
            producer.initTransactions();
        }

        void writeSome() throws Exception {
            var sent = new ArrayList<Future<RecordMetadata>>();
            for (int left = random.nextInt(1, RECORDS_MAX); left > 0; left--) {
                String key = name + random.nextInt(KEYS);
                boolean tombstone = random.nextInt(10) == 0;
                sent.add(send(key, tombstone ? null : serial++ + "x".repeat(random.nextInt(80))));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }

        void write(String key, String value) throws Exception {
            send(key, value).get();
        }

        private Future<RecordMetadata> send(String key, @Nullable String value) {
            if (!open) {
                producer.beginTransaction();
                open = true;
            }
            pending.put(key, value);
            var to = topic.partition();
            return producer.send(
                    new ProducerRecord<>(
                            to.topic(),
                            to.partition(),
                            bytes(key),
                            value == null ? null : bytes(value)));
        }

        void end(boolean commit) {
            if (commit) {
                producer.commitTransaction();
                pending.forEach((key, value) -> {
                    if (value == null) {
                        table.remove(key);
                    } else {
                        table.put(key, value);
                    }
                });
            } else {
                producer.abortTransaction();
            }
            pending.clear();
            open = false;
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
