package io.sinew.ledger;

import io.sinew.topics.StoredRecord;
import java.util.List;
import java.util.Optional;

/// What administrators do with one partition of a ledger.
record ShardAdmin(LedgerShard shard, ShardLog log) {
    LedgerCounts counts() throws InterruptedException {
        long end = log.endOffset();
        return shard.look(state -> state.counts(end));
    }

    boolean isPaused() {
        return shard.look(LedgerState::isPaused);
    }

    /// Live messages from an offset on, in their order.
    List<SeenMessage> live(long from, int most) {
        return shard.look(state -> state.look(from, most));
    }

    /// Doomed messages from an offset on, in their order.
    List<DoomedMessage> doomed(long from, int most) {
        return shard.look(state -> state.doomed(from, most));
    }

    /// The record of a message that somebody looks at.
    Optional<StoredRecord> record(long offset) throws InterruptedException {
        return log.record(offset);
    }

    // What changes something gives what its caller waits for.

    CommitGroup pause(boolean paused) {
        return shard.change(state -> state.pause(paused));
    }

    /// Has doomed messages tried again; nothing when none of them is doomed.
    Optional<CommitGroup> redrive(List<Long> offsets) {
        return shard.changeIf((state, nowMs) -> state.redrive(offsets, nowMs));
    }

    /// Forgets doomed messages; nothing when none of them is doomed.
    Optional<CommitGroup> drop(List<Long> offsets) {
        return shard.changeIf((state, _) -> state.drop(offsets));
    }
}
