package io.sinew.sim;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.groups.Holding;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A consumer of the new protocol (KIP-848): it says in heartbeats what it works on, is told what
/// it shall, gives up at its leisure what it has to, and takes what it may.
final class ModernConsumer implements GroupConsumer {
    private static final int SESSION_MS = 45_000;

    /// Longer than a session, so that mostly who is late with giving up has fallen silent too.
    private static final int REBALANCE_MS = 60_000;

    private final World world;
    private final SharedGroup group;
    private final List<String> topics;
    private final boolean byPattern;
    private final String memberId;
    private final GroupLine line;
    private final Holdings holdings = new Holdings(SESSION_MS, REBALANCE_MS);
    private int epoch = Holding.JOINING;
    private SortedSet<GroupPartition> assigned = new TreeSet<>();

    /// Whether the coordinator has to be told everything, because an answer may be lost.
    private boolean full = true;

    private boolean ownedIsNew;
    private boolean leaves;
    private boolean gone;
    private long asleepUntilMs;

    /// @param topics all that it wants
    ModernConsumer(World world, SharedGroup group, List<String> topics) {
        this.world = world;
        this.group = group;
        this.topics = topics;
        this.byPattern = world.chance().oneIn(3);
        this.memberId = world.chance().id().toString();
        this.line = new GroupLine(world, group);
    }

    @Override
    public Holdings holdings() {
        return holdings;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public Ghost ghost() {
        return new Ghost(group, memberId, epoch, holdings.positions());
    }

    @Override
    public void disconnect() {
        if (line.isWaiting() && line.sent() instanceof GroupCommand.ConsumerHeartbeat) {
            holdings.mayHaveToGiveUp(line.sentMs());
        }
        line.disconnect();
        full = true;
        gone |= leaves;
    }

    @Override
    public void act(boolean calm) throws InterruptedException {
        if (line.isWaiting()) {
            take();
            if (line.isWaiting() && world.chance().oneIn(60)) {
                disconnect();
            }
            return;
        }
        if (!calm && world.clock().nowMs() < asleepUntilMs) {
            return;
        }
        if (!calm && world.chance().oneIn(100)) {
            gone = true;
        } else if (!calm && world.chance().oneIn(100)) {
            asleepUntilMs = world.clock().nowMs() + world.chance().below(60_000);
        } else {
            line.send(memberId, holdings, next(calm));
        }
    }

    private GroupCommand next(boolean calm) {
        if (epoch == Holding.JOINING) {
            holdings.clear();
            return beat(epoch, true, true);
        }
        if (!assigned.containsAll(holdings.owned()) && (calm || world.chance().oneIn(4))) {
            holdings.keepOnly(assigned);
            ownedIsNew = true;
        }
        if (!calm && world.chance().oneIn(40)) {
            leaves = true;
            holdings.clear();
            return beat(Holding.LEAVING, false, false);
        }
        if (!full && !ownedIsNew && world.chance().oneIn(2)) {
            if (holdings.known().size() < holdings.owned().size()) {
                return new GroupCommand.FetchOffsets(
                        group.id, List.copyOf(holdings.owned()), memberId, epoch, false);
            }
            List<GroupOffset> offsets = line.readOn(holdings);
            if (!offsets.isEmpty()) {
                return new GroupCommand.CommitOffsets(
                        new GroupCommand.Claim(group.id, epoch, memberId, null), offsets);
            }
        }
        return beat(epoch, full, full || ownedIsNew || world.chance().oneIn(4));
    }

    private GroupCommand beat(int word, boolean everything, boolean saysOwned) {
        @Nullable SortedSet<GroupPartition> owned =
                saysOwned ? new TreeSet<>(holdings.owned()) : null;
        return new GroupCommand.ConsumerHeartbeat(
                group.id,
                memberId,
                word,
                null,
                null,
                "sim",
                "/127.0.0.1",
                everything ? REBALANCE_MS : -1,
                everything ? (byPattern ? List.of() : topics) : null,
                everything ? (byPattern ? "topic[0-9]" : "") : null,
                null,
                owned,
                world.chance().id());
    }

    private void take() throws InterruptedException {
        GroupReply reply;
        try {
            reply = line.answer();
        } catch (SinewException e) {
            holdings.mayHaveToGiveUp(line.sentMs());
            disconnect();
            throw e;
        }
        if (reply == null) {
            return;
        }
        if (leaves) {
            gone = true;
        } else if (reply instanceof GroupReply.ConsumerBeat told) {
            told(told);
        } else if (reply instanceof GroupReply.OffsetsFetched fetched) {
            line.fetched(fetched, holdings);
        } else if (reply instanceof GroupReply.OffsetsCommitted) {
            line.committed(memberId);
        } else if (reply instanceof GroupReply.Refused(ErrorCode error)) {
            refused(error);
        }
    }

    private void told(GroupReply.ConsumerBeat told) {
        epoch = told.memberEpoch();
        full = false;
        ownedIsNew = false;
        holdings.heard(line.sentMs());
        SortedSet<GroupPartition> now = told.assignment();
        if (now != null) {
            assigned = new TreeSet<>(now);
            ownedIsNew = !holdings.owned().containsAll(assigned);
            holdings.take(assigned);
            assigned.forEach(partition -> group.told(partition, memberId, line.turn()));
        }
        if (assigned.containsAll(holdings.owned())) {
            holdings.hasNotToGiveUp();
        } else {
            holdings.mayHaveToGiveUp(line.sentMs());
        }
    }

    private void refused(ErrorCode error) {
        world.trace().add(group.id + "/" + memberId + " is refused: " + error);
        switch (error) {
            case COORDINATOR_NOT_AVAILABLE, STALE_MEMBER_EPOCH -> full = true;
            default -> {
                epoch = Holding.JOINING;
                full = true;
                assigned = new TreeSet<>();
                holdings.clear();
            }
        }
    }
}
