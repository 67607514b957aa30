package io.sinew.log;

import io.sinew.base.DiskFile;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// One compaction of one partition: finds the last offset of each key in the dirty part, then
/// rewrites all segments up to there, oldest first, a group at a time. Each group is in place and
/// durable before the next begins, and where one can't be finished the round ends: a tombstone
/// never goes before what it hides.
final class CompactionRound {
    /// Segments that one group has at most: their files are open together for a moment.
    private static final int GROUP_SEGMENTS_MAX = 256;

    private static final System.Logger LOGGER = System.getLogger(CompactionRound.class.getName());

    private final Compactor compactor;
    private final PartitionLog log;
    private final CompactionConfig config;
    private final CompactionFacts facts;
    private final long nowMs;
    private final BooleanSupplier stop;
    private final KeyHash hash;

    CompactionRound(
            Compactor compactor,
            PartitionLog log,
            CompactionConfig config,
            CompactionFacts facts,
            long nowMs,
            BooleanSupplier stop) {
        this.compactor = compactor;
        this.log = log;
        this.config = config;
        this.facts = facts;
        this.nowMs = nowMs;
        this.stop = stop;
        this.hash = new KeyHash(compactor.salt());
    }

    /// Does it.
    ///
    /// @return false when it was stopped, there was no room, or segments were deleted meanwhile
    boolean run() throws IOException {
        List<SegmentRange> full = SegmentRange.upTo(facts.lastStableOffset(), log);
        if (full.isEmpty()) {
            return true;
        }
        try {
            return compact();
        } catch (NoSuchFileException e) {
            // Where any was deleted, the first was.
            if (log.segments().floor(full.getFirst().base()).isPresent()) {
                throw e;
            }
            return false;
        }
    }

    private boolean compact() throws IOException {
        Dirt dirt = Dirt.of(log, config, facts.lastStableOffset(), nowMs);
        if (dirt.dirtyBytes() == 0) {
            return true;
        }
        List<SegmentRange> ranges = SegmentRange.upTo(dirt.upTo(), log);
        var offsets = new KeyOffsets(dirt.upTo() - dirt.from(), compactor.mapBytes());
        OptionalLong end = fill(offsets, ranges, dirt);
        if (end.isEmpty()) {
            return false;
        }
        var filter = new CompactionFilter(offsets, end.getAsLong(), hash, facts, config, nowMs);
        for (List<SegmentRange> group : groups(ranges, end.getAsLong())) {
            if (!compact(group, filter)) {
                return false;
            }
        }
        log.compacted(end.getAsLong());
        compactor.done(filter.removedRecords());
        if (filter.unreadableBatches() > 0) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "compaction=incomplete; "
                            + filter.unreadableBatches()
                            + " batches cannot be unpacked and stay as they are, in "
                            + log.segments().directory());
        }
        return true;
    }

    // ---- the last offset of each key

    /// @return the offset behind the last record that was considered; none when stopped
    private OptionalLong fill(KeyOffsets offsets, List<SegmentRange> ranges, Dirt dirt)
            throws IOException {
        for (SegmentRange range : ranges) {
            if (range.end() <= dirt.from()) {
                continue;
            }
            Segment segment = range.segment();
            AbortedBatches aborted = aborted(range);
            int position = range.base() < dirt.from() ? segment.positionOf(dirt.from()) : 0;
            var batches = new SegmentBatches(range, position);
            for (ByteBuffer batch = batches.next(); batch != null; batch = batches.next()) {
                if (stop.getAsBoolean()) {
                    return OptionalLong.empty();
                }
                compactor.read(batch.remaining());
                if (BatchV2Format.isControl(batch, 0) || aborted.contain(batch)) {
                    continue;
                }
                long full = put(batch, offsets, dirt.from());
                if (full >= 0) {
                    return OptionalLong.of(full);
                }
            }
        }
        return OptionalLong.of(dirt.upTo());
    }

    private AbortedBatches aborted(SegmentRange range) throws IOException {
        return new AbortedBatches(log.abortedTransactions(range.base(), range.end()));
    }

    /// @return offset of the first record that there was no room for; -1 if there was for all
    private long put(ByteBuffer batch, KeyOffsets offsets, long from) {
        var full = new long[] {-1};
        try {
            BatchRecords.scanInOrder(
                    batch,
                    UnpackBudget.ofCompaction(),
                    record -> {
                        if (record.offset() < from || !record.hasKey()) {
                            return true;
                        }
                        record.readKey(hash);
                        if (offsets.put(hash, record.offset())) {
                            return true;
                        }
                        full[0] = record.offset();
                        return false;
                    });
        } catch (SinewException e) {
            // The batch will stay as it is. What is not known of its keys replaces nothing.
            return -1;
        }
        return full[0];
    }

    // ---- groups

    /// Segments that become one: small ones are put together again.
    private List<List<SegmentRange>> groups(List<SegmentRange> ranges, long end)
            throws IOException {
        var groups = new ArrayList<List<SegmentRange>>();
        List<SegmentRange> group = new ArrayList<>();
        long bytes = 0;
        int aborted = 0;
        for (SegmentRange range : ranges) {
            if (range.base() >= end) {
                break;
            }
            int size = range.segment().sizeBytes();
            int abortedHere = log.hasAbortedFrom(range.base()) ? range.segment().abortedCount() : 0;
            boolean fits =
                    group.size() < GROUP_SEGMENTS_MAX
                            && bytes + size <= log.config().segmentBytes()
                            && aborted + abortedHere <= Segments.MAX_ABORTED
                            && !group.isEmpty()
                            && range.end() - group.getFirst().base() <= Integer.MAX_VALUE;
            if (!fits) {
                group = new ArrayList<>();
                groups.add(group);
                bytes = 0;
                aborted = 0;
            }
            group.add(range);
            bytes += size;
            aborted += abortedHere;
        }
        return groups;
    }

    private boolean compact(List<SegmentRange> group, CompactionFilter filter) throws IOException {
        long before = group.stream().mapToLong(range -> range.segment().sizeBytes()).sum();
        if (!compactor.hasRoomFor(before)) {
            return false;
        }
        Segments segments = log.segments();
        var swap =
                new SegmentSwap(
                        compactor.disk(),
                        segments.directory(),
                        group.getFirst().base(),
                        group.getLast().end());
        Optional<DiskFile> file = segments.create(swap);
        if (file.isEmpty()) {
            return false;
        }
        boolean inPlace = false;
        try {
            Written written = write(group, filter, file.get());
            if (written.stopped() || !written.changed()) {
                return !written.stopped();
            }
            compactor.disk().setModifiedMs(swap.cleaned(), lastWrite(group));
            inPlace = replace(group, swap, written.sizeBytes());
            return inPlace;
        } finally {
            if (!inPlace) {
                forget(swap);
            }
        }
    }

    /// When the youngest of the files was written to: what the new one says of itself.
    private long lastWrite(List<SegmentRange> group) throws IOException {
        long last = 0;
        for (SegmentRange range : group) {
            last = Math.max(last, range.segment().modifiedMs());
        }
        return last;
    }

    /// What was written of a group.
    ///
    /// @param changed whether that is worth a change of place
    private record Written(int sizeBytes, boolean changed, boolean stopped) {}

    private Written write(List<SegmentRange> group, CompactionFilter filter, DiskFile file)
            throws IOException {
        long changedBefore = filter.changedBatches();
        // Of a segment that becomes one alone nothing is written before something in it changes.
        int untouchedBytes = 0;
        try (var cleaned = new CleanedFile(file)) {
            for (SegmentRange range : group) {
                filter.expect(aborted(range));
                var batches = new SegmentBatches(range, 0);
                for (ByteBuffer batch = batches.next(); batch != null; batch = batches.next()) {
                    if (stop.getAsBoolean()) {
                        return new Written(0, false, true);
                    }
                    compactor.read(batch.remaining());
                    // The last one, so that the new segment ends where the next one begins.
                    boolean stays = batches.isAtEnd() && range.equals(group.getLast());
                    ByteBuffer left = filter.apply(batch, stays);
                    if (group.size() == 1 && filter.changedBatches() == changedBefore) {
                        untouchedBytes += batch.remaining();
                        continue;
                    }
                    cleaned.addFirst(range.segment(), untouchedBytes);
                    untouchedBytes = 0;
                    if (left != null) {
                        cleaned.add(left);
                    }
                }
            }
            boolean changed = group.size() > 1 || filter.changedBatches() > changedBefore;
            if (changed) {
                cleaned.finish();
                compactor.wrote(cleaned.sizeBytes());
            }
            return new Written((int) cleaned.sizeBytes(), changed, false);
        }
    }

    /// From here on nobody but the next start can tell what a failure leaves.
    private boolean replace(List<SegmentRange> group, SegmentSwap swap, int sizeBytes) {
        try {
            List<Segment> old = group.stream().map(SegmentRange::segment).toList();
            return log.segments().replace(old, swap, sizeBytes);
        } catch (IOException | RuntimeException | Error e) {
            throw compactor.health().stop("putting a compacted segment in place failed", e);
        }
    }

    private void forget(SegmentSwap swap) {
        try {
            compactor.disk().delete(swap.cleaned());
        } catch (IOException e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "cleanup=failed file=" + swap.cleaned() + "; the next start deletes it",
                    e);
        }
    }
}
