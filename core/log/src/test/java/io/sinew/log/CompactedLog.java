package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Disk;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A log of one partition whose segments hold a few small batches, to be compacted.
final class CompactedLog implements AutoCloseable {
    static final PartitionConfig TINY_SEGMENTS = new PartitionConfig(700, Long.MAX_VALUE, 100);

    /// Tombstones stay.
    static final CompactionConfig KEEPING = new CompactionConfig(1L << 40, 0, Long.MAX_VALUE, 0);

    /// Tombstones go in the round after the one that meets them.
    static final CompactionConfig DROPPING = new CompactionConfig(0, 0, Long.MAX_VALUE, 0);

    static final long MAP_BYTES = 1 << 20;

    final TestLog log;
    final PartitionLog partition;

    private CompactedLog(TestLog log) {
        this.log = log;
        this.partition = log.partition();
    }

    static CompactedLog open(Disk disk) throws IOException {
        return new CompactedLog(TestLog.open(disk, TestLog.LAZY, 1, TINY_SEGMENTS));
    }

    /// Appends a batch of records (`key`, `value` …) that fills a segment, with batches of another
    /// key, which is not to be looked at.
    void appendSegment(@Nullable String... keysAndValues) throws Exception {
        append(KeyedBatch.plain().of(keysAndValues));
        fill();
    }

    void append(ByteBuffer batch) throws Exception {
        log.appendDurably(batch);
    }

    /// Fills the segment.
    void fill() throws Exception {
        append(KeyedBatch.plain().of("filler", "x".repeat(500)));
    }

    /// Makes all segments but the last compactable.
    void checkpoint() throws IOException {
        log.store.checkpoint();
    }

    static CompactionFacts facts(PartitionLog partition) {
        return facts(partition, List.of());
    }

    static CompactionFacts facts(PartitionLog partition, List<CompactionFacts.Aborted> aborted) {
        return new CompactionFacts(partition.endOffset(), Map.of(), (from, upTo) -> aborted);
    }

    boolean compact(CompactionConfig config) throws IOException {
        return compact(config, facts(partition));
    }

    boolean compact(CompactionConfig config, CompactionFacts facts) throws IOException {
        return log.store.compactor(MAP_BYTES).compact(partition, config, facts, () -> false);
    }

    /// Checkpoints and compacts.
    void compactAll(CompactionConfig config) throws IOException {
        checkpoint();
        assertThat(compact(config)).isTrue();
    }

    /// All batches from the start on, as consumers get them.
    List<ByteBuffer> batches() throws IOException {
        return batches(partition);
    }

    static List<ByteBuffer> batches(PartitionLog partition) throws IOException {
        var batches = new ArrayList<ByteBuffer>();
        long next = partition.logStartOffset();
        while (next < partition.endOffset()) {
            List<ByteBuffer> found;
            try (LogRead read = partition.read(next, 700, true)) {
                found = TestLog.split(read.slice().copy());
            }
            assertThat(found).as("a read at %s, before the end", next).isNotEmpty();
            for (ByteBuffer batch : found) {
                assertThat(BatchV2Format.checksumHolds(batch, 0)).isTrue();
                assertThat(BatchV2Format.lastOffset(batch, 0)).isGreaterThanOrEqualTo(next);
                next = BatchV2Format.lastOffset(batch, 0) + 1;
                batches.add(batch);
            }
        }
        assertThat(next).isEqualTo(partition.endOffset());
        return batches;
    }

    /// All records that are not fillers.
    List<KeyedBatch.Entry> entries() throws IOException {
        var entries = new ArrayList<KeyedBatch.Entry>();
        for (ByteBuffer batch : batches()) {
            if (!BatchV2Format.isControl(batch, 0)) {
                entries.addAll(KeyedBatch.read(batch));
            }
        }
        entries.removeIf(entry -> entry.key().equals("filler"));
        return entries;
    }

    /// As `key=value@offset`.
    List<String> texts() throws IOException {
        return entries().stream()
                .map(entry -> entry.key() + "=" + entry.value() + "@" + entry.offset())
                .toList();
    }

    static List<Path> files(FaultyDisk disk) throws IOException {
        return disk.list(TestLog.directoryOf(0));
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
