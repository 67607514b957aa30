package io.sinew.log;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Indexes of segments that do not grow at the moment, as many as fit into a bound; beyond it those
/// are dropped that were not used for longest, and read from their files when they are needed
/// again.
final class IndexCache {
    private final long maxBytes;

    // Under the monitor. Longest unused first.
    private final LinkedHashMap<Segment, SegmentIndex> indexes =
            new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /// @param maxBytes memory for indexes at most; one that is larger by itself is not kept
    IndexCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized @Nullable SegmentIndex get(Segment segment) {
        return indexes.get(segment);
    }

    /// Keeps an index that nobody adds to any more.
    synchronized void put(Segment segment, SegmentIndex index) {
        remove(segment);
        indexes.put(segment, index);
        bytes += index.memoryBytes();
        Iterator<Map.Entry<Segment, SegmentIndex>> oldest = indexes.entrySet().iterator();
        while (bytes > maxBytes) {
            bytes -= oldest.next().getValue().memoryBytes();
            oldest.remove();
        }
    }

    synchronized void remove(Segment segment) {
        SegmentIndex removed = indexes.remove(segment);
        if (removed != null) {
            bytes -= removed.memoryBytes();
        }
    }
}
