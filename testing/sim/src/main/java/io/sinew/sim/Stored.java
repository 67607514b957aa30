package io.sinew.sim;

import io.sinew.log.BatchV2Format;
import java.nio.ByteBuffer;

/// A batch as the log must have it.
final class Stored {
    private static final int LEADER_EPOCH_AT = 12;

    /// What a reader of committed records is to make of it.
    enum Outcome {
        /// It is no part of a transaction.
        PLAIN,
        OPEN,
        COMMITTED,
        ABORTED
    }

    private final ByteBuffer bytes;

    Outcome outcome;

    /// Whether a bit of it was flipped on the disk: then its checksum must tell.
    boolean flipped;

    /// When it was appended.
    final long appendedMs;

    private Stored(ByteBuffer bytes, long appendedMs) {
        this.bytes = bytes;
        this.appendedMs = appendedMs;
        this.outcome = isTransactional() ? Outcome.OPEN : Outcome.PLAIN;
    }

    /// What becomes of a batch that was sent.
    static Stored of(ByteBuffer sent, long baseOffset, int leaderEpoch, long nowMs) {
        var bytes = ByteBuffer.allocate(sent.remaining()).put(sent.duplicate()).flip();
        bytes.putLong(0, baseOffset).putInt(LEADER_EPOCH_AT, leaderEpoch);
        return new Stored(bytes, nowMs);
    }

    ByteBuffer bytes() {
        return bytes.duplicate();
    }

    int sizeBytes() {
        return bytes.limit();
    }

    long baseOffset() {
        return BatchV2Format.baseOffset(bytes, 0);
    }

    long lastOffset() {
        return BatchV2Format.lastOffset(bytes, 0);
    }

    long producerId() {
        return BatchV2Format.producerId(bytes, 0);
    }

    short producerEpoch() {
        return BatchV2Format.producerEpoch(bytes, 0);
    }

    int firstSequence() {
        return BatchV2Format.baseSequence(bytes, 0);
    }

    int lastSequence() {
        return firstSequence() + BatchV2Format.lastOffsetDelta(bytes, 0);
    }

    boolean isTransactional() {
        return BatchV2Format.isTransactional(bytes, 0);
    }

    /// Whether it is a marker, which nobody is shown.
    boolean isControl() {
        return BatchV2Format.isControl(bytes, 0);
    }

    int recordCount() {
        return BatchV2Format.recordCount(bytes, 0);
    }

    long maxTimestamp() {
        return BatchV2Format.maxTimestamp(bytes, 0);
    }

    /// The first of its records with this timestamp or a later one, given that each record is a
    /// millisecond later than the one before; -1 when there is none.
    long firstAtOrAfter(long timestamp, long fromOffset) {
        long first = baseOffset() + Math.max(0, timestamp - BatchV2Format.baseTimestamp(bytes, 0));
        long offset = Math.max(first, fromOffset);
        return offset <= lastOffset() ? offset : -1;
    }

    /// Whether `read`, from `at` on, is this batch, or as much of it as was read.
    boolean isAt(ByteBuffer read, int at) {
        int count = Math.min(sizeBytes(), read.limit() - at);
        boolean same = bytes.slice(0, count).equals(read.slice(at, count));
        return same || (flipped && (count < sizeBytes() || !BatchV2Format.checksumHolds(read, at)));
    }
}
