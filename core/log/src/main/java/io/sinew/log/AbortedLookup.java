package io.sinew.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/// Finds the aborted transactions of a partition that end at or after `from` and begin before
/// `upTo`: in its segments' indexes, and in memory.
record AbortedLookup(PartitionLog log, long from, long upTo) {
    List<AbortedTransaction> find() throws IOException {
        // First those in memory: what moves to a segment meanwhile is seen twice, and not missed.
        List<AbortedTransaction> inMemory = log.abortedInTail();
        List<AbortedTransaction> found = inSegments();
        long seen = found.isEmpty() ? -1 : found.getLast().markerOffset();
        for (AbortedTransaction transaction : inMemory) {
            if (transaction.markerOffset() > seen
                    && transaction.markerOffset() >= from
                    && transaction.firstOffset() < upTo) {
                found.add(transaction);
            }
        }
        return found;
    }

    /// All from one state of the segments: when one is gone in the middle, from the next.
    private ArrayList<AbortedTransaction> inSegments() throws IOException {
        while (true) {
            var found = new ArrayList<AbortedTransaction>();
            if (collect(log.segments().from(from), found)) {
                return found;
            }
        }
    }

    /// @return false when a segment was deleted or replaced meanwhile
    private boolean collect(List<Segment> segments, List<AbortedTransaction> found)
            throws IOException {
        for (Segment segment : segments) {
            try {
                if (segment.firstAborted() < upTo
                        && !segment.index().collectAborted(from, upTo, found)) {
                    return true;
                }
            } catch (NoSuchFileException e) {
                if (log.segments().contain(segment)) {
                    throw e;
                }
                return false;
            }
        }
        return true;
    }
}
