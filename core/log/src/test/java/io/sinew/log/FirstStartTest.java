package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A data directory begins to exist step by step, and a process may be killed at each.
class FirstStartTest {
    private static final int OPERATIONS = 8;

    @Test
    void what_a_killed_process_began_survives_a_power_failure_of_the_next() throws Exception {
        for (long operation = 1; operation <= OPERATIONS; operation++) {
            for (long seed = 1; seed <= 10; seed++) {
                var killed = new FaultyDisk();
                killed.powerOffAt(operation);
                assertThatThrownBy(() -> TestLog.open(killed, TestLog.SMALL, 1))
                        .isInstanceOf(IOException.class);
                FaultyDisk disk = killed.processDeath();
                TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
                log.appendDurably(Batches.plain().of("kept"));
                FaultyDisk after = disk.powerFailure(new SplittableRandom(seed));
                log.abandon();
                try (TestLog again = TestLog.open(after, TestLog.SMALL, 1)) {
                    assertThat(TestLog.batches(again.partition(), 0, 1 << 20))
                            .as("killed at operation %d, seed %d", operation, seed)
                            .hasSize(1);
                }
            }
        }
    }
}
