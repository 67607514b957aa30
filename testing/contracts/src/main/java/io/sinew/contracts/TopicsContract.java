package io.sinew.contracts;

import static io.sinew.contracts.EngineUnderTest.assertRefused;
import static io.sinew.contracts.EngineUnderTest.freshName;
import static io.sinew.contracts.EngineUnderTest.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.topics.TopicInfo;
import io.sinew.topics.TopicPartition;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Topics come, change and go.
public interface TopicsContract extends EngineUnderTest {
    String LIMIT = "max.message.bytes";
    String RETENTION = "retention.ms";

    @Test
    default void names_that_no_topic_can_have_are_refused() {
        for (String name : new String[] {"", ".", "..", "a b", "a/b", "ü", "x".repeat(250)}) {
            assertRefused(
                    ErrorCode.INVALID_TOPIC_NAME, () -> engine().createTopic(name, 1, Map.of()));
        }
    }

    @Test
    default void a_name_that_is_taken_is_refused_and_the_topic_stays_as_it_is() throws Exception {
        String name = topic(2, Map.of());
        assertRefused(
                ErrorCode.TOPIC_ALREADY_EXISTS, () -> engine().createTopic(name, 3, Map.of()));
        assertThat(engine().topic(name).orElseThrow().partitionCount()).isEqualTo(2);
    }

    @Test
    default void a_topic_without_partitions_is_refused() throws Exception {
        String name = freshName();
        for (int count : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertRefused(
                    ErrorCode.INVALID_PARTITIONS,
                    () -> engine().createTopic(name, count, Map.of()));
        }
        assertThat(engine().topic(name)).isEmpty();
    }

    @Test
    default void a_setting_that_there_is_not_is_refused() throws Exception {
        String name = freshName();
        assertRefused(
                ErrorCode.INVALID_CONFIG,
                () -> engine().createTopic(name, 1, Map.of("no.such.setting", "1")));
        assertThat(engine().topic(name)).isEmpty();
    }

    @Test
    default void a_value_that_a_setting_cannot_have_is_refused() throws Exception {
        String name = freshName();
        assertRefused(
                ErrorCode.INVALID_CONFIG,
                () -> engine().createTopic(name, 1, Map.of(RETENTION, "soon")));
        assertThat(engine().topic(name)).isEmpty();
    }

    @Test
    default void a_topic_that_there_is_not_cannot_be_changed_or_deleted() {
        String name = freshName();
        assertRefused(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                () -> engine().changeSettings(name, Map.of(RETENTION, "1000")));
        assertRefused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, () -> engine().addPartitions(name, 2));
        assertRefused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, () -> engine().deleteTopic(name));
    }

    @Test
    default void a_change_to_a_value_that_cannot_be_is_refused_and_changes_nothing()
            throws Exception {
        String name = topic(1, Map.of(RETENTION, "100000"));
        assertRefused(
                ErrorCode.INVALID_CONFIG,
                () -> engine().changeSettings(name, Map.of(RETENTION, "soon")));
        assertThat(engine().topic(name).orElseThrow().settings())
                .containsEntry(RETENTION, "100000");
    }

    @Test
    default void partitions_can_only_become_more() throws Exception {
        String name = topic(3, Map.of());
        for (int count : new int[] {3, 2, 0, -1}) {
            assertRefused(ErrorCode.INVALID_PARTITIONS, () -> engine().addPartitions(name, count));
        }
        assertThat(engine().topic(name).orElseThrow().partitionCount()).isEqualTo(3);
    }

    @Test
    default void a_topic_is_there_with_its_partitions_and_its_own_settings() throws Exception {
        String name = topic(3, Map.of(LIMIT, "2000"));
        TopicInfo info = engine().topic(name).orElseThrow();
        assertThat(info).isEqualTo(new TopicInfo(name, 3, Map.of(LIMIT, "2000")));
    }

    @Test
    default void a_topic_that_was_not_created_is_not_there() throws Exception {
        assertThat(engine().topic(freshName())).isEmpty();
    }

    @Test
    default void every_topic_is_named() throws Exception {
        String one = topic(1, Map.of());
        String two = topic(1, Map.of());
        assertThat(engine().topicNames()).contains(one, two).doesNotContain(freshName());
    }

    @Test
    default void settings_that_are_not_named_in_a_change_stay() throws Exception {
        String name = topic(1, Map.of(LIMIT, "2000", RETENTION, "100000"));
        engine().changeSettings(name, Map.of(RETENTION, "200000"));
        awaitUntil(
                "the change",
                () ->
                        engine().topic(name)
                                .orElseThrow()
                                .settings()
                                .equals(Map.of(LIMIT, "2000", RETENTION, "200000")));
    }

    @Test
    default void partitions_that_were_added_can_be_used() throws Exception {
        String name = topic(1, Map.of());
        engine().addPartitions(name, 3);
        assertThat(engine().topic(name).orElseThrow().partitionCount()).isEqualTo(3);
        var added = new TopicPartition(name, 2);
        engine().append(added, records("a"));
        assertThat(values(added)).containsExactly("a");
    }

    @Test
    default void a_deleted_topic_is_gone_and_one_of_the_same_name_begins_anew() throws Exception {
        TopicPartition partition = partition();
        engine().append(partition, records("a"));
        engine().deleteTopic(partition.topic());
        awaitUntil("the deletion", () -> engine().topic(partition.topic()).isEmpty());
        assertThat(engine().topicNames()).doesNotContain(partition.topic());
        assertRefused(
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                () -> engine().append(partition, records("b")));
        engine().createTopic(partition.topic(), 1, Map.of());
        engine().append(partition, records("c"));
        assertThat(values(partition)).containsExactly("c");
    }

    @Test
    default void topics_and_their_changes_outlive_the_engine() throws Exception {
        String name = topic(1, Map.of(LIMIT, "2000"));
        String deleted = topic(1, Map.of());
        engine().addPartitions(name, 2);
        engine().changeSettings(name, Map.of(RETENTION, "200000"));
        engine().deleteTopic(deleted);
        reopen();
        assertThat(engine().topic(name))
                .hasValue(new TopicInfo(name, 2, Map.of(LIMIT, "2000", RETENTION, "200000")));
        assertThat(engine().topic(deleted)).isEmpty();
    }
}
