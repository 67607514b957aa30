package io.sinew.sim;

import io.sinew.base.SinewException;
import io.sinew.broker.Pending;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Consumer groups that share partitions out: one of consumers of the new protocol, and one whose
/// consumers come back now in the one and now in the other protocol.
final class ConsumerClients {
    private static final int CONSUMERS = 3;
    private static final int GHOSTS_MAX = 4;

    /// Seconds in which everything has to be shared out when nobody disturbs: time-outs of those
    /// that have gone, and some rounds.
    private static final int SECONDS_MAX = 400;

    private final World world;
    private final SharedGroup modern = new SharedGroup("modern");
    private final SharedGroup mixed = new SharedGroup("mixed");
    private final List<Seat> seats = new ArrayList<>();
    private final ArrayDeque<Ghost> ghosts = new ArrayDeque<>();

    /// Commits of ghosts that are not answered yet.
    private final List<Late> late = new ArrayList<>();

    private record Late(Ghost ghost, Pending<GroupReply> answer, Set<GroupPartition> lost) {}

    /// A place for one consumer after the other.
    private static final class Seat {
        final SharedGroup group;
        GroupConsumer consumer;

        Seat(SharedGroup group, GroupConsumer consumer) {
            this.group = group;
            this.consumer = consumer;
        }
    }

    ConsumerClients(World world) {
        this.world = world;
        for (SharedGroup group : groups()) {
            for (int i = 0; i < CONSUMERS; i++) {
                seats.add(new Seat(group, consumer(group)));
            }
        }
    }

    private List<SharedGroup> groups() {
        return List.of(modern, mixed);
    }

    private GroupConsumer consumer(SharedGroup group) {
        List<String> topics =
                IntStream.range(0, LogClients.TOPICS_MAX).mapToObj(LogClients::topicName).toList();
        boolean classic = group == mixed && world.chance().oneIn(2);
        return classic
                ? new ClassicConsumer(world, group, topics)
                : new ModernConsumer(world, group, topics);
    }

    /// Everybody does the next thing.
    void act() throws InterruptedException {
        for (int i = 0; i < seats.size(); i++) {
            act(world.chance().any(seats), false);
        }
    }

    private void act(Seat seat, boolean calm) throws InterruptedException {
        seat.consumer.act(calm);
        if (seat.consumer.isGone()) {
            Ghost ghost = seat.consumer.ghost();
            world.trace().add(seat.group.id + "/" + ghost.memberId() + " is gone");
            if (!ghost.positions().isEmpty()) {
                ghosts.addLast(ghost);
            }
            if (ghosts.size() > GHOSTS_MAX) {
                ghosts.removeFirst();
            }
            seat.consumer = consumer(seat.group);
        }
    }

    /// One that was believed to have gone commits what it had read.
    void commitAsGhost() throws InterruptedException {
        if (ghosts.isEmpty()) {
            return;
        }
        Ghost ghost = world.chance().any(List.copyOf(ghosts));
        var offsets = new ArrayList<GroupOffset>();
        for (PartitionModel model : world.topics().keptPartitions()) {
            var partition = new GroupPartition(model.topic.id, model.index);
            long position = ghost.positions().getOrDefault(partition, Holdings.UNKNOWN);
            if (position != Holdings.UNKNOWN) {
                offsets.add(new GroupOffset(partition, position, -1, ""));
            }
        }
        if (offsets.isEmpty()) {
            return;
        }
        SharedGroup group = ghost.group();
        Set<GroupPartition> lost = group.lost(ghost.partitions(), ghost.memberId());
        world.trace().add(group.id + "/" + ghost.memberId() + " commits late");
        var claim = new GroupCommand.Claim(group.id, ghost.epoch(), ghost.memberId(), null);
        Pending<GroupReply> answer =
                world.machine()
                        .broker()
                        .groups()
                        .submit(new GroupCommand.CommitOffsets(claim, offsets));
        late.add(new Late(ghost, answer, lost));
    }

    private void noticeLate() throws InterruptedException {
        for (Late each : List.copyOf(late)) {
            if (each.answer().isSettled()) {
                late.remove(each);
                if (isCommitted(each.answer())) {
                    BrokenPromise.unless(
                            each.lost().isEmpty(),
                            each.ghost().memberId()
                                    + " is gone, has lost "
                                    + each.lost()
                                    + ", and commits in them");
                }
            }
        }
    }

    private static boolean isCommitted(Pending<GroupReply> answer) throws InterruptedException {
        try {
            return answer.await() instanceof GroupReply.OffsetsCommitted;
        } catch (SinewException e) {
            return false;
        }
    }

    /// The broker is another one now.
    void restarted() {
        seats.forEach(seat -> seat.consumer.disconnect());
        late.clear();
    }

    /// Nobody may work on what another one works on, nor commit in it.
    void check() throws InterruptedException {
        noticeLate();
        for (SharedGroup group : groups()) {
            group.check(holdings(group), world.clock().nowMs());
        }
    }

    private List<Holdings> holdings(SharedGroup group) {
        return seats.stream()
                .filter(seat -> seat.group == group)
                .map(seat -> seat.consumer.holdings())
                .toList();
    }

    /// Lets everybody do its duty until each partition is with one of each group.
    void shareOut() throws InterruptedException {
        for (int seconds = 0; !isSharedOut(); seconds++) {
            BrokenPromise.unless(
                    seconds < SECONDS_MAX, "not everything is shared out among the consumers");
            for (Seat seat : seats) {
                act(seat, true);
                check();
            }
            world.machine().steps().workUntil(() -> false, TimeUnit.SECONDS.toNanos(1));
        }
    }

    private boolean isSharedOut() {
        var all = new HashSet<GroupPartition>();
        for (PartitionModel model : world.topics().keptPartitions()) {
            all.add(new GroupPartition(model.topic.id, model.index));
        }
        for (SharedGroup group : groups()) {
            var owned = new HashSet<GroupPartition>();
            holdings(group).forEach(each -> owned.addAll(each.certain(world.clock().nowMs())));
            if (!owned.containsAll(all)) {
                return false;
            }
        }
        return true;
    }
}
