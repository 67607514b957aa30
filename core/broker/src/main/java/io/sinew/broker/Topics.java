package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.GroupTopic;
import io.sinew.groups.GroupTopics;
import io.sinew.log.Commit;
import io.sinew.log.LogOwner;
import io.sinew.log.LogStore;
import io.sinew.log.PartitionId;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// The topics and their partitions: decides changes one at a time, writes them down, and makes the
/// partitions that they bring about. A change that returned a commit is in force at once and safe
/// when the commit is durable.
public final class Topics {
    static final int MACHINE = 1;

    private final TopicsState state;

    // What readers see of the state, so that they need no lock.
    private final ConcurrentMap<String, Topic> byName = new ConcurrentHashMap<>();
    private final ConcurrentMap<UUID, Topic> byId = new ConcurrentHashMap<>();
    private volatile int partitionCount;
    private volatile GroupTopics picture = GroupTopics.NONE;
    private final AtomicLong version = new AtomicLong();

    /// Creations that nobody has seen to be durable yet, by topic.
    private final ConcurrentMap<UUID, Commit> creations = new ConcurrentHashMap<>();

    private final LogStore store;
    private final BrokerSettings settings;
    private final AppendCounts counts;
    private final ConcurrentMap<PartitionId, Partition> partitions = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private long lastSequence;

    Topics(LogStore store, BrokerSettings settings, AppendCounts counts) {
        this.store = store;
        this.settings = settings;
        this.counts = counts;
        this.state = new TopicsState(settings.intValue(BrokerSettings.MAX_PARTITIONS));
    }

    // ---- look-up

    public Optional<Topic> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// Refuses a name that no topic can have.
    ///
    /// @throws SinewException `INVALID_TOPIC_NAME`
    public static void checkName(String name) {
        TopicsState.checkName(name);
    }

    public Optional<Topic> withId(UUID id) {
        return Optional.ofNullable(byId.get(id));
    }

    public Collection<Topic> all() {
        return List.copyOf(byName.values());
    }

    /// The topics as groups need to know them. Made when it is asked for and there has been a
    /// change.
    GroupTopics picture() {
        GroupTopics known = picture;
        long now = version.get();
        if (known.version() != now) {
            known =
                    new GroupTopics(
                            now,
                            byName.values().stream()
                                    .map(topic ->
                                            new GroupTopic(
                                                    topic.id(),
                                                    topic.name(),
                                                    topic.partitionCount()))
                                    .toList());
            picture = known;
        }
        return known;
    }

    public int partitionCount() {
        return partitionCount;
    }

    /// Whether a crash can't take back the creation of a topic any more. Until then, others than
    /// the one who creates it had better not be told of it.
    public boolean isDurable(Topic topic) throws InterruptedException {
        Commit creation = creations.get(topic.id());
        if (creation == null) {
            return true;
        }
        if (!creation.isSettled()) {
            return false;
        }
        try {
            creation.awaitDurable();
        } catch (SinewException e) {
            // The log has stopped, and takes the topic with it.
            return false;
        }
        creations.remove(topic.id(), creation);
        return true;
    }

    /// A partition of a topic, if it has one of that number.
    public Optional<Partition> partition(Topic topic, int index) {
        return Optional.ofNullable(partitions.get(new PartitionId(topic.id(), index)));
    }

    /// All partitions there are.
    public Collection<Partition> partitions() {
        return partitions.values();
    }

    /// A topic's settings as they are in force.
    public TopicConfig config(Topic topic) {
        return TopicConfig.of(topic.settings(), settings);
    }

    // ---- change

    /// A change that was made.
    public record Changed(Topic topic, Commit commit) {}

    /// Creates a topic.
    ///
    /// @param freshId random
    /// @param partitionCount -1 for the broker's default
    /// @throws SinewException `INVALID_TOPIC_NAME`, `TOPIC_ALREADY_EXISTS`, `INVALID_PARTITIONS`,
    ///   `INVALID_CONFIG`, `TOO_MANY_PARTITIONS`, `DISK_FULL`, `LOG_STOPPED`
    public Changed create(
            UUID freshId, String name, int partitionCount, Map<String, String> topicSettings) {
        return change(decideCreate(freshId, name, partitionCount, topicSettings));
    }

    /// As [#create], only checking.
    public void checkCreate(String name, int partitionCount, Map<String, String> topicSettings) {
        check(decideCreate(new UUID(0, 0), name, partitionCount, topicSettings));
    }

    private Decision decideCreate(
            UUID freshId, String name, int partitionCount, Map<String, String> topicSettings) {
        int count =
                partitionCount == -1
                        ? settings.intValue(BrokerSettings.NUM_PARTITIONS)
                        : partitionCount;
        return () -> state.create(freshId, name, count, topicSettings);
    }

    /// The topic of that name, created if there is none. One that somebody else has just created is
    /// as safe as everything before now.
    public Changed getOrCreate(UUID freshId, String name) {
        lock.lock();
        try {
            Optional<Topic> known = state.named(name);
            return known.isPresent()
                    ? new Changed(known.get(), store.barrier())
                    : create(freshId, name, -1, Map.of());
        } finally {
            lock.unlock();
        }
    }

    /// Gives a topic more partitions.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`, `INVALID_PARTITIONS`,
    ///   `TOO_MANY_PARTITIONS`
    public Changed addPartitions(String name, int newCount) {
        return change(() -> state.addPartitions(known(name), newCount));
    }

    /// As [#addPartitions], only checking.
    public void checkAddPartitions(String name, int newCount) {
        check(() -> state.addPartitions(known(name), newCount));
    }

    /// Changes a topic's own settings.
    ///
    /// @param edit from the settings as they are to the settings as they shall be
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`, `INVALID_CONFIG`
    public Changed changeSettings(
            String name, Function<Map<String, String>, Map<String, String>> edit) {
        return change(() -> decideSettings(name, edit));
    }

    /// As [#changeSettings], only checking.
    public void checkSettings(
            String name, Function<Map<String, String>, Map<String, String>> edit) {
        check(() -> decideSettings(name, edit));
    }

    private TopicRecord decideSettings(
            String name, Function<Map<String, String>, Map<String, String>> edit) {
        Topic topic = known(name);
        return state.changeSettings(topic, edit.apply(new HashMap<>(topic.settings())));
    }

    /// Deletes a topic with all its records. Its files go when the deletion is durable.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_ID`, `TOPIC_DELETION_DISABLED`
    public Changed delete(UUID id) {
        if (!settings.isOn(BrokerSettings.DELETE_TOPICS)) {
            throw new SinewException(
                    ErrorCode.TOPIC_DELETION_DISABLED,
                    "Topic deletion is disabled (setting " + BrokerSettings.DELETE_TOPICS + ").");
        }
        Topic topic =
                withId(id)
                        .orElseThrow(() ->
                                new SinewException(
                                        ErrorCode.UNKNOWN_TOPIC_ID,
                                        "There is no topic with id " + id));
        Changed changed = change(() -> new TopicRecord.Deleted(known(topic.name()).id()));
        return new Changed(topic, changed.commit());
    }

    /// Deletes the files of a topic whose deletion is durable.
    void deleteFiles(Topic topic) {
        for (int index = 0; index < topic.partitionCount(); index++) {
            store.deletePartition(new PartitionId(topic.id(), index));
        }
    }

    private Topic known(String name) {
        return state.named(name)
                .orElseThrow(() ->
                        new SinewException(
                                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                                "There is no topic '" + Quote.of(name) + "'"));
    }

    private interface Decision {
        TopicRecord get();
    }

    private void check(Decision decision) {
        lock.lock();
        try {
            decision.get();
        } finally {
            lock.unlock();
        }
    }

    /// Has `watcher` run after each change, by whoever made it.
    void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    void unwatch(Runnable watcher) {
        watchers.remove(watcher);
    }

    private Changed change(Decision decision) {
        Changed changed = changeLocked(decision);
        watchers.forEach(Runnable::run);
        return changed;
    }

    private Changed changeLocked(Decision decision) {
        lock.lock();
        try {
            TopicRecord record = decision.get();
            ByteBuffer body = ByteBuffer.wrap(TopicRecordV1Format.encode(record));
            // A deletion gives space back: a full disk that can still take the record takes it.
            LogStore.Recorded recorded =
                    record instanceof TopicRecord.Deleted
                            ? store.recordDeletion(MACHINE, body)
                            : store.record(MACHINE, body);
            lastSequence = recorded.sequence();
            if (record instanceof TopicRecord.Created(Topic topic)) {
                // Before anybody can find it.
                creations.put(topic.id(), recorded.commit());
            }
            return new Changed(replay(record), recorded.commit());
        } finally {
            lock.unlock();
        }
    }

    /// Applies a record and makes what it brings about.
    private Topic replay(TopicRecord record) {
        UUID id =
                switch (record) {
                    case TopicRecord.Created(Topic topic) -> topic.id();
                    case TopicRecord.PartitionsAdded(UUID topicId, int _) -> topicId;
                    case TopicRecord.SettingsChanged(UUID topicId, Map<String, String> _) ->
                            topicId;
                    case TopicRecord.Deleted(UUID topicId) -> topicId;
                };
        Optional<Topic> before = state.withId(id);
        state.replay(record);
        partitionCount = state.partitionCount();
        Optional<Topic> after = state.withId(id);
        if (after.isPresent()) {
            Topic topic = after.get();
            // The partitions first: who finds the topic finds them too.
            makePartitions(topic);
            byId.put(id, topic);
            byName.put(topic.name(), topic);
            version.incrementAndGet();
            return topic;
        }
        Topic gone = before.orElseThrow();
        byName.remove(gone.name());
        byId.remove(id);
        version.incrementAndGet();
        creations.remove(id);
        for (int index = 0; index < gone.partitionCount(); index++) {
            partitions.remove(new PartitionId(id, index));
        }
        return gone;
    }

    private void makePartitions(Topic topic) {
        TopicConfig config = config(topic);
        for (int index = 0; index < topic.partitionCount(); index++) {
            var id = new PartitionId(topic.id(), index);
            Partition known = partitions.get(id);
            if (known != null) {
                known.configure(config);
                continue;
            }
            var log = store.createPartition(id, topic.name(), config.partition());
            partitions.put(id, new Partition(topic, index, store, log, config, counts));
        }
    }

    // ---- restart

    void restore(LogOwner.Section section) {
        lastSequence = section.sequence();
        for (TopicRecord record : TopicRecordV1Format.decodeSnapshot(section.bytes())) {
            replay(record);
        }
    }

    void replay(ByteBuffer body) {
        var bytes = new byte[body.remaining()];
        body.get(bytes);
        TopicRecord record = TopicRecordV1Format.decode(bytes);
        Topic topic = replay(record);
        if (record instanceof TopicRecord.Deleted) {
            deleteFiles(topic);
        }
    }

    LogOwner.Section snapshot() {
        lock.lock();
        try {
            return new LogOwner.Section(
                    MACHINE, lastSequence, TopicRecordV1Format.encodeSnapshot(state.all()));
        } finally {
            lock.unlock();
        }
    }

    Optional<Partition> partition(PartitionId id) {
        return Optional.ofNullable(partitions.get(id));
    }
}
