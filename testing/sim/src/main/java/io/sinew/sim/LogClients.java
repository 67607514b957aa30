package io.sinew.sim;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.broker.ProducerIds;
import io.sinew.broker.Topics;
import io.sinew.kit.Batches;
import io.sinew.log.BatchV2Format;
import io.sinew.log.Commit;
import io.sinew.log.LogRead;
import io.sinew.log.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Producers, readers and administrators of topics.
final class LogClients {
    static final int TOPICS_MAX = 6;
    private static final int PARTITIONS_MAX = 4;
    private static final int PRODUCERS_MAX = 4;
    private static final int READ_MAX_BYTES = 30_000;

    /// Enough for some segments, and for a checkpoint and a compaction after it.
    private static final int TABLE_BATCHES = 8;

    private static final long TABLE_NANOS = TimeUnit.SECONDS.toNanos(9);

    private final Chance chance;
    private final SimulatedClock clock;
    private final Trace trace;
    private final Machine machine;
    private final Promises promises;
    private final TopicsModel topics;
    private final List<Producer> producers = new ArrayList<>();
    private final KeyedContent keyed;
    private int valuesMade;

    LogClients(World world) {
        this.chance = world.chance();
        this.clock = world.clock();
        this.trace = world.trace();
        this.machine = world.machine();
        this.promises = world.promises();
        this.topics = world.topics();
        this.keyed = new KeyedContent(chance);
    }

    private Broker broker() {
        return machine.broker();
    }

    private Optional<PartitionModel> anyPartition() {
        List<PartitionModel> all = topics.partitions();
        return all.isEmpty() ? Optional.empty() : Optional.of(chance.any(all));
    }

    // ---- appends

    private String[] someValues() {
        int size = chance.oneIn(12) ? chance.below(50_000) : chance.below(1_500);
        var values = new String[size > 2_000 ? 1 : 1 + chance.below(4)];
        for (int i = 0; i < values.length; i++) {
            valuesMade++;
            values[i] = (valuesMade + "-").repeat(1 + size / 8 / values.length);
        }
        return values;
    }

    /// By a producer's clock, which may be slow.
    long someTime() {
        return clock.nowMs() - (chance.oneIn(3) ? chance.below(20_000) : 0);
    }

    void appendPlain() throws InterruptedException {
        Optional<PartitionModel> partition = anyPartition();
        if (partition.isPresent()) {
            append(partition.get(), some(partition.get(), Batches.plain().at(someTime(), 1)));
        }
    }

    /// A batch of what producers send to the partition.
    ByteBuffer some(PartitionModel model, Batches batches) {
        String[] values = someValues();
        return model.topic.compacts ? keyed.some(batches, values) : batches.of(values);
    }

    /// A batch that the partition takes, with this value.
    ByteBuffer one(PartitionModel model, Batches batches, String value) {
        return model.topic.compacts ? keyed.one(batches, value) : batches.of(value);
    }

    /// Somebody writes much to a compacted topic, and time passes in which it can be compacted.
    void fillTable() throws InterruptedException {
        List<PartitionModel> tables =
                topics.keptPartitions().stream().filter(model -> model.topic.compacts).toList();
        if (tables.isEmpty()) {
            return;
        }
        PartitionModel model = chance.any(tables);
        for (int i = 0; i < TABLE_BATCHES; i++) {
            append(model, some(model, Batches.plain().at(clock.nowMs(), 1)));
        }
        machine.steps().workUntil(machine::isExcused, TABLE_NANOS);
    }

    /// Leaves so little room in the block that is appended to that soon another one begins.
    void fillBlock() throws InterruptedException {
        List<PartitionModel> all = topics.keptPartitions();
        machine.steps().workUntil(promises::isSettled, Long.MAX_VALUE);
        if (!all.isEmpty() && !machine.isExcused()) {
            int size = machine.blockBytes() - 270 - chance.below(300);
            PartitionModel model = chance.any(all);
            append(model, one(model, Batches.plain().at(clock.nowMs(), 1), "f".repeat(size)));
        }
    }

    /// Appends a batch that the broker has to take.
    void append(PartitionModel model, ByteBuffer batch) throws InterruptedException {
        Partition partition = TopicsModel.partition(broker(), model).orElseThrow();
        var appended = partition.append(batch, clock.nowMs());
        tookIn(model, batch, appended);
    }

    private void tookIn(PartitionModel model, ByteBuffer batch, Partition.Appended appended) {
        long base = appended.baseOffset();
        trace.add("append " + model.name() + " @" + base + " " + batch.remaining() + " bytes");
        Stored stored = model.appended(batch, base, broker().leaderEpoch(), clock.nowMs());
        promises.add(
                new Promises.Promise(
                        "the batch at " + base + " of " + model.name(),
                        appended.commit(),
                        () -> model.acknowledged(stored),
                        broker -> isThere(broker, model, base)));
    }

    private static Promises.Evidence isThere(Broker broker, PartitionModel model, long base) {
        return TopicsModel.partition(broker, model)
                .map(_ -> model.end() > base ? Promises.Evidence.THERE : Promises.Evidence.GONE)
                .orElse(Promises.Evidence.UNTOLD);
    }

    void appendIdempotent() throws InterruptedException {
        Optional<PartitionModel> partition = anyPartition();
        Optional<Producer> producer = anyProducer();
        if (partition.isEmpty() || producer.isEmpty()) {
            return;
        }
        PartitionModel model = partition.get();
        Producer from = producer.get();
        ByteBuffer again = chance.oneIn(4) ? from.again(model, chance) : null;
        if (again != null) {
            send(from, model, again).ifPresent(_ -> {});
            return;
        }
        if (chance.oneIn(40)) {
            from.nextEpoch();
        }
        int gap = chance.oneIn(20) ? 1 + chance.below(3) : 0;
        int sequence = from.sequence(model) + gap;
        Batches batches = Batches.plain().producer(from.id, from.epoch, sequence).at(someTime(), 1);
        ByteBuffer batch = some(model, batches);
        if (send(from, model, batch).isPresent()) {
            from.sent(model, batch, sequence + BatchV2Format.recordCount(batch, 0));
        } else {
            from.resume(model);
        }
    }

    private Optional<Producer> anyProducer() {
        if (producers.size() < PRODUCERS_MAX && chance.oneIn(3)) {
            ProducerIds.Allocated allocated = broker().producerIds().allocate();
            machine.steps().workUntil(allocated.commit()::isSettled, Long.MAX_VALUE);
            if (machine.isExcused()) {
                return Optional.empty();
            }
            for (Producer known : producers) {
                BrokenPromise.unless(known.id != allocated.id(), "a producer id was given twice");
            }
            trace.add("producer " + allocated.id());
            producers.add(new Producer(allocated.id(), 0));
        }
        return producers.isEmpty() ? Optional.empty() : Optional.of(chance.any(producers));
    }

    /// Sends a batch and checks what the broker makes of it.
    ///
    /// @return when it is safe, if it is stored now, from before or since now
    Optional<Commit> send(Producer from, PartitionModel model, ByteBuffer batch)
            throws InterruptedException {
        int first = BatchV2Format.baseSequence(batch, 0);
        String sent = model.name() + ": sequence " + first + " of producer " + from.id;
        Partition partition = TopicsModel.partition(broker(), model).orElseThrow();
        try {
            Partition.Appended appended = partition.append(batch, clock.nowMs());
            switch (model.judge(batch)) {
                case PartitionModel.Verdict.Append() -> tookIn(model, batch, appended);
                case PartitionModel.Verdict.Duplicate(long base) ->
                        BrokenPromise.unless(
                                appended.baseOffset() == base,
                                sent + " has offset " + base + ", not " + appended.baseOffset());
                case PartitionModel.Verdict.Refuse(ErrorCode code) ->
                        throw new BrokenPromise(sent + " was taken, not refused with " + code);
            }
            return Optional.of(appended.commit());
        } catch (SinewException e) {
            if (model.judge(batch) instanceof PartitionModel.Verdict.Refuse(ErrorCode code)
                    && code == e.code()) {
                trace.add("refused " + sent + ": " + code);
                return Optional.empty();
            }
            switch (e.code()) {
                case OUT_OF_ORDER_SEQUENCE,
                        INVALID_PRODUCER_EPOCH,
                        INVALID_TXN_STATE,
                        TRANSACTION_ABORTABLE ->
                        throw new BrokenPromise(sent + " was refused: " + e.getMessage(), e);
                default -> throw e;
            }
        }
    }

    // ---- reads

    void read() throws IOException {
        Optional<PartitionModel> partition = anyPartition();
        if (partition.isEmpty()) {
            return;
        }
        PartitionModel model = partition.get();
        PartitionLog log = TopicsModel.log(broker(), model);
        long offset = chance.between(Math.max(0, model.start() - 1), model.end() + 1);
        boolean wholeFirst = !chance.oneIn(4);
        trace.add("read " + model.name() + " @" + offset);
        try (LogRead read = log.read(offset, chance.below(READ_MAX_BYTES), wholeFirst)) {
            BrokenPromise.unless(
                    offset >= model.start() && offset <= model.end(),
                    model.name() + ": offset " + offset + " was read");
            boolean more = wholeFirst && offset < model.end();
            model.checkRead(read.slice().copy(), offset, more);
        } catch (SinewException e) {
            BrokenPromise.unless(
                    e.code() == ErrorCode.OFFSET_OUT_OF_RANGE
                            && (offset < model.start() || offset > model.end()),
                    model.name() + ": reading " + offset + " failed: " + e.getMessage());
        }
    }

    /// Reads everything there is.
    void readAll() throws IOException {
        for (PartitionModel model : topics.partitions()) {
            readAll(model);
        }
    }

    /// Reads all of a compacted topic's partition, as one does who makes a table of it.
    void readTable() throws IOException {
        List<PartitionModel> tables =
                topics.partitions().stream().filter(model -> model.topic.compacts).toList();
        if (!tables.isEmpty()) {
            PartitionModel model = chance.any(tables);
            trace.add("read the table " + model.name());
            readAll(model);
        }
    }

    private void readAll(PartitionModel model) throws IOException {
        PartitionLog log = TopicsModel.log(broker(), model);
        var table = new CompactedTable(model, clock.nowMs());
        for (long next = model.start(); next < model.end(); ) {
            try (LogRead read = log.read(next, chance.below(READ_MAX_BYTES), true)) {
                ByteBuffer bytes = read.slice().copy();
                long behind = model.checkRead(bytes, next, true);
                BrokenPromise.unless(behind > next, model.name() + ": a read got nowhere");
                table.add(bytes);
                next = behind;
            }
        }
        if (model.topic.compacts) {
            table.check(log.compactedOffset());
        }
    }

    void lookUpTime() throws IOException {
        Optional<PartitionModel> partition = anyPartition();
        if (partition.isEmpty() || partition.get().anyFlipped()) {
            return;
        }
        PartitionModel model = partition.get();
        long now = clock.nowMs();
        List<Stored> live = model.live();
        long around = live.isEmpty() ? now : chance.any(live).maxTimestamp();
        long timestamp = around + chance.below(10) - 5;
        long found =
                TopicsModel.log(broker(), model)
                        .firstAtOrAfter(timestamp)
                        .map(position -> position.offset())
                        .orElse(-1L);
        trace.add("time " + model.name() + " @" + found);
        long expected = model.firstAtOrAfter(timestamp);
        // A compaction may have taken it.
        boolean later = model.topic.compacts && (found < 0 || found > expected);
        BrokenPromise.unless(
                found == expected || (expected >= 0 && later),
                model.name() + ": offset " + found + " was found by time, not " + expected);
    }

    // ---- administration

    void trim() {
        Optional<PartitionModel> partition = anyPartition();
        if (partition.isEmpty() || partition.get().end() <= partition.get().start()) {
            return;
        }
        PartitionModel model = partition.get();
        long offset = chance.between(model.start() + 1, model.end());
        Partition live = TopicsModel.partition(broker(), model).orElseThrow();
        Commit commit = live.deleteBefore(offset).commit();
        trace.add("trim " + model.name() + " to " + offset);
        model.trimmed(offset);
        promises.add(
                new Promises.Promise(
                        "the trim of " + model.name() + " to " + offset,
                        commit,
                        () -> model.trimAcknowledged(offset),
                        broker -> isTrimmed(broker, model, offset)));
    }

    private static Promises.Evidence isTrimmed(Broker broker, PartitionModel model, long offset) {
        return TopicsModel.partition(broker, model)
                .map(partition ->
                        partition.log().logStartOffset() >= offset
                                ? Promises.Evidence.THERE
                                : Promises.Evidence.GONE)
                .orElse(Promises.Evidence.UNTOLD);
    }

    /// Looks what the housekeeper took, and whether it may.
    void noticeRetention() {
        for (PartitionModel model : topics.partitions()) {
            long start = TopicsModel.log(broker(), model).logStartOffset();
            if (start > model.start()) {
                trace.add("retention of " + model.name() + " to " + start);
                model.checkRetained(start, clock.nowMs());
                model.trimmed(start);
                promises.add(
                        new Promises.Promise(
                                "retention of " + model.name(),
                                broker().barrier(),
                                () -> model.trimAcknowledged(start),
                                _ -> Promises.Evidence.UNTOLD));
            }
        }
    }

    static String topicName(int number) {
        return "topic" + number;
    }

    void createTopic() {
        String name = topicName(chance.below(TOPICS_MAX));
        int count = 1 + chance.below(2);
        var model = new TopicModel(chance.id(), name, count, chance);
        if (topics.present().stream().anyMatch(topic -> topic.name.equals(name))) {
            return;
        }
        Topics.Changed created = broker().topics().create(model.id, name, count, model.settings);
        trace.add("create " + name + " with " + count);
        topics.add(model);
        promises.add(
                new Promises.Promise(
                        "topic " + name,
                        created.commit(),
                        () -> model.keptPartitions = Math.max(model.keptPartitions, count),
                        broker -> isCreated(broker, model)));
    }

    private static Promises.Evidence isCreated(Broker broker, TopicModel model) {
        if (broker.topics().withId(model.id).isPresent()) {
            return Promises.Evidence.THERE;
        }
        return model.maybeDeleted ? Promises.Evidence.UNTOLD : Promises.Evidence.GONE;
    }

    void addPartitions() {
        List<TopicModel> present = topics.present();
        if (present.isEmpty()) {
            return;
        }
        TopicModel model = chance.any(present);
        int count = model.partitions.size() + 1;
        if (count > PARTITIONS_MAX) {
            return;
        }
        Commit commit = broker().topics().addPartitions(model.name, count).commit();
        trace.add("grow " + model.name + " to " + count);
        model.grow(count);
        promises.add(
                new Promises.Promise(
                        "partition " + count + " of " + model.name,
                        commit,
                        () -> model.keptPartitions = Math.max(model.keptPartitions, count),
                        broker ->
                                broker.topics()
                                        .withId(model.id)
                                        .map(topic ->
                                                topic.partitionCount() >= count
                                                        ? Promises.Evidence.THERE
                                                        : Promises.Evidence.GONE)
                                        .orElse(Promises.Evidence.UNTOLD)));
    }

    void deleteTopic() throws InterruptedException {
        List<TopicModel> present = topics.present();
        if (present.size() < 2) {
            return;
        }
        TopicModel model = chance.any(present);
        Topics.Changed deleted = broker().topics().delete(model.id);
        trace.add("delete " + model.name);
        model.maybeDeleted = true;
        promises.add(
                new Promises.Promise(
                        "the deletion of " + model.name,
                        deleted.commit(),
                        () -> topics.remove(model),
                        broker -> isDeleted(broker, model)));
        broker().clearAway(List.of(deleted));
    }

    private static Promises.Evidence isDeleted(Broker broker, TopicModel model) {
        if (broker.topics().withId(model.id).isPresent()) {
            return Promises.Evidence.GONE;
        }
        return model.keptPartitions == 0 ? Promises.Evidence.UNTOLD : Promises.Evidence.THERE;
    }
}
