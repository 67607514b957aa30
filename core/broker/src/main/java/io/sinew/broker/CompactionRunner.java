package io.sinew.broker;

import io.sinew.base.Background;
import io.sinew.base.Clock;
import io.sinew.base.Metrics;
import io.sinew.base.Periodic;
import io.sinew.log.Compactor;
import io.sinew.log.Dirt;
import io.sinew.log.LogStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compacts topics with `cleanup.policy=compact`, one partition at a time, the dirtiest first.
final class CompactionRunner implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(CompactionRunner.class.getName());

    private final Topics topics;
    private final LogStore store;
    private final Compactor compactor;
    private final Clock clock;
    private final Periodic rounds;
    private volatile long dirtiestPercent;

    CompactionRunner(
            Topics topics, LogStore store, BrokerSettings settings, Clock clock, Metrics metrics) {
        this.topics = topics;
        this.store = store;
        this.compactor = store.compactor(settings.longValue(BrokerSettings.COMPACTION_MAP_BYTES));
        this.clock = clock;
        long intervalMs = settings.longValue(BrokerSettings.COMPACTION_CHECK_MS);
        this.rounds = new Periodic("sinew-compactor", () -> intervalMs, this::compactOnce);
        metrics.gauge(BrokerMetric.DIRTIEST_PERCENT, () -> dirtiestPercent);
    }

    void start(Background background) {
        rounds.start(background);
    }

    /// Compacts all partitions in which it is time to. One that fails does not keep the others from
    /// their turn, and has its next one when it is looked again. Under the monitor: one at a time.
    synchronized void compactOnce() {
        endOldSegments();
        var failed = new HashSet<Partition>();
        for (Optional<Partition> next = dirtiest(failed);
                next.isPresent() && !rounds.isEnding();
                next = dirtiest(failed)) {
            if (!compact(next.get())) {
                failed.add(next.get());
            }
        }
    }

    private List<Partition> compacted() {
        return topics.partitions().stream()
                .filter(partition -> partition.config().compacts())
                .toList();
    }

    private void endOldSegments() {
        try {
            store.rollOldSegments(compacted().stream().map(Partition::log).toList(), clock.nowMs());
        } catch (IOException | RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "compaction=delayed for old segments", e);
        }
    }

    private Optional<Partition> dirtiest(Set<Partition> failed) {
        long nowMs = clock.nowMs();
        double most = 0;
        double mostDue = -1;
        @Nullable Partition found = null;
        for (Partition partition : compacted()) {
            Optional<Dirt> dirt =
                    failed.contains(partition) ? Optional.empty() : dirt(partition, nowMs);
            if (dirt.isEmpty()) {
                continue;
            }
            double ratio = dirt.get().ratio();
            most = Math.max(most, ratio);
            if (ratio > mostDue && dirt.get().isDue(partition.config().compaction())) {
                mostDue = ratio;
                found = partition;
            }
        }
        if (failed.isEmpty()) {
            dirtiestPercent = Math.round(100 * most);
        }
        return Optional.ofNullable(found);
    }

    private static Optional<Dirt> dirt(Partition partition, long nowMs) {
        try {
            return Optional.of(partition.dirt(nowMs));
        } catch (NoSuchFileException _) {
            // Deleted meanwhile; what is missing otherwise, readers are told of.
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            warn(partition, e);
            return Optional.empty();
        }
    }

    private boolean compact(Partition partition) {
        try {
            return partition.compact(compactor, rounds::isEnding);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            warn(partition, e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void warn(Partition partition, Throwable e) {
        LOGGER.log(
                System.Logger.Level.WARNING,
                "compaction=failed topic="
                        + partition.topicName()
                        + " partition="
                        + partition.index(),
                e);
    }

    /// Ends the compaction that is on its way, and the thread. That takes as long as one segment
    /// takes to be synced and put in place.
    @Override
    public void close() {
        rounds.close();
    }
}
