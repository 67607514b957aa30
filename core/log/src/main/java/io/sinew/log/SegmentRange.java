package io.sinew.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A full segment and where the next one begins.
///
/// @param end base offset of the next segment
record SegmentRange(Segment segment, long end) {
    /// The segments that a checkpoint knows to be full and that end at or before `bound`, oldest
    /// first. The last segment is full too when the one behind it is still empty.
    static List<SegmentRange> upTo(long bound, PartitionLog log) throws IOException {
        long full = log.checkpointedBase();
        List<Segment> all = log.segments().list();
        var ranges = new ArrayList<SegmentRange>();
        for (int i = 0; i < all.size() && all.get(i).baseOffset() < full; i++) {
            long end = i + 1 < all.size() ? all.get(i + 1).baseOffset() : full;
            if (end > Math.min(full, bound)) {
                break;
            }
            ranges.add(new SegmentRange(all.get(i), end));
        }
        return ranges;
    }

    long base() {
        return segment.baseOffset();
    }
}
