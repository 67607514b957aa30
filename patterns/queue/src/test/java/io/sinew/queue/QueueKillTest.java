package io.sinew.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.Eventually;
import io.sinew.kit.TempFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A process with a queue on a disk of its own, under load, is killed with SIGKILL and started
/// again on what it left behind.
class QueueKillTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int KILLS = 20;

    /// Messages that a process deals with before it is killed, in turns: some die as soon as they
    /// have begun.
    private static final int[] MESSAGES = {1, 60, 20, 150};

    private static ChildProcess worker(Path folder, String name) throws Exception {
        return ChildJvm.of(QueueWorker.class)
                .flags(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
                .start(
                        name,
                        folder.resolve(name + ".log"),
                        List.of(
                                "folder",
                                folder.resolve("data").toString(),
                                name,
                                folder.resolve(name).toString()));
    }

    @Test
    void a_process_that_is_killed_again_and_again_loses_nothing_and_repeats_nothing()
            throws Exception {
        try (TempFolder temp = TempFolder.in(Path.of("target"))) {
            Path folder = temp.path();
            var names = new ArrayList<Path>();
            for (int round = 0; round <= KILLS; round++) {
                names.add(folder.resolve("r" + round));
            }
            var judge = new QueueJudge(names.toArray(Path[]::new));
            for (int round = 0; round < KILLS; round++) {
                int target = judge.now().doneCount() + MESSAGES[round % MESSAGES.length];
                try (ChildProcess child = worker(folder, "r" + round)) {
                    Eventually.await(LONG, "work", () -> judge.now().doneCount() >= target);
                    child.kill();
                }
            }
            Files.createFile(QueueWorker.endOf(names.getLast()));
            try (ChildProcess child = worker(folder, "r" + KILLS)) {
                Eventually.await(LONG, "the rest", () -> judge.now().missing().isEmpty());
                child.kill();
            }
            judge.now().judge();
            assertThat(judge.doneCount()).isGreaterThan(KILLS * 50);
            assertNothingIsLeft(folder.resolve("data"));
        }
    }

    /// But for acknowledgements that nobody heard of.
    private static void assertNothingIsLeft(Path data) throws Exception {
        try (var on = QueueWorker.embedded(data);
                var queues = new Queues(on.engine(), Clock.system(), "judge")) {
            Queue queue = queues.queue(QueueWorker.QUEUE);
            Eventually.await(
                    LONG,
                    "it to be served",
                    () -> queue.ledger().partitions().size() == QueueWorker.PARTITIONS);
            Eventually.await(LONG, "no message", () -> QueueWorker.emptied(queue));
        }
    }
}
