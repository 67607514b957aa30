package io.sinew.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// What is known of one topic.
final class TopicModel {
    final UUID id;
    final String name;
    final long retentionMs;
    final long retentionBytes;

    /// Whether it is compacted, and for how long a tombstone stays then.
    final boolean compacts;

    final long deleteRetentionMs;

    /// Whether retention applies.
    final boolean deletes;

    final Map<String, String> settings = new TreeMap<>();

    /// As many as were asked for; some may be uncertain yet.
    final List<PartitionModel> partitions = new ArrayList<>();

    /// Partitions that were acknowledged; 0 as long as the topic itself was not.
    int keptPartitions;

    /// Whether somebody has asked for its deletion, and nobody knows yet what became of that.
    boolean maybeDeleted;

    TopicModel(UUID id, String name, int partitionCount, Chance chance) {
        this.id = id;
        this.name = name;
        this.retentionMs = chance.oneIn(3) ? chance.between(20_000, 200_000) : -1;
        this.retentionBytes = chance.oneIn(3) ? chance.between(5_000, 100_000) : -1;
        this.compacts = chance.oneIn(3);
        this.deletes = !compacts || chance.oneIn(3);
        this.deleteRetentionMs = chance.any(List.of(0L, 2_000L, 20_000L));
        settings.put(
                "segment.bytes",
                Long.toString(
                        compacts ? chance.between(1_024, 5_000) : chance.between(2_000, 40_000)));
        settings.put("index.interval.bytes", Long.toString(chance.between(0, 4_000)));
        settings.put("retention.ms", Long.toString(retentionMs));
        settings.put("retention.bytes", Long.toString(retentionBytes));
        if (chance.oneIn(4)) {
            settings.put("segment.ms", Long.toString(chance.between(1_000, 60_000)));
        }
        if (compacts) {
            compact(chance);
        }
        grow(partitionCount);
    }

    private void compact(Chance chance) {
        settings.put("cleanup.policy", deletes ? "compact,delete" : "compact");
        settings.put("delete.retention.ms", Long.toString(deleteRetentionMs));
        settings.put("min.cleanable.dirty.ratio", chance.oneIn(3) ? "0.3" : "0");
        if (chance.oneIn(4)) {
            settings.put("min.compaction.lag.ms", Long.toString(chance.between(1, 5_000)));
        }
        if (chance.oneIn(4)) {
            settings.put("max.compaction.lag.ms", Long.toString(chance.between(5_000, 60_000)));
        }
    }

    void grow(int partitionCount) {
        while (partitions.size() < partitionCount) {
            partitions.add(new PartitionModel(this, partitions.size()));
        }
    }

    /// Takes over how many partitions a restart left.
    void restarted(int partitionCount) {
        BrokenPromise.unless(
                partitionCount >= keptPartitions && partitionCount <= partitions.size(),
                name + " has " + partitionCount + " partitions after a restart");
        while (partitions.size() > partitionCount) {
            partitions.removeLast();
        }
        keptPartitions = partitionCount;
    }
}
