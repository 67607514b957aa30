package io.sinew.ledger;

import java.util.Iterator;
import java.util.LinkedHashMap;

/// A [Pace] for each of many keys. It remembers a key only until its next one may begin, and no
/// more keys than it may: when there are as many, whoever comes with another waits until the first
/// of them is forgotten, so that memory is bounded and nobody is faster than allowed. One thread at
/// a time.
final class KeyedPace {
    private final long gapNanos;
    private final int keysMax;

    /// When the next one of a key may begin. All gaps are the same, so that the first in this order
    /// are the first in time.
    private final LinkedHashMap<String, Long> nextNanos = new LinkedHashMap<>();

    /// @param perSecond of each key; 0 for as fast as it goes
    KeyedPace(int perSecond, int keysMax) {
        this.gapNanos = Pace.gapNanos(perSecond);
        this.keysMax = keysMax;
    }

    /// One of that key begins, unless it is too early.
    ///
    /// @return 0 if it has begun; otherwise how long it has to wait, in nanoseconds
    long begin(String key, long nowNanos) {
        if (gapNanos == 0) {
            return 0;
        }
        forgetUntil(nowNanos);
        Long next = nextNanos.get(key);
        if (next != null) {
            return next - nowNanos;
        }
        if (nextNanos.size() >= keysMax) {
            return nextNanos.firstEntry().getValue() - nowNanos;
        }
        nextNanos.put(key, nowNanos + gapNanos);
        return 0;
    }

    private void forgetUntil(long nowNanos) {
        Iterator<Long> times = nextNanos.values().iterator();
        while (times.hasNext() && times.next() - nowNanos <= 0) {
            times.remove();
        }
    }

    /// Keys that are remembered.
    int size() {
        return nextNanos.size();
    }
}
