package io.sinew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.Eventually;
import io.sinew.topics.Owner;
import io.sinew.topics.Share;
import io.sinew.topics.ShareListener;
import io.sinew.topics.TopicPartition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Partitions go from one process to another when that ends, or freezes; a frozen one that wakes up
/// can do no harm.
final class ClusterShareTest {
    private static final Duration LONG = Duration.ofSeconds(90);

    private static KafkaCluster cluster;
    private static ClusterEngine engine;

    @BeforeAll
    static void start() throws Exception {
        cluster = KafkaCluster.start();
        engine = cluster.engine();
    }

    @AfterAll
    static void stop() throws Exception {
        engine.close();
        cluster.close();
    }

    private static final class Told implements ShareListener {
        private final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void gained(int partition) {
            told.add("gained " + partition);
        }

        @Override
        public void lost(int partition) {
            told.add("lost " + partition);
        }
    }

    private static List<String> notes(Path file) throws Exception {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static List<String> committed(Path notes) throws Exception {
        return notes(notes).stream()
                .filter(line -> line.startsWith("committed 0 "))
                .map(line -> line.substring("committed 0 ".length()))
                .toList();
    }

    @Test
    void a_process_that_froze_and_wakes_up_commits_nothing_and_is_told_that_it_lost()
            throws Exception {
        engine.createTopic("frozen", 1, Map.of());
        var partition = new TopicPartition("frozen", 0);
        Path notes = cluster.folder().resolve("notes");
        List<String> arguments =
                List.of(cluster.kafka().bootstrap(), "frozen", "child:1", notes.toString());
        try (ChildProcess child =
                ChildJvm.of(SharingProcess.class)
                        .start("sharing", cluster.folder().resolve("sharing.log"), arguments)) {
            Eventually.await(LONG, "the child's commits", () -> committed(notes).size() > 20);
            child.pause();
            var told = new Told();
            try (Share share = engine.share("g", "frozen", "here:1", told)) {
                Eventually.await(LONG, "the partition", () -> share.partitions().contains(0));
                assertThat(told.told).containsExactly("gained 0");
                assertThat(share.holder(0)).isEqualTo(Optional.of("here:1"));
                List<String> mine = new ArrayList<>();
                List<String> before;
                try (Owner owner = engine.own("frozen-0")) {
                    // Whatever the child had begun is over: this is what its successor goes by.
                    before = KafkaCluster.valuesOf(engine, partition);
                    child.resume();
                    for (int i = 0; i < 50; i++) {
                        mine.add("mine " + i);
                        owner.commit(
                                List.of(
                                        new Owner.Append(
                                                partition, KafkaCluster.records("mine " + i))),
                                List.of());
                    }
                    Eventually.await(
                            LONG, "the child to be told", () -> notes(notes).contains("lost 0"));
                }
                List<String> after = KafkaCluster.valuesOf(engine, partition);
                assertThat(after)
                        .startsWith(before.toArray(String[]::new))
                        .endsWith(mine.toArray(String[]::new));
                assertThat(after).hasSize(before.size() + mine.size());
                assertThat(before).containsAll(committed(notes));
            }
        }
    }

    @Test
    void a_name_is_taken_from_a_process_that_froze_anywhere_in_a_commit() throws Exception {
        engine.createTopic("zombie", 1, Map.of());
        var partition = new TopicPartition("zombie", 0);
        Path notes = cluster.folder().resolve("zombie-notes");
        List<String> arguments =
                List.of(cluster.kafka().bootstrap(), "zombie", "child:1", notes.toString());
        for (int round = 0; round < 3; round++) {
            Files.deleteIfExists(notes);
            try (ChildProcess child =
                    ChildJvm.of(SharingProcess.class)
                            .start("zombie", cluster.folder().resolve("zombie.log"), arguments)) {
                int some = 10 + round;
                Eventually.await(LONG, "the child's commits", () -> committed(notes).size() > some);
                child.pause();
                List<String> before;
                try (Owner owner = engine.own("zombie-0")) {
                    before = KafkaCluster.valuesOf(engine, partition);
                    child.resume();
                    Eventually.await(
                            LONG,
                            "the child's refusal",
                            () -> notes(notes).contains("refused 0 PRODUCER_FENCED"));
                    assertThat(KafkaCluster.valuesOf(engine, partition)).isEqualTo(before);
                    assertThat(before).containsAll(committed(notes));
                    owner.commit(
                            List.of(new Owner.Append(partition, KafkaCluster.records("mine"))),
                            List.of());
                }
            }
        }
    }

    @Test
    void an_address_comes_through_whatever_is_in_it() throws Exception {
        engine.createTopic("addresses", 2, Map.of());
        for (String address : List.of("http://[::1]:80/a?b=c&d", "日本 %2F+*\"", "\u0000\n\\'")) {
            try (ClusterEngine other = cluster.engine();
                    Share here = engine.share("a", "addresses", "here", new Told());
                    Share there = other.share("a", "addresses", address, new Told())) {
                Eventually.await(
                        LONG,
                        "a part",
                        () -> there.partitions().size() == 1 && here.partitions().size() == 1);
                int partition = there.partitions().iterator().next();
                Eventually.await(
                        LONG,
                        "the address",
                        () -> here.holder(partition).equals(Optional.of(address)));
            }
        }
    }

    @Test
    void a_listener_that_fails_keeps_nobody_from_sharing() throws Exception {
        engine.createTopic("failing", 2, Map.of());
        var seen = new CopyOnWriteArrayList<Integer>();
        var failing =
                new ShareListener() {
                    @Override
                    public void gained(int partition) {
                        seen.add(partition);
                        throw new IllegalStateException("meant");
                    }

                    @Override
                    public void lost(int partition) {
                        throw new IllegalStateException("meant");
                    }
                };
        try (Share share = engine.share("f", "failing", "here", failing)) {
            Eventually.await(LONG, "both", () -> share.partitions().equals(Set.of(0, 1)));
        }
        assertThat(seen).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void partitions_that_are_added_are_shared_too() throws Exception {
        engine.createTopic("growing", 1, Map.of());
        var told = new Told();
        try (Share share = engine.share("g", "growing", "here", told)) {
            Eventually.await(LONG, "the first", () -> share.partitions().equals(Set.of(0)));
            engine.addPartitions("growing", 3);
            Eventually.await(LONG, "all", () -> share.partitions().equals(Set.of(0, 1, 2)));
        }
        assertThat(told.told)
                .containsExactlyInAnyOrder(
                        "gained 0", "gained 1", "gained 2", "lost 0", "lost 1", "lost 2");
    }
}
