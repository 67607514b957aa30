package io.sinew.ledger;

import io.sinew.base.SinewException;
import io.sinew.topics.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// All changes that are written down together, and everybody who waits for that. Filled under its
/// shard's lock, then written by the shard's writer.
///
/// A group with a condition takes one message away: the change, and the records that go with it,
/// are written only if the condition still holds when its turn comes, and the state learns of it
/// afterwards. So records that a topic refuses cost nobody else anything.
final class CommitGroup {
    private final ByteSink changes = new ByteSink();
    private final List<Owner.Append> appends = new ArrayList<>();
    private final CountDownLatch settled = new CountDownLatch(1);
    private final Optional<CommitCondition> condition;

    /// How much had been taken in when it was ended early; -1 if it was not. Under the shard's
    /// lock.
    private long endedAt = -1;

    private volatile Settled result = Settled.DONE;
    private volatile @Nullable SinewException failure;

    CommitGroup() {
        condition = Optional.empty();
    }

    /// @param wanted what must still be true
    CommitGroup(CommitCondition wanted, List<Owner.Append> with) {
        condition = Optional.of(wanted);
        appends.addAll(with);
    }

    /// What must still be true when it is written.
    Optional<CommitCondition> condition() {
        return condition;
    }

    void add(LedgerOp op) {
        LedgerRecordV1Format.put(changes, op);
    }

    long sizeBytes() {
        return changes.size();
    }

    /// No change after this may count as of when its own were decided: the ledger goes on
    /// elsewhere.
    ///
    /// @param ingestedTo as of now
    void endAt(long ingestedTo) {
        if (endedAt < 0) {
            endedAt = ingestedTo;
        }
    }

    /// The record of its changes.
    ///
    /// @param ingestedTo as of the last of them, or later; nothing if it was ended early
    byte[] record(long ingestedTo) {
        ByteSink out = LedgerRecordV1Format.begin(endedAt < 0 ? ingestedTo : endedAt);
        out.putAll(changes);
        return out.toBytes();
    }

    List<Owner.Append> appends() {
        return appends;
    }

    void succeeded() {
        settled.countDown();
    }

    /// Its condition does not hold any more: nothing was written.
    void lost() {
        result = Settled.LOST;
        settled.countDown();
    }

    /// Nothing follows if it was settled before.
    void failed(SinewException cause) {
        if (settled.getCount() == 0) {
            return;
        }
        failure = cause;
        settled.countDown();
    }

    /// Waits until it is durable.
    ///
    /// @return `LOST` if its condition did not hold
    /// @throws SinewException it is not durable; with a condition nothing was done if a topic
    ///   refused the records, otherwise nobody knows whether it will be
    Settled await() throws InterruptedException {
        settled.await();
        SinewException cause = failure;
        if (cause != null) {
            throw new SinewException(cause.code(), String.valueOf(cause.getMessage()), cause);
        }
        return result;
    }
}
