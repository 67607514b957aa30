package io.sinew.ledger;

import static io.sinew.ledger.LaneScene.LEDGER;
import static io.sinew.ledger.LaneScene.LONG;
import static io.sinew.ledger.LaneScene.OUT;
import static io.sinew.ledger.LaneScene.assertRefused;
import static io.sinew.ledger.LaneScene.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Eventually;
import io.sinew.ledger.LaneScene.Call;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What callers that share a name owe each other.
class JointOwnerTest {
    private LaneScene scene;
    private StagedOwner staged;
    private JointOwner owner;

    /// What a commit does before it begins.
    @FunctionalInterface
    private interface Stage {
        void pass() throws InterruptedException;
    }

    /// A name whose commits go through stages, one each, as long as there are any.
    private static final class StagedOwner implements Owner {
        private final Owner owner;
        final ConcurrentLinkedQueue<Stage> stages = new ConcurrentLinkedQueue<>();
        final AtomicInteger commits = new AtomicInteger();

        StagedOwner(Owner owner) {
            this.owner = owner;
        }

        @Override
        public List<long[]> commit(List<Append> appends, List<Positions> positions)
                throws InterruptedException {
            commits.incrementAndGet();
            Stage stage = stages.poll();
            if (stage != null) {
                stage.pass();
            }
            return owner.commit(appends, positions);
        }

        @Override
        public void close() {
            owner.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        scene = new LaneScene();
        staged = new StagedOwner(scene.engine.own("name"));
        owner = new JointOwner(staged, LEDGER);
    }

    @AfterEach
    void close() throws Exception {
        owner.close();
        scene.close();
    }

    private Call<Long> commit(List<NewRecord> changes, Owner.Append... others) {
        return Call.begin(() -> owner.commit(changes, List.of(others)));
    }

    private Call<Long> commit(String text) {
        return commit(List.of(record(text)));
    }

    /// A commit that is under way until the latch is open.
    private Call<Long> held(CountDownLatch latch) throws Exception {
        staged.stages.add(latch::await);
        Call<Long> first = commit("first");
        Eventually.await(LONG, "the first commit", () -> staged.commits.get() == 1);
        first.awaitWait();
        return first;
    }

    /// Commits that wait for that one, in this order.
    private List<Call<Long>> behind(List<NewRecord> records) throws Exception {
        var calls = new ArrayList<Call<Long>>();
        for (NewRecord record : records) {
            Call<Long> call = commit(List.of(record));
            call.awaitWait();
            calls.add(call);
        }
        return calls;
    }

    private List<String> texts(TopicPartition partition) throws InterruptedException {
        return scene.all(partition).stream().map(LaneScene::text).toList();
    }

    private static Stage refusal(ErrorCode code) {
        return () -> {
            throw new SinewException(code, "meant");
        };
    }

    // ---- refusals, which end nobody

    @Test
    void of_many_that_came_together_only_the_one_is_refused_whose_records_are_too_large()
            throws Exception {
        var go = new CountDownLatch(1);
        Call<Long> first = held(go);
        List<Call<Long>> calls =
                behind(
                        List.of(
                                record("a"),
                                record("b"),
                                record("x".repeat(3 << 20)),
                                record("c"),
                                record("d")));
        go.countDown();
        long _ = first.get();
        assertRefused(ErrorCode.BATCH_TOO_LARGE, () -> calls.get(2).get());
        for (int i : new int[] {0, 1, 3, 4}) {
            assertThat(calls.get(i).get()).as("the offset of %s", i).isPositive();
        }
        assertThat(owner.isOver()).isFalse();
        assertThat(texts(LEDGER)).containsExactly("first", "a", "b", "c", "d");
    }

    @Test
    void what_a_topic_refuses_ends_nobody_and_nothing_of_that_caller_is_written() throws Exception {
        scene.engine.createTopic("compacted", 1, Map.of("cleanup.policy", "compact"));
        var unkeyed = new NewRecord(null, LaneScene.bytes("out"), List.of(), 1);
        var ancient = new NewRecord(null, LaneScene.bytes("out"), List.of(), -1);
        var refused =
                Map.of(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        new Owner.Append(new TopicPartition("nowhere", 0), List.of(record("out"))),
                        ErrorCode.INVALID_RECORD,
                        new Owner.Append(new TopicPartition("compacted", 0), List.of(unkeyed)),
                        ErrorCode.INVALID_TIMESTAMP,
                        new Owner.Append(OUT, List.of(ancient)),
                        ErrorCode.BATCH_TOO_LARGE,
                        new Owner.Append(OUT, List.of(record("x".repeat(3 << 20)))));
        refused.forEach((code, append) -> {
            assertRefused(code, () -> owner.commit(List.of(record("lost")), List.of(append)));
            assertThat(owner.isOver()).as("after %s", code).isFalse();
        });
        assertThat(owner.commit(List.of(record("kept")), List.of())).isNotNegative();
        assertThat(texts(LEDGER)).containsExactly("kept");
        assertThat(texts(OUT)).isEmpty();
    }

    @Test
    void one_with_other_appends_goes_alone_and_all_or_nothing() throws Exception {
        var go = new CountDownLatch(1);
        Call<Long> first = held(go);
        Call<Long> a = commit("a");
        a.awaitWait();
        Call<Long> b = commit(List.of(record("b")), new Owner.Append(OUT, List.of(record("B"))));
        b.awaitWait();
        Call<Long> lost =
                commit(
                        List.of(record("lost")),
                        new Owner.Append(OUT, List.of(record("LOST"))),
                        new Owner.Append(new TopicPartition("nowhere", 0), List.of(record("x"))));
        lost.awaitWait();
        List<Call<Long>> last = behind(List.of(record("c"), record("d")));
        go.countDown();
        assertRefused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, lost::get);
        for (Call<Long> call : List.of(first, a, b, last.get(0), last.get(1))) {
            assertThat(call.get()).isNotNegative();
        }
        assertThat(texts(LEDGER)).containsExactly("first", "a", "b", "c", "d");
        assertThat(texts(OUT)).containsExactly("B");
        // The first one, a, b, the one that was refused, c with d.
        assertThat(staged.commits).hasValue(5);
    }

    // ---- failures, which end all

    @Test
    void a_commit_that_fails_fails_all_that_were_in_it_and_all_that_come_later() throws Exception {
        var go = new CountDownLatch(1);
        Call<Long> first = held(go);
        List<Call<Long>> calls = behind(List.of(record("a"), record("b"), record("c")));
        staged.stages.add(refusal(ErrorCode.DISK_FULL));
        go.countDown();
        assertThat(first.get()).isZero();
        for (Call<Long> call : calls) {
            assertRefused(ErrorCode.DISK_FULL, call::get);
        }
        assertThat(owner.isOver()).isTrue();
        assertRefused(ErrorCode.DISK_FULL, () -> owner.commit(List.of(record("late")), List.of()));
        assertThat(staged.commits).as("nothing is tried any more").hasValue(2);
        assertThat(texts(LEDGER)).containsExactly("first");
    }

    @Test
    void a_defect_while_they_are_tried_one_by_one_leaves_nobody_waiting() throws Exception {
        var go = new CountDownLatch(1);
        Call<Long> first = held(go);
        List<Call<Long>> calls = behind(List.of(record("a"), record("b"), record("c")));
        staged.stages.add(refusal(ErrorCode.BATCH_TOO_LARGE));
        staged.stages.add(() -> {
            throw new IllegalStateException("meant");
        });
        go.countDown();
        assertThat(first.get()).isZero();
        for (Call<Long> call : calls) {
            assertThatThrownBy(call::get).isInstanceOf(ExecutionException.class);
        }
        assertThat(owner.isOver()).isTrue();
    }

    @Test
    void a_home_takes_the_name_anew_after_a_commit_that_failed_and_not_after_a_refusal()
            throws Exception {
        var home =
                new LedgerHome(
                        scene.engine,
                        Clock.system(),
                        new LedgerHome.Place("t", "t.ledger", 0),
                        new LedgerHome.Known(List::of, List::of),
                        Optional.empty());
        try (home) {
            JointOwner one = home.owner();
            int owned = scene.engine.owned.get();
            scene.engine.refusal = Optional.of(ErrorCode.BATCH_TOO_LARGE);
            assertRefused(
                    ErrorCode.BATCH_TOO_LARGE, () -> one.commit(List.of(record("a")), List.of()));
            assertThat(home.owner()).isSameAs(one);
            scene.engine.refusal = Optional.of(ErrorCode.ENGINE_UNAVAILABLE);
            assertRefused(
                    ErrorCode.ENGINE_UNAVAILABLE,
                    () -> one.commit(List.of(record("a")), List.of()));
            scene.engine.refusal = Optional.empty();
            JointOwner other = home.owner();
            assertThat(other).isNotSameAs(one);
            assertThat(scene.engine.owned).hasValue(owned + 1);
            assertThat(other.commit(List.of(record("b")), List.of())).isNotNegative();
        }
    }

    // ---- interrupts

    @Test
    void an_interrupt_of_one_who_waits_costs_nobody_else_anything() throws Exception {
        var go = new CountDownLatch(1);
        Call<Long> first = held(go);
        List<Call<Long>> calls = behind(List.of(record("a"), record("b"), record("c")));
        // The first that waits is the next to commit, for all of them.
        calls.getFirst().thread().interrupt();
        go.countDown();
        assertThat(first.get()).isZero();
        assertThatThrownBy(() -> calls.getFirst().get())
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(calls.get(1).get()).isPositive();
        assertThat(calls.get(2).get()).isPositive();
        assertThat(owner.isOver()).isFalse();
        assertThat(texts(LEDGER)).as("nothing of the one").containsExactly("first", "b", "c");
    }

    @Test
    void an_interrupt_of_one_whose_commit_another_has_under_way_comes_too_late() throws Exception {
        var go = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Call<Long> first = held(go);
        List<Call<Long>> calls = behind(List.of(record("a"), record("b")));
        staged.stages.add(goOn::await);
        go.countDown();
        Eventually.await(LONG, "the second commit", () -> staged.commits.get() == 2);
        calls.get(1).thread().interrupt();
        goOn.countDown();
        assertThat(first.get()).isZero();
        assertThat(calls.get(0).get()).isPositive();
        assertThat(calls.get(1).get()).isPositive();
        assertThat(texts(LEDGER)).containsExactly("first", "a", "b");
    }

    // ---- many

    @Test
    void a_hundred_at_once_take_two_commits_and_each_is_told_where_its_own_records_are()
            throws Exception {
        var go = new CountDownLatch(1);
        Call<Long> first = held(go);
        var calls = new ArrayList<Call<Long>>();
        for (int i = 0; i < 99; i++) {
            var records = new ArrayList<NewRecord>();
            for (int k = 0; k < i % 4; k++) {
                records.add(record(i + "/" + k));
            }
            calls.add(commit(records));
        }
        for (Call<Long> call : calls) {
            call.awaitWait();
        }
        go.countDown();
        assertThat(first.get()).isZero();
        for (int i = 0; i < 99; i += 4) {
            assertThat(calls.get(i).get()).as("of nothing").isZero();
        }
        Map<Long, String> written =
                scene.all(LEDGER).stream()
                        .collect(Collectors.toMap(StoredRecord::offset, LaneScene::text));
        for (int i = 0; i < 99; i++) {
            for (int k = 0; k < i % 4; k++) {
                assertThat(written).containsEntry(calls.get(i).get() + k, i + "/" + k);
            }
        }
        assertThat(staged.commits).hasValue(2);
    }

    @Test
    void more_than_a_commit_may_have_goes_with_the_next_one() throws Exception {
        var go = new CountDownLatch(1);
        Call<Long> first = held(go);
        var large = new ArrayList<NewRecord>();
        for (int i = 0; i < 10; i++) {
            large.add(record("x".repeat(900 << 10)));
        }
        List<Call<Long>> calls = behind(large);
        go.countDown();
        assertThat(first.get()).isZero();
        for (Call<Long> call : calls) {
            assertThat(call.get()).isPositive();
        }
        // Four of them are less than 4 MiB.
        assertThat(staged.commits).hasValue(4);
    }
}
