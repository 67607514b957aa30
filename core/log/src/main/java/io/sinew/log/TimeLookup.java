package io.sinew.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/// Finds records of one partition by time, among the durable ones that are not trimmed. Batches
/// move from memory to segments meanwhile, so memory is looked at first: what moves is then met
/// twice and not missed. One look-up, one object: it has a budget for what it unpacks.
record TimeLookup(PartitionLog log, UnpackBudget budget) {
    TimeLookup(PartitionLog log) {
        this(log, UnpackBudget.ofLookup());
    }

    /// Looks at the partition as it is.
    private interface Search {
        Optional<RecordPosition> run() throws IOException;
    }

    /// The first record with `timestamp` or a later one.
    Optional<RecordPosition> firstAtOrAfter(long timestamp) throws IOException {
        return settled(() -> findFirst(timestamp));
    }

    /// Who finds nothing while segments are replaced has to look again: compaction takes a record
    /// when a later one has its key, and that one may be younger than the search.
    private Optional<RecordPosition> settled(Search search) throws IOException {
        while (true) {
            int replacements = log.segments().replacements();
            Optional<RecordPosition> found = search.run();
            if (found.isPresent() || replacements == log.segments().replacements()) {
                return found;
            }
        }
    }

    private Optional<RecordPosition> findFirst(long timestamp) throws IOException {
        try (TailHold tail = log.durableTail()) {
            for (Segment segment : log.segments().list()) {
                Optional<RecordPosition> found = firstIn(segment, timestamp);
                if (found.isPresent()) {
                    return found;
                }
            }
            for (TailBatch batch : tail.batches()) {
                if (batch.maxTimestamp() >= timestamp) {
                    Optional<RecordPosition> found =
                            BatchRecords.firstAtOrAfter(
                                    batch.slice(), timestamp, log.logStartOffset(), budget);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        }
    }

    private Optional<RecordPosition> firstIn(Segment segment, long timestamp) throws IOException {
        try {
            if (segment.maxTimestamp() < timestamp) {
                return Optional.empty();
            }
            Segment.Cursor cursor = segment.firstAtOrAfter(timestamp);
            while (cursor != null) {
                if (cursor.maxTimestamp() >= timestamp
                        && cursor.lastOffset() >= log.logStartOffset()) {
                    Optional<RecordPosition> found =
                            BatchRecords.firstAtOrAfter(
                                    cursor.batch(), timestamp, log.logStartOffset(), budget);
                    if (found.isPresent()) {
                        return found;
                    }
                }
                cursor = cursor.next() ? cursor : null;
            }
        } catch (NoSuchFileException e) {
            Optional<Segment> instead = inPlaceOf(segment, e);
            return instead.isPresent() ? firstIn(instead.get(), timestamp) : Optional.empty();
        }
        return Optional.empty();
    }

    /// The first of the records with the largest timestamp.
    Optional<RecordPosition> latest() throws IOException {
        return settled(() -> {
            Optional<RecordPosition> found = latest(false);
            // The largest may be that of a batch that compaction emptied.
            return found.isPresent() ? found : latest(true);
        });
    }

    /// @param exactly leave out batches without records, for which all headers are looked at
    private Optional<RecordPosition> latest(boolean exactly) throws IOException {
        long start = log.logStartOffset();
        long max = -1;
        try (TailHold tail = log.durableTail()) {
            for (TailBatch batch : tail.batches()) {
                max = Math.max(max, maxTimestamp(batch.slice(), start));
            }
        }
        List<Segment> segments = log.segments().list();
        for (int i = 0; i < segments.size(); i++) {
            if (i + 1 == segments.size() || segments.get(i + 1).baseOffset() > start) {
                max = Math.max(max, maxIn(segments.get(i), start, exactly));
            }
        }
        return max < 0 ? Optional.empty() : firstAtOrAfter(max);
    }

    private long maxIn(Segment segment, long start, boolean exactly) throws IOException {
        long max = -1;
        try {
            if (segment.baseOffset() >= start && !exactly) {
                return segment.maxTimestamp();
            }
            Segment.Cursor cursor = segment.cursor();
            while (cursor.next()) {
                if (cursor.recordCount() == 0) {
                    continue;
                }
                if (cursor.baseOffset() >= start) {
                    max = Math.max(max, cursor.maxTimestamp());
                } else if (cursor.lastOffset() >= start) {
                    max = Math.max(max, maxTimestamp(cursor.batch(), start));
                }
            }
        } catch (NoSuchFileException e) {
            Optional<Segment> instead = inPlaceOf(segment, e);
            return instead.isPresent() ? maxIn(instead.get(), start, exactly) : max;
        }
        return max;
    }

    private long maxTimestamp(ByteBuffer batch, long start) {
        return BatchV2Format.baseOffset(batch, 0) >= start
                ? BatchV2Format.maxTimestamp(batch, 0)
                : BatchRecords.maxTimestamp(batch, start, budget);
    }

    /// A segment may be trimmed and deleted while it is looked at, or another may take its place.
    private Optional<Segment> inPlaceOf(Segment segment, NoSuchFileException e) throws IOException {
        if (log.segments().contain(segment)) {
            throw e;
        }
        return log.segments().floor(segment.baseOffset());
    }
}
