package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.Metrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A log with an owner: some partitions and one machine, whose state is the list of its records.
final class TestLog implements LogOwner, AutoCloseable {
    static final Path DIRECTORY = Path.of("/data");
    static final Path WAL = DIRECTORY.resolve("wal");
    static final int MACHINE = 7;

    /// Everything happens often: files of the write-ahead log hold two buffers, sixteen files make
    /// a checkpoint overdue, segments hold some batches, and what is appended moves on at once.
    static final LogLimits SMALL =
            new LogLimits(
                    LogLimits.Durability.FSYNC,
                    64 << 10,
                    8 << 20,
                    512 << 10,
                    60_000,
                    32 << 10,
                    64,
                    64 << 10,
                    5,
                    10_000);

    /// As [#SMALL], but nothing moves to segments unless a checkpoint is made.
    static final LogLimits LAZY = lazy(LogLimits.Durability.FSYNC);

    static final PartitionConfig SMALL_SEGMENTS =
            new PartitionConfig(40 << 10, Long.MAX_VALUE, 4 << 10);

    final DataDirectory data;
    final LogStore store;
    final List<PartitionLog> partitions = new ArrayList<>();
    final List<String> records = new ArrayList<>();
    final Metrics metrics = new Metrics();
    private long sequence;
    private @Nullable Runnable atSnapshot;

    private TestLog(Disk disk, Path directory, LogLimits limits, int maxOpenFiles)
            throws IOException {
        data = DataDirectory.open(disk, directory, "cluster");
        try {
            store = LogStore.open(data, limits, Clock.system(), metrics, maxOpenFiles);
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private static LogLimits lazy(LogLimits.Durability durability) {
        return new LogLimits(
                durability,
                1 << 20,
                64 << 20,
                32 << 20,
                3_600_000,
                64 << 10,
                256,
                16 << 20,
                3_600_000,
                10_000);
    }

    /// Opens a log and gives it back its state.
    static TestLog open(Disk disk, LogLimits limits, int partitionCount) throws IOException {
        return open(disk, limits, partitionCount, SMALL_SEGMENTS);
    }

    static TestLog open(Disk disk, LogLimits limits, int partitionCount, PartitionConfig config)
            throws IOException {
        return open(disk, DIRECTORY, limits, partitionCount, config);
    }

    static TestLog open(
            Disk disk, Path directory, LogLimits limits, int partitionCount, PartitionConfig config)
            throws IOException {
        return recover(new TestLog(disk, directory, limits, 8_000), partitionCount, config);
    }

    /// Opens a log that keeps so many segment files open.
    static TestLog openWithFiles(
            Disk disk, LogLimits limits, int partitionCount, PartitionConfig config, int maxOpen)
            throws IOException {
        return recover(new TestLog(disk, DIRECTORY, limits, maxOpen), partitionCount, config);
    }

    private static TestLog recover(TestLog log, int partitionCount, PartitionConfig config)
            throws IOException {
        try {
            for (int i = 0; i < partitionCount; i++) {
                log.partitions.add(log.store.createPartition(id(i), "topic" + i, config));
            }
            log.store.recover(log);
            return log;
        } catch (IOException | RuntimeException e) {
            log.abandon();
            throw e;
        }
    }

    static PartitionId id(int partition) {
        return new PartitionId(new UUID(77, partition), 0);
    }

    /// Where the segments of a partition are.
    static Path directoryOf(int partition) {
        return DIRECTORY
                .resolve("topics")
                .resolve("topic" + partition + "~" + id(partition).topicId())
                .resolve("0");
    }

    PartitionLog partition() {
        return partitions.getFirst();
    }

    /// Appends to the first partition.
    PartitionLog.Append append(ByteBuffer batch) throws InterruptedException {
        return append(0, batch);
    }

    PartitionLog.Append append(int partition, ByteBuffer batch) throws InterruptedException {
        store.awaitRoom();
        return partitions.get(partition).append(batch, store.leaderEpoch(), OptionalLong.empty());
    }

    void appendDurably(ByteBuffer batch) throws InterruptedException {
        append(batch).commit().awaitDurable();
    }

    /// Appends a record of the machine.
    synchronized Commit record(String text) {
        LogStore.Recorded recorded =
                store.record(MACHINE, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        sequence = recorded.sequence();
        records.add(text);
        return recorded.commit();
    }

    /// Appends batches, one to each of the first partitions, and a record of the machine as one.
    synchronized Commit appendTogether(String text, List<ByteBuffer> batches)
            throws InterruptedException {
        store.awaitRoom();
        var entries = new ArrayList<LogEntry>();
        for (int i = 0; i < batches.size(); i++) {
            entries.add(
                    new LogEntry.Batch(
                            partitions.get(i),
                            batches.get(i),
                            store.leaderEpoch(),
                            OptionalLong.empty()));
        }
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        entries.add(new LogEntry.State(MACHINE, ByteBuffer.wrap(body)));
        LogStore.Recorded recorded = store.append(entries);
        sequence = recorded.sequence();
        records.add(text);
        return recorded.commit();
    }

    /// Durable bytes that are not in segments yet.
    long unflushedBytes() {
        return metrics.samples().stream()
                .filter(sample -> sample.series().metric() == LogMetric.UNFLUSHED_BYTES)
                .mapToLong(sample -> sample.value().getAsLong())
                .sum();
    }

    /// Runs something while a checkpoint asks for the snapshots.
    void atSnapshot(Runnable action) {
        atSnapshot = action;
    }

    @Override
    public synchronized void restore(Section section) {
        assertThat(section.machine()).isEqualTo(MACHINE);
        assertThat(records).isEmpty();
        sequence = section.sequence();
        records.addAll(List.of(new String(section.bytes(), StandardCharsets.UTF_8).split(",")));
    }

    @Override
    public synchronized void replay(int machine, ByteBuffer body) {
        records.add(StandardCharsets.UTF_8.decode(body).toString());
    }

    @Override
    public void replayBatch(PartitionLog log, ByteBuffer batch) {
        assertThat(BatchV2Format.checksumHolds(batch, 0)).isTrue();
    }

    @Override
    public synchronized List<Section> snapshots() {
        Runnable action = atSnapshot;
        if (action != null) {
            atSnapshot = null;
            action.run();
        }
        if (records.isEmpty()) {
            return List.of();
        }
        byte[] bytes = String.join(",", records).getBytes(StandardCharsets.UTF_8);
        return List.of(new Section(MACHINE, sequence, bytes));
    }

    /// The batches from `offset` on, read some bytes at a time. Fails when they leave a gap,
    /// overlap or are damaged.
    static List<ByteBuffer> batches(PartitionLog log, long offset, int maxBytes)
            throws IOException {
        var batches = new ArrayList<ByteBuffer>();
        long next = offset;
        while (next < log.endOffset()) {
            ByteBuffer bytes;
            try (LogRead read = log.read(next, maxBytes, true)) {
                bytes = read.slice().copy();
            }
            long before = next;
            for (ByteBuffer batch : split(bytes)) {
                if (next != offset) {
                    assertThat(BatchV2Format.baseOffset(batch, 0)).isEqualTo(next);
                }
                assertThat(BatchV2Format.checksumHolds(batch, 0)).isTrue();
                next = BatchV2Format.lastOffset(batch, 0) + 1;
                batches.add(batch);
            }
            assertThat(next).as("a read before the end finds something").isGreaterThan(before);
        }
        return batches;
    }

    /// The whole batches in what was read; the last may be cut off.
    static List<ByteBuffer> split(ByteBuffer bytes) {
        var batches = new ArrayList<ByteBuffer>();
        int at = 0;
        while (bytes.limit() - at >= BatchV2Format.HEADER_BYTES) {
            int size = BatchV2Format.sizeBytes(bytes, at);
            if (size > bytes.limit() - at) {
                break;
            }
            batches.add(bytes.slice(at, size));
            at += size;
        }
        return batches;
    }

    @Override
    public void close() throws IOException {
        store.close();
        data.close();
    }

    /// Ends the threads of a log whose disk is gone, if [#close] did not.
    void abandon() {
        try {
            store.close();
        } catch (IOException | RuntimeException e) {
            // Expected: the disk is gone.
        }
        try {
            data.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
