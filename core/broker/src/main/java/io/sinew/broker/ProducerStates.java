package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.BatchV2Format;
import io.sinew.log.MarkerV0Format;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What one partition remembers of its idempotent producers (KIP-98, KIP-360): the epoch and the
/// last five batches of each, so that a batch sent again is answered with the offset that it has,
/// and one out of order is refused; and where its open transaction begins. Replayed from the
/// batches themselves. Under the partition's lock.
final class ProducerStates {
    /// As many as a producer may have in flight (`max.in.flight.requests.per.connection`).
    private static final int BATCHES_KEPT = 5;

    /// Producers that one partition remembers; of more the one that has been idle longest is
    /// forgotten.
    static final int PRODUCERS_MAX = 10_000;

    /// By id; the one that appended last is last.
    private final Map<Long, Producer> producers = new LinkedHashMap<>();

    /// Producers with an open transaction, by the offset of its first record.
    private final TreeMap<Long, Long> opened = new TreeMap<>();

    /// One remembered batch.
    ///
    /// @param lastSequence sequence of the last record; wraps around after `Integer.MAX_VALUE`
    private record Seen(int firstSequence, int lastSequence, long baseOffset, long lastOffset) {}

    private static final class Producer {
        final long id;
        short epoch;
        long lastAppendMs;
        int coordinatorEpoch = -1;

        /// Offset of the first record of its open transaction; -1 when none is open.
        long openedAt = -1;

        /// Empty when its last transaction ended with a new epoch.
        final ArrayList<Seen> batches = new ArrayList<>(BATCHES_KEPT);

        Producer(long id) {
            this.id = id;
        }

        int lastSequence() {
            return batches.isEmpty() ? -1 : batches.getLast().lastSequence();
        }

        long lastOffset() {
            return batches.isEmpty() ? -1 : batches.getLast().lastOffset();
        }
    }

    /// The producers in whose open transaction the partition takes part: nobody else may send
    /// transactional records (KIP-890). The coordinator says so, also after a restart.
    private final Map<Long, Admission> admitted = new HashMap<>();

    /// @param fromZero the producer's first batch here has sequence 0, because its epoch is new
    private record Admission(short epoch, boolean fromZero) {}

    /// Looks at a batch that is about to be appended.
    ///
    /// @return the base offset of the same batch if it is there already
    /// @throws SinewException `INVALID_PRODUCER_EPOCH`, `OUT_OF_ORDER_SEQUENCE`,
    ///   `INVALID_TXN_STATE`, `TRANSACTION_ABORTABLE`
    Optional<Long> check(ByteBuffer batch) {
        int at = batch.position();
        Optional<Long> original = checkSequence(batch, at);
        if (original.isEmpty()) {
            checkTransaction(batch, at);
        }
        return original;
    }

    private void checkTransaction(ByteBuffer batch, int at) {
        long id = BatchV2Format.producerId(batch, at);
        if (BatchV2Format.isTransactional(batch, at)) {
            Admission admission = admitted.get(id);
            if (admission == null || admission.epoch() != BatchV2Format.producerEpoch(batch, at)) {
                throw new SinewException(
                        ErrorCode.TRANSACTION_ABORTABLE,
                        "the partition is not in an open transaction of producer " + id);
            }
            int first = BatchV2Format.baseSequence(batch, at);
            if (first != 0 && !producers.containsKey(id) && admission.fromZero()) {
                throw outOfOrder(id, "a new epoch begins with sequence 0, not " + first);
            }
            return;
        }
        Producer producer = producers.get(id);
        if (producer != null && producer.openedAt >= 0) {
            throw new SinewException(
                    ErrorCode.INVALID_TXN_STATE,
                    "producer " + id + " has a transaction open: its records must be part of it");
        }
    }

    private Optional<Long> checkSequence(ByteBuffer batch, int at) {
        long id = BatchV2Format.producerId(batch, at);
        Producer producer = producers.get(id);
        if (producer == null || producer.epoch < 0) {
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
        int expected = following(producer.lastSequence());
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
        if (known != null && baseOffset <= known.lastOffset()) {
            return;
        }
        Producer producer = moveToEnd(id);
        takeEpoch(producer, BatchV2Format.producerEpoch(batch, at));
        if (BatchV2Format.isTransactional(batch, at) && producer.openedAt < 0) {
            producer.openedAt = baseOffset;
            opened.put(baseOffset, id);
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

    private Producer moveToEnd(long id) {
        Producer known = producers.remove(id);
        Producer producer = known == null ? new Producer(id) : known;
        if (producers.size() >= PRODUCERS_MAX) {
            forgetLongestIdle();
        }
        producers.put(id, producer);
        return producer;
    }

    /// Those with a transaction are kept beyond the bound: the coordinator's bounds hold for them.
    private void forgetLongestIdle() {
        Iterator<Producer> oldestFirst = producers.values().iterator();
        while (oldestFirst.hasNext()) {
            if (oldestFirst.next().openedAt < 0) {
                oldestFirst.remove();
                return;
            }
        }
    }

    private static void takeEpoch(Producer producer, short epoch) {
        if (epoch != producer.epoch) {
            producer.epoch = epoch;
            producer.batches.clear();
        }
    }

    private static int lastSequence(ByteBuffer batch, int at) {
        return (BatchV2Format.baseSequence(batch, at) + BatchV2Format.lastOffsetDelta(batch, at))
                & Integer.MAX_VALUE;
    }

    private static int following(int sequence) {
        return (sequence + 1) & Integer.MAX_VALUE;
    }

    // ---- transactions

    /// The coordinator says that the partition takes part in the producer's open transaction.
    ///
    /// @param fromZero whether its epoch is new, so that its first batch has sequence 0
    void admit(long producerId, short epoch, boolean fromZero) {
        admitted.put(producerId, new Admission(epoch, fromZero));
    }

    boolean isAdmitted(long producerId, short epoch) {
        Admission known = admitted.get(producerId);
        return known != null && known.epoch() == epoch;
    }

    /// Where the open transaction of a producer begins; -1 when none is open.
    long openedAt(long producerId) {
        Producer producer = producers.get(producerId);
        return producer == null ? -1 : producer.openedAt;
    }

    /// Whether the producer has an epoch that a marker has given it, and nothing since.
    boolean hasEnded(long producerId, short markerEpoch) {
        Producer producer = producers.get(producerId);
        return producer != null && producer.epoch == markerEpoch && producer.openedAt < 0;
    }

    /// Where the first open transaction begins, not counting one of them; `Long.MAX_VALUE` when no
    /// other is open.
    long firstOpenedWithout(long producerId) {
        for (Map.Entry<Long, Long> entry : opened.entrySet()) {
            if (entry.getValue() != producerId) {
                return entry.getKey();
            }
        }
        return Long.MAX_VALUE;
    }

    /// Takes in a marker that is in the log at `offset`.
    void end(MarkerV0Format.Marker marker, long offset, long nowMs) {
        long id = marker.producerId();
        admitted.remove(id);
        Producer producer = moveToEnd(id);
        if (producer.openedAt > offset) {
            // Begun after this marker, as the snapshot knows.
            return;
        }
        opened.remove(producer.openedAt);
        producer.openedAt = -1;
        producer.coordinatorEpoch = marker.coordinatorEpoch();
        takeEpoch(producer, marker.producerEpoch());
        producer.lastAppendMs = nowMs;
    }

    /// Forgets producers whose last append was before `oldestMs`.
    void expire(long oldestMs) {
        producers
                .values()
                .removeIf(producer -> producer.openedAt < 0 && producer.lastAppendMs < oldestMs);
    }

    /// Forgets batches that the log does not have: with `durability: os` a power failure takes
    /// batches that a checkpoint knows of already, and their offsets are given again.
    ///
    /// @param nextOffset of the log
    void forgetFrom(long nextOffset) {
        for (Producer producer : producers.values()) {
            boolean lost = producer.batches.removeIf(seen -> seen.lastOffset() >= nextOffset);
            if (producer.openedAt >= nextOffset) {
                opened.remove(producer.openedAt);
                producer.openedAt = -1;
            }
            if (lost && producer.batches.isEmpty()) {
                // What comes before them is not known: any sequence will do.
                producer.epoch = -1;
            }
        }
        producers.values().removeIf(producer -> producer.epoch < 0 && producer.openedAt < 0);
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
                            producer.lastSequence(),
                            producer.lastAppendMs,
                            producer.coordinatorEpoch,
                            producer.openedAt));
        }
        return described;
    }

    // ---- snapshot: part of the broker's section in the checkpoint

    /// ```
    /// producers i32, then each: id i64, epoch i16, last append ms i64, coordinator epoch i32,
    ///   opened at i64, batches i8, then each: first sequence i32, last sequence i32, base offset i64, last offset i64
    /// ```
    void writeTo(DataOutputStream out) throws IOException {
        out.writeInt(producers.size());
        for (Producer producer : producers.values()) {
            out.writeLong(producer.id);
            out.writeShort(producer.epoch);
            out.writeLong(producer.lastAppendMs);
            out.writeInt(producer.coordinatorEpoch);
            out.writeLong(producer.openedAt);
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
            producer.coordinatorEpoch = in.readInt();
            producer.openedAt = in.readLong();
            if (producer.openedAt >= 0) {
                opened.put(producer.openedAt, producer.id);
            }
            for (int batches = in.readByte(); batches > 0; batches--) {
                producer.batches.add(
                        new Seen(in.readInt(), in.readInt(), in.readLong(), in.readLong()));
            }
            producers.put(producer.id, producer);
        }
    }
}
