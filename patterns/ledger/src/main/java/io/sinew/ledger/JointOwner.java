package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One name for several ledgers that are written to the same partition. Whoever comes while a
/// commit is under way goes with the next one, so that a hundred ledgers need few more commits than
/// one. Over after its first commit that fails, unless that was a mere refusal of what was to be
/// appended. Safe for any thread.
final class JointOwner implements AutoCloseable {
    /// Bytes of one commit, beyond which the rest goes with the next one; a commit of one caller
    /// may have more.
    private static final long TOGETHER_BYTES = 4 << 20;

    private final Owner owner;
    private final TopicPartition ledger;

    /// Held by whoever commits for all.
    private final ReentrantLock turn = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();

    private volatile @Nullable SinewException over;

    /// @param ledger the partition that the ledgers are written to
    JointOwner(Owner owner, TopicPartition ledger) {
        this.owner = owner;
        this.ledger = ledger;
    }

    /// What one caller wants to be written.
    private static final class Entry {
        private final List<NewRecord> changes;
        private final List<Owner.Append> others;
        private final long bytes;

        /// Whether no other entry goes with it. Under the lock.
        private boolean alone;

        // Written by whoever commits, under the turn.
        private boolean done;
        private long first;
        private @Nullable SinewException failure;

        Entry(List<NewRecord> changes, List<Owner.Append> others) {
            this.changes = changes;
            this.others = others;
            this.bytes = changes.stream().mapToLong(NewRecord::sizeBytes).sum();
            this.alone = !others.isEmpty();
        }

        void done(long firstOffset) {
            first = firstOffset;
            done = true;
        }

        void failed(SinewException cause) {
            failure = cause;
            done = true;
        }
    }

    /// Whether it can't commit any more, so that the name must be taken again.
    boolean isOver() {
        return over != null;
    }

    /// Writes changes, and what else is to be appended with them, all or nothing; durable when it
    /// returns. Nothing at all is a commit too, and tells whether the name is still held.
    ///
    /// @return the offset of the first change; 0 if there is none
    /// @throws SinewException as [Owner#commit]
    /// @throws InterruptedException before it was begun, and nothing of it is written; or while
    ///   this thread committed, which is then over
    long commit(List<NewRecord> changes, List<Owner.Append> others) throws InterruptedException {
        var entry = new Entry(changes, others);
        add(entry);
        // Not to be interrupted: another caller may have it under way.
        turn.lock();
        try {
            while (!entry.done) {
                if (Thread.interrupted()) {
                    withdraw(entry);
                    throw new InterruptedException("interrupted before the commit began");
                }
                commitAll(next());
            }
        } finally {
            turn.unlock();
        }
        SinewException failure = entry.failure;
        if (failure != null) {
            throw new SinewException(failure.code(), String.valueOf(failure.getMessage()), failure);
        }
        return entry.first;
    }

    private void add(Entry entry) {
        lock.lock();
        try {
            waiting.add(entry);
        } finally {
            lock.unlock();
        }
    }

    /// Whoever was interrupted while it waited commits for nobody: the commit would break off.
    private void withdraw(Entry entry) {
        lock.lock();
        try {
            waiting.remove(entry);
        } finally {
            lock.unlock();
        }
    }

    /// Puts entries that came together back to where they were, each to go alone.
    private void separate(List<Entry> entries) {
        lock.lock();
        try {
            for (Entry entry : entries.reversed()) {
                entry.alone = true;
                waiting.addFirst(entry);
            }
        } finally {
            lock.unlock();
        }
    }

    /// The next entries in their order: one that goes alone, as with more than changes, or several.
    private List<Entry> next() {
        lock.lock();
        try {
            var together = new ArrayList<Entry>();
            long bytes = 0;
            while (!waiting.isEmpty()) {
                Entry entry = waiting.getFirst();
                boolean fits =
                        together.isEmpty()
                                || (!entry.alone
                                        && !together.getFirst().alone
                                        && bytes + entry.bytes <= TOGETHER_BYTES);
                if (!fits) {
                    break;
                }
                together.add(waiting.removeFirst());
                bytes += entry.bytes;
            }
            return together;
        } finally {
            lock.unlock();
        }
    }

    private void commitAll(List<Entry> entries) throws InterruptedException {
        SinewException known = over;
        if (known != null) {
            entries.forEach(entry -> entry.failed(known));
            return;
        }
        try {
            commitTogether(entries);
        } catch (SinewException e) {
            if (!ShardLog.isRefusal(e)) {
                over = e;
                entries.forEach(entry -> entry.failed(e));
            } else if (entries.size() == 1) {
                entries.getFirst().failed(e);
            } else {
                // Nothing was written, and only one of them may be to blame.
                separate(entries);
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            var cause = new SinewException(ErrorCode.INTERNAL_ERROR, "a commit broke off: " + e, e);
            over = cause;
            entries.forEach(entry -> entry.failed(cause));
            throw e;
        }
    }

    private void commitTogether(List<Entry> entries) throws InterruptedException {
        var changes = new ArrayList<NewRecord>();
        entries.forEach(entry -> changes.addAll(entry.changes));
        var appends = new ArrayList<Owner.Append>();
        if (!changes.isEmpty()) {
            appends.add(new Owner.Append(ledger, changes));
        }
        entries.forEach(entry -> appends.addAll(entry.others));
        List<long[]> offsets = owner.commit(appends, List.of());
        int next = 0;
        for (Entry entry : entries) {
            entry.done(entry.changes.isEmpty() ? 0 : offsets.getFirst()[next]);
            next += entry.changes.size();
        }
    }

    /// Gives the name up.
    @Override
    public void close() {
        owner.close();
    }
}
