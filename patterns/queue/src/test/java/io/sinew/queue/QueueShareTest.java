package io.sinew.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.cluster.ClusterEngine;
import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.Eventually;
import io.sinew.kit.TempKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two processes share a queue on a real Apache Kafka, both under load, and one of them dies or
/// freezes.
class QueueShareTest {
    private static final Duration LONG = Duration.ofSeconds(90);

    private static TempKafka kafka;

    private final Path notesOfA = notes("a");
    private final Path notesOfB = notes("b");
    private final QueueJudge ofA = new QueueJudge(notesOfA);
    private final QueueJudge ofB = new QueueJudge(notesOfB);
    private final QueueJudge ofBoth = new QueueJudge(notesOfA, notesOfB);

    @BeforeAll
    static void start() throws Exception {
        kafka = QueuesOnCluster.startKafka();
    }

    @AfterAll
    static void stop() throws IOException {
        kafka.close();
    }

    @BeforeEach
    void create() throws Exception {
        for (Path notes : List.of(notesOfA, notesOfB)) {
            Files.deleteIfExists(notes);
            Files.deleteIfExists(QueueWorker.endOf(notes));
        }
        try (var on = new QueuesOnCluster(kafka.kafka())) {
            QueueWorker.create(on.queues(), Duration.ofSeconds(2));
        }
    }

    private static Path notes(String name) {
        return kafka.folder().resolve("notes-" + name);
    }

    private static ChildProcess worker(String name) throws Exception {
        return ChildJvm.of(QueueWorker.class)
                .flags(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
                .start(
                        name,
                        kafka.folder().resolve(name + ".log"),
                        List.of("kafka", kafka.kafka().bootstrap(), name, notes(name).toString()));
    }

    private static void awaitMore(String what, QueueJudge of, int more) throws Exception {
        int before = of.now().doneCount();
        Eventually.await(LONG, what, () -> of.now().doneCount() >= before + more);
    }

    /// Every partition is worked on by that process.
    private static void awaitAllPartitions(String what, QueueJudge of) throws Exception {
        Map<Integer, Long> before = of.now().doneByPartition();
        Eventually.await(
                LONG,
                what,
                () -> {
                    Map<Integer, Long> now = of.now().doneByPartition();
                    return now.size() == QueueWorker.PARTITIONS
                            && now.entrySet().stream()
                                    .allMatch(e ->
                                            e.getValue() > before.getOrDefault(e.getKey(), 0L));
                });
    }

    /// Nobody sends any more, and what was sent is dealt with: also as the log has it.
    private void drain(ChildProcess... living) throws Exception {
        Files.createFile(QueueWorker.endOf(notesOfA));
        Files.createFile(QueueWorker.endOf(notesOfB));
        Eventually.await(
                LONG, "everything to be dealt with", () -> ofBoth.now().missing().isEmpty());
        for (ChildProcess process : living) {
            process.kill();
        }
        ofBoth.now().judge();
        try (var engine = ClusterEngine.open(QueuesOnCluster.settings(kafka.kafka().bootstrap()));
                var queues = new Queues(engine, Clock.system(), "judge")) {
            Queue queue = queues.queue(QueueWorker.QUEUE);
            Eventually.await(
                    LONG,
                    "the partitions",
                    () -> queue.ledger().partitions().size() == QueueWorker.PARTITIONS);
            Eventually.await(LONG, "no message", () -> QueueWorker.emptied(queue));
        }
    }

    @Test
    void when_one_is_killed_the_other_goes_on_and_nothing_is_lost_or_comes_again()
            throws Exception {
        try (ChildProcess a = worker("a");
                ChildProcess b = worker("b")) {
            awaitMore("a's work", ofA, 200);
            awaitMore("b's work", ofB, 200);
            a.kill();
            awaitAllPartitions("b to take over", ofB);
            drain(b);
        }
        assertThat(ofBoth.now().doneCount()).isGreaterThan(400);
    }

    @Test
    void when_the_broker_is_killed_both_go_on_with_it_and_nothing_is_lost() throws Exception {
        try (ChildProcess a = worker("a");
                ChildProcess b = worker("b")) {
            awaitMore("a's work", ofA, 200);
            awaitMore("b's work", ofB, 200);
            kafka.kafka().kill();
            kafka.kafka().start();
            awaitMore("a to go on", ofA, 200);
            awaitMore("b to go on", ofB, 200);
            drain(a, b);
        }
    }

    @Test
    void one_that_froze_and_wakes_up_is_answered_nothing_and_lets_the_other_work()
            throws Exception {
        try (ChildProcess a = worker("a");
                ChildProcess b = worker("b")) {
            awaitMore("a's work", ofA, 200);
            awaitMore("b's work", ofB, 200);
            a.pause();
            awaitAllPartitions("b to take over", ofB);
            awaitMore("b's work", ofB, 100);
            a.resume();
            awaitMore("a to work again", ofA, 200);
            awaitMore("b to go on", ofB, 200);
            b.pause();
            awaitAllPartitions("a to take over", ofA);
            b.resume();
            awaitMore("b to work again", ofB, 200);
            awaitMore("a to go on", ofA, 200);
            drain(a, b);
        }
    }
}
