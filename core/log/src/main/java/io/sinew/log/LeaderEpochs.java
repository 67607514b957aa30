package io.sinew.log;

import java.util.ArrayList;
import java.util.List;

/// Which leader epoch began at which offset, oldest first (KIP-101). A single node needs epochs
/// too: an epoch starts when the log is opened after a crash, and clients that ask
/// (`OffsetForLeaderEpoch`) learn from it whether what they read can have changed. Safe for any
/// thread.
public final class LeaderEpochs {
    private final List<Start> starts;

    /// Where an epoch began: the first offset written in it.
    public record Start(int epoch, long offset) {}

    LeaderEpochs(List<Start> starts) {
        this.starts = new ArrayList<>(starts);
    }

    /// Notes that a batch of `epoch` stands at `offset`.
    synchronized void seen(int epoch, long offset) {
        if (starts.isEmpty() || starts.getLast().epoch() < epoch) {
            starts.add(new Start(epoch, offset));
        }
    }

    /// Forgets what lies wholly before the log start.
    synchronized void trim(long logStartOffset) {
        while (starts.size() > 1 && starts.get(1).offset() <= logStartOffset) {
            starts.removeFirst();
        }
        if (!starts.isEmpty() && starts.getFirst().offset() < logStartOffset) {
            starts.set(0, new Start(starts.getFirst().epoch(), logStartOffset));
        }
    }

    public synchronized List<Start> list() {
        return List.copyOf(starts);
    }

    /// Where an epoch ended: the largest epoch not after `epoch`, and the offset at which the next
    /// one begins, or `logEnd` for the last (`OffsetForLeaderEpoch`, KIP-101). An epoch before all
    /// known ones ended where those begin: its records were deleted since. Epoch and offset are -1
    /// when there has never been a record, or for epoch -1.
    public synchronized Start endOf(int epoch, long logEnd) {
        if (epoch < 0 || starts.isEmpty()) {
            return new Start(-1, -1);
        }
        for (int i = starts.size() - 1; i >= 0; i--) {
            Start start = starts.get(i);
            if (start.epoch() <= epoch) {
                long end = i + 1 < starts.size() ? starts.get(i + 1).offset() : logEnd;
                return new Start(start.epoch(), end);
            }
        }
        return new Start(epoch, starts.getFirst().offset());
    }

    /// Epoch of the last batch; -1 when there is none.
    public synchronized int last() {
        return starts.isEmpty() ? -1 : starts.getLast().epoch();
    }
}
