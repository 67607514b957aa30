package io.sinew.ledger;

import io.sinew.base.Clock;
import io.sinew.base.Joins;
import io.sinew.topics.Engine;
import io.sinew.topics.Share;
import io.sinew.topics.ShareListener;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All ledgers over one topic that are written to the same ledger topic. They share the partitions
/// that this process has, the name for each, what is read of the topic, and commits; so that a
/// thousand of them are little more than one as long as nothing is to do. Safe for any thread.
public final class Ledgers implements AutoCloseable {
    private final Engine engine;
    private final Clock clock;
    private final String topic;
    private final String ledgerTopic;
    private final Ids ids;
    private final BodyRoom room;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Set<Ledger> ledgers = new LinkedHashSet<>();
    private final Map<Integer, LedgerHome> homes = new HashMap<>();

    /// The last of each partition that was given up.
    private final Map<Integer, LedgerHome> given = new HashMap<>();

    /// Set once.
    private volatile @Nullable Share share;

    /// The ids of all ledgers that there are, whether they are open here or not: what one of them
    /// needs is not forgotten.
    @FunctionalInterface
    public interface Ids {
        Collection<String> all() throws InterruptedException;
    }

    /// Both topics must be there when [#share] is called.
    ///
    /// @param room for the records that are kept in memory for delivery; the other ledgers of the
    ///   process may have the same
    public Ledgers(
            Engine engine, Clock clock, String topic, String ledgerTopic, Ids ids, BodyRoom room) {
        this.engine = engine;
        this.clock = clock;
        this.topic = topic;
        this.ledgerTopic = ledgerTopic;
        this.ids = ids;
        this.room = room;
    }

    /// One ledger that has its topics for itself.
    static Ledger alone(
            Engine engine, Clock clock, LedgerConfig config, String address, BodyRoom room)
            throws InterruptedException {
        var ledgers =
                new Ledgers(
                        engine,
                        clock,
                        config.topic(),
                        config.ledgerTopic(),
                        () -> List.of(LedgerHome.idOf(config)),
                        room);
        Ledger ledger = ledgers.add(config, _ -> ledgers.close());
        ledgers.share(address);
        return ledger;
    }

    /// Begins to share the topic's partitions, which come one after the other. Once, and best when
    /// the ledgers are there that there will be: what they are written to is then read once.
    ///
    /// @param address as in [Engine#share]
    public void share(String address) throws InterruptedException {
        share = engine.share("sinew." + ledgerTopic, ledgerTopic, address, new Homes());
    }

    /// Opens a ledger, until it or this is closed.
    public Ledger ledger(LedgerConfig config) {
        return add(config, this::remove);
    }

    private Ledger add(LedgerConfig config, Consumer<Ledger> closing) {
        lock.lock();
        try {
            var ledger = new Ledger(this, clock, config, room, closing);
            ledgers.add(ledger);
            homes.forEach(ledger::gained);
            return ledger;
        } finally {
            lock.unlock();
        }
    }

    private void remove(Ledger ledger) {
        Set<Integer> partitions;
        lock.lock();
        try {
            if (!ledgers.remove(ledger)) {
                return;
            }
            partitions = Set.copyOf(homes.keySet());
        } finally {
            lock.unlock();
        }
        partitions.forEach(ledger::lost);
        ledger.awaitEnd();
    }

    private List<LedgerConfig> configs() {
        lock.lock();
        try {
            return ledgers.stream().map(Ledger::config).toList();
        } finally {
            lock.unlock();
        }
    }

    /// Where a partition is served, as [Share#holder] has it.
    public Optional<String> holder(int partition) throws InterruptedException {
        Share sharing = share;
        return sharing == null ? Optional.empty() : sharing.holder(partition);
    }

    private final class Homes implements ShareListener {
        @Override
        public void gained(int partition) {
            lock.lock();
            try {
                var home =
                        new LedgerHome(
                                engine,
                                clock,
                                new LedgerHome.Place(topic, ledgerTopic, partition),
                                new LedgerHome.Known(ids, Ledgers.this::configs),
                                Optional.ofNullable(given.remove(partition)));
                homes.put(partition, home);
                ledgers.forEach(ledger -> ledger.gained(partition, home));
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void lost(int partition) {
            LedgerHome home;
            Collection<Ledger> all;
            lock.lock();
            try {
                home = homes.remove(partition);
                all = List.copyOf(ledgers);
                if (home != null) {
                    given.put(partition, home);
                }
            } finally {
                lock.unlock();
            }
            if (home != null) {
                giveUp(partition, all);
                home.close();
            }
        }

        /// All at the same time: each writes what it has decided.
        private void giveUp(int partition, Collection<Ledger> all) {
            Joins.all(
                    all.stream()
                            .map(ledger ->
                                    Thread.ofVirtual()
                                            .name("sinew-ledger-lost")
                                            .start(() -> ledger.lost(partition)))
                            .toList());
        }
    }

    /// Writes what was decided, and gives the partitions back.
    @Override
    public void close() {
        List<Ledger> open;
        lock.lock();
        try {
            open = List.copyOf(ledgers);
        } finally {
            lock.unlock();
        }
        open.forEach(Ledger::endWaits);
        try {
            Share sharing = share;
            if (sharing != null) {
                sharing.close();
            }
        } finally {
            open.forEach(Ledger::awaitEnd);
        }
    }
}
