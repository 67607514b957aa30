package io.sinew.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Consumers that do anything in any order, with crashes in between: no partition is ever with two
/// of them, and once they behave they share everything.
class ConsumerTrialsTest {
    private static final int CONSUMERS = 5;

    /// One process: it works on what it was told until it hears of something else or is fenced.
    private static final class Worker {
        final GroupScene scene;
        final SplittableRandom random;
        final String name;
        final boolean isStatic;
        ConsumerClient client;
        int lives;

        Worker(GroupScene scene, SplittableRandom random, String name) {
            this.scene = scene;
            this.random = random;
            this.name = name;
            this.isStatic = random.nextBoolean();
            this.client = next();
        }

        private ConsumerClient next() {
            String id = name + "-" + ++lives;
            var fresh = isStatic ? ConsumerClient.named(id, name) : new ConsumerClient(id);
            fresh.assignor = random.nextBoolean() ? null : "range";
            return fresh;
        }

        void die() {
            client = next();
        }

        void leave(int word) {
            scene.send(client.leave(word));
            die();
        }

        void beat(boolean answered) {
            boolean joins = client.epoch == Holding.JOINING;
            if (joins) {
                client.owned.clear();
            }
            var beat = joins || random.nextInt(5) == 0 ? client.full() : client.owning();
            GroupReply reply = scene.ask(beat);
            if (!answered) {
                return;
            }
            if (reply instanceof GroupReply.ConsumerBeat told) {
                client.epoch = told.memberEpoch();
                var assignment = told.assignment();
                if (assignment != null) {
                    client.owned = new TreeSet<>(assignment);
                }
                return;
            }
            assertThat(((GroupReply.Refused) reply).error())
                    .isIn(
                            ErrorCode.UNKNOWN_MEMBER_ID,
                            ErrorCode.FENCED_MEMBER_EPOCH,
                            ErrorCode.FENCED_INSTANCE_ID,
                            ErrorCode.UNRELEASED_INSTANCE_ID,
                            ErrorCode.GROUP_ID_NOT_FOUND);
            client.epoch = Holding.JOINING;
            client.owned.clear();
        }
    }

    @Test
    void no_partition_is_with_two_and_consumers_that_behave_share_everything() {
        Trials.run(
                150,
                random -> {
                    var scene = new GroupScene();
                    scene.topics(topic(1, 4), topic(2, 3));
                    var workers = new ArrayList<Worker>();
                    for (int i = 0; i < CONSUMERS; i++) {
                        workers.add(new Worker(scene, random, "p" + i));
                    }
                    for (int step = 0; step < 200; step++) {
                        act(scene, random, workers.get(random.nextInt(CONSUMERS)));
                        requireOneHolderEach(scene, workers);
                    }
                    for (int round = 0; round < 120; round++) {
                        workers.forEach(worker -> worker.beat(true));
                        requireOneHolderEach(scene, workers);
                        scene.pass(1_000);
                    }
                    int shared = workers.stream().mapToInt(p -> p.client.owned.size()).sum();
                    int partitions = 7;
                    assertThat(shared).isEqualTo(partitions);
                    assertThat(workers.stream().flatMap(p -> p.client.owned.stream()).distinct())
                            .hasSize(partitions);
                });
    }

    private static GroupTopic topic(long id, int partitions) {
        return new GroupTopic(new UUID(0, id), id == 1 ? "orders" : "orders-" + id, partitions);
    }

    private static void act(GroupScene scene, SplittableRandom random, Worker worker) {
        worker.client.pattern = "orders.*";
        switch (random.nextInt(20)) {
            case 0 -> worker.die();
            case 1 -> worker.leave(Holding.LEAVING);
            case 2 -> worker.leave(worker.isStatic ? Holding.LEFT_FOR_A_WHILE : Holding.LEAVING);
            case 3 -> scene.crash();
            case 4 -> scene.compact();
            case 5 -> scene.pass(random.nextInt(50_000));
            case 6 -> worker.beat(false);
            case 7, 8, 9 -> scene.pass(random.nextInt(1_000));
            default -> worker.beat(true);
        }
    }

    /// In the eyes of the group, and in those of its members.
    private static void requireOneHolderEach(GroupScene scene, List<Worker> workers) {
        Map<GroupPartition, String> holders = new HashMap<>();
        var described =
                (GroupReply.ConsumerGroupsDescribed)
                        scene.ask(new GroupCommand.DescribeConsumerGroups(List.of("g")));
        if (!(described.groups().getFirst() instanceof GroupReply.DescribedConsumerGroup group)) {
            return;
        }
        for (GroupReply.DescribedConsumer member : group.members()) {
            for (GroupPartition partition : member.holds()) {
                String other = holders.put(partition, member.said().memberId());
                assertThat(other).as("who else holds %s", partition).isNull();
            }
        }
        for (Worker worker : workers) {
            String memberId = worker.client.memberId;
            if (group.members().stream().anyMatch(m -> m.said().memberId().equals(memberId))) {
                assertThat(worker.client.owned)
                        .as("what %s works on", memberId)
                        .allSatisfy(each -> assertThat(holders.get(each)).isEqualTo(memberId));
            }
        }
    }
}
