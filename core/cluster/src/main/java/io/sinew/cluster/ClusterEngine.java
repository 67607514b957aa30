package io.sinew.cluster;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.Share;
import io.sinew.topics.ShareListener;
import io.sinew.topics.TopicInfo;
import io.sinew.topics.TopicPartition;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/// The engine that stores topics in an existing Apache Kafka cluster. As durable as the cluster is
/// set up to be: `acks=all` counts for what the topics' `min.insync.replicas` is.
///
/// Callers may be virtual threads: kafka-clients wait on monitors, locks and selectors, none of
/// which holds a carrier thread from JDK 24 on.
///
/// What it needs to be allowed, where a cluster has access rules: on its topics everything; on
/// transactional ids and groups that begin with [ClusterSettings#prefix], and on the groups whose
/// positions it commits, read, write and describe.
public final class ClusterEngine implements Engine {
    private static final Logger LOGGER = System.getLogger(ClusterEngine.class.getName());

    private final Clock clock;
    private final Clients clients;
    private final ClusterTopics topics;
    private final Offsets offsets;
    private final SharedProducer producer;
    private final Readers readers;
    private final Set<ClusterOwner> owners = ConcurrentHashMap.newKeySet();
    private final Set<ClusterShare> shares = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ClusterEngine(Clients clients, Clock clock) {
        this.clock = clock;
        this.clients = clients;
        this.topics = new ClusterTopics(clients, clock);
        this.offsets = new Offsets(clients);
        this.producer = new SharedProducer(clients, topics, clock);
        this.readers = new Readers(clients, offsets, clock);
    }

    /// An engine on a cluster that answers.
    ///
    /// @throws SinewException `ENGINE_UNAVAILABLE` when no broker answers within 15 s,
    ///   `INVALID_CONFIG` when kafka-clients refuse the client properties
    public static ClusterEngine open(ClusterSettings settings) throws InterruptedException {
        return new ClusterEngine(Clients.connect(settings), Clock.system());
    }

    static org.apache.kafka.common.TopicPartition kafka(TopicPartition partition) {
        return new org.apache.kafka.common.TopicPartition(partition.topic(), partition.partition());
    }

    static void checkGroup(String group) {
        if (group.isBlank() || group.length() > ClusterLimits.NAME_CHARS_MAX) {
            throw new SinewException(
                    ErrorCode.INVALID_GROUP_ID,
                    "'"
                            + group
                            + "' can't be a group: give 1 to "
                            + ClusterLimits.NAME_CHARS_MAX
                            + " characters");
        }
    }

    static void checkPosition(TopicPartition partition, long position) {
        if (position < 0) {
            throw new SinewException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "the position " + position + " in " + partition + " is below 0");
        }
    }

    // ---- topics

    @Override
    public void createTopic(String name, int partitionCount, Map<String, String> settings)
            throws InterruptedException {
        checkOpen();
        topics.create(name, partitionCount, settings);
    }

    @Override
    public Optional<TopicInfo> topic(String name) throws InterruptedException {
        checkOpen();
        return topics.info(name);
    }

    @Override
    public Set<String> topicNames() throws InterruptedException {
        checkOpen();
        return topics.names();
    }

    @Override
    public void changeSettings(String name, Map<String, String> settings)
            throws InterruptedException {
        checkOpen();
        topics.changeSettings(name, settings);
    }

    @Override
    public void addPartitions(String name, int newCount) throws InterruptedException {
        checkOpen();
        topics.addPartitions(name, newCount);
    }

    @Override
    public void deleteTopic(String name) throws InterruptedException {
        checkOpen();
        topics.delete(name);
        readers.forget(name);
    }

    // ---- append

    @Override
    public long[] append(TopicPartition partition, List<NewRecord> records)
            throws InterruptedException {
        checkOpen();
        return producer.append(partition, records);
    }

    @Override
    public Owner own(String name) throws InterruptedException {
        checkOpen();
        if (name.isEmpty() || name.length() > ClusterLimits.NAME_CHARS_MAX) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "a name of "
                            + name.length()
                            + " characters can't be owned: give 1 to "
                            + ClusterLimits.NAME_CHARS_MAX);
        }
        if (owners.size() >= ClusterLimits.OWNERS_MAX) {
            throw new SinewException(
                    ErrorCode.TOO_MANY_TRANSACTIONAL_IDS,
                    "this process owns "
                            + ClusterLimits.OWNERS_MAX
                            + " names: close some, or share the work with more processes");
        }
        ClusterOwner owner = ClusterOwner.take(name, clients, topics, clock, owners::remove);
        owners.add(owner);
        if (closed) {
            owner.close();
            checkOpen();
        }
        return owner;
    }

    // ---- read

    @Override
    public Fetched read(TopicPartition partition, long offset, int maxBytes, Duration atMost)
            throws InterruptedException {
        checkPartition(partition);
        return readers.read(partition, offset, maxBytes, atMost);
    }

    @Override
    public long startOffset(TopicPartition partition) throws InterruptedException {
        checkPartition(partition);
        return offsets.start(partition);
    }

    @Override
    public long endOffset(TopicPartition partition) throws InterruptedException {
        checkPartition(partition);
        return offsets.end(partition);
    }

    @Override
    public OptionalLong offsetAt(TopicPartition partition, long timestampMs)
            throws InterruptedException {
        checkPartition(partition);
        return offsets.at(partition, timestampMs);
    }

    @Override
    public void trim(TopicPartition partition, long offset) throws InterruptedException {
        checkPartition(partition);
        offsets.trim(partition, offset);
        readers.forget(partition.topic());
    }

    // ---- positions

    @Override
    public OptionalLong position(String group, TopicPartition partition)
            throws InterruptedException {
        checkOpen();
        checkGroup(group);
        var spec = new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(kafka(partition)));
        // Stable: behind a commit that is just being completed, not before it.
        var options = new ListConsumerGroupOffsetsOptions().requireStable(true);
        OffsetAndMetadata found =
                clients.answer(
                                clients.admin()
                                        .listConsumerGroupOffsets(Map.of(group, spec), options)
                                        .partitionsToOffsetAndMetadata(group),
                                "asking for the position of group '" + group + "'")
                        .get(kafka(partition));
        return found == null ? OptionalLong.empty() : OptionalLong.of(found.offset());
    }

    @Override
    public void commitPositions(String group, Map<TopicPartition, Long> positions)
            throws InterruptedException {
        checkOpen();
        checkGroup(group);
        var offsetsOf = new HashMap<org.apache.kafka.common.TopicPartition, OffsetAndMetadata>();
        for (var position : positions.entrySet()) {
            checkPosition(position.getKey(), position.getValue());
            topics.facts(position.getKey());
            offsetsOf.put(kafka(position.getKey()), new OffsetAndMetadata(position.getValue()));
        }
        if (!offsetsOf.isEmpty()) {
            clients.answer(
                    clients.admin().alterConsumerGroupOffsets(group, offsetsOf).all(),
                    "committing positions of group '" + group + "'");
        }
    }

    // ---- sharing

    @Override
    public Share share(String group, String topic, String address, ShareListener listener)
            throws InterruptedException {
        checkPartition(new TopicPartition(topic, 0));
        checkGroup(group);
        if (address.isEmpty() || address.length() > ClusterLimits.NAME_CHARS_MAX) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "an address has 1 to " + ClusterLimits.NAME_CHARS_MAX + " characters");
        }
        var place =
                new ClusterShare.Place(
                        clients.settings().prefix() + "share." + topic + "." + group,
                        topic,
                        address);
        var share = new ClusterShare(place, clients, clock, listener, shares::remove);
        shares.add(share);
        if (closed) {
            share.close();
            checkOpen();
        }
        return share;
    }

    // ---- what goes on, for tests

    /// Reads that are under way.
    int readersLent() {
        return readers.lentCount();
    }

    /// Commits that are under way.
    long commitsRunning() {
        return owners.stream().filter(ClusterOwner::isCommitting).count();
    }

    // ---- the end

    private void checkPartition(TopicPartition partition) throws InterruptedException {
        checkOpen();
        topics.facts(partition);
    }

    private void checkOpen() {
        if (closed) {
            throw new SinewException(ErrorCode.LOG_STOPPED, "the engine is closed: open another");
        }
    }

    /// Gives everything up that it has: shares, so that others get their partitions, then names,
    /// then the clients. It takes no longer than [ClusterLimits#CLOSE] in all, and a moment.
    @Override
    public void close() {
        closed = true;
        long beganNanos = clock.nanos();
        for (ClusterShare share : List.copyOf(shares)) {
            try {
                share.close(left(beganNanos));
            } catch (SinewException e) {
                LOGGER.log(Level.WARNING, "event=close-late", e);
            }
        }
        for (ClusterOwner owner : List.copyOf(owners)) {
            owner.close(left(beganNanos));
        }
        readers.close(left(beganNanos));
        producer.close(left(beganNanos));
        clients.close(left(beganNanos));
    }

    private Duration left(long beganNanos) {
        long left = ClusterLimits.CLOSE.toNanos() - (clock.nanos() - beganNanos);
        return Duration.ofNanos(Math.max(0, left));
    }
}
