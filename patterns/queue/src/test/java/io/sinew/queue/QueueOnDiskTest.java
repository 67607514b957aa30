package io.sinew.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Queues on the embedded engine, whose disk fails.
class QueueOnDiskTest extends QueueContract {
    @Override
    QueuesUnderTest begin() throws IOException {
        return new QueuesOnDisk();
    }

    @Test
    void what_was_sent_and_what_was_settled_survives_a_power_failure() throws Exception {
        try (var on = new QueuesOnDisk()) {
            Queue queue = on.create("orders", Map.of());
            for (int i = 0; i < 20; i++) {
                queue.send(NewMessage.of("m" + i));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(QueuesUnderTest.take(queue)).isEqualTo("m" + i);
            }
            for (int seed = 1; seed <= 5; seed++) {
                on.powerCycle(seed);
                queue = on.queue("orders");
                assertThat(QueuesUnderTest.take(queue)).isEqualTo("m" + (9 + seed));
            }
            for (int i = 15; i < 20; i++) {
                assertThat(QueuesUnderTest.take(queue)).isEqualTo("m" + i);
            }
            assertThat(QueuesUnderTest.isQuiet(queue)).isTrue();
        }
    }
}
