package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.BatchV2Format;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What one partition remembers of its idempotent producers (KIP-98, KIP-360): the epoch and the
/// last five batches of each, so that a batch sent again is answered with the offset that it has,
/// and one out of order is refused. Replayed from the batches themselves. Under the partition's
/// lock.
final class ProducerStates {
    /// As many as a producer may have in flight (`max.in.flight.requests.per.connection`).
    private static final int BATCHES_KEPT = 5;

    /// Producers that one partition remembers; of more the one that has been idle longest is
    /// forgotten.
    static final int PRODUCERS_MAX = 10_000;

    /// By id; the one that appended last is last.
    private final Map<Long, Producer> producers = new LinkedHashMap<>();

    /// One remembered batch.
    ///
    /// @param lastSequence sequence of the last record; wraps around after `Integer.MAX_VALUE`
    private record Seen(int firstSequence, int lastSequence, long baseOffset, long lastOffset) {}

    private static final class Producer {
        final long id;
        short epoch;
        long lastAppendMs;
        final ArrayList<Seen> batches = new ArrayList<>(BATCHES_KEPT);

        Producer(long id) {
            this.id = id;
        }
    }

    /// Looks at a batch that is about to be appended.
    ///
    /// @return the base offset of the same batch if it is there already
    /// @throws SinewException `INVALID_PRODUCER_EPOCH`, `OUT_OF_ORDER_SEQUENCE`
    Optional<Long> check(ByteBuffer batch) {
        int at = batch.position();
        long id = BatchV2Format.producerId(batch, at);
        Producer producer = producers.get(id);
        if (producer == null) {
            // Never seen, or forgotten: any first sequence will do (KIP-360).
            return Optional.empty();
        }
        short epoch = BatchV2Format.producerEpoch(batch, at);
        int first = BatchV2Format.baseSequence(batch, at);
        int last = lastSequence(batch, at);
        if (epoch < producer.epoch) {
            throw new SinewException(
                    ErrorCode.INVALID_PRODUCER_EPOCH,
                    "producer "
                            + id
                            + " is at epoch "
                            + producer.epoch
                            + ", the batch at "
                            + epoch);
        }
        if (epoch > producer.epoch) {
            if (first != 0) {
                throw outOfOrder(id, "a new epoch begins with sequence 0, not " + first);
            }
            return Optional.empty();
        }
        for (Seen seen : producer.batches) {
            if (seen.firstSequence() == first && seen.lastSequence() == last) {
                return Optional.of(seen.baseOffset());
            }
        }
        int expected = following(producer.batches.getLast().lastSequence());
        if (first != expected) {
            throw outOfOrder(id, "sequence " + expected + " comes next, not " + first);
        }
        return Optional.empty();
    }

    private static SinewException outOfOrder(long id, String what) {
        return new SinewException(ErrorCode.OUT_OF_ORDER_SEQUENCE, "producer " + id + ": " + what);
    }

    /// Takes in a batch that is in the log at `baseOffset`; one that it knows changes nothing.
    ///
    /// @param nowMs time of the append
    void replay(ByteBuffer batch, long baseOffset, long nowMs) {
        int at = batch.position();
        long id = BatchV2Format.producerId(batch, at);
        if (id < 0) {
            return;
        }
        Producer known = producers.get(id);
        if (known != null && baseOffset <= known.batches.getLast().lastOffset()) {
            return;
        }
        Producer producer = known == null ? new Producer(id) : known;
        producers.remove(id);
        while (producers.size() >= PRODUCERS_MAX) {
            producers.remove(producers.keySet().iterator().next());
        }
        producers.put(id, producer);
        short epoch = BatchV2Format.producerEpoch(batch, at);
        if (epoch != producer.epoch) {
            producer.epoch = epoch;
            producer.batches.clear();
        }
        if (producer.batches.size() == BATCHES_KEPT) {
            producer.batches.removeFirst();
        }
        producer.batches.add(
                new Seen(
                        BatchV2Format.baseSequence(batch, at),
                        lastSequence(batch, at),
                        baseOffset,
                        baseOffset + BatchV2Format.lastOffsetDelta(batch, at)));
        producer.lastAppendMs = nowMs;
    }

    private static int lastSequence(ByteBuffer batch, int at) {
        return (BatchV2Format.baseSequence(batch, at) + BatchV2Format.lastOffsetDelta(batch, at))
                & Integer.MAX_VALUE;
    }

    private static int following(int sequence) {
        return (sequence + 1) & Integer.MAX_VALUE;
    }

    /// Forgets producers whose last append was before `oldestMs`.
    void expire(long oldestMs) {
        producers.values().removeIf(producer -> producer.lastAppendMs < oldestMs);
    }

    /// Forgets batches that the log does not have: with `durability: os` a power failure takes
    /// batches that a checkpoint knows of already, and their offsets are given again.
    ///
    /// @param nextOffset of the log
    void forgetFrom(long nextOffset) {
        for (Producer producer : producers.values()) {
            producer.batches.removeIf(seen -> seen.lastOffset() >= nextOffset);
        }
        producers.values().removeIf(producer -> producer.batches.isEmpty());
    }

    /// For each producer the last offset of its last batch before `end`, where it is known.
    Map<Long, Long> lastOffsets(long end) {
        var offsets = new HashMap<Long, Long>();
        for (Producer producer : producers.values()) {
            for (Seen seen : producer.batches) {
                if (seen.lastOffset() < end) {
                    offsets.put(producer.id, seen.lastOffset());
                }
            }
        }
        return offsets;
    }

    boolean isEmpty() {
        return producers.isEmpty();
    }

    Collection<IdempotentProducer> describe() {
        var described = new ArrayList<IdempotentProducer>();
        for (Producer producer : producers.values()) {
            described.add(
                    new IdempotentProducer(
                            producer.id,
                            producer.epoch,
                            producer.batches.getLast().lastSequence(),
                            producer.lastAppendMs));
        }
        return described;
    }

    // ---- snapshot: part of the broker's section in the checkpoint

    /// ```
    /// producers i32, then each: id i64, epoch i16, last append ms i64,
    ///   batches i8, then each: first sequence i32, last sequence i32, base offset i64, last offset i64
    /// ```
    void writeTo(DataOutputStream out) throws IOException {
        out.writeInt(producers.size());
        for (Producer producer : producers.values()) {
            out.writeLong(producer.id);
            out.writeShort(producer.epoch);
            out.writeLong(producer.lastAppendMs);
            out.writeByte(producer.batches.size());
            for (Seen seen : producer.batches) {
                out.writeInt(seen.firstSequence());
                out.writeInt(seen.lastSequence());
                out.writeLong(seen.baseOffset());
                out.writeLong(seen.lastOffset());
            }
        }
    }

    void readFrom(DataInputStream in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            var producer = new Producer(in.readLong());
            producer.epoch = in.readShort();
            producer.lastAppendMs = in.readLong();
            for (int batches = in.readByte(); batches > 0; batches--) {
                producer.batches.add(
                        new Seen(in.readInt(), in.readInt(), in.readLong(), in.readLong()));
            }
            producers.put(producer.id, producer);
        }
    }
}
