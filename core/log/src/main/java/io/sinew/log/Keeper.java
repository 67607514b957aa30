package io.sinew.log;

import io.sinew.base.Background;
import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.DiskFile;
import io.sinew.base.DiskFullException;
import io.sinew.base.ErrorCode;
import io.sinew.base.Periodic;
import io.sinew.base.SinewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Makes checkpoints: what the segments hold is synced and the state of everything is written down,
/// so that the write-ahead log before that point can be used again and the next start has little to
/// replay. Runs on a thread of its own, because syncing many segments takes long and nobody must
/// wait for it.
final class Keeper implements AutoCloseable {
    /// How often the keeper looks whether a checkpoint is due.
    private static final long LOOK_MS = 200;

    /// Longest pause after checkpoints that failed; well below what appends wait for one.
    private static final long MAX_PAUSE_MS = 5_000;

    private static final System.Logger LOGGER = System.getLogger(Keeper.class.getName());

    private final Disk disk;
    private final Path directory;
    private final LogLimits limits;
    private final Clock clock;
    private final LogHealth health;
    private final Wal wal;
    private final Flusher flusher;
    private final UnsyncedSegments unsynced;
    private final LongAdder checkpoints;
    private final Background background;
    private final Periodic looks = new Periodic("sinew-keeper", () -> LOOK_MS, this::look);

    /// Directories of checkpoints that were begun and not finished: still to be synced.
    private final Set<Path> unsyncedDirectories = new LinkedHashSet<>();

    private @Nullable LogOwner owner;
    private Collection<PartitionLog> partitions = List.of();
    private final Backoff backoff =
            new Backoff(
                    TimeUnit.MILLISECONDS.toNanos(2 * LOOK_MS),
                    TimeUnit.MILLISECONDS.toNanos(MAX_PAUSE_MS));
    private int term;
    private int walFileBytes;
    private long lastNanos;

    Keeper(
            DataDirectory data,
            LogContext context,
            Wal wal,
            Flusher flusher,
            UnsyncedSegments unsynced) {
        this.disk = data.disk();
        this.directory = data.path();
        this.limits = context.limits();
        this.clock = context.clock();
        this.health = context.health();
        this.wal = wal;
        this.flusher = flusher;
        this.unsynced = unsynced;
        this.checkpoints = context.metrics().counter(LogMetric.CHECKPOINTS);
        this.background = context.background();
    }

    /// The last checkpoint, or an empty one for an empty directory.
    static CheckpointV1Format.Checkpoint readCheckpoint(Disk disk, Path directory, LogLimits limits)
            throws IOException {
        Path path = directory.resolve("checkpoint");
        if (!disk.exists(path)) {
            return new CheckpointV1Format.Checkpoint(
                    limits.walFileBytes(), 0, 0, 0, 0, List.of(), List.of());
        }
        try (DiskFile file = disk.openForReading(path)) {
            var bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.read(bytes, 0);
            return CheckpointV1Format.read(bytes.flip());
        }
    }

    /// Makes the term of this process durable before anybody sees it, so that the next process
    /// takes a larger one, whatever a power failure leaves of the write-ahead log. On a full disk a
    /// log that promises `fsync` starts all the same: what its readers see is in synced blocks,
    /// which have the term.
    void takeTerm(CheckpointV1Format.Checkpoint found, int taken) throws IOException {
        try {
            write(found.withLastTerm(taken));
        } catch (IOException e) {
            if (!DiskFullException.isCause(e)
                    || limits.durability() != LogLimits.Durability.FSYNC) {
                throw e;
            }
            LOGGER.log(System.Logger.Level.WARNING, "disk=full; term=unwritten", e);
        }
    }

    void start(
            LogOwner ownerOfState,
            Collection<PartitionLog> livePartitions,
            int currentTerm,
            int fileBytes) {
        owner = ownerOfState;
        partitions = livePartitions;
        term = currentTerm;
        walFileBytes = fileBytes;
        lastNanos = clock.nanos();
        looks.start(background);
    }

    /// Looks whether a checkpoint is due.
    private void look() {
        if (health.isStopped()) {
            return;
        }
        try {
            prepareSpare();
            if (isDue() && backoff.isOver(clock.nanos())) {
                checkpointOrPostpone();
            }
        } catch (RuntimeException | Error e) {
            health.stop("keeping checkpoints failed", e);
        }
    }

    /// A spare is a convenience; the checkpoint, which may be what gives space back, does not wait
    /// for it.
    private void prepareSpare() {
        try {
            wal.prepareSpare();
        } catch (IOException e) {
            if (!DiskFullException.isCause(e)) {
                health.stop("preparing a write-ahead file failed", e);
            }
        }
    }

    private void checkpointOrPostpone() {
        try {
            checkpoint();
            if (backoff.succeeded()) {
                LOGGER.log(System.Logger.Level.INFO, "checkpoint=made");
            }
        } catch (IOException e) {
            if (backoff.failed(clock.nanos())) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "checkpoint=postponed; tried again less and less often",
                        e);
            }
        } catch (SinewException e) {
            // The log is stopped: there is no next attempt.
            LOGGER.log(System.Logger.Level.ERROR, "checkpoint=failed", e);
        }
    }

    private boolean isDue() {
        long bytes = wal.bytesSinceCut();
        return bytes >= limits.checkpointBytes()
                || (bytes > 0
                        && clock.nanos() - lastNanos
                                >= TimeUnit.MILLISECONDS.toNanos(limits.checkpointIntervalMs()));
    }

    private record Cut(
            Flusher.Handed handed, List<PartitionLog.FlushPoint> points, List<Segment> unsynced) {}

    private Cut flushAndCut() throws IOException {
        // The flusher syncs segments too; where one failed, none may pass for synced.
        health.requireRunning();
        Flusher.Handed handed = flusher.flushAll();
        unsynced.writeIndexes();
        var points = new ArrayList<PartitionLog.FlushPoint>();
        for (PartitionLog log : partitions) {
            points.add(log.takeFlushPoint());
        }
        return new Cut(handed, points, unsynced.takeAll());
    }

    /// Makes a checkpoint of everything that is durable now. Any failure but a full disk stops the
    /// log: a sync that failed must not be tried again, because the second may succeed without the
    /// bytes of the first.
    ///
    /// @throws IOException the disk is full: nothing has changed
    /// @throws SinewException `LOG_STOPPED`
    synchronized void checkpoint() throws IOException {
        LogOwner stateOwner = owner;
        if (stateOwner == null) {
            return;
        }
        health.requireRunning();
        try {
            checkpoint(stateOwner);
        } catch (IOException e) {
            if (DiskFullException.isCause(e)) {
                throw e;
            }
            throw health.stop("the checkpoint failed", e);
        } catch (RuntimeException | Error e) {
            throw health.stop("the checkpoint failed", e);
        }
    }

    private void checkpoint(LogOwner stateOwner) throws IOException {
        Cut cut = flusher.call(this::flushAndCut);
        for (PartitionLog.FlushPoint point : cut.points()) {
            point.segments().directory().ifPresent(this::addWithParents);
        }
        unsynced.sync(cut.unsynced());
        syncDirectories();
        List<LogOwner.Section> sections = stateOwner.snapshots();
        awaitDurable();
        write(
                new CheckpointV1Format.Checkpoint(
                        walFileBytes,
                        term,
                        term,
                        cut.handed().lsn(),
                        cut.handed().sequence(),
                        sections,
                        cut.points().stream().map(PartitionLog.FlushPoint::point).toList()));
        cut.points().forEach(point -> point.log().checkpointed(point.segments()));
        wal.cut(cut.handed().lsn());
        lastNanos = clock.nanos();
        checkpoints.increment();
    }

    private void addWithParents(Path partitionDirectory) {
        @Nullable Path path = partitionDirectory;
        while (path != null && path.startsWith(directory) && unsyncedDirectories.add(path)) {
            path = path.getParent();
        }
    }

    private void syncDirectories() throws IOException {
        for (Path path : unsyncedDirectories) {
            try {
                disk.syncDirectory(path);
            } catch (NoSuchFileException e) {
                // Its topic was deleted meanwhile: nothing in it has to last.
            }
        }
        unsyncedDirectories.clear();
    }

    /// A checkpoint must not know of records that a crash or a power failure could still lose.
    private void awaitDurable() {
        try {
            wal.syncBarrier().awaitDurable();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SinewException(ErrorCode.INTERNAL_ERROR, "interrupted", e);
        }
    }

    private void write(CheckpointV1Format.Checkpoint checkpoint) throws IOException {
        Path unfinished = directory.resolve("checkpoint.new");
        try (DiskFile file = disk.open(unfinished)) {
            ByteBuffer bytes = CheckpointV1Format.write(checkpoint);
            int size = bytes.remaining();
            file.write(bytes, 0);
            file.truncate(size);
            file.sync();
        }
        disk.move(unfinished, directory.resolve("checkpoint"));
        disk.syncDirectory(directory);
    }

    /// Ends the thread; [#checkpoint] can still be called.
    @Override
    public void close() {
        looks.close();
    }
}
