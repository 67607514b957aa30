package io.sinew.contracts;

import static io.sinew.contracts.EngineUnderTest.assertRefused;
import static io.sinew.contracts.EngineUnderTest.freshName;
import static io.sinew.contracts.EngineUnderTest.keyless;
import static io.sinew.contracts.EngineUnderTest.nowhere;
import static io.sinew.contracts.EngineUnderTest.ofBytes;
import static io.sinew.contracts.EngineUnderTest.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Names are owned, and what is committed under them is there as a whole or not at all.
public interface OwnerContract extends EngineUnderTest {
    private static Owner.Append to(TopicPartition partition, String... values) {
        return new Owner.Append(partition, records(values));
    }

    private static Owner.Positions at(String group, TopicPartition partition, long offset) {
        return new Owner.Positions(group, Map.of(partition, offset));
    }

    // ---- refused commits

    /// A commit of a record, of a position and of what is refused.
    private void assertNothingHappens(ErrorCode code, Owner.Append wrong) throws Exception {
        TopicPartition partition = partition();
        String group = freshName();
        try (Owner owner = engine().own(freshName())) {
            assertRefused(
                    code,
                    () ->
                            owner.commit(
                                    List.of(to(partition, "a"), wrong),
                                    List.of(at(group, partition, 1))));
            assertThat(readAll(partition)).isEmpty();
            assertThat(engine().position(group, partition)).isEmpty();
            owner.commit(List.of(to(partition, "b")), List.of());
            assertThat(values(partition)).containsExactly("b");
        }
    }

    @Test
    default void a_commit_to_a_partition_that_there_is_not_is_refused_and_nothing_happens()
            throws Exception {
        assertNothingHappens(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, to(nowhere(), "x"));
        var beyond = new TopicPartition(topic(1, Map.of()), 1);
        assertNothingHappens(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, to(beyond, "x"));
    }

    @Test
    default void a_commit_of_a_record_larger_than_its_topic_takes_is_refused_and_nothing_happens()
            throws Exception {
        var narrow = new TopicPartition(topic(1, Map.of("max.message.bytes", "2000")), 0);
        var large = new Owner.Append(narrow, List.of(ofBytes(2_000)));
        assertNothingHappens(ErrorCode.BATCH_TOO_LARGE, large);
        assertThat(readAll(narrow)).isEmpty();
    }

    @Test
    default void a_commit_of_what_a_topic_does_not_take_is_refused_and_nothing_happens()
            throws Exception {
        var compacted = new TopicPartition(topic(1, Map.of("cleanup.policy", "compact")), 0);
        var wrong = new Owner.Append(compacted, List.of(keyless("x")));
        assertNothingHappens(ErrorCode.INVALID_RECORD, wrong);
        assertThat(readAll(compacted)).isEmpty();
    }

    @Test
    default void a_commit_larger_than_any_may_be_is_refused_and_nothing_happens() throws Exception {
        var large = ofBytes(Engine.COMMIT_BYTES_MAX / 32);
        assertNothingHappens(
                ErrorCode.BATCH_TOO_LARGE,
                new Owner.Append(partition(), Collections.nCopies(32, large)));
    }

    @Test
    default void a_commit_of_positions_where_no_partition_is_is_refused_and_nothing_happens()
            throws Exception {
        TopicPartition partition = partition();
        String group = freshName();
        try (Owner owner = engine().own(freshName())) {
            var positions = List.of(at(group, partition, 1), at(group, nowhere(), 1));
            assertRefused(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    () -> owner.commit(List.of(to(partition, "a")), positions));
            assertRefused(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    () ->
                            owner.commit(
                                    List.of(to(partition, "a")),
                                    List.of(at(group, partition, -1))));
            assertThat(readAll(partition)).isEmpty();
            assertThat(engine().position(group, partition)).isEmpty();
        }
    }

    @Test
    default void a_name_that_cannot_be_is_refused() throws Exception {
        for (String name : new String[] {"", "x".repeat(201)}) {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> engine().own(name));
        }
        engine().own("x".repeat(200)).close();
    }

    // ---- commits

    @Test
    default void a_commit_reaches_partitions_of_several_topics_together_with_positions()
            throws Exception {
        String wide = topic(2, Map.of());
        var one = new TopicPartition(wide, 1);
        TopicPartition two = partition();
        TopicPartition source = partition();
        String group = freshName();
        String otherGroup = freshName();
        try (Owner owner = engine().own(freshName())) {
            List<long[]> offsets =
                    owner.commit(
                            List.of(to(one, "a", "b"), to(two, "c")),
                            List.of(at(group, source, 17), at(otherGroup, source, 4)));
            assertThat(offsets).hasSize(2);
            assertThat(offsetsOf(one)).isEqualTo(offsets.get(0));
            assertThat(offsetsOf(two)).isEqualTo(offsets.get(1));
        }
        assertThat(values(one)).containsExactly("a", "b");
        assertThat(values(two)).containsExactly("c");
        assertThat(engine().position(group, source)).hasValue(17);
        assertThat(engine().position(otherGroup, source)).hasValue(4);
    }

    private long[] offsetsOf(TopicPartition partition) throws Exception {
        return readAll(partition).stream().mapToLong(StoredRecord::offset).toArray();
    }

    @Test
    default void a_commit_may_name_a_partition_several_times() throws Exception {
        TopicPartition partition = partition();
        try (Owner owner = engine().own(freshName())) {
            List<long[]> offsets =
                    owner.commit(
                            List.of(to(partition, "a"), to(partition), to(partition, "b", "c")),
                            List.of());
            assertThat(offsets).hasSize(3);
            assertThat(offsets.get(1)).isEmpty();
            assertThat(offsetsOf(partition))
                    .containsExactly(offsets.get(0)[0], offsets.get(2)[0], offsets.get(2)[1]);
        }
        assertThat(values(partition)).containsExactly("a", "b", "c");
    }

    @Test
    default void a_commit_may_be_of_positions_only_or_of_nothing() throws Exception {
        TopicPartition partition = partition();
        String group = freshName();
        try (Owner owner = engine().own(freshName())) {
            assertThat(owner.commit(List.of(), List.of(at(group, partition, 3)))).isEmpty();
            assertThat(engine().position(group, partition)).hasValue(3);
            assertThat(owner.commit(List.of(), List.of())).isEmpty();
        }
    }

    @Test
    default void a_commit_that_needs_several_batches_is_taken() throws Exception {
        var narrow = new TopicPartition(topic(1, Map.of("max.message.bytes", "2000")), 0);
        try (Owner owner = engine().own(freshName())) {
            List<long[]> offsets =
                    owner.commit(
                            List.of(
                                    new Owner.Append(
                                            narrow, Collections.nCopies(20, ofBytes(500)))),
                            List.of());
            assertThat(offsetsOf(narrow)).isEqualTo(offsets.getFirst());
        }
        assertThat(readAll(narrow)).hasSize(20);
    }

    @Test
    default void what_was_committed_outlives_the_engine() throws Exception {
        TopicPartition one = partition();
        TopicPartition two = partition();
        String group = freshName();
        String name = freshName();
        try (Owner owner = engine().own(name)) {
            owner.commit(List.of(to(one, "a"), to(two, "b")), List.of(at(group, one, 1)));
        }
        reopen();
        assertThat(values(one)).containsExactly("a");
        assertThat(values(two)).containsExactly("b");
        assertThat(engine().position(group, one)).hasValue(1);
        try (Owner owner = engine().own(name)) {
            owner.commit(List.of(to(one, "c")), List.of());
        }
        assertThat(values(one)).containsExactly("a", "c");
    }

    @Test
    default void threads_that_commit_at_once_all_get_their_turn() throws Exception {
        TopicPartition partition = partition();
        try (Owner owner = engine().own(freshName())) {
            var others = new ArrayList<Beside>();
            for (int i = 0; i < 3; i++) {
                String value = "beside " + i;
                others.add(meanwhile(() -> owner.commit(List.of(to(partition, value)), List.of())));
            }
            owner.commit(List.of(to(partition, "itself")), List.of());
            for (Beside beside : others) {
                beside.await();
            }
        }
        assertThat(values(partition))
                .containsExactlyInAnyOrder("itself", "beside 0", "beside 1", "beside 2");
    }

    // ---- who owns a name

    @Test
    default void a_second_owner_fences_the_first_before_it_can_commit() throws Exception {
        TopicPartition partition = partition();
        String group = freshName();
        String name = freshName();
        try (Owner first = engine().own(name)) {
            first.commit(List.of(to(partition, "a")), List.of());
            try (Owner second = other().own(name)) {
                for (int i = 0; i < 2; i++) {
                    assertRefused(
                            ErrorCode.PRODUCER_FENCED,
                            () ->
                                    first.commit(
                                            List.of(to(partition, "zombie")),
                                            List.of(at(group, partition, 1))));
                }
                second.commit(List.of(to(partition, "b")), List.of());
            }
        }
        assertThat(values(partition)).containsExactly("a", "b");
        assertThat(engine().position(group, partition)).isEmpty();
    }

    @Test
    default void an_owner_that_is_fenced_in_the_middle_of_a_commit_tells_what_became_of_it()
            throws Exception {
        TopicPartition one = partition();
        TopicPartition two = partition();
        String name = freshName();
        var told = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            String value = "commit " + i;
            try (Owner first = engine().own(name)) {
                Beside takeover =
                        meanwhile(() -> {
                            try (Owner second = other().own(name)) {
                                List<String> before = values(one);
                                second.commit(List.of(to(two, "second")), List.of());
                                // What was begun was over when the name was taken.
                                assertThat(values(one)).isEqualTo(before);
                            }
                        });
                try {
                    first.commit(List.of(to(one, value), to(two, value)), List.of());
                    told.add(value);
                } catch (SinewException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.PRODUCER_FENCED);
                }
                takeover.await();
                assertRefused(
                        ErrorCode.PRODUCER_FENCED,
                        () -> first.commit(List.of(to(one, "zombie")), List.of()));
            }
        }
        assertThat(values(one)).isEqualTo(told);
        assertThat(values(two).stream().filter(value -> !value.equals("second")).toList())
                .isEqualTo(told);
    }

    @Test
    default void owners_of_different_names_do_not_mind_each_other() throws Exception {
        TopicPartition partition = partition();
        try (Owner one = engine().own(freshName());
                Owner two = other().own(freshName())) {
            one.commit(List.of(to(partition, "a")), List.of());
            two.commit(List.of(to(partition, "b")), List.of());
            one.commit(List.of(to(partition, "c")), List.of());
        }
        assertThat(values(partition)).containsExactly("a", "b", "c");
    }

    @Test
    default void a_fenced_owner_that_is_closed_takes_nothing_from_the_one_that_has_the_name()
            throws Exception {
        TopicPartition partition = partition();
        String name = freshName();
        Owner first = engine().own(name);
        try (Owner second = other().own(name)) {
            first.close();
            second.commit(List.of(to(partition, "a")), List.of());
        }
        assertThat(values(partition)).containsExactly("a");
    }

    @Test
    default void a_name_that_was_given_up_can_be_owned_again() throws Exception {
        TopicPartition partition = partition();
        String name = freshName();
        engine().own(name).close();
        try (Owner owner = engine().own(name)) {
            owner.commit(List.of(to(partition, "a")), List.of());
        }
        assertThat(values(partition)).containsExactly("a");
    }
}
