package io.sinew.contracts;

import static io.sinew.contracts.EngineUnderTest.assertRefused;
import static io.sinew.contracts.EngineUnderTest.freshName;
import static io.sinew.contracts.EngineUnderTest.nowhere;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.topics.TopicPartition;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Groups remember how far they have come.
public interface PositionsContract extends EngineUnderTest {
    @Test
    default void positions_where_no_partition_is_are_refused_and_none_is_committed()
            throws Exception {
        TopicPartition partition = partition();
        var beyond = new TopicPartition(partition.topic(), 1);
        String group = freshName();
        for (TopicPartition wrong : new TopicPartition[] {nowhere(), beyond}) {
            assertRefused(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    () -> engine().commitPositions(group, Map.of(partition, 1L, wrong, 1L)));
        }
        assertThat(engine().position(group, partition)).isEmpty();
    }

    @Test
    default void a_negative_position_is_refused() throws Exception {
        TopicPartition partition = partition();
        String group = freshName();
        for (long wrong : new long[] {-1, Long.MIN_VALUE}) {
            assertRefused(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    () -> engine().commitPositions(group, Map.of(partition, wrong)));
        }
        assertThat(engine().position(group, partition)).isEmpty();
    }

    @Test
    default void a_group_that_never_committed_has_no_position() throws Exception {
        assertThat(engine().position(freshName(), partition())).isEmpty();
        assertThat(engine().position(freshName(), nowhere())).isEmpty();
    }

    @Test
    default void a_position_is_what_was_committed_last() throws Exception {
        String name = topic(2, Map.of());
        var one = new TopicPartition(name, 0);
        var two = new TopicPartition(name, 1);
        String group = freshName();
        engine().commitPositions(group, Map.of(one, 5L, two, 7L));
        engine().commitPositions(group, Map.of(one, 3L));
        assertThat(engine().position(group, one)).hasValue(3);
        assertThat(engine().position(group, two)).hasValue(7);
    }

    @Test
    default void a_position_may_be_zero_and_any_large_number() throws Exception {
        TopicPartition partition = partition();
        String group = freshName();
        engine().commitPositions(group, Map.of(partition, Long.MAX_VALUE));
        assertThat(engine().position(group, partition)).hasValue(Long.MAX_VALUE);
        engine().commitPositions(group, Map.of(partition, 0L));
        assertThat(engine().position(group, partition)).hasValue(0);
    }

    @Test
    default void groups_have_positions_of_their_own() throws Exception {
        TopicPartition partition = partition();
        String one = freshName();
        String two = freshName();
        engine().commitPositions(one, Map.of(partition, 1L));
        engine().commitPositions(two, Map.of(partition, 2L));
        assertThat(engine().position(one, partition)).hasValue(1);
        assertThat(other().position(two, partition)).hasValue(2);
    }

    @Test
    default void committing_no_positions_changes_nothing() throws Exception {
        TopicPartition partition = partition();
        String group = freshName();
        engine().commitPositions(group, Map.of(partition, 1L));
        engine().commitPositions(group, Map.of());
        assertThat(engine().position(group, partition)).hasValue(1);
    }

    @Test
    default void positions_outlive_the_engine() throws Exception {
        TopicPartition partition = partition();
        String group = freshName();
        engine().commitPositions(group, Map.of(partition, 9L));
        reopen();
        assertThat(engine().position(group, partition)).hasValue(9);
    }
}
