package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Disk;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /// Where each open transaction begins that was begun here, by producer.
    final Map<Long, Long> opened = new HashMap<>();

    private CompactedLog(TestLog log) {
        this.log = log;
        this.partition = log.partition();
    }

    static CompactedLog open(Disk disk) throws IOException {
        return open(disk, TestLog.LAZY);
    }

    static CompactedLog open(Disk disk, LogLimits limits) throws IOException {
        return new CompactedLog(TestLog.open(disk, limits, 1, TINY_SEGMENTS));
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

    // ---- transactions

    /// Appends a batch of the producer's transaction, which begins with it if none is open.
    void appendTransactional(long producerId, @Nullable String... keysAndValues) throws Exception {
        opened.putIfAbsent(producerId, partition.nextOffset());
        append(KeyedBatch.plain().transactional(producerId).of(keysAndValues));
    }

    /// Ends the producer's transaction.
    void end(long producerId, boolean commit) throws Exception {
        append(marker(producerId, commit));
    }

    /// The marker that is to be appended next.
    ByteBuffer marker(long producerId, boolean commit) {
        long first = Objects.requireNonNull(opened.remove(producerId));
        long after = partition.nextOffset() + 1;
        long stable = opened.values().stream().mapToLong(Long::longValue).min().orElse(after);
        var marker = new MarkerV0Format.Marker(producerId, (short) 0, commit, 0, first, stable);
        return MarkerV0Format.encode(marker, 1_000_000);
    }

    long lastStableOffset() {
        return opened.values().stream()
                .mapToLong(Long::longValue)
                .min()
                .orElse(partition.endOffset());
    }

    // ---- compaction

    static CompactionFacts facts(PartitionLog partition) {
        return new CompactionFacts(partition.endOffset(), Map.of());
    }

    boolean compact(CompactionConfig config) throws Exception {
        return compact(config, new CompactionFacts(lastStableOffset(), Map.of()));
    }

    boolean compact(CompactionConfig config, CompactionFacts facts) throws Exception {
        return log.store.compactor(MAP_BYTES).compact(partition, config, facts, () -> false);
    }

    /// Checkpoints and compacts.
    void compactAll(CompactionConfig config) throws Exception {
        checkpoint();
        assertThat(compact(config)).isTrue();
    }

    // ---- reading

    /// What a reader of committed records makes of the batches that it gets, as Kafka's consumer
    /// does.
    List<KeyedBatch.Entry> committed(long stable, int maxBytes) throws IOException {
        return CommittedReader.read(partition, stable, maxBytes).stream()
                .filter(entry -> !entry.key().equals("filler"))
                .toList();
    }

    /// The same as `key=value@offset`.
    List<String> committedTexts() throws IOException {
        return texts(committed(lastStableOffset(), 700));
    }

    /// Offsets of the control batches that still say something.
    List<Long> markers() throws IOException {
        return batches().stream()
                .filter(batch -> MarkerV0Format.decode(batch, 0).isPresent())
                .map(batch -> BatchV2Format.baseOffset(batch, 0))
                .toList();
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
        return texts(entries());
    }

    private static List<String> texts(List<KeyedBatch.Entry> entries) {
        return entries.stream()
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
