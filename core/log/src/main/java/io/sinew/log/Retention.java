package io.sinew.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/// Finds what of a partition may go by age and by size: whole segments, the oldest first.
///
/// @param nowMs timestamps after it are not believed ([Segment#youngestMs])
record Retention(PartitionLog log, long nowMs) {
    /// As [PartitionLog#retainableStart].
    long start(long oldestMs, long maxBytes) throws IOException {
        // First: what is flushed after this does not lie before it.
        long flushedEnd = log.endWithoutTail();
        List<Segment> all = log.segments().list();
        long excess = maxBytes == Long.MAX_VALUE ? 0 : bytesFrom(all) - maxBytes;
        long from = log.logStartOffset();
        for (int i = 0; i < all.size(); i++) {
            Segment segment = all.get(i);
            boolean tooOld = isOlder(segment, oldestMs);
            if (i + 1 == all.size()) {
                return tooOld ? Math.max(from, flushedEnd) : from;
            }
            boolean tooMuch = excess >= segment.sizeBytes();
            if (!tooOld && !tooMuch) {
                return from;
            }
            excess -= segment.sizeBytes();
            from = Math.max(from, all.get(i + 1).baseOffset());
        }
        return from;
    }

    /// Whether all of a segment is older. One that was deleted meanwhile had its turn; one in whose
    /// place there is another has it later.
    private boolean isOlder(Segment segment, long oldestMs) throws IOException {
        try {
            long youngest = segment.youngestMs(nowMs);
            return youngest >= 0 && youngest < oldestMs;
        } catch (NoSuchFileException e) {
            // The time of a file is asked by its name, which no reader keeps.
            if (log.segments().containSettled(segment)) {
                throw e;
            }
            return log.segments().floor(segment.baseOffset()).isEmpty();
        }
    }

    /// Bytes of these segments and of what is in memory. Not more than there are: what moves to a
    /// segment meanwhile is left out.
    private long bytesFrom(List<Segment> all) {
        return all.stream().mapToLong(Segment::sizeBytes).sum() + log.tailBytes();
    }
}
