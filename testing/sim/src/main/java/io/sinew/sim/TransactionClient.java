package io.sinew.sim;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.broker.Pending;
import io.sinew.broker.TransactionalProducer;
import io.sinew.broker.Transactions;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.kit.Batches;
import io.sinew.log.BatchV2Format;
import io.sinew.log.Commit;
import io.sinew.log.PartitionId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A producer with a transactional id. It waits for each answer before it asks for the next thing,
/// but for records, of which several may be on their way.
final class TransactionClient {
    private static final int NAPS_MAX_MS = 70_000;

    /// Ends of transactions of which one begins in one block, goes on in the next, and is followed
    /// by a death: what is half written by then has to be finished by the next start.
    private static final int DEATHS_ONE_IN = 10;

    private static final int DEATH_WITHIN_OPERATIONS = 3;

    private final World world;
    private final LogClients log;
    private final TransactionsModel transactions;
    private final TransactionModel model;
    private @Nullable Producer producer;

    /// Whether it has learned that it is not the holder any more.
    private boolean fenced;

    private boolean begun;
    private final Set<PartitionModel> joined = new HashSet<>();
    private boolean offsetsJoined;

    /// How it wants its transaction to end, once it has asked for that.
    private @Nullable Boolean ending;

    private final List<Commit> unanswered = new ArrayList<>();
    private @Nullable Awaited awaited;
    private long asleepUntilMs;

    /// The version that the last question met.
    private TransactionVersion met = TransactionVersion.NONE;

    /// An answer that has not come yet.
    private interface Awaited {
        boolean isThere();

        /// @throws SinewException `LOG_STOPPED`
        void take() throws InterruptedException;
    }

    /// Something asked of the coordinator.
    private interface Question<T> {
        T ask() throws InterruptedException;
    }

    TransactionClient(
            World world, LogClients log, TransactionsModel transactions, TransactionModel model) {
        this.world = world;
        this.log = log;
        this.transactions = transactions;
        this.model = model;
    }

    TransactionModel model() {
        return model;
    }

    private Broker broker() {
        return world.machine().broker();
    }

    /// The connection is gone, and with it the answers to what was asked.
    void disconnect() {
        awaited = null;
        unanswered.clear();
    }

    // ---- what it does

    /// Does the next thing that such a producer does.
    void act() throws InterruptedException {
        if (isAwaiting()) {
            return;
        }
        Producer as = producer;
        if (world.clock().nowMs() < asleepUntilMs) {
            return;
        }
        if (world.chance().oneIn(80)) {
            asleepUntilMs = world.clock().nowMs() + world.chance().below(NAPS_MAX_MS);
        } else if (as == null || fenced || world.chance().oneIn(60)) {
            initialise(as != null && world.chance().oneIn(2));
        } else if (ending != null) {
            end(as, ending);
        } else {
            work(as);
        }
    }

    private void work(Producer as) throws InterruptedException {
        int choice = world.chance().below(10);
        if (choice < 2) {
            commitOffset(as);
        } else if (choice < 5 && begun && areAnswered()) {
            boolean commit = !world.chance().oneIn(3);
            ending = commit;
            end(as, commit);
        } else {
            produce(as, false);
        }
    }

    /// Does something without a thought of whether it still may.
    void actCarelessly() throws InterruptedException {
        Producer as = producer;
        if (isAwaiting() || as == null) {
            return;
        }
        switch (world.chance().below(5)) {
            case 0 -> end(as, world.chance().oneIn(2));
            case 1 -> commitOffset(as);
            case 2 -> initialise(true);
            default -> produce(as, world.chance().oneIn(2));
        }
    }

    private boolean isAwaiting() throws InterruptedException {
        Awaited answer = awaited;
        if (answer == null) {
            return false;
        }
        if (answer.isThere()) {
            awaited = null;
            try {
                answer.take();
            } catch (SinewException e) {
                world.trace().add(model.id + " gets no answer");
                disconnect();
            }
        } else if (world.chance().oneIn(60)) {
            disconnect();
        }
        return true;
    }

    /// Whether all records that it has sent are acknowledged.
    private boolean areAnswered() throws InterruptedException {
        if (!unanswered.stream().allMatch(Commit::isSettled)) {
            return false;
        }
        for (Commit each : unanswered) {
            try {
                each.awaitDurable();
            } catch (SinewException e) {
                disconnect();
                return false;
            }
        }
        return true;
    }

    /// Asks, and takes over what that has changed.
    ///
    /// @param wish what may change by it
    /// @return empty when it was refused as not being for this client to ask
    private <T> Optional<T> ask(TransactionModel.@Nullable Wish wish, Question<T> question)
            throws InterruptedException {
        model.wish(wish);
        try {
            return Optional.of(question.ask());
        } catch (SinewException e) {
            switch (e.code()) {
                case PRODUCER_FENCED, INVALID_PRODUCER_ID_MAPPING -> {
                    fenced = true;
                    ending = null;
                }
                case INVALID_TXN_STATE, TRANSACTION_ABORTABLE -> ending = null;
                case CONCURRENT_TRANSACTIONS ->
                        BrokenPromise.unless(
                                model.isPrepared(broker()), model.id + " is busy with nothing");
                default -> {
                    disconnect();
                    throw e;
                }
            }
            world.trace().add(model.id + " is refused: " + e.code());
            return Optional.empty();
        } finally {
            met = model.current();
            transactions.notice();
            model.wish(null);
        }
    }

    /// Whether the client was the holder when it asked last, and nothing kept it from being served.
    private boolean hadToBeServed(Producer as) {
        return met.isHeldBy(as) && !model.isPrepared(broker());
    }

    private void checkServed(boolean served, boolean mayBe, boolean mustBe, String what) {
        BrokenPromise.unless(!served || mayBe, model.id + " may not " + what + ": it is " + met);
        BrokenPromise.unless(served || !mustBe, model.id + " cannot " + what + ": it is " + met);
    }

    // ---- its epoch

    private void initialise(boolean withHeld) throws InterruptedException {
        Producer as = producer;
        Producer held = withHeld ? as : null;
        boolean may =
                held == null || model.current().wasHeldBy(held) || model.current().isHeldBy(held);
        int timeoutMs = (int) world.chance().between(2_000, 60_000);
        var wish = may ? new TransactionModel.Wish.Epoch(held) : null;
        long id = held == null ? -1 : held.id;
        short epoch = (short) (held == null ? -1 : held.epoch);
        Optional<Transactions.Initialised> given =
                ask(wish, () -> broker().transactions().initialise(model.id, timeoutMs, id, epoch));
        boolean mayNow = held == null || met.wasHeldBy(held) || met.isHeldBy(held);
        boolean prepared = model.isPrepared(broker());
        checkServed(given.isPresent(), mayNow, mayNow && !prepared, "get an epoch");
        if (given.isEmpty()) {
            producer = prepared ? producer : null;
            return;
        }
        BrokenPromise.unless(
                given.get().producerId() == model.current().producerId()
                        && given.get().epoch() == model.current().epoch(),
                model.id + " was given another epoch than it has");
        int number = model.number();
        await(
                given.get().commit(),
                () -> {
                    model.acknowledged(number);
                    adopt(given.get());
                    model.told(new Producer(given.get().producerId(), given.get().epoch()));
                });
    }

    private void adopt(Transactions.Initialised given) {
        Producer as = producer;
        if (as == null || as.id != given.producerId() || as.epoch != given.epoch()) {
            producer = new Producer(given.producerId(), given.epoch());
        }
        fenced = false;
        begun = false;
        ending = null;
        joined.clear();
        offsetsJoined = false;
        unanswered.clear();
    }

    private void await(Commit commit, Runnable then) {
        awaited =
                new Awaited() {
                    @Override
                    public boolean isThere() {
                        return commit.isSettled();
                    }

                    @Override
                    public void take() throws InterruptedException {
                        commit.awaitDurable();
                        then.run();
                    }
                };
    }

    private TransactionalProducer claim(Producer as) {
        return new TransactionalProducer(model.id, as.id, (short) as.epoch);
    }

    // ---- records

    private void produce(Producer as, boolean gap) throws InterruptedException {
        List<PartitionModel> all = world.topics().keptPartitions();
        if (all.isEmpty()) {
            return;
        }
        PartitionModel partition = world.chance().any(all);
        if (model.newEpochs) {
            Partition live = TopicsModel.required(broker(), partition);
            if (!live.admits(as.id, (short) as.epoch)
                    && addPartitions(as, Set.of(partition)).isEmpty()) {
                return;
            }
        } else if (!joined.contains(partition) && !world.chance().oneIn(40)) {
            var more = new LinkedHashSet<>(List.of(partition, world.chance().any(all)));
            addPartitions(as, more)
                    .ifPresent(commit -> {
                        int number = model.number();
                        await(
                                commit,
                                () -> {
                                    model.acknowledged(number);
                                    joined.addAll(more);
                                    begun = true;
                                });
                    });
            return;
        }
        send(as, partition, gap ? 1 : 0);
    }

    private void send(Producer as, PartitionModel partition, int gap) throws InterruptedException {
        ByteBuffer again = world.chance().oneIn(6) ? as.again(partition, world.chance()) : null;
        int sequence = as.sequence(partition) + gap;
        Batches batches =
                Batches.plain()
                        .producer(as.id, as.epoch, sequence)
                        .transactional()
                        .at(log.someTime(), 1);
        ByteBuffer batch = again != null ? again : log.some(partition, batches);
        Optional<Commit> stored = log.send(as, partition, batch);
        if (stored.isEmpty()) {
            as.resume(partition);
            return;
        }
        unanswered.add(stored.get());
        begun = true;
        if (again == null) {
            as.sent(partition, batch, sequence + BatchV2Format.recordCount(batch, 0));
        }
    }

    private Optional<Commit> addPartitions(Producer as, Set<PartitionModel> partitions)
            throws InterruptedException {
        var wish =
                model.current().isHeldBy(as)
                        ? new TransactionModel.Wish.More(partitions, false)
                        : null;
        var ids = new LinkedHashSet<PartitionId>();
        partitions.forEach(each -> ids.add(each.id()));
        Optional<Commit> added =
                ask(
                        wish,
                        () ->
                                broker().transactions()
                                        .addPartitions(claim(as), ids, model.newEpochs));
        checkServed(added.isPresent(), met.isHeldBy(as), hadToBeServed(as), "add partitions");
        if (added.isPresent()) {
            for (PartitionModel each : partitions) {
                each.transactions().admit(as.id, as.epoch, model.newEpochs);
            }
        }
        return added;
    }

    // ---- offsets

    private void commitOffset(Producer as) throws InterruptedException {
        Set<GroupPartition> waiting = model.current().pending().keySet();
        List<GroupPartition> free =
                world.topics().keptPartitions().stream()
                        .map(each -> new GroupPartition(each.topic.id, each.index))
                        .filter(each -> !waiting.contains(each))
                        .toList();
        if (free.isEmpty()) {
            return;
        }
        boolean mayAdd = model.current().isHeldBy(as);
        var wish = mayAdd ? new TransactionModel.Wish.More(Set.of(), true) : null;
        if (!model.newEpochs && !offsetsJoined && !world.chance().oneIn(20)) {
            Optional<Commit> added =
                    ask(wish, () -> broker().transactions().addGroup(claim(as), model.groupId));
            checkServed(added.isPresent(), met.isHeldBy(as), hadToBeServed(as), "add offsets");
            int number = model.number();
            added.ifPresent(commit ->
                    await(
                            commit,
                            () -> {
                                model.acknowledged(number);
                                offsetsJoined = true;
                                begun = true;
                            }));
            return;
        }
        commitOffset(as, world.chance().any(free), model.newEpochs ? wish : null);
    }

    private void commitOffset(
            Producer as, GroupPartition partition, TransactionModel.@Nullable Wish wish)
            throws InterruptedException {
        long offset = model.nextOffset();
        Optional<Pending<GroupReply>> asked =
                ask(
                        wish,
                        () ->
                                broker().transactions()
                                        .commitOffsets(
                                                claim(as),
                                                new GroupCommand.Claim(model.groupId, -1, "", null),
                                                List.of(new GroupOffset(partition, offset, -1, "")),
                                                model.newEpochs));
        boolean takesPart = model.newEpochs || (met.isOpen() && met.withOffsets());
        checkServed(
                asked.isPresent(),
                met.isHeldBy(as) && takesPart,
                hadToBeServed(as) && takesPart,
                "commit offsets");
        if (asked.isEmpty()) {
            offsetsJoined = false;
            return;
        }
        model.pending(partition, offset);
        int number = model.number();
        begun = true;
        awaited =
                new Awaited() {
                    @Override
                    public boolean isThere() {
                        return asked.get().isSettled();
                    }

                    @Override
                    public void take() throws InterruptedException {
                        BrokenPromise.unless(
                                asked.get().await() instanceof GroupReply.OffsetsCommitted,
                                model.id + ": offsets were refused");
                        model.acknowledged(number);
                    }
                };
    }

    // ---- the end

    private void end(Producer as, boolean commit) throws InterruptedException {
        boolean dies = world.chance().oneIn(DEATHS_ONE_IN);
        if (dies) {
            log.fillBlock();
        }
        boolean may = model.current().isHeldBy(as);
        Optional<Transactions.Initialised> ended =
                ask(
                        may ? new TransactionModel.Wish.End(commit) : null,
                        () -> broker().transactions().end(claim(as), commit, model.newEpochs));
        boolean ends = met.isHeldBy(as) && met.isOpen();
        boolean abortsNothing = met.isHeldBy(as) && model.newEpochs && !commit;
        boolean again =
                met.hasEnded()
                        && commit == (met.phase() == TransactionVersion.Phase.COMMITTED)
                        && (model.newEpochs ? met.wasHeldBy(as) : met.isHeldBy(as));
        boolean must = (ends || abortsNothing || again) && !model.isPrepared(broker());
        checkServed(ended.isPresent(), ends || abortsNothing || again, must, "end with " + commit);
        if (ended.isEmpty()) {
            if (ending == null) {
                fenced |= !begun || !met.isHeldBy(as);
                begun = false;
            }
            return;
        }
        TransactionVersion after = model.current();
        BrokenPromise.unless(
                after.hasEnded() && commit == (after.phase() == TransactionVersion.Phase.COMMITTED),
                model.id + " was told that it has ended, and is " + after);
        if (dies) {
            world.machine().dieAfter(1 + world.chance().below(DEATH_WITHIN_OPERATIONS));
            world.machine().steps().workUntil(world.promises()::isSettled, Long.MAX_VALUE);
        }
        int number = model.number();
        await(
                ended.get().commit(),
                () -> {
                    model.acknowledged(number);
                    ended();
                    if (model.newEpochs) {
                        adopt(ended.get());
                    }
                });
    }

    private void ended() {
        begun = false;
        ending = null;
        joined.clear();
        offsetsJoined = false;
        unanswered.clear();
    }
}
