package io.sinew.clients;

import static io.sinew.clients.JavaClients.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildProcess;
import io.sinew.kit.Eventually;
import io.sinew.kit.ForkedSinew;
import io.sinew.kit.TempFolder;
import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// SIGKILL at random moments, while producers write and a group reads: nothing that was
/// acknowledged is lost, nothing that was not whole is served, and everybody goes on.
class KillTest {
    private static final String TOPIC = "load";
    private static final String GROUP = "load-readers";
    private static final int PARTITIONS = 4;

    /// Acknowledgements to wait for before the next kill.
    private static final int RECORDS_MAX = 1_200;

    /// One kill in so many comes while the server starts and recovers.
    private static final int DURING_START_ONE_IN = 5;

    private static final int START_MAX_MS = 700;

    /// After so many kills comes a clean restart, which starts from a checkpoint.
    private static final int CLEAN_RESTART_EVERY = 12;

    @Test
    void fifty_kills_lose_nothing_that_was_acknowledged() {
        Trials.run(1, random -> new Ordeal("durability=fsync", random).survive(50));
    }

    @Test
    void ten_kills_lose_nothing_that_only_the_operating_system_had() {
        Trials.run(1, random -> new Ordeal("durability=os", random).survive(10));
    }

    /// One server through its kills.
    private static final class Ordeal {
        private final String durability;
        private final SplittableRandom random;
        private final LoadGate gate = new LoadGate();
        private final LoadReader.Progress progress = new LoadReader.Progress();
        private final List<LoadWriter> writers = new ArrayList<>();
        private final List<LoadReader> readers = new ArrayList<>();

        Ordeal(String durability, SplittableRandom random) {
            this.durability = durability;
            this.random = random;
        }

        void survive(int kills) throws Exception {
            try (var folder = TempFolder.create();
                    var sinew =
                            ForkedSinew.start(
                                    folder.path(),
                                    durability,
                                    "num.partitions=" + PARTITIONS,
                                    "log.segment.bytes=1048576")) {
                var load =
                        new LoadWriter.Load(
                                new JavaClients(sinew.bootstrap()), TOPIC, PARTITIONS, gate);
                addClients(load);
                try (var check = new LoadCheck(load, writers);
                        var admin = load.clients().admin()) {
                    for (int kill = 1; kill <= kills; kill++) {
                        loadAndKill(sinew);
                        restart(sinew, kill);
                        check.check();
                        checkCommits(admin);
                    }
                    settle(check, admin);
                } finally {
                    gate.close();
                    writers.forEach(LoadWriter::close);
                    readers.forEach(LoadReader::close);
                }
            }
        }

        private void addClients(LoadWriter.Load load) {
            writers.add(new LoadWriter(0, true, "all", load, random.split()));
            writers.add(new LoadWriter(1, false, "all", load, random.split()));
            writers.add(new LoadWriter(2, false, "1", load, random.split()));
            writers.forEach(LoadWriter::start);
            for (int i = 0; i < 2; i++) {
                readers.add(new LoadReader(load.clients(), GROUP, TOPIC, progress));
            }
            readers.forEach(LoadReader::start);
        }

        private long acknowledged() {
            readers.forEach(LoadReader::requireAlive);
            return writers.stream().mapToLong(LoadWriter::acknowledgedCount).sum();
        }

        private void loadAndKill(ForkedSinew sinew) throws Exception {
            long target = acknowledged() + 1 + random.nextInt(RECORDS_MAX);
            gate.open();
            Eventually.await(LIMIT, "acknowledgements", () -> acknowledged() >= target);
            sinew.kill();
            gate.close();
        }

        private void restart(ForkedSinew sinew, int kill) throws Exception {
            if (random.nextInt(DURING_START_ONE_IN) == 0) {
                ChildProcess starting = sinew.spawn();
                var never = new CountDownLatch(1);
                assertThat(never.await(random.nextInt(START_MAX_MS), TimeUnit.MILLISECONDS))
                        .isFalse();
                assertThat(starting.isAlive()).isTrue();
                sinew.kill();
            }
            if (kill % CLEAN_RESTART_EVERY == 0) {
                sinew.start();
                assertThat(sinew.process().stop(LIMIT)).isTrue();
            }
            sinew.start();
        }

        /// What the server says the group has committed is not behind what it acknowledged.
        private void checkCommits(Admin admin) throws Exception {
            var promised = new HashMap<>(progress.committed());
            Map<TopicPartition, OffsetAndMetadata> known =
                    admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get();
            promised.forEach((partition, offset) -> {
                OffsetAndMetadata committed = known.get(partition);
                assertThat(committed).as("committed in %s", partition).isNotNull();
                assertThat(Objects.requireNonNull(committed).offset())
                        .as("committed in %s", partition)
                        .isGreaterThanOrEqualTo(offset);
            });
        }

        /// Lets everybody finish, and looks a last time.
        private void settle(LoadCheck check, Admin admin) throws Exception {
            for (LoadWriter writer : writers) {
                writer.settleAll();
            }
            long records = check.check();
            assertThat(records).isGreaterThanOrEqualTo(acknowledged());
            Eventually.await(
                    LIMIT,
                    "the group to get to the end",
                    () -> {
                        readers.forEach(LoadReader::requireAlive);
                        return delivered() == records;
                    });
            checkCommits(admin);
        }

        private long delivered() {
            long sum = 0;
            for (int i = 0; i < PARTITIONS; i++) {
                sum += progress.firstMissing(new TopicPartition(TOPIC, i));
            }
            return sum;
        }
    }
}
