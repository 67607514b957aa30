package io.sinew.sim;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.broker.Pending;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.log.AbortedTransaction;
import io.sinew.log.BatchV2Format;
import io.sinew.log.LogRead;
import io.sinew.log.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/// Producers with transactional ids, those that have taken the ids over from them and those that do
/// not know it yet, and readers of what is committed.
final class TransactionClients {
    private static final int IDS = 3;
    private static final int ZOMBIES_MAX = 4;
    private static final int READ_MAX_BYTES = 30_000;

    private final World world;
    private final LogClients log;
    private final TransactionsModel transactions;
    private final List<TransactionClient> clients = new ArrayList<>();

    /// Those that somebody has taken the place of, or is going to.
    private final ArrayDeque<TransactionClient> zombies = new ArrayDeque<>();

    /// What was asked after a restart.
    private final List<Asked> asked = new ArrayList<>();

    /// Commits without a transaction that are not answered yet.
    private final List<Committed> commits = new ArrayList<>();

    private record Asked(
            TransactionModel model, Pending<GroupReply> plain, Pending<GroupReply> stable) {}

    private record Committed(TransactionModel model, Pending<GroupReply> answer, int number) {}

    TransactionClients(World world, LogClients log, TransactionsModel transactions) {
        this.world = world;
        this.log = log;
        this.transactions = transactions;
        for (int i = 0; i < IDS; i++) {
            boolean newEpochs = world.chance().oneIn(2);
            var model = new TransactionModel(world, "tx" + i, newEpochs);
            transactions.add(model);
            clients.add(client(model));
        }
    }

    private TransactionClient client(TransactionModel model) {
        return new TransactionClient(world, log, transactions, model);
    }

    /// Somebody does the next thing; now and then somebody vanishes, and another comes.
    void act() throws InterruptedException {
        int index = world.chance().below(clients.size());
        TransactionClient client = clients.get(index);
        if (world.chance().oneIn(120)) {
            world.trace().add(client.model().id + " vanishes");
            zombies.addLast(client);
            if (zombies.size() > ZOMBIES_MAX) {
                zombies.removeFirst();
            }
            clients.set(index, client(client.model()));
        } else {
            client.act();
        }
    }

    /// Somebody who may be fenced does something.
    void actAsZombie() throws InterruptedException {
        if (!zombies.isEmpty()) {
            world.chance().any(List.copyOf(zombies)).actCarelessly();
        }
    }

    // ---- readers

    /// Reads a partition as a consumer of committed records does.
    void read() throws IOException {
        List<PartitionModel> all = world.topics().partitions();
        if (!all.isEmpty()) {
            PartitionModel model = world.chance().any(all);
            long offset = world.chance().between(model.start(), model.end());
            world.trace().add("read committed " + model.name() + " @" + offset);
            read(model, offset);
        }
    }

    /// Reads all that is committed.
    void readAll() throws IOException {
        for (PartitionModel model : world.topics().partitions()) {
            for (long next = model.start(); next < model.stable(); ) {
                long behind = read(model, next);
                BrokenPromise.unless(behind > next, model.name() + ": a read got nowhere");
                next = behind;
            }
        }
    }

    private long read(PartitionModel model, long offset) throws IOException {
        Partition partition = TopicsModel.required(world.machine().broker(), model);
        PartitionLog live = partition.log();
        long stable = partition.lastStableOffset();
        int maxBytes = world.chance().below(READ_MAX_BYTES);
        try (LogRead read = live.read(offset, stable, maxBytes, true)) {
            ByteBuffer bytes = read.slice().copy();
            long behind = model.checkRead(bytes, offset, offset < stable);
            BrokenPromise.unless(
                    behind <= Math.max(stable, offset),
                    model.name() + ": a read of what is stable goes on to " + behind);
            if (bytes.hasRemaining()) {
                long upTo = Math.min(stable, read.nextOffset());
                show(model, bytes, live.abortedTransactions(offset, upTo));
            }
            return behind;
        }
    }

    /// What a consumer makes of a read: it drops the records of producers that the list names, from
    /// the first offset on up to a marker of theirs.
    private static void show(
            PartitionModel model, ByteBuffer read, List<AbortedTransaction> aborted) {
        var left = new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
        left.addAll(aborted);
        var dropped = new HashSet<Long>();
        for (int at = 0; at + BatchV2Format.HEADER_BYTES <= read.limit(); ) {
            int size = BatchV2Format.sizeBytes(read, at);
            if (at + size > read.limit() || !BatchV2Format.checksumHolds(read, at)) {
                return;
            }
            long producerId = BatchV2Format.producerId(read, at);
            long last = BatchV2Format.lastOffset(read, at);
            while (!left.isEmpty() && left.element().firstOffset() <= last) {
                dropped.add(left.remove().producerId());
            }
            if (BatchV2Format.isControl(read, at)) {
                dropped.remove(producerId);
            } else if (BatchV2Format.recordCount(read, at) > 0) {
                boolean isShown =
                        !BatchV2Format.isTransactional(read, at) || !dropped.contains(producerId);
                check(model, BatchV2Format.baseOffset(read, at), isShown);
            }
            at += size;
        }
    }

    private static void check(PartitionModel model, long offset, boolean isShown) {
        Stored.Outcome outcome = model.at(offset).outcome;
        boolean mustBe = outcome == Stored.Outcome.PLAIN || outcome == Stored.Outcome.COMMITTED;
        BrokenPromise.unless(
                isShown == mustBe,
                model.name()
                        + ": the records at "
                        + offset
                        + " are "
                        + outcome
                        + " and "
                        + (isShown ? "shown" : "hidden"));
    }

    // ---- offsets

    /// Somebody commits an offset in the group of an id, without a transaction.
    void commitPlainly() throws InterruptedException {
        List<PartitionModel> all = world.topics().keptPartitions();
        if (all.isEmpty()) {
            return;
        }
        PartitionModel partition = world.chance().any(all);
        TransactionModel model = world.chance().any(transactions.all());
        var where = new GroupPartition(partition.topic.id, partition.index);
        var offset = new GroupOffset(where, model.nextOffset(), -1, "");
        Pending<GroupReply> answer =
                world.machine()
                        .broker()
                        .groups()
                        .submit(
                                new GroupCommand.CommitOffsets(
                                        new GroupCommand.Claim(model.groupId, -1, "", null),
                                        List.of(offset)));
        world.trace().add("commit " + model.groupId + " " + partition.name());
        int number = model.committed(where, offset.offset());
        commits.add(new Committed(model, answer, number));
    }

    /// Takes the answers that have come.
    void noticeAnswers() throws InterruptedException {
        for (Committed each : List.copyOf(commits)) {
            if (each.answer().isSettled()) {
                commits.remove(each);
                try {
                    each.answer().await();
                    each.model().acknowledged(each.number());
                } catch (SinewException e) {
                    world.trace().add(each.model().groupId + " gets no answer");
                }
            }
        }
    }

    /// Looks at the offsets that one of the ids has committed.
    void checkOffsets() throws InterruptedException {
        checkOffsets(world.chance().any(transactions.all()));
    }

    /// Looks at all of them.
    void checkAllOffsets() throws InterruptedException {
        for (TransactionModel model : transactions.all()) {
            checkOffsets(model);
        }
    }

    private void checkOffsets(TransactionModel model) throws InterruptedException {
        Broker broker = world.machine().broker();
        if (model.isPrepared(broker)) {
            return;
        }
        TransactionVersion version = model.current();
        List<GroupPartition> partitions =
                world.topics().keptPartitions().stream()
                        .map(each -> new GroupPartition(each.topic.id, each.index))
                        .toList();
        Pending<GroupReply> plain = fetch(model, partitions, false);
        Pending<GroupReply> stable = fetch(model, partitions, true);
        for (GroupOffset offset : fetched(plain).offsets()) {
            long expected = version.committed().getOrDefault(offset.partition(), -1L);
            BrokenPromise.unless(
                    offset.offset() == expected,
                    model.id + ": an offset is " + offset.offset() + " and must be " + expected);
        }
        var waiting = TransactionModel.present(version.pending().keySet(), broker);
        waiting.retainAll(partitions);
        var unstable = new HashSet<>(fetched(stable).unstable());
        unstable.retainAll(partitions);
        BrokenPromise.unless(
                unstable.equals(waiting),
                model.id + ": offsets wait in " + unstable + ", not " + waiting);
    }

    private Pending<GroupReply> fetch(
            TransactionModel model, List<GroupPartition> partitions, boolean stable)
            throws InterruptedException {
        return world.machine()
                .broker()
                .groups()
                .submit(new GroupCommand.FetchOffsets(model.groupId, partitions, stable));
    }

    private GroupReply.OffsetsFetched fetched(Pending<GroupReply> pending)
            throws InterruptedException {
        world.machine().steps().workUntil(pending::isSettled, Long.MAX_VALUE);
        if (pending.await() instanceof GroupReply.OffsetsFetched fetched) {
            return fetched;
        }
        throw new BrokenPromise("a fetch of offsets was refused");
    }

    // ---- restarts

    /// Asks what a restart left, before anything else happens.
    void restarted(Broker broker) throws InterruptedException {
        clients.forEach(TransactionClient::disconnect);
        zombies.forEach(TransactionClient::disconnect);
        asked.clear();
        commits.clear();
        transactions.restarted(broker);
        for (TransactionModel model : transactions.all()) {
            asked.add(asked(model));
        }
    }

    private Asked asked(TransactionModel model) throws InterruptedException {
        List<GroupPartition> everywhere = everywhere(world.machine().broker());
        return new Asked(model, fetch(model, everywhere, false), fetch(model, everywhere, true));
    }

    /// Waits for ends that the start could not finish, and asks again what they change.
    private void finish() throws InterruptedException {
        Machine machine = world.machine();
        for (int i = 0; i < asked.size(); i++) {
            TransactionModel model = asked.get(i).model();
            if (model.isPrepared(machine.broker())) {
                machine.steps()
                        .workUntil(
                                () -> machine.isStopped() || !model.isPrepared(machine.broker()),
                                Long.MAX_VALUE);
                asked.set(i, asked(model));
            }
        }
    }

    private static List<GroupPartition> everywhere(Broker broker) {
        return broker.topics().all().stream()
                .flatMap(topic ->
                        IntStream.range(0, topic.partitionCount())
                                .mapToObj(index -> new GroupPartition(topic.id(), index)))
                .toList();
    }

    /// Takes the answers.
    ///
    /// @throws SinewException when the machine dies over them
    void resumed(Broker broker) throws InterruptedException {
        finish();
        for (Asked each : asked) {
            var committed = new HashMap<GroupPartition, Long>();
            for (GroupOffset offset : fetched(each.plain()).offsets()) {
                if (offset.offset() >= 0) {
                    committed.put(offset.partition(), offset.offset());
                }
            }
            each.model().restartedWith(fetched(each.stable()).unstable(), committed, broker);
        }
        checkAllOffsets();
    }
}
