package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.log.BatchDecoder;
import io.sinew.log.Commit;
import io.sinew.log.CommittedRead;
import io.sinew.log.LogRead;
import io.sinew.log.PartitionLog;
import io.sinew.log.RecordPosition;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.Share;
import io.sinew.topics.ShareListener;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicInfo;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The engine that stores topics in this process: a broker as patterns see it. It closes nothing
/// that it did not make: the broker is its opener's, who closes it after the engine. There may be
/// several engines over one broker; they share its names and its groups.
public final class EmbeddedEngine implements Engine {
    /// Records that one read returns at most, in bytes of their batches, whatever was asked for.
    public static final int READ_BYTES_MAX = 16 << 20;

    /// The longest wait of one read; who asks for a longer one gets an answer after this.
    public static final Duration WAIT_MAX = Duration.ofHours(1);

    /// The order in which positions are written down, so that a simulation repeats itself.
    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private final Broker broker;
    private final Supplier<UUID> freshIds;
    private final ReadWaits waits;

    // What was not closed yet.
    private final Set<Owner> owners = ConcurrentHashMap.newKeySet();
    private final Set<Share> shares = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /// @param freshIds random, for the topics that are created
    public EmbeddedEngine(Broker broker, Supplier<UUID> freshIds) {
        this.broker = broker;
        this.freshIds = freshIds;
        this.waits = broker.newReadWaits();
    }

    /// @throws SinewException `LOG_STOPPED`
    void requireOpen() {
        if (closed) {
            throw new SinewException(ErrorCode.LOG_STOPPED, "the engine is closed");
        }
    }

    // ---- topics

    @Override
    public void createTopic(String name, int partitionCount, Map<String, String> settings)
            throws InterruptedException {
        requireOpen();
        if (partitionCount < 1) {
            throw new SinewException(
                    ErrorCode.INVALID_PARTITIONS,
                    "A topic needs at least one partition, not " + partitionCount);
        }
        broker.topics()
                .create(freshIds.get(), name, partitionCount, settings)
                .commit()
                .awaitDurable();
    }

    @Override
    public Optional<TopicInfo> topic(String name) throws InterruptedException {
        requireOpen();
        Optional<Topic> topic = broker.topics().named(name);
        if (topic.isEmpty() || !broker.topics().isDurable(topic.get())) {
            return Optional.empty();
        }
        return topic.map(
                known -> new TopicInfo(known.name(), known.partitionCount(), known.settings()));
    }

    @Override
    public Set<String> topicNames() throws InterruptedException {
        requireOpen();
        // In order, so that a simulation repeats itself.
        var names = new TreeSet<String>();
        for (Topic topic : broker.topics().all()) {
            if (broker.topics().isDurable(topic)) {
                names.add(topic.name());
            }
        }
        return Collections.unmodifiableSet(names);
    }

    @Override
    public void changeSettings(String name, Map<String, String> settings)
            throws InterruptedException {
        requireOpen();
        broker.topics()
                .changeSettings(
                        name,
                        before -> {
                            var after = new HashMap<>(before);
                            after.putAll(settings);
                            return after;
                        })
                .commit()
                .awaitDurable();
    }

    @Override
    public void addPartitions(String name, int newCount) throws InterruptedException {
        requireOpen();
        broker.topics().addPartitions(name, newCount).commit().awaitDurable();
    }

    @Override
    public void deleteTopic(String name) throws InterruptedException {
        requireOpen();
        Topic topic = broker.topics().named(name).orElseThrow(() -> unknown(name));
        try {
            broker.deleteTopic(topic.id());
        } catch (SinewException e) {
            // Somebody else was first.
            throw e.code() == ErrorCode.UNKNOWN_TOPIC_ID ? unknown(name) : e;
        }
    }

    private static SinewException unknown(String topicOrPartition) {
        return new SinewException(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                "There is no '" + Quote.of(topicOrPartition) + "'; create the topic first");
    }

    Partition partition(TopicPartition named) {
        return broker.topics()
                .named(named.topic())
                .flatMap(topic -> broker.topics().partition(topic, named.partition()))
                .orElseThrow(() -> unknown(named.toString()));
    }

    // ---- append

    @Override
    public long[] append(TopicPartition partition, List<NewRecord> records)
            throws InterruptedException {
        requireOpen();
        Partition found = partition(partition);
        return found.joint().append(EngineRecords.plain(records), broker.clock().nowMs());
    }

    @Override
    public Owner own(String name) throws InterruptedException {
        requireOpen();
        var owner = new EmbeddedOwner(this, broker, name);
        Commit begun = broker.fences().give(name, owner);
        owners.add(owner);
        begun.awaitDurable();
        return owner;
    }

    /// The owner was closed.
    void forget(Owner owner) {
        owners.remove(owner);
    }

    // ---- read

    @Override
    public Fetched read(TopicPartition partition, long offset, int maxBytes, Duration atMost)
            throws InterruptedException {
        requireOpen();
        Partition found = partition(partition);
        int most = Math.clamp(maxBytes, 1, READ_BYTES_MAX);
        long seen = found.lastStableOffset();
        Fetched fetched = readNow(found, offset, most);
        if (!fetched.records().isEmpty() || !atMost.isPositive()) {
            return fetched;
        }
        long waitNanos = (atMost.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : atMost).toNanos();
        long deadline = broker.clock().nanos() + waitNanos;
        while (fetched.records().isEmpty() && deadline - broker.clock().nanos() > 0) {
            awaitBehind(found, seen, deadline);
            seen = found.lastStableOffset();
            fetched = readNow(found, fetched.nextOffset(), most);
        }
        return fetched;
    }

    /// Waits until more is committed than was.
    private void awaitBehind(Partition partition, long seen, long deadlineNanos)
            throws InterruptedException {
        waits.await(
                List.of(partition.log()),
                1,
                () -> partition.lastStableOffset() > seen ? Long.MAX_VALUE : 0,
                deadlineNanos);
        requireOpen();
    }

    /// Reads without a wait, over everything that is left out.
    private static Fetched readNow(Partition partition, long offset, int most) {
        var records = new ArrayList<StoredRecord>();
        long next = offset;
        while (true) {
            long after = readOnce(partition, next, most, records);
            if (!records.isEmpty() || after == next) {
                return new Fetched(records, after);
            }
            next = after;
        }
    }

    private static long readOnce(
            Partition partition, long offset, int most, List<StoredRecord> records) {
        PartitionLog log = partition.log();
        try {
            CommittedRead committed =
                    log.readCommitted(offset, partition.lastStableOffset(), most, true);
            try (LogRead _ = committed.read()) {
                var sizeBytes = new long[1];
                return BatchDecoder.decode(
                        committed,
                        offset,
                        (at, plain) -> {
                            StoredRecord record = EngineRecords.stored(at, plain);
                            records.add(record);
                            sizeBytes[0] += record.sizeBytes();
                            return sizeBytes[0] < most;
                        });
            }
        } catch (IOException e) {
            throw unreadable(partition, e);
        }
    }

    private static SinewException unreadable(Partition partition, IOException cause) {
        return new SinewException(
                ErrorCode.INTERNAL_ERROR,
                partition.topicName()
                        + "-"
                        + partition.index()
                        + " can't be read; check the disk, and try again",
                cause);
    }

    @Override
    public long startOffset(TopicPartition partition) {
        requireOpen();
        return partition(partition).log().logStartOffset();
    }

    @Override
    public long endOffset(TopicPartition partition) {
        requireOpen();
        return partition(partition).lastStableOffset();
    }

    @Override
    public OptionalLong offsetAt(TopicPartition partition, long timestampMs) {
        requireOpen();
        Partition found = partition(partition);
        long end = found.lastStableOffset();
        try {
            Optional<RecordPosition> first =
                    found.log()
                            .firstAtOrAfter(Math.max(0, timestampMs))
                            .filter(position -> position.offset() < end);
            return first.isPresent() ? OptionalLong.of(first.get().offset()) : OptionalLong.empty();
        } catch (IOException e) {
            throw unreadable(found, e);
        }
    }

    @Override
    public void trim(TopicPartition partition, long offset) throws InterruptedException {
        requireOpen();
        Partition found = partition(partition);
        if (!found.config().deletes()) {
            throw new SinewException(
                    ErrorCode.POLICY_VIOLATION,
                    "The topic's cleanup.policy does not let records be deleted.");
        }
        if (offset < 0) {
            throw new SinewException(
                    ErrorCode.OFFSET_OUT_OF_RANGE, "cannot delete up to offset " + offset);
        }
        found.deleteBefore(offset).commit().awaitDurable();
    }

    // ---- positions

    @Override
    public OptionalLong position(String group, TopicPartition partition)
            throws InterruptedException {
        requireOpen();
        Optional<Topic> topic = broker.topics().named(partition.topic());
        if (topic.isEmpty()) {
            return OptionalLong.empty();
        }
        var wanted = new GroupPartition(topic.get().id(), partition.partition());
        GroupReply reply =
                broker.groups()
                        .submit(new GroupCommand.FetchOffsets(group, List.of(wanted), false))
                        .await();
        if (reply instanceof GroupReply.Refused(ErrorCode error)) {
            throw new SinewException(
                    error, "The position of group '" + Quote.of(group) + "': " + error);
        }
        return reply instanceof GroupReply.OffsetsFetched fetched
                        && fetched.offsets().getFirst().offset() >= 0
                ? OptionalLong.of(fetched.offsets().getFirst().offset())
                : OptionalLong.empty();
    }

    @Override
    public void commitPositions(String group, Map<TopicPartition, Long> positions)
            throws InterruptedException {
        requireOpen();
        Collection<GroupCommand.CommitOffsets> commands =
                commandsOf(List.of(new Owner.Positions(group, positions)));
        if (commands.isEmpty()) {
            return;
        }
        broker.store().awaitRoom();
        broker.groups().commitWith(List.of(), commands).commit().awaitDurable();
    }

    /// The commands that commit these positions, one for each group.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`, `OFFSET_OUT_OF_RANGE`
    Collection<GroupCommand.CommitOffsets> commandsOf(List<Owner.Positions> positions) {
        var offsets = new LinkedHashMap<String, List<GroupOffset>>();
        for (Owner.Positions ofGroup : positions) {
            var sorted = new TreeMap<TopicPartition, Long>(BY_NAME);
            sorted.putAll(ofGroup.nextOffsets());
            sorted.forEach((partition, offset) ->
                    offsets.computeIfAbsent(ofGroup.group(), _ -> new ArrayList<>())
                            .add(groupOffset(partition, offset)));
        }
        return offsets.entrySet().stream()
                .map(ofGroup -> {
                    var claim = new GroupCommand.Claim(ofGroup.getKey(), -1, "", null);
                    return new GroupCommand.CommitOffsets(claim, ofGroup.getValue());
                })
                .collect(Collectors.toList());
    }

    private GroupOffset groupOffset(TopicPartition named, long offset) {
        if (offset < 0) {
            throw new SinewException(
                    ErrorCode.OFFSET_OUT_OF_RANGE, "There is no position " + offset);
        }
        Partition partition = partition(named);
        var of = new GroupPartition(partition.log().id().topicId(), partition.index());
        return new GroupOffset(of, offset, -1, "");
    }

    // ---- sharing

    @Override
    public Share share(String group, String topic, String address, ShareListener listener)
            throws InterruptedException {
        requireOpen();
        if (broker.topics().named(topic).isEmpty()) {
            throw unknown(topic);
        }
        return broker.shares().join(group, topic, address, listener, shares);
    }

    /// Ends the reads that wait, and what was owned and shared through this engine. The broker
    /// stays open.
    @Override
    public void close() {
        closed = true;
        waits.endAll();
        List.copyOf(shares).forEach(Share::close);
        List.copyOf(owners).forEach(Owner::close);
    }
}
