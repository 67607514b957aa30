package io.sinew.sim;

import io.sinew.base.ErrorCode;
import io.sinew.broker.Partition;
import io.sinew.log.BatchV2Format;
import io.sinew.log.PartitionId;
import io.sinew.log.PartitionLog;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What one partition must contain, as one would write it down who knows of no file.
final class PartitionModel {
    private static final int BATCHES_KNOWN = 5;

    final TopicModel topic;
    final int index;

    /// All there ever were, also those trimmed, but for those that a crash took.
    private final List<Stored> batches = new ArrayList<>();

    private final Map<Long, Known> producers = new HashMap<>();
    private final PartitionTransactions transactions = new PartitionTransactions();
    private long start;
    private long keptStart;
    private long keptEnd;
    private long seenStable;

    /// What is remembered of an idempotent producer.
    private static final class Known {
        int epoch = -1;

        /// Its last batches of that epoch.
        final ArrayDeque<Stored> batches = new ArrayDeque<>();

        void remember(Stored stored) {
            if (epoch != stored.producerEpoch()) {
                batches.clear();
                epoch = stored.producerEpoch();
            }
            if (stored.isControl()) {
                return;
            }
            if (batches.size() == BATCHES_KNOWN) {
                batches.removeFirst();
            }
            batches.addLast(stored);
        }

        int nextSequence() {
            return batches.isEmpty() ? 0 : batches.getLast().lastSequence() + 1;
        }
    }

    PartitionModel(TopicModel topic, int index) {
        this.topic = topic;
        this.index = index;
    }

    String name() {
        return topic.name + "-" + index;
    }

    PartitionId id() {
        return new PartitionId(topic.id, index);
    }

    PartitionTransactions transactions() {
        return transactions;
    }

    /// First offset that can be read.
    long start() {
        return start;
    }

    /// Offset behind what was acknowledged.
    long end() {
        return keptEnd;
    }

    long nextOffset() {
        return batches.isEmpty() ? 0 : batches.getLast().lastOffset() + 1;
    }

    /// Batches that can be read, or are on their way to it.
    List<Stored> live() {
        return batches.stream().filter(batch -> batch.lastOffset() >= start).toList();
    }

    // ---- what happens

    Stored appended(ByteBuffer sent, long baseOffset, int leaderEpoch, long nowMs) {
        BrokenPromise.unless(
                baseOffset == nextOffset(),
                name() + ": offset " + baseOffset + " was given; next is " + nextOffset());
        Stored stored = Stored.of(sent, baseOffset, leaderEpoch, nowMs);
        batches.add(stored);
        remember(stored);
        return stored;
    }

    private void remember(Stored stored) {
        if (stored.producerId() >= 0) {
            producers.computeIfAbsent(stored.producerId(), _ -> new Known()).remember(stored);
            transactions.remember(stored);
        }
    }

    void acknowledged(Stored stored) {
        keptEnd = Math.max(keptEnd, stored.lastOffset() + 1);
    }

    void trimmed(long offset) {
        start = Math.max(start, offset);
    }

    void trimAcknowledged(long offset) {
        keptStart = Math.max(keptStart, offset);
    }

    // ---- what must follow

    /// What the broker has to say to a batch of an idempotent producer.
    sealed interface Verdict {
        record Append() implements Verdict {}

        record Duplicate(long baseOffset) implements Verdict {}

        record Refuse(ErrorCode code) implements Verdict {}
    }

    Verdict judge(ByteBuffer batch) {
        Verdict bySequence = judgeSequence(batch);
        if (!(bySequence instanceof Verdict.Append)) {
            return bySequence;
        }
        long producerId = BatchV2Format.producerId(batch, 0);
        return transactions
                .refusal(batch, !producers.containsKey(producerId))
                .<Verdict>map(Verdict.Refuse::new)
                .orElse(bySequence);
    }

    private Verdict judgeSequence(ByteBuffer batch) {
        int epoch = BatchV2Format.producerEpoch(batch, 0);
        int firstSequence = BatchV2Format.baseSequence(batch, 0);
        int lastSequence = firstSequence + BatchV2Format.lastOffsetDelta(batch, 0);
        Known known = producers.get(BatchV2Format.producerId(batch, 0));
        if (known == null) {
            return new Verdict.Append();
        }
        if (epoch != known.epoch) {
            if (epoch < known.epoch) {
                return new Verdict.Refuse(ErrorCode.INVALID_PRODUCER_EPOCH);
            }
            return firstSequence == 0
                    ? new Verdict.Append()
                    : new Verdict.Refuse(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        }
        for (Stored each : known.batches) {
            if (each.firstSequence() == firstSequence && each.lastSequence() == lastSequence) {
                return new Verdict.Duplicate(each.baseOffset());
            }
        }
        return firstSequence == known.nextSequence()
                ? new Verdict.Append()
                : new Verdict.Refuse(ErrorCode.OUT_OF_ORDER_SEQUENCE);
    }

    /// The sequence that comes next in an epoch.
    int nextSequence(long producerId, int epoch) {
        Known known = producers.get(producerId);
        return known == null || known.epoch != epoch ? 0 : known.nextSequence();
    }

    /// Offset behind what readers of committed records may see.
    long stable() {
        return Math.max(start, transactions.lastStable(keptEnd));
    }

    /// Compares what needs no read.
    void check(Partition partition) {
        PartitionLog log = partition.log();
        same("end", log.endOffset(), keptEnd);
        same("next offset", log.nextOffset(), nextOffset());
        same("start", log.logStartOffset(), start);
        long found = partition.lastStableOffset();
        same("last stable offset", found, stable());
        BrokenPromise.unless(
                found >= seenStable,
                name() + ": the last stable offset was " + seenStable + " and is " + found);
        // A trim beyond an open transaction takes it along, and may be lost in a crash.
        seenStable = found > start ? found : seenStable;
    }

    private void same(String what, long actual, long expected) {
        BrokenPromise.unless(
                actual == expected,
                name() + ": the " + what + " is " + actual + " and must be " + expected);
    }

    /// Takes over what a restart left of what was on its way, if it may be that. What the start
    /// itself has appended is not durable yet, and comes later.
    void restarted(PartitionLog log) {
        long end = log.endOffset();
        long logStart = log.logStartOffset();
        BrokenPromise.unless(
                end >= keptEnd,
                name() + ": acknowledged up to " + keptEnd + ", and now it ends at " + end);
        while (nextOffset() > end) {
            batches.removeLast();
        }
        same("end after a restart", end, nextOffset());
        BrokenPromise.unless(
                keptStart <= logStart && logStart <= start,
                name() + ": starts at " + logStart + ", not in " + keptStart + " to " + start);
        start = logStart;
        keptStart = logStart;
        keptEnd = end;
        producers.clear();
        transactions.clear();
        batches.forEach(this::remember);
    }

    /// Checks what was read from `offset` on: it must be a beginning of what is there, and the
    /// first batch whole if it was asked for.
    ///
    /// @return the offset behind the batches that were read whole
    long checkRead(ByteBuffer read, long offset, boolean wholeFirst) {
        if (topic.compacts) {
            return CompactedRead.check(this, read, offset, wholeFirst);
        }
        int at = 0;
        long next = offset;
        for (Stored batch : batches) {
            if (batch.lastOffset() < offset) {
                continue;
            }
            BrokenPromise.unless(
                    at > 0 || !wholeFirst || read.limit() >= batch.sizeBytes(),
                    name() + ": a read at " + offset + " does not get on");
            if (at >= read.limit()) {
                return next;
            }
            BrokenPromise.unless(
                    batch.isAt(read, at) && batch.lastOffset() < keptEnd,
                    name() + ": what is read at " + batch.baseOffset() + " was never stored there");
            at += batch.sizeBytes();
            next = at <= read.limit() ? batch.lastOffset() + 1 : next;
        }
        BrokenPromise.unless(at >= read.limit(), name() + ": more is read than is there");
        return next;
    }

    /// The stored batch that begins at `offset`.
    Stored at(long offset) {
        for (Stored batch : batches) {
            if (batch.baseOffset() == offset) {
                return batch;
            }
        }
        throw new BrokenPromise(name() + ": no batch begins at " + offset);
    }

    /// The first acknowledged record with this timestamp or a later one; -1 for none.
    long firstAtOrAfter(long timestamp) {
        for (Stored batch : live()) {
            long found = batch.firstAtOrAfter(timestamp, start);
            if (found >= 0 && batch.lastOffset() < keptEnd) {
                return found;
            }
        }
        return -1;
    }

    boolean anyFlipped() {
        return batches.stream().anyMatch(batch -> batch.flipped);
    }

    /// Retention has moved the start: only what is too old, or more than is to be kept, may go.
    void checkRetained(long newStart, long nowMs) {
        BrokenPromise.unless(topic.deletes, name() + ": only compaction may take anything");
        long kept =
                batches.stream()
                        .filter(batch -> batch.baseOffset() >= newStart)
                        .mapToLong(this::mostBytes)
                        .sum();
        boolean tooMuch = topic.retentionBytes >= 0 && kept >= topic.retentionBytes;
        boolean boundary = newStart == nextOffset();
        for (Stored batch : live()) {
            boundary |= batch.baseOffset() == newStart;
            boolean tooOld =
                    topic.retentionMs >= 0 && youngest(batch, nowMs) < nowMs - topic.retentionMs;
            BrokenPromise.unless(
                    batch.baseOffset() >= newStart || tooMuch || tooOld,
                    name() + ": retention took offset " + batch.baseOffset() + " too early");
        }
        BrokenPromise.unless(boundary, name() + ": retention cut a batch in two");
    }

    /// The largest timestamp that must still be in a batch.
    private long youngest(Stored batch, long nowMs) {
        return topic.compacts
                ? new CompactedTable(this, nowMs).youngest(batch)
                : batch.maxTimestamp();
    }

    /// The most that a batch may take: compaction may make the times in it longer.
    private long mostBytes(Stored batch) {
        return batch.sizeBytes() + (topic.compacts ? 10L * batch.recordCount() : 0);
    }
}
