package io.sinew.groups;

import java.util.List;
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
}
