package io.sinew.ledger;

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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// An engine whose commits and reads fail or wait when a test says so, and which is another one
/// otherwise.
final class FaultyEngine implements Engine {
    private final Engine engine;

    /// Commits that were begun.
    final AtomicInteger commits = new AtomicInteger();

    /// Names that were asked for.
    final AtomicInteger owned = new AtomicInteger();

    /// What commits are refused with.
    volatile Optional<ErrorCode> refusal = Optional.empty();

    /// Commits that append there are refused with `ENGINE_UNAVAILABLE`.
    volatile Optional<TopicPartition> refusesAppendsTo = Optional.empty();

    /// What taking a name over waits for.
    volatile CountDownLatch beforeOwn = new CountDownLatch(0);

    /// What a commit waits for before it begins.
    volatile CountDownLatch beforeCommit = new CountDownLatch(0);

    /// Reads of each partition that were begun.
    private final Map<TopicPartition, AtomicInteger> reads = new ConcurrentHashMap<>();

    /// Records of each partition that reads have found.
    private final Map<TopicPartition, AtomicInteger> found = new ConcurrentHashMap<>();

    /// What a read that has found nothing, and is not to wait, waits for before it returns.
    volatile CountDownLatch afterEmptyRead = new CountDownLatch(0);

    /// Reads that have come to that.
    final AtomicInteger emptyReads = new AtomicInteger();

    /// What reads are refused with.
    volatile Optional<ErrorCode> readRefusal = Optional.empty();

    /// Whoever shares.
    private final AtomicReference<ShareListener> listener = new AtomicReference<>();

    FaultyEngine(Engine engine) {
        this.engine = engine;
    }

    private final class FaultyOwner implements Owner {
        private final Owner owner;

        FaultyOwner(Owner owner) {
            this.owner = owner;
        }

        @Override
        public List<long[]> commit(List<Append> appends, List<Positions> positions)
                throws InterruptedException {
            commits.incrementAndGet();
            beforeCommit.await();
            Optional<ErrorCode> code = refusal;
            if (code.isPresent()) {
                throw new SinewException(code.get(), "meant");
            }
            Optional<TopicPartition> refused = refusesAppendsTo;
            if (appends.stream()
                    .anyMatch(append -> refused.equals(Optional.of(append.partition())))) {
                throw new SinewException(ErrorCode.ENGINE_UNAVAILABLE, "meant");
            }
            return owner.commit(appends, positions);
        }

        @Override
        public void close() {
            owner.close();
        }
    }

    @Override
    public Owner own(String name) throws InterruptedException {
        owned.incrementAndGet();
        beforeOwn.await();
        return new FaultyOwner(engine.own(name));
    }

    @Override
    public Share share(String group, String topic, String address, ShareListener told)
            throws InterruptedException {
        listener.set(told);
        return engine.share(group, topic, address, told);
    }

    /// Tells whoever shares that it has a partition.
    void gain(int partition) {
        Objects.requireNonNull(listener.get()).gained(partition);
    }

    /// Tells whoever shares that it has a partition no longer.
    void lose(int partition) {
        Objects.requireNonNull(listener.get()).lost(partition);
    }

    // ---- as it is, but for reads

    @Override
    public void createTopic(String name, int partitionCount, Map<String, String> settings)
            throws InterruptedException {
        engine.createTopic(name, partitionCount, settings);
    }

    @Override
    public Optional<TopicInfo> topic(String name) throws InterruptedException {
        return engine.topic(name);
    }

    @Override
    public Set<String> topicNames() throws InterruptedException {
        return engine.topicNames();
    }

    @Override
    public void changeSettings(String name, Map<String, String> settings)
            throws InterruptedException {
        engine.changeSettings(name, settings);
    }

    @Override
    public void addPartitions(String name, int newCount) throws InterruptedException {
        engine.addPartitions(name, newCount);
    }

    @Override
    public void deleteTopic(String name) throws InterruptedException {
        engine.deleteTopic(name);
    }

    @Override
    public long[] append(TopicPartition partition, List<NewRecord> records)
            throws InterruptedException {
        return engine.append(partition, records);
    }

    @Override
    public Fetched read(TopicPartition partition, long offset, int maxBytes, Duration atMost)
            throws InterruptedException {
        count(reads, partition).incrementAndGet();
        Optional<ErrorCode> code = readRefusal;
        if (code.isPresent()) {
            throw new SinewException(code.get(), "meant");
        }
        Fetched fetched = engine.read(partition, offset, maxBytes, atMost);
        count(found, partition).addAndGet(fetched.records().size());
        if (atMost.isZero() && fetched.nextOffset() == offset) {
            CountDownLatch after = afterEmptyRead;
            emptyReads.incrementAndGet();
            after.await();
        }
        return fetched;
    }

    /// Reads of a partition that were begun.
    int readsOf(TopicPartition partition) {
        return count(reads, partition).get();
    }

    /// Records of a partition that reads have found.
    int recordsReadOf(TopicPartition partition) {
        return count(found, partition).get();
    }

    private static AtomicInteger count(
            Map<TopicPartition, AtomicInteger> counts, TopicPartition partition) {
        return counts.computeIfAbsent(partition, _ -> new AtomicInteger());
    }

    @Override
    public long startOffset(TopicPartition partition) throws InterruptedException {
        return engine.startOffset(partition);
    }

    @Override
    public long endOffset(TopicPartition partition) throws InterruptedException {
        return engine.endOffset(partition);
    }

    @Override
    public OptionalLong offsetAt(TopicPartition partition, long timestampMs)
            throws InterruptedException {
        return engine.offsetAt(partition, timestampMs);
    }

    @Override
    public void trim(TopicPartition partition, long offset) throws InterruptedException {
        engine.trim(partition, offset);
    }

    @Override
    public OptionalLong position(String group, TopicPartition partition)
            throws InterruptedException {
        return engine.position(group, partition);
    }

    @Override
    public void commitPositions(String group, Map<TopicPartition, Long> positions)
            throws InterruptedException {
        engine.commitPositions(group, positions);
    }

    @Override
    public void close() {
        engine.close();
    }
}
