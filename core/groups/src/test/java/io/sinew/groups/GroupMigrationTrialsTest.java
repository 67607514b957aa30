package io.sinew.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Consumers of both protocols in one group that come and go, fall silent and see crashes: as long
/// as it is a consumer group no partition is with two of them, and once they behave they share
/// everything, whatever the group is by then.
class GroupMigrationTrialsTest {
    private static final int PARTITIONS = 6;
    private static final int PROCESSES = 4;

    /// One process of an application.
    private interface Worker {
        void act();

        /// The connection is gone, and with it what was waited for.
        void disconnect();

        void leave();

        Set<Integer> owned();
    }

    private static final class Modern implements Worker {
        private final GroupScene scene;
        private final String name;
        private ConsumerClient client;
        private int lives;

        Modern(GroupScene scene, String name) {
            this.scene = scene;
            this.name = name;
            this.client = next();
        }

        private ConsumerClient next() {
            return new ConsumerClient(name + "-" + ++lives);
        }

        @Override
        public void act() {
            boolean joins = client.epoch == Holding.JOINING;
            if (joins) {
                client.owned.clear();
            }
            GroupReply reply = scene.ask(joins ? client.full() : client.owning());
            if (reply instanceof GroupReply.ConsumerBeat told) {
                client.epoch = told.memberEpoch();
                var assignment = told.assignment();
                if (assignment != null) {
                    client.owned = new TreeSet<>(assignment);
                }
            } else {
                client.epoch = Holding.JOINING;
                client.owned.clear();
            }
        }

        @Override
        public void disconnect() {}

        @Override
        public void leave() {
            scene.send(client.leave(Holding.LEAVING));
            client = next();
        }

        @Override
        public Set<Integer> owned() {
            var own = new HashSet<Integer>();
            client.owned.forEach(each -> own.add(each.partition()));
            return own;
        }
    }

    private static final class Classic implements Worker {
        private enum Step {
            JOIN,
            SYNC,
            LIVE
        }

        private final GroupScene scene;
        private ClassicConsumer consumer = new ClassicConsumer(null);
        private Step step = Step.JOIN;
        private List<GroupReply.JoinedMember> toAssign = List.of();
        private long waitingFor;

        Classic(GroupScene scene) {
            this.scene = scene;
        }

        @Override
        public void act() {
            if (waitingFor == 0) {
                waitingFor = scene.send(next());
            }
            if (!scene.isParked(waitingFor)) {
                GroupReply reply = scene.reply(waitingFor);
                waitingFor = 0;
                take(reply);
            }
        }

        private GroupCommand next() {
            return switch (step) {
                case JOIN -> consumer.join();
                case SYNC -> consumer.client.sync(assignments());
                case LIVE -> consumer.client.heartbeat();
            };
        }

        /// As a leader it deals the partitions out one by one.
        private Map<String, GroupBytes> assignments() {
            var own = new HashMap<String, List<Integer>>();
            for (int index = 0; index < PARTITIONS && !toAssign.isEmpty(); index++) {
                String memberId = toAssign.get(index % toAssign.size()).memberId();
                own.computeIfAbsent(memberId, _ -> new ArrayList<>()).add(index);
            }
            var assignments = new HashMap<String, GroupBytes>();
            own.forEach((memberId, partitions) ->
                    assignments.put(
                            memberId,
                            ConsumerProtocolCodec.assignment(
                                    Map.of(ClassicConsumer.TOPIC, partitions), 3)));
            return assignments;
        }

        private void take(GroupReply reply) {
            if (reply instanceof GroupReply.Joined joined) {
                consumer.client.memberId = joined.memberId();
                consumer.client.generation = joined.generation();
                toAssign = joined.members();
                step = Step.SYNC;
            } else if (reply instanceof GroupReply.Synced synced) {
                consumer.take(synced);
                step = Step.LIVE;
            } else if (reply instanceof GroupReply.Refused(ErrorCode error)) {
                step = Step.JOIN;
                if (error != ErrorCode.REBALANCE_IN_PROGRESS) {
                    consumer.owned.clear();
                    consumer.client.generation = -1;
                }
                if (error == ErrorCode.UNKNOWN_MEMBER_ID) {
                    consumer.client.memberId = "";
                }
            } else {
                assertThat(reply).isInstanceOf(GroupReply.Alive.class);
            }
        }

        @Override
        public void disconnect() {
            if (waitingFor != 0) {
                waitingFor = 0;
                step = Step.JOIN;
            }
        }

        @Override
        public void leave() {
            scene.send(consumer.client.leave());
            consumer = new ClassicConsumer(null);
            step = Step.JOIN;
            waitingFor = 0;
        }

        @Override
        public Set<Integer> owned() {
            return consumer.owned;
        }
    }

    @Test
    void both_protocols_share_everything_and_no_partition_twice() {
        Trials.run(
                150,
                random -> {
                    var scene = new GroupScene();
                    scene.topics(new GroupTopic(new UUID(0, 1), ClassicConsumer.TOPIC, PARTITIONS));
                    List<Worker> workers = workers(scene, random);
                    for (int i = 0; i < 300; i++) {
                        disturb(scene, random, workers);
                        requireOneHolderEach(scene);
                    }
                    for (int second = 0; second < 300; second++) {
                        workers.forEach(Worker::act);
                        requireOneHolderEach(scene);
                        scene.pass(1_000);
                    }
                    var all = new ArrayList<Integer>();
                    workers.forEach(worker -> all.addAll(worker.owned()));
                    assertThat(all).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
                });
    }

    private static List<Worker> workers(GroupScene scene, SplittableRandom random) {
        var workers = new ArrayList<Worker>();
        for (int i = 0; i < PROCESSES; i++) {
            workers.add(random.nextBoolean() ? new Classic(scene) : new Modern(scene, "m" + i));
        }
        return workers;
    }

    private static void disturb(GroupScene scene, SplittableRandom random, List<Worker> workers) {
        int which = random.nextInt(PROCESSES);
        Worker worker = workers.get(which);
        switch (random.nextInt(25)) {
            case 0 -> {
                // The same application, in another version.
                worker.leave();
                workers.set(
                        which,
                        worker instanceof Modern
                                ? new Classic(scene)
                                : new Modern(scene, "n" + random.nextInt(1_000_000)));
            }
            case 1 -> worker.leave();
            case 2 -> {
                scene.crash();
                workers.forEach(Worker::disconnect);
            }
            case 3 -> scene.pass(random.nextInt(70_000));
            case 4 -> worker.disconnect();
            case 5, 6, 7 -> scene.pass(random.nextInt(1_500));
            default -> worker.act();
        }
    }

    private static void requireOneHolderEach(GroupScene scene) {
        var described =
                (GroupReply.ConsumerGroupsDescribed)
                        scene.ask(new GroupCommand.DescribeConsumerGroups(List.of("g")));
        if (described.groups().getFirst() instanceof GroupReply.DescribedConsumerGroup group) {
            var held = new ArrayList<GroupPartition>();
            group.members().forEach(member -> held.addAll(member.holds()));
            assertThat(held).doesNotHaveDuplicates();
        }
    }
}
