package io.sinew.sim;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Pending;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Consumer groups: two with members, and one whose offsets are committed by somebody who is no
/// member.
final class GroupClients {
    private static final int MEMBERS = 3;
    private static final String LONER = "loner";

    private final World world;
    private final List<GroupModel> groups = List.of(new GroupModel("a"), new GroupModel("b"));
    private final List<GroupMember> members = new ArrayList<>();

    /// What the loner has committed last, acknowledged or not.
    private final Map<GroupPartition, Long> lonely = new HashMap<>();

    /// What of it was acknowledged, and what may still be.
    private final Map<GroupPartition, Long> acknowledged = new HashMap<>();

    private final List<Asked> asked = new ArrayList<>();

    private record Asked(Pending<GroupReply> answer, GroupPartition partition, long offset) {}

    GroupClients(World world) {
        this.world = world;
        for (GroupModel group : groups) {
            for (int i = 0; i < MEMBERS; i++) {
                members.add(new GroupMember(world, group, i));
            }
        }
    }

    /// Everybody does the next thing.
    void act() throws InterruptedException {
        for (int i = 0; i < members.size(); i++) {
            world.chance().any(members).act();
        }
    }

    /// Takes the answers that have come.
    void noticeAnswers() {
        for (Asked each : List.copyOf(asked)) {
            if (each.answer().isSettled()) {
                asked.remove(each);
                if (isCommitted(each.answer())) {
                    acknowledged.merge(each.partition(), each.offset(), Math::max);
                }
            }
        }
    }

    private static boolean isCommitted(Pending<GroupReply> answer) {
        try {
            return answer.await() instanceof GroupReply.OffsetsCommitted;
        } catch (SinewException e) {
            return false;
        } catch (InterruptedException e) {
            throw new BrokenPromise("nobody interrupts", e);
        }
    }

    /// The broker is another one now.
    void restarted() {
        forgetUnstored();
        members.forEach(GroupMember::disconnect);
        asked.clear();
        for (PartitionModel model : world.topics().partitions()) {
            var partition = new GroupPartition(model.topic.id, model.index);
            long least = acknowledged.getOrDefault(partition, -1L);
            BrokenPromise.unless(
                    least < 0 || fetch(world.machine().broker(), partition) >= least,
                    "the loner's acknowledged offset in " + model.name() + " is gone");
        }
    }

    /// The groups may have begun again from what is stored.
    void forgetUnstored() {
        groups.forEach(GroupModel::forgetUnstored);
    }

    void commitAlone() throws InterruptedException {
        List<PartitionModel> all =
                world.topics().partitions().stream()
                        .filter(partition -> partition.index < partition.topic.keptPartitions)
                        .toList();
        if (all.isEmpty()) {
            return;
        }
        PartitionModel model = world.chance().any(all);
        var partition = new GroupPartition(model.topic.id, model.index);
        long offset = lonely.getOrDefault(partition, 0L) + 1;
        Broker broker = world.machine().broker();
        Pending<GroupReply> answer =
                broker.groups()
                        .submit(
                                new GroupCommand.CommitOffsets(
                                        new GroupCommand.Claim(LONER, -1, "", null),
                                        List.of(new GroupOffset(partition, offset, -1, ""))));
        world.trace().add("commit " + model.name() + " @" + offset);
        lonely.put(partition, offset);
        asked.add(new Asked(answer, partition, offset));
        world.promises()
                .add(
                        new Promises.Promise(
                                "offset " + offset + " of the loner in " + model.name(),
                                broker.barrier(),
                                () -> {},
                                restarted -> look(restarted, model, partition, offset)));
    }

    private Promises.Evidence look(
            Broker broker, PartitionModel model, GroupPartition partition, long offset) {
        if (TopicsModel.partition(broker, model).isEmpty()) {
            return Promises.Evidence.UNTOLD;
        }
        long found = fetch(broker, partition);
        if (found < offset) {
            lonely.merge(partition, found, Math::min);
            return Promises.Evidence.GONE;
        }
        return Promises.Evidence.THERE;
    }

    /// Reads all that the loner has committed.
    void checkAlone() {
        for (PartitionModel model : world.topics().partitions()) {
            var partition = new GroupPartition(model.topic.id, model.index);
            if (lonely.containsKey(partition)) {
                long found = fetch(world.machine().broker(), partition);
                long expected = lonely.getOrDefault(partition, -1L);
                BrokenPromise.unless(
                        Math.max(0, found) == Math.max(0, expected),
                        "the loner's offset in "
                                + model.name()
                                + " is "
                                + found
                                + " and must be "
                                + expected);
            }
        }
    }

    private long fetch(Broker broker, GroupPartition partition) {
        try {
            Pending<GroupReply> pending =
                    broker.groups()
                            .submit(
                                    new GroupCommand.FetchOffsets(
                                            LONER, List.of(partition), false));
            world.machine().steps().workUntil(pending::isSettled, Long.MAX_VALUE);
            if (pending.await() instanceof GroupReply.OffsetsFetched fetched) {
                return fetched.offsets().getFirst().offset();
            }
            throw new BrokenPromise("a fetch of offsets was refused");
        } catch (InterruptedException e) {
            throw new BrokenPromise("nobody interrupts", e);
        }
    }
}
