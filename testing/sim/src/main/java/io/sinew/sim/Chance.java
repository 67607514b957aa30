package io.sinew.sim;

import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// All luck there is in a simulation, from its seed.
final class Chance {
    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    /// From 0 up to, and without, `bound`.
    int below(int bound) {
        return random.nextInt(bound);
    }

    /// From `least` to `most`, both included.
    long between(long least, long most) {
        return random.nextLong(least, most + 1);
    }

    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    SplittableRandom source() {
        return random;
    }
}
