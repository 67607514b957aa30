package io.sinew.sim;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An idempotent producer: what it numbers, and what it may send again.
final class Producer {
    private static final int IN_FLIGHT = 5;

    final long id;
    int epoch;
    private final Map<PartitionModel, Integer> sequences = new HashMap<>();
    private final Map<PartitionModel, ArrayDeque<ByteBuffer>> sent = new HashMap<>();

    Producer(long id) {
        this.id = id;
    }

    int sequence(PartitionModel partition) {
        return sequences.getOrDefault(partition, 0);
    }

    void sent(PartitionModel partition, ByteBuffer batch, int nextSequence) {
        sequences.put(partition, nextSequence);
        ArrayDeque<ByteBuffer> batches = sent.computeIfAbsent(partition, _ -> new ArrayDeque<>());
        if (batches.size() == IN_FLIGHT) {
            batches.removeFirst();
        }
        batches.addLast(batch);
    }

    /// A batch that it has sent to the partition; null when it has sent none.
    @Nullable ByteBuffer again(PartitionModel partition, Chance chance) {
        ArrayDeque<ByteBuffer> batches = sent.get(partition);
        return batches == null ? null : chance.any(List.copyOf(batches));
    }

    /// Goes on with the sequence that the partition expects.
    void resume(PartitionModel partition) {
        sequences.put(partition, partition.nextSequence(id, epoch));
    }

    /// Begins anew, everywhere.
    void nextEpoch() {
        epoch++;
        sequences.clear();
        sent.clear();
    }
}
