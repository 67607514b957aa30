package io.sinew.ledger;

/// Reads the records of far messages again once these come near: a thousand at a time, so that what
/// came due while nobody ran does not come all at once. Has a virtual thread.
final class FarReader {
    private final LedgerShard shard;
    private final ShardLog log;

    FarReader(LedgerShard shard, ShardLog log) {
        this.shard = shard;
        this.log = log;
    }

    /// Reads until the shard is over.
    void read() throws InterruptedException {
        for (FarMessages.Lot lot = shard.awaitNear(); lot != null; lot = shard.awaitNear()) {
            shard.near(lot, log.facts(lot.messages()));
        }
    }
}
