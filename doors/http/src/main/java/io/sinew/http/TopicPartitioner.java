package io.sinew.http;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Which partition a record goes to that names none: by its key as Kafka's default partitioner has
/// it, so that producers that speak Kafka and this door agree; without a key to one after the
/// other. Safe for any thread.
final class TopicPartitioner {
    private final AtomicInteger turn = new AtomicInteger();

    int partition(byte @Nullable [] key, int count) {
        int number = key == null ? turn.getAndIncrement() : murmur2(key);
        return (number & 0x7fffffff) % count;
    }

    /// MurmurHash2 by Austin Appleby, of 32 bits, with Kafka's seed.
    static int murmur2(byte[] bytes) {
        int m = 0x5bd1e995;
        int hash = 0x9747b28c ^ bytes.length;
        int at = 0;
        for (; at + 4 <= bytes.length; at += 4) {
            int k =
                    (bytes[at] & 0xff)
                            | ((bytes[at + 1] & 0xff) << 8)
                            | ((bytes[at + 2] & 0xff) << 16)
                            | ((bytes[at + 3] & 0xff) << 24);
            k *= m;
            k ^= k >>> 24;
            hash = (hash * m) ^ (k * m);
        }
        int left = bytes.length - at;
        if (left > 0) {
            for (int i = left - 1; i >= 0; i--) {
                hash ^= (bytes[at + i] & 0xff) << (8 * i);
            }
            hash *= m;
        }
        hash ^= hash >>> 13;
        hash *= m;
        return hash ^ (hash >>> 15);
    }
}
