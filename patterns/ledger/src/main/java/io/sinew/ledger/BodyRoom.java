package io.sinew.ledger;

import java.util.concurrent.atomic.AtomicLong;

/// The memory that records may take which wait in memory for their delivery, in bytes, of all
/// partitions of all ledgers that share it. Each may grow while it holds no more than is left for
/// the others: one alone gets half of it, and the next one always finds some. Safe for any thread.
public final class BodyRoom {
    /// The part of the heap that it is.
    private static final int HEAP_PART = 8;

    /// Its bytes on the largest heap.
    private static final long HEAP_BYTES_MAX = 512L << 20;

    private final AtomicLong left;

    public BodyRoom(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /// An eighth of this virtual machine's heap, and 512 MiB at most.
    public static BodyRoom ofHeap() {
        return new BodyRoom(Math.min(HEAP_BYTES_MAX, Runtime.getRuntime().maxMemory() / HEAP_PART));
    }

    long leftBytes() {
        return left.get();
    }

    /// Takes some, if there is as much.
    boolean take(long wanted) {
        return takeLeaving(wanted, 0);
    }

    /// Takes some for whoever has some already, if that is no more than is left then.
    boolean takeFairly(long wanted, long held) {
        return takeLeaving(wanted, held + wanted);
    }

    private boolean takeLeaving(long wanted, long others) {
        long before = left.get();
        while (before - wanted >= others) {
            if (left.compareAndSet(before, before - wanted)) {
                return true;
            }
            before = left.get();
        }
        return false;
    }

    void giveBack(long taken) {
        left.addAndGet(taken);
    }
}
