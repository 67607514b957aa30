package io.sinew.groups;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What groups leave in the log: facts, each of which replaces or removes what was there before.
/// [GroupRecordV1Format] says how they look as bytes.
public sealed interface GroupRecord {

    /// A group as its last rebalance left it, all of it. Without members the group is empty.
    ///
    /// @param protocolName null in an empty group, as is `leader`
    /// @param sinceMs wall time at which the group became so
    record GenerationStored(
            String groupId,
            int generation,
            String protocolType,
            @Nullable String protocolName,
            @Nullable String leader,
            long sinceMs,
            List<StoredMember> members)
            implements GroupRecord {
        public GenerationStored {
            members = List.copyOf(members);
        }
    }

    /// One member. All its protocols are kept, not only the chosen one, so that after a restart it
    /// is still known whether it joins with the same metadata.
    record StoredMember(
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int sessionTimeoutMs,
            int rebalanceTimeoutMs,
            List<GroupCommand.Protocol> protocols,
            GroupBytes assignment) {
        public StoredMember {
            protocols = List.copyOf(protocols);
        }
    }

    /// The group is gone, and its offsets with it.
    record GroupRemoved(String groupId) implements GroupRecord {}

    /// The offsets of one commit; the last one counts where a partition appears twice.
    ///
    /// @param committedAtMs wall time, for their expiry
    record OffsetsStored(String groupId, long committedAtMs, List<GroupOffset> offsets)
            implements GroupRecord {
        public OffsetsStored {
            offsets = List.copyOf(offsets);
        }
    }

    /// Offsets deleted or expired.
    record OffsetsRemoved(String groupId, List<GroupPartition> partitions) implements GroupRecord {
        public OffsetsRemoved {
            partitions = List.copyOf(partitions);
        }
    }

    /// Offsets that count when the producer's transaction is committed; the last one counts where a
    /// partition appears twice.
    ///
    /// @param atMs wall time
    record OffsetsPending(String groupId, long producerId, long atMs, List<GroupOffset> offsets)
            implements GroupRecord {
        public OffsetsPending {
            offsets = List.copyOf(offsets);
        }
    }

    /// The producer's transaction has ended: what was pending counts, or is forgotten.
    record TransactionEnded(String groupId, long producerId, boolean committed)
            implements GroupRecord {}

    /// The offsets of every group in these topics are gone.
    record TopicsRemoved(List<UUID> topicIds) implements GroupRecord {
        public TopicsRemoved {
            topicIds = List.copyOf(topicIds);
        }
    }

    /// What one decision changed of a consumer group (KIP-848), all of it: what is named replaces
    /// what was there, what is not named stays. The first one makes the group, or makes one of a
    /// classic group, whose generation is gone with it.
    ///
    /// @param said members that said something new, or came
    /// @param targets of members whose target is another one
    /// @param holdings of members that stand somewhere else
    /// @param left members that are gone
    record ConsumerGroupChanged(
            String groupId,
            Epochs epochs,
            List<SaidByMember> said,
            List<Target> targets,
            List<MemberHolding> holdings,
            List<String> left)
            implements GroupRecord {
        public ConsumerGroupChanged {
            said = List.copyOf(said);
            targets = List.copyOf(targets);
            holdings = List.copyOf(holdings);
            left = List.copyOf(left);
        }
    }

    /// How far a consumer group is.
    ///
    /// @param epoch counts the changes of members, subscriptions and topics
    /// @param targetEpoch the epoch that the targets are for; behind `epoch` until they are
    ///   computed
    /// @param topicsHash of the topics that the group subscribes to, by which it is seen that they
    ///   have changed
    /// @param sinceMs wall time of the last change of these
    record Epochs(int epoch, int targetEpoch, long topicsHash, long sinceMs) {}

    /// All that a member of a consumer group has said about itself.
    ///
    /// @param instanceId of a static member, null of a dynamic one
    /// @param topics that it subscribes to by name, none twice
    /// @param pattern of the names of the topics that it subscribes to as well; empty for none
    /// @param assignor the one that it prefers, null if it does not care
    /// @param classic what only members have that speak the classic protocol, null of the others
    record SaidByMember(
            String memberId,
            @Nullable String instanceId,
            @Nullable String rackId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            List<String> topics,
            String pattern,
            @Nullable String assignor,
            @Nullable ClassicSide classic) {
        public SaidByMember {
            topics = topics.stream().distinct().sorted().toList();
        }
    }

    /// What a member of a consumer group has said in the classic protocol.
    record ClassicSide(int sessionTimeoutMs, List<GroupCommand.Protocol> protocols) {
        public ClassicSide {
            protocols = List.copyOf(protocols);
        }
    }

    /// What a member shall have when everything is reconciled.
    record Target(String memberId, SortedSet<GroupPartition> partitions) {
        public Target {
            partitions = Collections.unmodifiableSortedSet(new TreeSet<>(partitions));
        }
    }

    /// Where a member stands.
    record MemberHolding(String memberId, Holding<GroupPartition> holding) {}

    /// What one decision changed of a streams group (KIP-1071), all of it: what is named replaces
    /// what was there, what is not named stays.
    ///
    /// @param topology null when it is as it was
    /// @param standbys copies of tasks with state
    /// @param ready whether all topics are there that the application needs
    /// @param members that have changed, or come
    /// @param left members that are gone
    record StreamsGroupChanged(
            String groupId,
            Epochs epochs,
            @Nullable StreamsTopology topology,
            int standbys,
            boolean ready,
            List<StreamsMember> members,
            List<String> left)
            implements GroupRecord {
        public StreamsGroupChanged {
            members = List.copyOf(members);
            left = List.copyOf(left);
        }
    }
}
