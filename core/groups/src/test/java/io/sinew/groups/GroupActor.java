package io.sinew.groups;

import static io.sinew.groups.GroupClient.bytes;

import io.sinew.base.ErrorCode;
import java.util.HashMap;
import java.util.List;

/// A consumer that does what the protocol asks of it, one step at a time.
final class GroupActor {
    private enum Step {
        JOIN,
        SYNC,
        WORK
    }

    private final GroupScene scene;
    private GroupClient client;
    private Step step = Step.JOIN;
    private long waitingFor;
    private List<GroupReply.JoinedMember> toAssign = List.of();

    GroupActor(GroupScene scene, GroupClient client) {
        this.scene = scene;
        this.client = client;
    }

    GroupClient client() {
        return client;
    }

    boolean isWorking() {
        return step == Step.WORK && waitingFor == 0;
    }

    void act() {
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
            case JOIN -> client.join();
            case WORK -> client.heartbeat();
            case SYNC -> {
                var assignments = new HashMap<String, GroupBytes>();
                for (GroupReply.JoinedMember member : toAssign) {
                    assignments.put(member.memberId(), bytes("for " + member.memberId()));
                }
                yield client.sync(assignments);
            }
        };
    }

    private void take(GroupReply reply) {
        switch (reply) {
            case GroupReply.MemberIdRequired required -> client.memberId = required.memberId();
            case GroupReply.Joined joined -> {
                client.memberId = joined.memberId();
                client.generation = joined.generation();
                toAssign = joined.members();
                step = Step.SYNC;
            }
            case GroupReply.Synced _ -> step = Step.WORK;
            case GroupReply.Refused(ErrorCode error) -> {
                step = Step.JOIN;
                if (error == ErrorCode.FENCED_INSTANCE_ID) {
                    restart();
                } else if (error == ErrorCode.UNKNOWN_MEMBER_ID
                        || error == ErrorCode.GROUP_MAX_SIZE_REACHED) {
                    client.memberId = "";
                    client.generation = -1;
                }
            }
            case GroupReply.Alive _,
                    GroupReply.Left _,
                    GroupReply.OffsetsCommitted _,
                    GroupReply.OffsetsFetched _,
                    GroupReply.OffsetsDeleted _,
                    GroupReply.GroupsDeleted _,
                    GroupReply.GroupsListed _,
                    GroupReply.GroupsDescribed _,
                    GroupReply.ConsumerBeat _,
                    GroupReply.ConsumerGroupsDescribed _,
                    GroupReply.StreamsBeat _,
                    GroupReply.StreamsGroupsDescribed _,
                    GroupReply.TransactionEnded _,
                    GroupReply.TopicsForgotten _ -> {}
        }
    }

    /// The process dies and another takes its place.
    void restart() {
        client = client.restarted();
        step = Step.JOIN;
        waitingFor = 0;
    }

    /// The connection is gone, and with it what was waited for.
    void disconnect() {
        if (waitingFor != 0) {
            waitingFor = 0;
            step = Step.JOIN;
        }
    }

    void leave() {
        scene.send(client.leave());
        restart();
    }
}
