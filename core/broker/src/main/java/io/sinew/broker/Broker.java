package io.sinew.broker;

import io.sinew.base.Background;
import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.groups.GroupCommand;
import io.sinew.log.Commit;
import io.sinew.log.DataDirectory;
import io.sinew.log.LogHealth;
import io.sinew.log.LogLimits;
import io.sinew.log.LogOwner;
import io.sinew.log.LogStore;
import io.sinew.log.PartitionId;
import io.sinew.log.PartitionLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// The topics, partitions, producers and groups of one data directory. Everything here is in force
/// when it returns and durable when its commit is. [EmbeddedEngine] gives it to patterns.
public final class Broker implements AutoCloseable {
    private static final int PRODUCERS_MACHINE = 4;

    private static final System.Logger LOGGER = System.getLogger(Broker.class.getName());

    private final BrokerSettings settings;
    private final DataDirectory data;
    private final LogStore store;
    private final Topics topics;
    private final ProducerIds producerIds;
    private final GroupsRunner groups;
    private final ClientQuotas quotas;
    private final Transactions transactions;
    private final Housekeeper housekeeper;
    private final CompactionRunner compaction;
    private final Fences fences = new Fences();
    private final Shares shares;
    private final Clock clock;

    private Broker(
            DataDirectory data,
            BrokerSettings settings,
            LogLimits limits,
            Clock clock,
            Metrics metrics,
            Background background)
            throws IOException {
        this.data = data;
        this.settings = settings;
        this.clock = clock;
        this.store = LogStore.open(data, limits, clock, metrics, background);
        this.topics = new Topics(store, settings, new AppendCounts(metrics));
        this.shares = new Shares(topics);
        this.producerIds = new ProducerIds(store);
        this.groups =
                new GroupsRunner(
                        settings.groupLimits(),
                        settings.consumerGroupLimits(),
                        settings.streamsGroupLimits(),
                        topics::picture,
                        store,
                        clock);
        this.quotas = new ClientQuotas(store, settings, clock);
        this.transactions =
                new Transactions(
                        settings.transactionLimits(), store, clock, topics, producerIds, groups);
        this.housekeeper = new Housekeeper(topics, settings, clock);
        this.compaction = new CompactionRunner(topics, store, settings, clock, metrics);
        metrics.gauge(BrokerMetric.TOPICS, () -> topics.all().size());
        metrics.gauge(BrokerMetric.PARTITIONS, topics::partitionCount);
        metrics.gauge(BrokerMetric.GROUPS, groups::count);
        metrics.gauge(BrokerMetric.TRANSACTIONAL_IDS, transactions::count);
    }

    /// Opens the broker of a data directory, which it closes in the end, and brings back what was
    /// there. If that fails, the data directory is still open, and nothing else.
    ///
    /// @throws SinewException `DAMAGED_DATA`
    public static Broker open(
            DataDirectory data, BrokerSettings settings, Clock clock, Metrics metrics)
            throws IOException {
        LogLimits limits = settings.logLimits();
        return open(data, settings, limits, clock, metrics, Background.threads());
    }

    /// As above, with bounds of the log that have no setting, and a choice of how the work in the
    /// background is done.
    ///
    /// @throws SinewException `DAMAGED_DATA`
    public static Broker open(
            DataDirectory data,
            BrokerSettings settings,
            LogLimits limits,
            Clock clock,
            Metrics metrics,
            Background background)
            throws IOException {
        var broker = new Broker(data, settings, limits, clock, metrics, background);
        try {
            broker.store.recover(broker.new Owner());
            broker.topics.partitions().forEach(Partition::recovered);
            broker.forgetUnknownTopics();
            broker.groups.start();
            broker.transactions.start();
            broker.housekeeper.start(background);
            broker.compaction.start(background);
            return broker;
        } catch (IOException | RuntimeException e) {
            broker.closeAfter(e);
            throw e;
        }
    }

    /// Ends the threads of a broker that could not be opened. Its data directory stays the
    /// caller's.
    private void closeAfter(Exception cause) {
        try {
            closeStore();
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /// A deletion is durable before the groups forget the topic, and a crash or a full disk may
    /// come in between. What can't be written down now is for the next start.
    private void forgetUnknownTopics() {
        try {
            groups.forgetTopicsUnless(id -> topics.withId(id).isPresent());
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "offsets=kept of deleted topics", e);
        }
    }

    /// What the log keeps for the broker.
    private final class Owner implements LogOwner {
        private final long nowMs = clock.nowMs();

        @Override
        public void restore(Section section) {
            switch (section.machine()) {
                case Topics.MACHINE -> topics.restore(section);
                case ProducerIds.MACHINE -> producerIds.restore(section);
                case GroupsRunner.MACHINE -> groups.restore(section);
                case ClientQuotas.MACHINE -> quotas.restore(section);
                case Transactions.MACHINE -> transactions.restore(section);
                case PRODUCERS_MACHINE -> restoreProducers(section.bytes());
                default -> throw unknown(section.machine());
            }
        }

        @Override
        public void replay(int machine, ByteBuffer body) {
            switch (machine) {
                case Topics.MACHINE -> topics.replay(body);
                case ProducerIds.MACHINE -> producerIds.replay(body);
                case GroupsRunner.MACHINE -> groups.replay(body);
                case ClientQuotas.MACHINE -> quotas.replay(body);
                case Transactions.MACHINE -> transactions.replay(body);
                default -> throw unknown(machine);
            }
        }

        @Override
        public void replayBatch(PartitionLog log, ByteBuffer batch) {
            topics.partition(log.id()).ifPresent(partition -> partition.replay(batch, nowMs));
        }

        @Override
        public List<Section> snapshots() {
            return List.of(
                    topics.snapshot(),
                    producerIds.snapshot(),
                    groups.snapshot(),
                    quotas.snapshot(),
                    transactions.snapshot(),
                    new Section(PRODUCERS_MACHINE, 0, producers()));
        }

        private static SinewException unknown(int machine) {
            return new SinewException(
                    ErrorCode.DAMAGED_DATA,
                    "the data directory has records of an unknown kind, " + machine);
        }
    }

    /// Partitions with idempotent producers: topic id 16 B, index i32, then as [ProducerStates] has
    /// it.
    private byte[] producers() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            for (Partition partition : topics.partitions()) {
                partition.writeProducers(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void restoreProducers(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            while (in.available() > 0) {
                var id = new PartitionId(new UUID(in.readLong(), in.readLong()), in.readInt());
                Optional<Partition> partition = topics.partition(id);
                if (partition.isPresent()) {
                    partition.get().readProducers(in);
                } else {
                    // Deleted between two snapshots of one checkpoint.
                    new ProducerStates().readFrom(in);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public BrokerSettings settings() {
        return settings;
    }

    public String clusterId() {
        return data.clusterId();
    }

    public int nodeId() {
        return settings.intValue(BrokerSettings.NODE_ID);
    }

    public int leaderEpoch() {
        return store.leaderEpoch();
    }

    public Clock clock() {
        return clock;
    }

    CompactionRunner compaction() {
        return compaction;
    }

    public Topics topics() {
        return topics;
    }

    public ProducerIds producerIds() {
        return producerIds;
    }

    public GroupsRunner groups() {
        return groups;
    }

    public ClientQuotas quotas() {
        return quotas;
    }

    public Transactions transactions() {
        return transactions;
    }

    public LogHealth.Status health() {
        return store.health().status();
    }

    /// Waits for data, for one door or one engine.
    public ReadWaits newReadWaits() {
        return new ReadWaits(clock, store.background());
    }

    LogStore store() {
        return store;
    }

    Fences fences() {
        return fences;
    }

    Shares shares() {
        return shares;
    }

    /// Where the data is, for people.
    public String dataDirectory() {
        return data.path().toString();
    }

    /// A commit that settles when everything that has happened so far is durable.
    public Commit barrier() {
        return store.barrier();
    }

    /// Deletes a topic and clears away what belonged to it.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_ID`, `TOPIC_DELETION_DISABLED`, `LOG_STOPPED`
    public void deleteTopic(UUID id) throws InterruptedException {
        clearAway(List.of(topics.delete(id)));
    }

    /// Waits until deletions of topics ([Topics#delete]) are durable, then drops their files and
    /// groups' offsets in them. Offsets that can't be dropped now, as on a full disk, are at the
    /// next start: the topics are deleted either way.
    ///
    /// @throws SinewException `LOG_STOPPED`
    public void clearAway(List<Topics.Changed> deleted) throws InterruptedException {
        if (deleted.isEmpty()) {
            return;
        }
        for (Topics.Changed deletion : deleted) {
            deletion.commit().awaitDurable();
        }
        Set<UUID> ids =
                deleted.stream()
                        .map(deletion -> deletion.topic().id())
                        .collect(Collectors.toUnmodifiableSet());
        // First what gives space back.
        deleted.forEach(deletion -> topics.deleteFiles(deletion.topic()));
        try {
            groups.submit(new GroupCommand.ForgetTopics(ids));
            transactions.forget(partitionsOf(deleted));
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "offsets=kept of deleted topics", e);
        }
    }

    private static Set<PartitionId> partitionsOf(List<Topics.Changed> deleted) {
        var partitions = new HashSet<PartitionId>();
        for (Topics.Changed deletion : deleted) {
            Topic topic = deletion.topic();
            for (int index = 0; index < topic.partitionCount(); index++) {
                partitions.add(new PartitionId(topic.id(), index));
            }
        }
        return partitions;
    }

    @Override
    public void close() throws IOException {
        try {
            closeStore();
        } finally {
            data.close();
        }
    }

    private void closeStore() throws IOException {
        try {
            compaction.close();
            housekeeper.close();
            transactions.close();
            groups.close();
        } finally {
            try {
                store.close();
            } finally {
                housekeeper.awaitEnd();
            }
        }
    }
}
