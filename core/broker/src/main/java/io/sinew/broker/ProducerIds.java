package io.sinew.broker;

import io.sinew.log.Commit;
import io.sinew.log.LogOwner;
import io.sinew.log.LogStore;
import java.nio.ByteBuffer;

/// Gives out producer ids, each once for ever. Ids are reserved a block at a time by one durable
/// record, the end of the block (i64); what a crash leaves of a block is never given out.
public final class ProducerIds {
    static final int MACHINE = 2;
    private static final long BLOCK = 1_000;

    private final LogStore store;
    private long next;
    private long reservedUpTo;
    private long lastSequence;
    private Commit reservation = Commit.ofNothing();

    ProducerIds(LogStore store) {
        this.store = store;
    }

    /// A new id and when it may be told.
    public record Allocated(long id, Commit commit) {}

    public synchronized Allocated allocate() {
        if (next == reservedUpTo) {
            long end = next + BLOCK;
            LogStore.Recorded recorded =
                    store.record(MACHINE, ByteBuffer.allocate(Long.BYTES).putLong(0, end));
            lastSequence = recorded.sequence();
            reservation = recorded.commit();
            reservedUpTo = end;
        }
        return new Allocated(next++, reservation);
    }

    synchronized void restore(LogOwner.Section section) {
        lastSequence = section.sequence();
        replay(ByteBuffer.wrap(section.bytes()));
    }

    synchronized void replay(ByteBuffer body) {
        next = body.getLong(body.position());
        reservedUpTo = next;
    }

    synchronized LogOwner.Section snapshot() {
        byte[] end = ByteBuffer.allocate(Long.BYTES).putLong(0, reservedUpTo).array();
        return new LogOwner.Section(MACHINE, lastSequence, end);
    }
}
