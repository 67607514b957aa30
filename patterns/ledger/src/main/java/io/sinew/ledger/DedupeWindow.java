package io.sinew.ledger;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// The dedupe ids of the last while, in the order in which they came, and the offset of the message
/// that had each first. Time is that of the records, and never goes back: so a replay remembers
/// what was remembered. 32 bytes an id, and 5 to 8 for finding it.
final class DedupeWindow {
    private static final int WIDTH = 4;
    private static final int CAPACITY_MIN = 64;

    private final long windowMs;
    private final int most;
    private final IntIndex index = new IntIndex(entry -> hash(high(entry), low(entry)));

    /// A ring of entries: high, low, offset, time.
    private long[] ring = new long[CAPACITY_MIN * WIDTH];

    private int first;
    private int count;
    private long nowMs = Long.MIN_VALUE;

    DedupeWindow(long windowMs, int most) {
        this.windowMs = windowMs;
        this.most = most;
    }

    int count() {
        return count;
    }

    /// Whether another id would drive out one that counts as of `atMs`.
    boolean isFull(long atMs) {
        return count >= most && !isOver(first, Math.max(nowMs, atMs));
    }

    private boolean isOver(int entry, long atMs) {
        return timeMs(entry) <= atMs - windowMs;
    }

    private int capacity() {
        return ring.length / WIDTH;
    }

    private long high(int entry) {
        return ring[entry * WIDTH];
    }

    private long low(int entry) {
        return ring[entry * WIDTH + 1];
    }

    private long offset(int entry) {
        return ring[entry * WIDTH + 2];
    }

    private long timeMs(int entry) {
        return ring[entry * WIDTH + 3];
    }

    private static int hash(long high, long low) {
        return (int) (high ^ (low >>> 17));
    }

    /// The message that had the id first, if that is remembered as of `atMs`.
    OptionalLong find(MessageFacts.DedupeId id, long atMs) {
        forget(atMs);
        return look(id, atMs);
    }

    /// As [#find], and changes nothing: for whoever asks by another clock than the records'.
    OptionalLong look(MessageFacts.DedupeId id, long atMs) {
        long time = Math.max(nowMs, atMs);
        int slot = index.first(hash(id.high(), id.low()));
        for (int entry = index.at(slot); entry != IntIndex.NONE; entry = index.at(slot)) {
            if (high(entry) == id.high() && low(entry) == id.low()) {
                return isOver(entry, time) ? OptionalLong.empty() : OptionalLong.of(offset(entry));
            }
            slot = index.after(slot);
        }
        return OptionalLong.empty();
    }

    /// Remembers an id that is not remembered.
    void add(MessageFacts.DedupeId id, long offset, long atMs) {
        forget(atMs);
        if (count == most) {
            forgetFirst();
        }
        if (count == capacity()) {
            grow();
        }
        int entry = (first + count) % capacity();
        int at = entry * WIDTH;
        ring[at] = id.high();
        ring[at + 1] = id.low();
        ring[at + 2] = offset;
        ring[at + 3] = nowMs;
        count++;
        index.add(entry);
    }

    private void forget(long atMs) {
        nowMs = Math.max(nowMs, atMs);
        while (count > 0 && isOver(first, nowMs)) {
            forgetFirst();
        }
    }

    private void forgetFirst() {
        index.remove(first);
        first = (first + 1) % capacity();
        count--;
    }

    private void grow() {
        int before = capacity();
        for (int i = 0; i < count; i++) {
            index.remove((first + i) % before);
        }
        long[] old = ring;
        ring = new long[old.length * 2];
        int head = (before - first) * WIDTH;
        System.arraycopy(old, first * WIDTH, ring, 0, head);
        System.arraycopy(old, 0, ring, head, old.length - head);
        first = 0;
        for (int entry = 0; entry < count; entry++) {
            index.add(entry);
        }
    }

    /// The ids with offset and time, oldest first, for a snapshot.
    void forEach(Consumer<long[]> taker) {
        for (int i = 0; i < count; i++) {
            int at = (first + i) % capacity() * WIDTH;
            taker.accept(Arrays.copyOfRange(ring, at, at + WIDTH));
        }
    }
}
