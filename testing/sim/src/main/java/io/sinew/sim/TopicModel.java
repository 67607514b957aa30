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
        settings.put("segment.bytes", Long.toString(chance.between(2_000, 40_000)));
        settings.put("index.interval.bytes", Long.toString(chance.between(0, 4_000)));
        settings.put("retention.ms", Long.toString(retentionMs));
        settings.put("retention.bytes", Long.toString(retentionBytes));
        if (chance.oneIn(4)) {
            settings.put("segment.ms", Long.toString(chance.between(1_000, 60_000)));
        }
        grow(partitionCount);
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
