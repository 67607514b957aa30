package io.sinew.sim;

import io.sinew.broker.Broker;
import io.sinew.broker.Transaction;
import io.sinew.broker.TransactionPhase;
import io.sinew.groups.GroupPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one transactional id must be like: all that it has been since what is certain. It may
/// change only as somebody has asked who may, or because its time was up.
final class TransactionModel {
    final String id;

    /// The group whose offsets its transactions carry, and no others. Each offset that is committed
    /// there is larger than all before.
    final String groupId;

    /// Whether its clients speak version 2, in which each end gives a new epoch.
    final boolean newEpochs;

    private final World world;
    private final List<TransactionVersion> history = new ArrayList<>();

    /// Number of the first version in `history`, and of the last that is certain.
    private int first;

    private int kept;

    /// Number of the last version that is more than a commit without a transaction.
    private int made;

    /// Number of the version that a restart left.
    private int left;

    /// Versions that a restart may have left; they differ in their offsets.
    private List<Candidate> candidates = List.of();

    private TransactionVersion lastEnded = TransactionVersion.NONE;
    private @Nullable Wish wish;
    private long lastOffset;

    /// Producers that were told, so that nobody else must get the same.
    private final Set<String> told = new HashSet<>();

    private record Candidate(int number, TransactionVersion version) {}

    /// What a client is asking for, and may.
    sealed interface Wish {
        /// A new epoch.
        ///
        /// @param held what the client has already; null for nothing
        record Epoch(@Nullable Producer held) implements Wish {}

        record More(Set<PartitionModel> partitions, boolean offsets) implements Wish {}

        record End(boolean commit) implements Wish {}
    }

    TransactionModel(World world, String id, boolean newEpochs) {
        this.world = world;
        this.id = id;
        this.groupId = "of-" + id;
        this.newEpochs = newEpochs;
        history.add(TransactionVersion.NONE);
    }

    TransactionVersion current() {
        return history.getLast();
    }

    /// Number of the last version that the coordinator has made: what its answers know of.
    int number() {
        return made;
    }

    /// The last end, whose markers may still be on their way.
    TransactionVersion lastEnded() {
        return lastEnded;
    }

    /// An offset that was never used.
    long nextOffset() {
        return ++lastOffset;
    }

    void wish(@Nullable Wish value) {
        wish = value;
    }

    Optional<Transaction> in(Broker broker) {
        return broker.transactions().find(id);
    }

    /// Whether its end is decided and something has kept it from being complete.
    boolean isPrepared(Broker broker) {
        return in(broker)
                .map(Transaction::phase)
                .map(phase ->
                        phase == TransactionPhase.PREPARE_COMMIT
                                || phase == TransactionPhase.PREPARE_ABORT)
                .orElse(false);
    }

    /// A version was told to a client.
    void acknowledged(int number) {
        kept = Math.max(kept, number);
    }

    /// A client was told that this is its producer.
    void told(Producer producer) {
        BrokenPromise.unless(
                told.add(producer.id + "/" + producer.epoch),
                id + ": epoch " + producer.epoch + " was given twice");
    }

    /// A client has made an offset wait for the end.
    void pending(GroupPartition partition, long offset) {
        changed(current().withPending(partition, offset));
    }

    /// Somebody has committed an offset without a transaction.
    ///
    /// @return the number of what it is now
    int committed(GroupPartition partition, long offset) {
        int before = made;
        changed(current().withCommitted(partition, offset));
        int number = made;
        made = before;
        return number;
    }

    // ---- what happens

    /// Takes over how the broker has changed it, if it may.
    void notice(Broker broker) {
        Optional<Transaction> found = in(broker);
        if (found.isEmpty()) {
            BrokenPromise.unless(
                    current().phase() == TransactionVersion.Phase.UNKNOWN, id + " is gone");
            return;
        }
        // A new producer ends the transaction of the last one.
        for (int changes = 0; changes < 2 && !current().is(found.get(), broker); changes++) {
            changed(next(found.get()));
        }
        BrokenPromise.unless(
                current().is(found.get(), broker),
                id + " is " + found.get() + " and must be " + current());
    }

    private void changed(TransactionVersion version) {
        history.add(version);
        if (version.hasEnded()) {
            lastEnded = version;
        }
        int number = first + history.size() - 1;
        made = number;
        world.trace().add(id + ": " + version);
        world.promises()
                .add(
                        new Promises.Promise(
                                id + ": " + version,
                                world.machine().broker().barrier(),
                                () -> acknowledged(number),
                                _ ->
                                        number <= left
                                                ? Promises.Evidence.THERE
                                                : Promises.Evidence.GONE));
    }

    private TransactionVersion next(Transaction found) {
        TransactionVersion now = current();
        TransactionVersion.Phase phase = TransactionVersion.phaseOf(found);
        boolean goesOn = phase == TransactionVersion.Phase.OPEN && found.epoch() == now.epoch();
        if (now.isOpen() && !goesOn) {
            return ended(now, found);
        }
        if (wish instanceof Wish.Epoch(Producer held) && phase == TransactionVersion.Phase.IDLE) {
            return given(now, found, held);
        }
        if (wish instanceof Wish.More(Set<PartitionModel> partitions, boolean offsets) && goesOn) {
            return now.extended(partitions, offsets, found.startMs());
        }
        // In version 2 a producer may abort nothing, for a new epoch.
        if (newEpochs
                && wish instanceof Wish.End(boolean commit)
                && !commit
                && phase == TransactionVersion.Phase.ABORTED) {
            return now.ended(false, now.epoch() + 1);
        }
        throw new BrokenPromise(id + " was " + now + ", is " + found + ", and nobody asked for it");
    }

    private TransactionVersion given(
            TransactionVersion now, Transaction found, @Nullable Producer held) {
        if (now.phase() == TransactionVersion.Phase.UNKNOWN) {
            return now.given(found.producerId(), 0, -1, found.timeoutMs());
        }
        // Whoever has not heard of the present epoch gets it.
        boolean again = held != null && now.wasHeldBy(held);
        int epoch = again ? now.epoch() : now.epoch() + 1;
        int retryEpoch = again ? now.retryEpoch() : held != null ? now.epoch() : -1;
        return now.given(now.producerId(), epoch, retryEpoch, found.timeoutMs());
    }

    private TransactionVersion ended(TransactionVersion now, Transaction found) {
        boolean commit = TransactionVersion.phaseOf(found) == TransactionVersion.Phase.COMMITTED;
        boolean asked = wish instanceof Wish.End(boolean wanted) && wanted == commit;
        boolean late = world.clock().nowMs() - now.startMs() >= now.timeoutMs();
        BrokenPromise.unless(
                asked || (!commit && (late || wish instanceof Wish.Epoch)),
                id + " was ended, commit=" + commit + ", and nobody asked for it");
        boolean sameEpoch = asked && !newEpochs && found.epoch() == now.epoch();
        return now.ended(commit, sameEpoch ? now.epoch() : now.epoch() + 1);
    }

    // ---- restarts

    /// Takes over which of its versions a restart left.
    void restarted(Broker broker) {
        Optional<Transaction> found = in(broker);
        List<Candidate> possible = possible();
        List<Candidate> matching =
                possible.stream().filter(each -> each.version().is(found, broker)).toList();
        BrokenPromise.unless(
                !matching.isEmpty(),
                id + " is " + found + " after a restart, and may be one of " + possible);
        candidates = matching;
        left = matching.getLast().number();
        beginWith(matching.getLast().version(), left);
    }

    /// What it may be now: what is certain, or any version since.
    private List<Candidate> possible() {
        var possible = new ArrayList<>(candidates);
        for (int i = Math.max(0, kept - first); i < history.size(); i++) {
            TransactionVersion version = history.get(i);
            int number = first + i;
            if (candidates.isEmpty()) {
                possible.add(new Candidate(number, version));
                continue;
            }
            // The machine has died again before anybody knew from which of them it went on.
            for (Candidate before : candidates) {
                if (number > candidates.getLast().number()) {
                    possible.add(new Candidate(number, version.withOffsetsOf(before.version())));
                }
            }
        }
        return possible;
    }

    private void beginWith(TransactionVersion version, int number) {
        history.clear();
        history.add(version);
        first = number;
        kept = number;
        made = number;
        lastEnded = version.hasEnded() ? version : TransactionVersion.NONE;
    }

    /// Takes over which offsets a restart left, and which of them wait for the end.
    void restartedWith(
            Set<GroupPartition> unstable, Map<GroupPartition, Long> committed, Broker broker) {
        for (Candidate candidate : candidates.reversed()) {
            TransactionVersion version = candidate.version();
            if (present(version.pending(), broker).keySet().equals(present(unstable, broker))
                    && present(version.committed(), broker).equals(present(committed, broker))) {
                left = candidate.number();
                // Meanwhile its time may have been up.
                history.replaceAll(each -> each.withOffsetsOf(version));
                lastEnded = current().hasEnded() ? current() : lastEnded;
                candidates = List.of();
                return;
            }
        }
        throw new BrokenPromise(
                id
                        + ": after a restart the offsets are "
                        + committed
                        + " and wait in "
                        + unstable
                        + ", and not as in "
                        + candidates);
    }

    static Map<GroupPartition, Long> present(Map<GroupPartition, Long> all, Broker broker) {
        var present = new HashMap<>(all);
        present.keySet().retainAll(present(all.keySet(), broker));
        return present;
    }

    static Set<GroupPartition> present(Set<GroupPartition> all, Broker broker) {
        var present = new HashSet<>(all);
        present.removeIf(each -> broker.topics().withId(each.topicId()).isEmpty());
        return present;
    }
}
