package io.sinew.ledger;

import static io.sinew.ledger.LaneScene.DATA;
import static io.sinew.ledger.LaneScene.LONG;
import static io.sinew.ledger.LaneScene.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.kit.Eventually;
import io.sinew.ledger.LaneScene.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What ledgers over one partition read of it together.
class SharedReadsTest {
    private static final int READERS = 50;

    private final AtomicBoolean over = new AtomicBoolean();
    private LaneScene scene;
    private SharedReads reads;

    @BeforeEach
    void open() throws Exception {
        scene = new LaneScene();
        reads = new SharedReads(scene.engine, DATA);
    }

    @AfterEach
    void close() throws Exception {
        over.set(true);
        reads.lookAgain();
        scene.close();
    }

    private Call<SharedReads.Found> await(long offset) {
        return Call.begin(() -> reads.await(offset, over::get));
    }

    /// A reader that waits at the engine for all.
    private Call<SharedReads.Found> first(long offset) throws Exception {
        int before = scene.engine.readsOf(DATA);
        Call<SharedReads.Found> first = await(offset);
        Eventually.await(LONG, "its wait", () -> scene.engine.readsOf(DATA) >= before + 2);
        return first;
    }

    private static List<String> texts(SharedReads.Found found) {
        return found.records().stream().map(record -> LaneScene.text(record.record())).toList();
    }

    private static List<Long> offsets(SharedReads.Found found) {
        return found.records().stream().map(record -> record.record().offset()).toList();
    }

    // ---- what is not there, or can't be read

    @Test
    void offsets_that_were_trimmed_are_refused_and_their_records_are_gone() throws Exception {
        scene.send("a", "b", "c", "d");
        scene.engine.trim(DATA, 2);
        assertRefused(ErrorCode.OFFSET_OUT_OF_RANGE, () -> reads.read(0));
        assertRefused(ErrorCode.OFFSET_OUT_OF_RANGE, () -> reads.await(1, over::get));
        assertRefused(ErrorCode.OFFSET_OUT_OF_RANGE, () -> reads.read(5));
        assertThat(reads.record(1)).isEmpty();
        assertThat(reads.record(4)).as("not there yet").isEmpty();
        assertThat(reads.record(2).map(LaneScene::text)).contains("c");
        assertThat(texts(reads.read(2))).containsExactly("c", "d");
    }

    @Test
    void a_wait_that_fails_is_refused_and_another_takes_it_over() throws Exception {
        scene.send("a");
        Call<SharedReads.Found> first = first(1);
        List<Call<SharedReads.Found>> others = List.of(await(1), await(1));
        for (Call<SharedReads.Found> other : others) {
            other.awaitWait();
        }
        scene.engine.readRefusal = Optional.of(ErrorCode.ENGINE_UNAVAILABLE);
        assertRefused(ErrorCode.ENGINE_UNAVAILABLE, first::get);
        // They read for themselves, and are told as well.
        for (Call<SharedReads.Found> other : others) {
            assertRefused(ErrorCode.ENGINE_UNAVAILABLE, other::get);
        }
        scene.engine.readRefusal = Optional.empty();
        Call<SharedReads.Found> again = first(1);
        scene.send("b");
        assertThat(texts(again.get())).containsExactly("b");
    }

    // ---- waits

    @Test
    void a_reader_that_begins_to_wait_after_another_has_read_on_is_not_forgotten()
            throws Exception {
        var go = new CountDownLatch(1);
        scene.engine.afterEmptyRead = go;
        Call<SharedReads.Found> late = await(0);
        Eventually.await(LONG, "its look", () -> scene.engine.emptyReads.get() == 1);
        scene.engine.afterEmptyRead = new CountDownLatch(0);
        // It has found nothing and does not wait yet; meanwhile there is something, and another
        // reader waits for what comes behind that.
        scene.send("a");
        assertThat(texts(reads.await(0, over::get))).containsExactly("a");
        Call<SharedReads.Found> other = first(1);
        go.countDown();
        assertThat(texts(late.get())).containsExactly("a");
        scene.send("b");
        assertThat(texts(other.get())).containsExactly("b");
    }

    @Test
    void of_many_readers_none_misses_any_of_many_single_records() throws Exception {
        int records = 400;
        var arrived = new Semaphore(0);
        var done = new ArrayList<Call<List<String>>>();
        for (int i = 0; i < READERS; i++) {
            done.add(
                    Call.begin(() -> {
                        var seen = new ArrayList<String>();
                        for (long next = 0; next < records && !over.get(); ) {
                            SharedReads.Found found = reads.await(next, over::get);
                            seen.addAll(texts(found));
                            arrived.release(found.records().size());
                            next = found.nextOffset();
                        }
                        return seen;
                    }));
        }
        for (int i = 0; i < records; i++) {
            scene.send("m" + i);
            // Nothing else will wake whoever is still asleep then.
            assertThat(arrived.tryAcquire(READERS, LONG.toSeconds(), TimeUnit.SECONDS))
                    .as("all have seen record %s", i)
                    .isTrue();
        }
        List<String> all = IntStream.range(0, records).mapToObj(i -> "m" + i).toList();
        for (Call<List<String>> reader : done) {
            assertThat(reader.get()).isEqualTo(all);
        }
    }

    @Test
    void one_append_wakes_all_who_wait_and_only_one_of_them_has_read() throws Exception {
        Call<SharedReads.Found> first = first(0);
        var others = new ArrayList<Call<SharedReads.Found>>();
        for (int i = 1; i < READERS; i++) {
            Call<SharedReads.Found> other = await(0);
            other.awaitWait();
            others.add(other);
        }
        int before = scene.engine.readsOf(DATA);
        scene.send("a");
        SharedRecord a = first.get().records().getFirst();
        for (Call<SharedReads.Found> other : others) {
            assertThat(other.get().records()).singleElement().isSameAs(a);
        }
        // The one that waits looks up now and then.
        assertThat(scene.engine.readsOf(DATA)).isLessThan(before + READERS / 2);
    }

    @Test
    void those_who_are_over_are_let_go_and_the_others_wait_on() throws Exception {
        Call<SharedReads.Found> first = first(0);
        var gone = new AtomicBoolean();
        Call<SharedReads.Found> going = Call.begin(() -> reads.await(0, gone::get));
        Call<SharedReads.Found> staying = await(0);
        going.awaitWait();
        staying.awaitWait();
        gone.set(true);
        reads.lookAgain();
        assertThat(going.get()).isEqualTo(new SharedReads.Found(List.of(), 0));
        scene.send("a");
        assertThat(texts(first.get())).containsExactly("a");
        assertThat(texts(staying.get())).containsExactly("a");
    }

    @Test
    void when_the_one_who_waits_for_all_is_over_another_waits_in_its_place() throws Exception {
        var gone = new AtomicBoolean();
        int before = scene.engine.readsOf(DATA);
        Call<SharedReads.Found> first = Call.begin(() -> reads.await(0, gone::get));
        Eventually.await(LONG, "its wait", () -> scene.engine.readsOf(DATA) >= before + 2);
        List<Call<SharedReads.Found>> others = List.of(await(0), await(0));
        for (Call<SharedReads.Found> other : others) {
            other.awaitWait();
        }
        gone.set(true);
        assertThat(first.get().records()).isEmpty();
        scene.send("a");
        for (Call<SharedReads.Found> other : others) {
            assertThat(texts(other.get())).containsExactly("a");
        }
    }

    // ---- what is read

    @Test
    void readers_at_different_offsets_find_what_is_from_there_on() throws Exception {
        scene.send("a", "b", "c", "d");
        for (int from : new int[] {2, 0, 3, 1}) {
            SharedReads.Found found = reads.read(from);
            assertThat(texts(found)).isEqualTo(List.of("a", "b", "c", "d").subList(from, 4));
            assertThat(found.nextOffset()).isEqualTo(4);
        }
        assertThat(reads.read(4)).isEqualTo(new SharedReads.Found(List.of(), 4));
    }

    @Test
    void the_same_record_and_what_the_first_made_of_it_is_given_to_all() throws Exception {
        scene.send("a", "b", "c");
        List<SharedRecord> all = reads.read(0).records();
        assertThat(reads.read(1).records()).first().isSameAs(all.get(1));
        var made = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            String view =
                    reads.read(2)
                            .records()
                            .getFirst()
                            .view(
                                    String.class,
                                    record -> {
                                        int _ = made.incrementAndGet();
                                        return LaneScene.text(record) + "!";
                                    });
            assertThat(view).isEqualTo("c!");
        }
        assertThat(made).hasValue(1);
        assertThat(reads.record(1)).containsSame(all.get(1).record());
        assertThat(scene.engine.readsOf(DATA)).isEqualTo(1);
    }

    @Test
    void one_who_is_far_behind_reads_for_itself_and_leaves_it_for_the_next() throws Exception {
        scene.fill(DATA, "k", 3_000, 1_000);
        long end = scene.engine.endOffset(DATA);
        assertThat(offsets(reads.read(end - 1))).containsExactly(end - 1);
        int before = scene.engine.readsOf(DATA);
        assertThat(readTo(end)).isEqualTo(end);
        int own = scene.engine.readsOf(DATA) - before;
        // What is about 3 MB, in reads of 1 MiB; the last record may be known.
        assertThat(own).isBetween(2, 5);
        assertThat(readTo(end)).isEqualTo(end);
        assertThat(scene.engine.readsOf(DATA)).as("the next one").isEqualTo(before + own);
    }

    /// How many records there are from the start to an offset, each once and in its place.
    private long readTo(long end) throws InterruptedException {
        long next = 0;
        while (next < end) {
            SharedReads.Found found = reads.read(next);
            for (long offset : offsets(found)) {
                assertThat(offset).isEqualTo(next++);
            }
            assertThat(found.nextOffset()).isEqualTo(next);
        }
        return next;
    }

    // ---- what is kept

    @Test
    void bytes_that_nobody_has_looked_at_for_longest_go_first() throws Exception {
        // About 24 MB, where 16 MiB are kept.
        scene.fill(DATA, "k", 240, 100_000);
        assertThat(readTo(240)).isEqualTo(240);
        int before = scene.engine.readsOf(DATA);
        assertThat(offsets(reads.read(239))).containsExactly(239L);
        assertThat(offsets(reads.read(120))).startsWith(120L);
        assertThat(scene.engine.readsOf(DATA)).as("they are known").isEqualTo(before);
        assertThat(offsets(reads.read(0))).startsWith(0L);
        assertThat(scene.engine.readsOf(DATA)).as("that was forgotten").isEqualTo(before + 1);
    }

    @Test
    void blocks_of_one_record_each_are_as_bounded_as_large_ones() throws Exception {
        int blocks = 4_200;
        for (int i = 0; i < blocks; i++) {
            scene.send("m" + i);
            assertThat(reads.read(i).records()).hasSize(1);
            // The first one stays in use.
            assertThat(texts(reads.read(0))).containsExactly("m0");
        }
        assertThat(scene.engine.readsOf(DATA)).isEqualTo(blocks);
        assertThat(texts(reads.read(blocks - 4_000))).containsExactly("m200");
        assertThat(scene.engine.readsOf(DATA)).as("that is known").isEqualTo(blocks);
        assertThat(texts(reads.read(50))).startsWith("m50");
        assertThat(scene.engine.readsOf(DATA)).as("that was forgotten").isEqualTo(blocks + 1);
    }
}
