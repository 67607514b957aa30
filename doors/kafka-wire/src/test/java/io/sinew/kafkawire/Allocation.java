package io.sinew.kafkawire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Bounds the memory that a piece of code asks for. That is a count, the same in every run, not a
/// measurement that depends on the machine.
final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /// The bytes that this thread allocates in `code`.
    static long bytes(Runnable code) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        code.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /// Fails if `code`, run again, still allocates more than `limit` bytes: the first run also pays
    /// for the classes that it is the first to load.
    static void checkAtMost(long limit, Runnable code) {
        if (bytes(code) > limit) {
            assertThat(bytes(code)).as("allocated bytes").isLessThanOrEqualTo(limit);
        }
    }
}
