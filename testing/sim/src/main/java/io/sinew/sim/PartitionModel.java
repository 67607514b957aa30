package io.sinew.sim;

import io.sinew.base.ErrorCode;
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

    private final Map<Long, ArrayDeque<Stored>> producers = new HashMap<>();
    private long start;
    private long keptStart;
    private long keptEnd;

    PartitionModel(TopicModel topic, int index) {
        this.topic = topic;
        this.index = index;
    }

    String name() {
        return topic.name + "-" + index;
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

    Stored appended(ByteBuffer sent, long baseOffset, int leaderEpoch) {
        BrokenPromise.unless(
                baseOffset == nextOffset(),
                name() + ": offset " + baseOffset + " was given; next is " + nextOffset());
        Stored stored = Stored.of(sent, baseOffset, leaderEpoch);
        batches.add(stored);
        remember(stored);
        return stored;
    }

    private void remember(Stored stored) {
        if (stored.producerId() >= 0) {
            var known = producers.computeIfAbsent(stored.producerId(), _ -> new ArrayDeque<>());
            if (!known.isEmpty() && known.getLast().producerEpoch() != stored.producerEpoch()) {
                known.clear();
            }
            if (known.size() == BATCHES_KNOWN) {
                known.removeFirst();
            }
            known.addLast(stored);
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

    Verdict judge(long producerId, int epoch, int firstSequence, int lastSequence) {
        ArrayDeque<Stored> known = producers.get(producerId);
        if (known == null) {
            return new Verdict.Append();
        }
        Stored last = known.getLast();
        if (epoch != last.producerEpoch()) {
            if (epoch < last.producerEpoch()) {
                return new Verdict.Refuse(ErrorCode.INVALID_PRODUCER_EPOCH);
            }
            return firstSequence == 0
                    ? new Verdict.Append()
                    : new Verdict.Refuse(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        }
        for (Stored each : known) {
            if (each.firstSequence() == firstSequence && each.lastSequence() == lastSequence) {
                return new Verdict.Duplicate(each.baseOffset());
            }
        }
        return firstSequence == last.lastSequence() + 1
                ? new Verdict.Append()
                : new Verdict.Refuse(ErrorCode.OUT_OF_ORDER_SEQUENCE);
    }

    /// The sequence that comes next in an epoch.
    int nextSequence(long producerId, int epoch) {
        ArrayDeque<Stored> known = producers.get(producerId);
        return known == null || known.getLast().producerEpoch() != epoch
                ? 0
                : known.getLast().lastSequence() + 1;
    }

    /// Compares what needs no read.
    void check(PartitionLog log) {
        same("end", log.endOffset(), keptEnd);
        same("next offset", log.nextOffset(), nextOffset());
        same("start", log.logStartOffset(), start);
    }

    private void same(String what, long actual, long expected) {
        BrokenPromise.unless(
                actual == expected,
                name() + ": the " + what + " is " + actual + " and must be " + expected);
    }

    /// Takes over what a restart left of what was on its way, if it may be that.
    void restarted(PartitionLog log) {
        long end = log.endOffset();
        long logStart = log.logStartOffset();
        same("next offset after a restart", log.nextOffset(), end);
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
        batches.forEach(this::remember);
    }

    /// Checks what was read from `offset` on: it must be a beginning of what is there, and the
    /// first batch whole if it was asked for.
    ///
    /// @return the offset behind the batches that were read whole
    long checkRead(ByteBuffer read, long offset, boolean wholeFirst) {
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
        long kept =
                batches.stream()
                        .filter(batch -> batch.baseOffset() >= newStart)
                        .mapToLong(Stored::sizeBytes)
                        .sum();
        boolean tooMuch = topic.retentionBytes >= 0 && kept >= topic.retentionBytes;
        boolean boundary = newStart == nextOffset();
        for (Stored batch : live()) {
            boundary |= batch.baseOffset() == newStart;
            boolean tooOld =
                    topic.retentionMs >= 0 && batch.maxTimestamp() < nowMs - topic.retentionMs;
            BrokenPromise.unless(
                    batch.baseOffset() >= newStart || tooMuch || tooOld,
                    name() + ": retention took offset " + batch.baseOffset() + " too early");
        }
        BrokenPromise.unless(boundary, name() + ": retention cut a batch in two");
    }
}
