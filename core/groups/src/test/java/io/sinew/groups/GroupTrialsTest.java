package io.sinew.groups;

import static io.sinew.groups.GroupClient.offset;
import static io.sinew.groups.GroupClient.partition;
import static io.sinew.groups.GroupClient.protocol;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Many groups, members, accidents and lies at random. The rules are in [GroupWitness] and
/// [GroupScene]; here is what happens.
class GroupTrialsTest {
    private static final List<String> GROUPS = List.of("a", "b", "c");
    private static final int ACTORS_PER_GROUP = 4;
    private static final long RETENTION_MS = 1_800_000;
    private static final int REBALANCE_MAX_MS = 60_000;
    private static final int SLEEP_MAX_MS = 100_000;

    private record World(
            SplittableRandom random,
            GroupScene scene,
            GroupWitness witness,
            List<GroupActor> actors) {}

    @Test
    void whatever_happens_the_rules_hold_and_every_request_is_answered_in_the_end() {
        Trials.run(
                100,
                random -> {
                    World world = world(random);
                    chaos(world, 400);
                    world.scene.pass(7_200_000);
                    assertThat(world.scene.parkedSinceMs()).isEmpty();
                    assertThat(world.scene.snapshot()).as("all has expired").isEmpty();
                    assertThat(world.scene.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
                });
    }

    @Test
    void whatever_happened_consumers_that_behave_get_their_groups_stable() {
        Trials.run(
                25,
                random -> {
                    World world = world(random);
                    chaos(world, 200);
                    for (int second = 0; second < 900; second++) {
                        world.actors.forEach(GroupActor::act);
                        world.scene.pass(1_000);
                    }
                    assertThat(world.actors).allMatch(GroupActor::isWorking);
                    for (String groupId : GROUPS) {
                        GroupReply.DescribedGroup group = world.scene.describe(groupId);
                        assertThat(group.phase()).isEqualTo(GroupPhase.STABLE);
                        assertThat(group.members()).hasSize(ACTORS_PER_GROUP);
                    }
                });
    }

    private static World world(SplittableRandom random) {
        GroupLimits defaults = GroupLimits.defaults();
        var scene =
                new GroupScene(
                        new GroupLimits(
                                defaults.sessionTimeoutMinMs(),
                                defaults.sessionTimeoutMaxMs(),
                                ACTORS_PER_GROUP + random.nextInt(3),
                                random.nextInt(2) * 3_000,
                                defaults.newMemberJoinTimeoutMs(),
                                4,
                                RETENTION_MS,
                                GROUPS.size()));
        var actors = new ArrayList<GroupActor>();
        for (String groupId : GROUPS) {
            for (int i = 0; i < ACTORS_PER_GROUP; i++) {
                actors.add(new GroupActor(scene, client(random, groupId, i)));
            }
        }
        return new World(random, scene, new GroupWitness(scene, RETENTION_MS), actors);
    }

    private static GroupClient client(SplittableRandom random, String groupId, int index) {
        var client = new GroupClient(groupId);
        client.instanceId = random.nextBoolean() ? "static" + index : null;
        client.requireKnownMemberId = random.nextBoolean();
        client.canSkipAssignment = random.nextBoolean();
        client.sessionTimeoutMs = random.nextInt(6_000, 40_000);
        client.rebalanceTimeoutMs = random.nextInt(0, REBALANCE_MAX_MS);
        client.protocols = someProtocols(random);
        return client;
    }

    private static List<GroupCommand.Protocol> someProtocols(SplittableRandom random) {
        return random.nextBoolean()
                ? List.of(protocol("range", "orders"))
                : List.of(protocol("sticky", "orders"), protocol("range", "orders"));
    }

    private static void chaos(World world, int steps) {
        for (int i = 0; i < steps; i++) {
            GroupActor actor = any(world, world.actors);
            switch (world.random.nextInt(20)) {
                case 0 -> actor.restart();
                case 1 -> actor.disconnect();
                case 2 -> actor.leave();
                case 3 -> actor.client().protocols = someProtocols(world.random);
                case 4 -> lie(world);
                case 5 -> administer(world);
                case 6, 7 -> commit(world);
                case 8 -> accident(world);
                case 9 -> world.scene.pass(world.random.nextInt(70_000));
                case 10, 11, 12 -> world.scene.pass(world.random.nextInt(3_000));
                default -> actor.act();
            }
            GROUPS.forEach(world.witness::checkOffsets);
            world.witness.checkParked(REBALANCE_MAX_MS + SLEEP_MAX_MS);
        }
    }

    private static void accident(World world) {
        switch (world.random.nextInt(6)) {
            case 0, 1 -> {
                world.witness.crash();
                world.actors.forEach(GroupActor::disconnect);
            }
            case 2 -> world.scene.compact();
            case 3 -> world.scene.pass(RETENTION_MS + GroupOffsets.SWEEP_INTERVAL_MS);
            // A runner that was kept from its work.
            default -> world.scene.sleep(world.random.nextInt(SLEEP_MAX_MS));
        }
    }

    private static void administer(World world) {
        String groupId = any(world, GROUPS);
        var one = new UUID(0, world.random.nextInt(3));
        switch (world.random.nextInt(3)) {
            case 0 -> world.witness.deleteGroup(groupId);
            case 1 -> world.witness.forgetTopics(new GroupCommand.ForgetTopics(Set.of(one)));
            default ->
                    world.witness.deleteOffsets(
                            new GroupCommand.DeleteOffsets(
                                    groupId,
                                    List.of(
                                            new GroupCommand.NamedPartition(
                                                    "payments", new GroupPartition(one, 0)))));
        }
    }

    private static void commit(World world) {
        GroupClient client = liar(world);
        if (world.random.nextInt(3) > 0) {
            client = any(world, world.actors).client();
        }
        world.witness.commit(
                client.commit(
                        offset(
                                partition(world.random.nextInt(3), world.random.nextInt(2)),
                                world.random.nextInt(100))));
    }

    /// A request that no honest client sends, or an honest one at the wrong time.
    private static void lie(World world) {
        GroupClient liar = liar(world);
        world.scene.send(
                switch (world.random.nextInt(4)) {
                    case 0 -> liar.join();
                    case 1 -> liar.sync();
                    case 2 -> liar.heartbeat();
                    default -> liar.leave();
                });
    }

    private static GroupClient liar(World world) {
        GroupClient honest = any(world, world.actors).client();
        GroupClient other = any(world, world.actors).client();
        GroupClient liar = new GroupClient(honest.groupId);
        liar.instanceId = world.random.nextBoolean() ? other.instanceId : honest.instanceId;
        liar.requireKnownMemberId = world.random.nextBoolean();
        liar.memberId =
                switch (world.random.nextInt(4)) {
                    case 0 -> "";
                    case 1 -> "nobody";
                    case 2 -> other.memberId;
                    default -> honest.memberId;
                };
        liar.generation = honest.generation + world.random.nextInt(-1, 2);
        liar.protocols = someProtocols(world.random);
        return liar;
    }

    private static <T> T any(World world, List<T> list) {
        return list.get(world.random.nextInt(list.size()));
    }
}
