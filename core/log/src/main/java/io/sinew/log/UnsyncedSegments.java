package io.sinew.log;

import io.sinew.base.Background;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/// Segments of all partitions that were written to and not synced since: what the next checkpoint
/// has to sync. Each stays open until then, because a write that fails behind our back is reported
/// to those who have the file open. Beyond a bound those that were written to first are synced at
/// once: neither many partitions nor tiny segments use up the files that a process may open.
///
/// The flusher's thread adds and takes; anybody forgets.
final class UnsyncedSegments {
    /// Smaller segments get no index file before they are full: scanning them is as quick.
    private static final int MIN_INDEXED_BYTES = 1 << 20;

    /// Syncs that wait for the disk side by side. A disk does several at a time, and file systems
    /// commit them together.
    private static final int SYNC_THREADS = 8;

    /// So many segments are worth the threads.
    private static final int MIN_PARALLEL = 4 * SYNC_THREADS;

    private final int maxOpen;
    private final Background background;

    /// Under the monitor. Those written to first come first.
    private final LinkedHashSet<Segment> segments = new LinkedHashSet<>();

    /// @param maxOpen segments kept open at most; as many again may be on their way through a
    ///   checkpoint
    UnsyncedSegments(int maxOpen, Background background) {
        this.maxOpen = maxOpen;
        this.background = background;
    }

    /// Keeps a segment, which is about to be written to, until it is synced.
    ///
    /// @throws IOException also when another segment cannot be synced: then no checkpoint may be
    ///   made any more
    void add(Segment segment) throws IOException {
        if (contains(segment)) {
            return;
        }
        makeRoom();
        segment.file().acquire();
        synchronized (this) {
            segments.add(segment);
        }
    }

    private synchronized boolean contains(Segment segment) {
        return segments.contains(segment);
    }

    private void makeRoom() throws IOException {
        List<Segment> all = list();
        if (all.size() < maxOpen) {
            return;
        }
        // Half of them, not one: the next have room, and a disk likes many at a time.
        List<Segment> oldest = all.subList(0, (all.size() + 1) / 2);
        writeIndexes(oldest);
        sync(oldest.stream().filter(this::take).toList());
    }

    private synchronized List<Segment> list() {
        return List.copyOf(segments);
    }

    private synchronized boolean take(Segment segment) {
        return segments.remove(segment);
    }

    /// Leaves all of them to the caller, who has to [#sync] them.
    synchronized List<Segment> takeAll() {
        var all = new ArrayList<>(segments);
        segments.clear();
        return all;
    }

    /// A segment that is deleted needs no sync; to keep it open would keep its space.
    void forget(Segment segment) {
        if (take(segment)) {
            segment.file().release();
        }
    }

    /// Writes down what is known of the segments.
    void writeIndexes() throws IOException {
        writeIndexes(list());
    }

    private static void writeIndexes(List<Segment> segments) throws IOException {
        for (Segment segment : segments) {
            if (segment.sizeBytes() >= MIN_INDEXED_BYTES) {
                segment.writeIndex();
            }
        }
    }

    /// Syncs segments that were taken, and lets go of them; many of them side by side, on platform
    /// threads.
    ///
    /// @throws IOException not all are synced, and none may be tried again
    void sync(List<Segment> taken) throws IOException {
        if (taken.size() < MIN_PARALLEL) {
            for (Segment segment : taken) {
                segment.sync();
            }
            return;
        }
        var next = new AtomicInteger();
        Callable<Void> share =
                () -> {
                    for (int i = next.getAndIncrement();
                            i < taken.size();
                            i = next.getAndIncrement()) {
                        taken.get(i).sync();
                    }
                    return null;
                };
        background.sideBySide(SYNC_THREADS, "sinew-sync-", share);
    }
}
