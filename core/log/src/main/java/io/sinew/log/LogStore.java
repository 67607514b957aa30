package io.sinew.log;

import io.sinew.base.Background;
import io.sinew.base.Check;
import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.base.Work;
import io.sinew.base.Worker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The log of one data directory: a write-ahead log, the partitions behind it, and the records of
/// the owner's state machines in between, in one order. [#open] it, give the owner its state back
/// with [#recover], use it, close it.
///
/// ```
/// checkpoint                      see CheckpointV1Format
/// wal/0000000000000000.wal …      see WalV1Format
/// topics/<label>~<topic id>/<partition>/00000000000000000000.log, .index; see SegmentSwap too
/// ```
///
/// Three platform threads belong to it: the writer (write-ahead log and its sync), the flusher
/// (segments) and the keeper (checkpoints, retention of write-ahead files).
public final class LogStore implements AutoCloseable {
    /// Segment files open at a time; well below the 20,000 that the usual limit allows.
    private static final int MAX_OPEN_FILES = 8_000;

    private static final int MAX_LABEL_CHARS = 200;

    /// Batches whose records are unpacked at a time: more would not be done sooner.
    private static final int MAX_UNPACKING =
            Math.max(2, Runtime.getRuntime().availableProcessors());

    private static final System.Logger LOGGER = System.getLogger(LogStore.class.getName());

    private final DataDirectory data;
    private final Disk disk;
    private final LogLimits limits;
    private final LogHealth health = new LogHealth();
    private final LogContext context;
    private final WalBufferPool pool;
    private final OpenFiles files;
    private final UnsyncedSegments unsynced;
    private final BatchIntake intake = new BatchIntake(MAX_UNPACKING);
    private final CheckpointV1Format.Checkpoint start;
    private final Map<PartitionId, CheckpointV1Format.PartitionPoint> points = new HashMap<>();
    private final ConcurrentMap<PartitionId, PartitionLog> partitions = new ConcurrentHashMap<>();
    private final Wal wal;
    private final Flusher flusher;
    private final Keeper keeper;
    private final Background background;
    private @Nullable Worker orphans;
    private volatile boolean closing;
    private int epoch;

    private LogStore(
            DataDirectory data,
            LogLimits limits,
            Clock clock,
            Metrics metrics,
            int maxOpenFiles,
            Background background)
            throws IOException {
        this.data = data;
        this.disk = data.disk();
        this.limits = limits;
        this.background = background;
        this.start = Keeper.readCheckpoint(disk, data.path(), limits);
        for (CheckpointV1Format.PartitionPoint point : start.partitions()) {
            points.put(point.id(), point);
        }
        // The files keep the size they began with.
        int bufferBytes = Math.min(limits.bufferBytes(), start.walFileBytes());
        this.pool = new WalBufferPool(bufferBytes, limits.maxBuffers(), clock, background);
        this.files = new OpenFiles(disk, maxOpenFiles);
        // A checkpoint syncs as many as that while as many wait for the next one.
        this.unsynced = new UnsyncedSegments(maxOpenFiles / 2, background);
        var cut = new Flusher.Handed(start.cutLsn(), start.cutSequence());
        this.context = new LogContext(limits, clock, health, metrics, background);
        this.flusher = new Flusher(context, pool, cut);
        this.wal = new Wal(context, pool, flusher, data.salt());
        this.keeper = new Keeper(data, context, wal, flusher, unsynced);
        metrics.gauge(LogMetric.DISK_USABLE_BYTES, this::usableBytes);
        metrics.gauge(
                LogMetric.WRITABLE,
                () -> health.status() instanceof LogHealth.Status.Running ? 1 : 0);
    }

    /// Opens the log in a directory; [#recover] must follow.
    ///
    /// @throws SinewException `DAMAGED_DATA`
    public static LogStore open(DataDirectory data, LogLimits limits, Clock clock, Metrics metrics)
            throws IOException {
        return open(data, limits, clock, metrics, Background.threads());
    }

    /// As above, with a choice of how the work in the background is done.
    ///
    /// @throws SinewException `DAMAGED_DATA`
    public static LogStore open(
            DataDirectory data,
            LogLimits limits,
            Clock clock,
            Metrics metrics,
            Background background)
            throws IOException {
        return new LogStore(data, limits, clock, metrics, MAX_OPEN_FILES, background);
    }

    /// @param maxOpenFiles segment files open at a time, those that are read at the moment left out
    static LogStore open(
            DataDirectory data, LogLimits limits, Clock clock, Metrics metrics, int maxOpenFiles)
            throws IOException {
        return new LogStore(data, limits, clock, metrics, maxOpenFiles, Background.threads());
    }

    /// Brings back what was there: gives `owner` its snapshots, then every record and batch since,
    /// and makes the log ready for use.
    ///
    /// @throws SinewException `DAMAGED_DATA`: the data directory is as it was
    public void recover(LogOwner owner) throws IOException {
        var sequences = new HashMap<Integer, Long>();
        for (LogOwner.Section section : start.sections()) {
            sequences.put(section.machine(), section.sequence());
            owner.restore(section);
        }
        // Whether to refuse is decided before anything is changed. It costs that what a start has
        // to replay is read and its checksums computed twice: `checkpointBytes` more or less, the
        // second time mostly from the page cache.
        new WalRecovery(data, pool, start).run(new VerifyingSink());
        disk.createDirectories(WalFiles.directoryIn(data));
        // The name of `wal/`, and that of a checkpoint whose writer died before it could sync it.
        disk.syncDirectory(data.path());
        flusher.start();
        var recovery = new WalRecovery(data, pool, start);
        recovery.run(new RecoverySink(owner, sequences));
        epoch = Math.toIntExact(recovery.largestTerm() + 1);
        int maxSpares = (int) (limits.checkpointBytes() / start.walFileBytes()) + 1;
        var walFiles =
                new WalFiles(data, start.walFileBytes(), recovery.lsn(), start.cutLsn(), maxSpares);
        walFiles.syncRecovered(recovery.syncedLsn());
        keeper.takeTerm(start, epoch);
        wal.start(walFiles, epoch, recovery.sequence(), start.cutLsn());
        points.clear();
        keeper.start(owner, partitions.values(), epoch, start.walFileBytes());
        var lock = new ReentrantLock();
        orphans =
                background.begin(
                        new OrphanDeletion(),
                        Thread.ofPlatform().name("sinew-orphans").daemon(),
                        lock,
                        lock.newCondition());
    }

    /// Takes what will be replayed and only looks whether it can be: batches must find their way to
    /// a segment.
    private final class VerifyingSink implements WalRecovery.Sink {
        private final Set<PartitionId> whole = new HashSet<>();

        @Override
        public void frame(WalBuffer buffer, int at, int sizeBytes, WalV1Format.FrameHeader frame)
                throws IOException {
            PartitionLog log = partitions.get(frame.partition());
            if (frame.kind() == WalV1Format.KIND_BATCH
                    && log != null
                    && BatchV2Format.baseOffset(buffer.bytes(), at) >= log.nextOffset()
                    && whole.add(log.id())) {
                log.segments().requireReplayable();
            }
        }

        @Override
        public void recovered(Flusher.Handed end) {}
    }

    private final class RecoverySink implements WalRecovery.Sink {
        private final LogOwner owner;
        private final Map<Integer, Long> sequences;
        private List<TailBatch> batches = new ArrayList<>();

        RecoverySink(LogOwner owner, Map<Integer, Long> sequences) {
            this.owner = owner;
            this.sequences = sequences;
        }

        @Override
        public void frame(WalBuffer buffer, int at, int sizeBytes, WalV1Format.FrameHeader frame) {
            ByteBuffer body = buffer.slice(at, sizeBytes);
            if (frame.kind() == WalV1Format.KIND_STATE) {
                int machine = frame.partition().index();
                if (frame.sequence() > sequences.getOrDefault(machine, 0L)) {
                    owner.replay(machine, body);
                }
                return;
            }
            PartitionLog log = partitions.get(frame.partition());
            if (log == null) {
                // Deleted since.
                return;
            }
            if (frame.kind() == WalV1Format.KIND_TRIM) {
                log.trimmed(body.getLong(0));
                return;
            }
            long base = BatchV2Format.baseOffset(body, 0);
            if (base >= log.nextOffset()) {
                long last = BatchV2Format.lastOffset(body, 0);
                long maxTimestamp = BatchV2Format.maxTimestamp(body, 0);
                buffer.retain();
                var batch = new TailBatch(log, buffer, at, sizeBytes, base, last, maxTimestamp);
                log.appended(batch);
                log.becameDurable(batch);
                batches.add(batch);
            }
            owner.replayBatch(log, body);
        }

        @Override
        public void recovered(Flusher.Handed end) throws IOException {
            flusher.durable(batches, end.lsn(), end.sequence());
            batches = new ArrayList<>();
            if (pool.isHalfUsed()) {
                flusher.call(flusher::flushAll);
            }
        }
    }

    /// How the work in the background is done.
    public Background background() {
        return background;
    }

    public LogHealth health() {
        return health;
    }

    private long usableBytes() {
        try {
            return disk.usableBytes(data.path());
        } catch (IOException e) {
            return -1;
        }
    }

    /// Epoch that batches are stamped with: one for each time the log was opened for use.
    public int leaderEpoch() {
        return epoch;
    }

    // ---- partitions

    /// Makes a partition, or gives it what the disk has of it. The owner calls this when it learns
    /// of the partition, live or while it is given its state back.
    ///
    /// @param label name for people, the first part of the directory's name
    public PartitionLog createPartition(PartitionId id, String label, PartitionConfig config) {
        CheckpointV1Format.PartitionPoint known = points.get(id);
        CheckpointV1Format.PartitionPoint point =
                known == null ? CheckpointV1Format.PartitionPoint.empty(id) : known;
        var segments = new Segments(point, directoryOf(id, label), disk, files, unsynced);
        var log = new PartitionLog(point, segments, wal, config);
        Check.that(partitions.putIfAbsent(id, log) == null, "a partition is made once");
        return log;
    }

    /// Forgets a partition, whose deletion must be durable, and deletes its files soon.
    public void deletePartition(PartitionId id) {
        PartitionLog log = partitions.remove(id);
        if (log != null) {
            log.markDeleted();
            flusher.delete(log);
        }
    }

    private Path topicsDirectory() {
        return data.path().resolve("topics");
    }

    private Path directoryOf(PartitionId id, String label) {
        String prefix = label.substring(0, Math.min(MAX_LABEL_CHARS, label.length()));
        return topicsDirectory()
                .resolve(prefix + "~" + id.topicId())
                .resolve(Integer.toString(id.index()));
    }

    /// Deletes, once, what a crash left of deleted topics.
    private final class OrphanDeletion implements Work {
        private volatile boolean done;

        @Override
        public long dueInNanos() {
            return done ? OVER : 0;
        }

        @Override
        public void step() {
            done = true;
            deleteOrphans();
        }
    }

    private void deleteOrphans() {
        var topics = new HashSet<UUID>();
        for (PartitionId id : List.copyOf(partitions.keySet())) {
            topics.add(id.topicId());
        }
        try {
            for (Path directory : disk.list(topicsDirectory())) {
                Optional<UUID> id = topicIn(directory.getFileName().toString());
                if (closing) {
                    return;
                }
                if (id.isPresent() && !topics.contains(id.get()) && !hasPartitions(id.get())) {
                    deleteTree(directory);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "cleanup=failed directory=" + topicsDirectory() + "; left as it is",
                    e);
        }
    }

    /// Waits until the directories of deleted topics are gone.
    void awaitCleanUp() throws InterruptedException {
        if (orphans != null) {
            orphans.awaitEnd();
        }
    }

    /// The topic that a directory belongs to; none when it is not one of ours.
    private static Optional<UUID> topicIn(String directoryName) {
        int at = directoryName.lastIndexOf('~');
        try {
            return at < 0
                    ? Optional.empty()
                    : Optional.of(UUID.fromString(directoryName.substring(at + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean hasPartitions(UUID topicId) {
        return partitions.keySet().stream().anyMatch(id -> id.topicId().equals(topicId));
    }

    private void deleteTree(Path directory) throws IOException {
        for (Path partition : disk.list(directory)) {
            for (Path file : disk.list(partition)) {
                disk.delete(file);
            }
            disk.delete(partition);
        }
        disk.delete(directory);
    }

    // ---- appends

    /// Where batches pass before they are appended.
    public BatchIntake intake() {
        return intake;
    }

    /// Waits until there is room for an append. Call it before taking any lock.
    ///
    /// @throws SinewException `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`
    public void awaitRoom() throws InterruptedException {
        wal.awaitRoom();
    }

    /// Where a state record went, or the last of several entries.
    public record Recorded(long sequence, Commit commit) {}

    /// Appends a record of one of the owner's machines. Records of one machine are appended under
    /// that machine's own lock, so that their order is the order of their effects.
    ///
    /// @throws SinewException `DISK_FULL` or `LOG_STOPPED`: then nothing has changed
    public Recorded record(int machine, ByteBuffer body) {
        return record(machine, body, false);
    }

    /// As [#record], for what brings about that partitions are deleted: on a full disk it is taken
    /// as long as the write-ahead log has room for it, because it gives space back.
    ///
    /// @throws SinewException `DISK_FULL` or `LOG_STOPPED`: then nothing has changed
    public Recorded recordDeletion(int machine, ByteBuffer body) {
        return record(machine, body, true);
    }

    private Recorded record(int machine, ByteBuffer body, boolean freesSpace) {
        Wal.Appended appended = wal.appendState(machine, body, freesSpace);
        return new Recorded(appended.sequence(), appended.commit());
    }

    /// Appends batches and state records as one, in their order: after a crash all of them are
    /// there, or none. Their bytes are copied. The caller has passed [#awaitRoom] before it took
    /// any lock, and is the one who may append to each of the partitions, as with
    /// [PartitionLog#append], and who holds each machine's lock, as with [#record]. A batch's
    /// offset is the partition's next one when its turn comes.
    ///
    /// @param entries one at least
    /// @return the sequence of the last entry
    /// @throws SinewException `BATCH_TOO_LARGE` (they do not fit one write-ahead file),
    ///   `DISK_FULL`, `LOG_STOPPED`, `TIMED_OUT`, `DAMAGED_DATA` or `INTERNAL_ERROR` (the segments
    ///   are damaged, or cannot be looked at): then nothing has changed
    public Recorded append(List<LogEntry> entries) {
        Check.that(!entries.isEmpty(), "a block has a frame");
        for (LogEntry entry : entries) {
            if (entry instanceof LogEntry.Batch batch) {
                batch.log().requireSegments();
            }
        }
        Wal.Appended appended = wal.append(entries);
        return new Recorded(appended.sequence(), appended.commit());
    }

    /// Append buffers that somebody holds.
    int buffersInUse() {
        return pool.held();
    }

    /// A commit that settles when everything appended so far is durable.
    public Commit barrier() {
        return wal.barrier();
    }

    // ---- compaction

    /// What compacts the partitions.
    ///
    /// @param mapBytes memory for the offsets of keys, while a compaction runs
    public Compactor compactor(long mapBytes) {
        return new Compactor(data, context, mapBytes);
    }

    /// Ends the newest segment of each of these partitions in which it is older than `segment.ms`,
    /// and makes a checkpoint if there was any: what a checkpoint does not know to be full can't be
    /// compacted.
    public void rollOldSegments(Collection<PartitionLog> logs, long nowMs) throws IOException {
        var due = new ArrayList<PartitionLog>();
        for (PartitionLog log : logs) {
            try {
                if (log.isRollDue(nowMs)) {
                    due.add(log);
                }
            } catch (NoSuchFileException _) {
                // Deleted meanwhile; what is missing otherwise, readers are told of.
            }
        }
        if (due.isEmpty()) {
            return;
        }
        flusher.call(() -> {
            for (PartitionLog log : due) {
                log.rollIfDue(nowMs);
            }
            return due;
        });
        keeper.checkpoint();
    }

    /// Makes a checkpoint now.
    public void checkpoint() throws IOException {
        keeper.checkpoint();
    }

    /// Ends the log so that the next start has nothing to replay. Nobody may append any more.
    @Override
    public void close() throws IOException {
        if (closing) {
            return;
        }
        closing = true;
        try {
            awaitCleanUp();
            keeper.close();
            wal.close();
            if (!health.isStopped()) {
                keeper.checkpoint();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SinewException(ErrorCode.INTERNAL_ERROR, "interrupted while closing", e);
        } finally {
            flusher.close();
            files.closeAll();
        }
    }
}
