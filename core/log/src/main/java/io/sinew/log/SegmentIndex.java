package io.sinew.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Where to start looking in a segment: one entry for every so many bytes, each with the offset and
/// place of a batch and the largest timestamp up to and including it. One index serves both kinds
/// of look-up because the running maximum never falls. Beside them, the aborted transactions that
/// end in the segment. Written by the flusher, read by anybody: under its monitor.
final class SegmentIndex {
    /// Memory that an aborted transaction takes, about.
    private static final int ABORTED_BYTES = 56;

    private int count;
    private int[] offsetDeltas = new int[4];
    private int[] positions = new int[4];
    private long[] maxTimestamps = new long[4];

    /// Position up to which every batch was considered for an entry.
    private int coveredBytes;

    /// Position of the last batch among them.
    private int lastPosition;

    private long maxTimestamp = Long.MIN_VALUE;

    /// In the order of their markers.
    private final List<AbortedTransaction> aborted = new ArrayList<>();

    private long firstAborted = Long.MAX_VALUE;

    /// Considers a batch that ends what was covered so far.
    synchronized void add(
            int offsetDelta, int position, int sizeBytes, long batchMaxTimestamp, int interval) {
        maxTimestamp = Math.max(maxTimestamp, batchMaxTimestamp);
        int last = count == 0 ? 0 : positions[count - 1];
        if (count == 0 ? position == 0 : position - last >= interval) {
            put(offsetDelta, position, maxTimestamp);
        }
        lastPosition = position;
        coveredBytes = position + sizeBytes;
    }

    /// Restores an entry from a file.
    synchronized void put(int offsetDelta, int position, long runningMaxTimestamp) {
        if (count == positions.length) {
            int grown = count * 2;
            offsetDeltas = Arrays.copyOf(offsetDeltas, grown);
            positions = Arrays.copyOf(positions, grown);
            maxTimestamps = Arrays.copyOf(maxTimestamps, grown);
        }
        offsetDeltas[count] = offsetDelta;
        positions[count] = position;
        maxTimestamps[count] = runningMaxTimestamp;
        count++;
    }

    synchronized void covered(int bytes, int lastBatch, long runningMaxTimestamp) {
        coveredBytes = bytes;
        lastPosition = lastBatch;
        maxTimestamp = Math.max(maxTimestamp, runningMaxTimestamp);
    }

    synchronized int coveredBytes() {
        return coveredBytes;
    }

    synchronized int lastPosition() {
        return lastPosition;
    }

    /// Largest timestamp of the covered batches; `Long.MIN_VALUE` for none.
    synchronized long maxTimestamp() {
        return maxTimestamp;
    }

    synchronized int count() {
        return count;
    }

    synchronized int offsetDelta(int entry) {
        return offsetDeltas[entry];
    }

    synchronized int position(int entry) {
        return positions[entry];
    }

    synchronized long maxTimestamp(int entry) {
        return maxTimestamps[entry];
    }

    /// Position of the last indexed batch that starts at or before the offset.
    synchronized int positionBefore(int offsetDelta) {
        int low = 0;
        int high = count - 1;
        int position = 0;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (offsetDeltas[middle] <= offsetDelta) {
                position = positions[middle];
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return position;
    }

    /// Offset, less the segment's, of the first indexed batch at or behind a position; -1 for none.
    synchronized int offsetDeltaAtOrAfter(int position) {
        int entry = Arrays.binarySearch(positions, 0, count, position);
        int next = entry < 0 ? -entry - 1 : entry;
        return next < count ? offsetDeltas[next] : -1;
    }

    /// Position from which on a batch with `timestamp` or later may stand: every earlier one is
    /// older.
    synchronized int positionForTimestamp(long timestamp) {
        int low = 0;
        int high = count - 1;
        int position = 0;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (maxTimestamps[middle] < timestamp) {
                position = positions[middle];
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return position;
    }

    synchronized void addAborted(AbortedTransaction transaction) {
        aborted.add(transaction);
        firstAborted = Math.min(firstAborted, transaction.firstOffset());
    }

    /// Where the first of the aborted transactions begins; `Long.MAX_VALUE` when there is none.
    synchronized long firstAborted() {
        return firstAborted;
    }

    synchronized AbortedTransaction aborted(int entry) {
        return aborted.get(entry);
    }

    /// Collects the transactions that end at or after `from` and begin before `upTo`.
    ///
    /// @return whether transactions that end in later segments may be among them too
    synchronized boolean collectAborted(long from, long upTo, List<AbortedTransaction> found) {
        for (int entry = firstEndingAt(from); entry < aborted.size(); entry++) {
            AbortedTransaction transaction = aborted.get(entry);
            if (transaction.firstOffset() < upTo) {
                found.add(transaction);
            }
            if (transaction.lastStableOffset() >= upTo) {
                return false;
            }
        }
        return true;
    }

    private int firstEndingAt(long offset) {
        int low = 0;
        int high = aborted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (aborted.get(middle).markerOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    synchronized int abortedCount() {
        return aborted.size();
    }

    synchronized int memoryBytes() {
        return positions.length * 16 + aborted.size() * ABORTED_BYTES;
    }
}
