package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Batches;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// What a partition forgets of its producers, and what not.
class ProducerStatesTest {
    private final ProducerStates producers = new ProducerStates();

    private static ByteBuffer batch(long producerId, int sequence) {
        return Batches.plain().producer(producerId, 0, sequence).of("value");
    }

    private void append(long producerId, int sequence, long offset) {
        producers.replay(batch(producerId, sequence), offset, 0);
    }

    private boolean remembers(long producerId) {
        return producers.describe().stream().anyMatch(producer -> producer.id() == producerId);
    }

    @Test
    void of_too_many_producers_the_one_idle_longest_is_forgotten() {
        long offset = 0;
        for (int id = 0; id < ProducerStates.PRODUCERS_MAX - 1; id++) {
            append(id, 0, offset++);
        }
        // While there is room: to be used again counts by itself, and not because it was forgotten.
        append(0, 1, offset++);
        append(1_000_000, 0, offset++);
        append(1_000_001, 0, offset++);
        assertThat(producers.describe()).hasSize(ProducerStates.PRODUCERS_MAX);
        assertThat(remembers(0)).isTrue();
        assertThat(remembers(1)).isFalse();
        assertThat(remembers(2)).isTrue();
    }

    @Test
    void a_producer_that_goes_on_costs_no_other_its_place() {
        long offset = 0;
        for (int id = 0; id < ProducerStates.PRODUCERS_MAX; id++) {
            append(id, 0, offset++);
        }
        append(5, 1, offset++);
        assertThat(producers.describe()).hasSize(ProducerStates.PRODUCERS_MAX);
        assertThat(remembers(0)).isTrue();
    }

    @Test
    void batches_that_the_log_has_lost_are_not_taken_for_sent_again() {
        append(7, 0, 10);
        append(7, 1, 11);
        append(8, 0, 12);
        producers.forgetFrom(11);
        assertThat(producers.check(batch(7, 0))).contains(10L);
        assertThat(producers.check(batch(7, 1))).isEmpty();
        assertThat(remembers(8)).isFalse();
    }
}
