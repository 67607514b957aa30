package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderEpochsTest {
    private final LeaderEpochs epochs =
            new LeaderEpochs(List.of(new LeaderEpochs.Start(2, 10), new LeaderEpochs.Start(5, 20)));

    @Test
    void an_epoch_ends_where_the_next_one_begins_and_the_last_at_the_end_of_the_log() {
        assertThat(epochs.endOf(2, 30)).isEqualTo(new LeaderEpochs.Start(2, 20));
        assertThat(epochs.endOf(5, 30)).isEqualTo(new LeaderEpochs.Start(5, 30));
    }

    @Test
    void an_epoch_without_records_is_answered_with_the_one_before() {
        assertThat(epochs.endOf(4, 30)).isEqualTo(new LeaderEpochs.Start(2, 20));
        assertThat(epochs.endOf(9, 30)).isEqualTo(new LeaderEpochs.Start(5, 30));
    }

    @Test
    void an_epoch_whose_records_are_deleted_ended_where_the_log_begins_now() {
        assertThat(epochs.endOf(1, 30)).isEqualTo(new LeaderEpochs.Start(1, 10));
        epochs.trim(25);
        assertThat(epochs.endOf(2, 30)).isEqualTo(new LeaderEpochs.Start(2, 25));
    }

    @Test
    void nothing_is_known_of_an_empty_log() {
        var empty = new LeaderEpochs(List.of());
        assertThat(empty.endOf(1, 0)).isEqualTo(new LeaderEpochs.Start(-1, -1));
        assertThat(epochs.endOf(-1, 30)).isEqualTo(new LeaderEpochs.Start(-1, -1));
    }
}
