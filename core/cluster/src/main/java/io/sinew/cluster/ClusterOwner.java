package io.sinew.cluster;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A name in a cluster: a transactional producer with that transactional id. Taking the name ends
/// the transaction of the one before and raises its epoch, which is the fence. A commit is one
/// transaction, and no transaction is open between commits.
///
/// **What has failed can't always be told.** When the cluster does not answer to the end of a
/// transaction, nobody here knows whether it is committed. The owner is then broken, refuses
/// everything with `ENGINE_UNAVAILABLE`, and says so. The log itself is never in doubt for long:
/// the transaction is committed, or the next [Engine#own] of the name ends it before it returns, or
/// the cluster does after [ClusterLimits#TRANSACTION]. Whoever takes the name again and reads finds
/// all of that commit or nothing, for good.
final class ClusterOwner implements Owner {
    private final String name;
    private final String transactionalId;
    private final Clients clients;
    private final ClusterTopics topics;
    private final Clock clock;
    private final Consumer<ClusterOwner> gone;
    private final KafkaProducer<byte[], byte[]> producer;

    /// Callers wait here for their turn, in the order in which they came.
    private final ReentrantLock turn = new ReentrantLock(true);

    /// A partition that there is, for [#witness]: the last one appended to.
    private volatile TopicPartition used = new TopicPartition("__consumer_offsets", 0);

    /// Why there are no more commits, once there are none.
    private volatile @Nullable SinewException over;

    private ClusterOwner(
            String name,
            Clients clients,
            ClusterTopics topics,
            Clock clock,
            Consumer<ClusterOwner> gone) {
        this.name = name;
        this.transactionalId = clients.settings().prefix() + name;
        this.clients = clients;
        this.topics = topics;
        this.clock = clock;
        this.gone = gone;
        this.producer =
                clients.producer(
                        "own",
                        Map.of(
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                transactionalId,
                                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                ClusterLimits.millis(ClusterLimits.TRANSACTION),
                                ProducerConfig.LINGER_MS_CONFIG,
                                ClusterLimits.millis(ClusterLimits.OWNER_LINGER)));
    }

    /// Takes a name over.
    ///
    /// @param gone called once when it is given up
    static ClusterOwner take(
            String name,
            Clients clients,
            ClusterTopics topics,
            Clock clock,
            Consumer<ClusterOwner> gone)
            throws InterruptedException {
        var owner = new ClusterOwner(name, clients, topics, clock, gone);
        try {
            owner.producer.initTransactions();
            return owner;
        } catch (KafkaException e) {
            owner.producer.close(Duration.ZERO);
            throw clients.refusals().orInterrupted(e, "taking over '" + name + "'");
        }
    }

    @Override
    public List<long[]> commit(List<Append> appends, List<Positions> positions)
            throws InterruptedException {
        refuseIfOver();
        Plan plan = plan(appends, positions);
        turn.lockInterruptibly();
        try {
            refuseIfOver();
            return undisturbed(() -> transaction(plan));
        } finally {
            turn.unlock();
        }
    }

    private void refuseIfOver() {
        SinewException why = over;
        if (why != null) {
            throw new SinewException(why.code(), String.valueOf(why.getMessage()), why);
        }
    }

    /// Records of one partition, in runs that fit into a batch each.
    private record Cut(TopicPartition partition, boolean narrow, List<List<NewRecord>> batches) {}

    /// A commit that was checked.
    private record Plan(List<Cut> cuts, List<Positions> positions) {}

    private Plan plan(List<Append> appends, List<Positions> positions) throws InterruptedException {
        long bytes = 0;
        boolean something = false;
        for (Append append : appends) {
            for (NewRecord record : append.records()) {
                bytes += record.sizeBytes();
            }
            something |= !append.records().isEmpty();
        }
        SharedProducer.checkBytes(bytes, Engine.COMMIT_BYTES_MAX);
        var cuts = new ArrayList<Cut>(appends.size());
        for (Append append : appends) {
            TopicFacts facts = topics.facts(append.partition());
            facts.check(append.partition(), append.records(), clock.nowMs());
            cuts.add(
                    new Cut(append.partition(), facts.isNarrow(), facts.batches(append.records())));
            used = append.partition();
        }
        for (Positions of : positions) {
            ClusterEngine.checkGroup(of.group());
            for (var next : of.nextOffsets().entrySet()) {
                ClusterEngine.checkPosition(next.getKey(), next.getValue());
                topics.facts(next.getKey());
                something = true;
            }
        }
        return new Plan(cuts, something ? positions : witness());
    }

    /// What goes into a commit of nothing: a transaction without anything in it would not reach the
    /// cluster, and whoever has lost the name would be told that all is well.
    private List<Positions> witness() {
        String group = clients.settings().prefix() + "witness";
        return List.of(new Positions(group, Map.of(used, 0L)));
    }

    /// Does work that an interruption of its caller must not cut short, because nobody would know
    /// how far it came. The mark of the interruption is there afterwards. How long it takes is
    /// bounded by kafka-clients.
    private static <T> T undisturbed(Supplier<T> work) {
        var task = new FutureTask<T>(work::get);
        Thread.ofVirtual().name("sinew-cluster-commit").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof SinewException refusal) {
                        throw refusal;
                    }
                    throw new IllegalStateException("a commit failed in an unknown way", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ---- one transaction

    private List<long[]> transaction(Plan plan) {
        var sent = new ArrayList<List<Future<RecordMetadata>>>(plan.cuts().size());
        try {
            producer.beginTransaction();
            for (Cut cut : plan.cuts()) {
                sent.add(send(cut));
            }
            for (Positions of : plan.positions()) {
                if (!of.nextOffsets().isEmpty()) {
                    producer.sendOffsetsToTransaction(offsets(of), clients.outside(of.group()));
                }
            }
        } catch (RuntimeException e) {
            throw undo(e, sent);
        }
        try {
            producer.commitTransaction();
        } catch (TimeoutException e) {
            throw broken(
                    "the cluster did not say whether a commit as '"
                            + name
                            + "' happened: take the name again and read",
                    e);
        } catch (RuntimeException e) {
            throw undo(e, sent);
        }
        awaitMarkers();
        return offsets(sent);
    }

    private List<Future<RecordMetadata>> send(Cut cut) {
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (List<NewRecord> batch : cut.batches()) {
            sent.addAll(SharedProducer.send(producer, cut.partition(), batch));
            if (cut.narrow()) {
                // Ends the batch: what comes next must not go into it.
                producer.flush();
            }
        }
        return sent;
    }

    private static Map<org.apache.kafka.common.TopicPartition, OffsetAndMetadata> offsets(
            Positions positions) {
        var offsets = new HashMap<org.apache.kafka.common.TopicPartition, OffsetAndMetadata>();
        positions
                .nextOffsets()
                .forEach((TopicPartition partition, Long next) ->
                        offsets.put(ClusterEngine.kafka(partition), new OffsetAndMetadata(next)));
        return offsets;
    }

    private static List<long[]> offsets(List<List<Future<RecordMetadata>>> sent) {
        return sent.stream()
                .map(records -> records.stream().mapToLong(r -> r.resultNow().offset()).toArray())
                .toList();
    }

    /// Aborts what did not come to its commit, and says why.
    private SinewException undo(RuntimeException failure, List<List<Future<RecordMetadata>>> sent) {
        String what = "committing as '" + name + "'";
        Throwable cause = firstFailure(failure, sent);
        if (Refusals.fenced(failure) || Refusals.fenced(cause)) {
            return fenced(cause);
        }
        try {
            producer.abortTransaction();
        } catch (RuntimeException e) {
            if (Refusals.fenced(e)) {
                return fenced(e);
            }
            return broken(
                    what
                            + ": nothing of it happened, and the cluster did not end it either;"
                            + " take the name again",
                    e);
        }
        return clients.refusals().of(cause, what + ", of which nothing happened");
    }

    /// What the first record that failed says is nearer to the cause than what the commit says.
    private static Throwable firstFailure(
            RuntimeException failure, List<List<Future<RecordMetadata>>> sent) {
        return sent.stream()
                .flatMap(List::stream)
                .filter(record -> record.state() == Future.State.FAILED)
                .map(Future::exceptionNow)
                .findFirst()
                .orElse(failure);
    }

    private SinewException fenced(Throwable cause) {
        return end(
                new SinewException(
                        ErrorCode.PRODUCER_FENCED,
                        "somebody else has '" + name + "' now: leave what belongs to it alone",
                        cause));
    }

    private SinewException broken(String message, Throwable cause) {
        return end(clients.refusals().unavailable(message, cause));
    }

    private SinewException end(SinewException why) {
        over = why;
        // Without waiting: what it has open is ended by the next owner.
        producer.close(Duration.ZERO);
        gone.accept(this);
        return why;
    }

    /// Waits until the transaction's markers are in all partitions: then readers see it, and the
    /// next transaction does not find this one still being completed, which it would be sent away
    /// for. It has happened whatever is answered here.
    private void awaitMarkers() {
        long beganNanos = clock.nanos();
        long pauseNanos = 100_000;
        while (clock.nanos() - beganNanos < ClusterLimits.MARKERS.toNanos()) {
            try {
                TransactionDescription now =
                        clients.admin()
                                .describeTransactions(List.of(transactionalId))
                                .description(transactionalId)
                                .get();
                if (now.state() != TransactionState.PREPARE_COMMIT) {
                    return;
                }
            } catch (ExecutionException | InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(pauseNanos);
            pauseNanos = Math.min(2 * pauseNanos, ClusterLimits.LOOK_AGAIN.toNanos());
        }
    }

    boolean isCommitting() {
        return turn.isLocked();
    }

    // ---- the end

    @Override
    public void close() {
        close(ClusterLimits.CLOSE);
    }

    /// Gives the name up, after the commit that is under way if that ends in time.
    void close(Duration atMost) {
        boolean mine = false;
        try {
            mine = turn.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            if (over == null) {
                over =
                        new SinewException(
                                ErrorCode.LOG_STOPPED, "the owner of '" + name + "' is closed");
                producer.close(mine ? atMost : Duration.ZERO);
                gone.accept(this);
            }
        } finally {
            if (mine) {
                turn.unlock();
            }
        }
    }
}
