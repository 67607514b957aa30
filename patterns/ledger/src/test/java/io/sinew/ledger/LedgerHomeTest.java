package io.sinew.ledger;

import static io.sinew.ledger.LaneScene.DATA;
import static io.sinew.ledger.LaneScene.LEDGER;
import static io.sinew.ledger.LaneScene.LONG;
import static io.sinew.ledger.LaneScene.awaitServed;
import static io.sinew.ledger.LaneScene.lane;
import static io.sinew.ledger.LaneScene.parking;
import static io.sinew.ledger.LaneScene.take;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.kit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What ledgers have in common that are written to the same partition: that one is damaged, idle,
/// closed or deleted is not the others' business, and what each needs stays.
class LedgerHomeTest {
    /// More records than any ledger may keep from being forgotten without being asked.
    private static final int MANY = 20_100;

    private final CopyOnWriteArraySet<String> ids = new CopyOnWriteArraySet<>();
    private LaneScene scene;

    @BeforeEach
    void open() throws Exception {
        scene = new LaneScene();
    }

    @AfterEach
    void close() throws Exception {
        scene.close();
    }

    /// Ledgers that there are as of now, and that are served when this returns.
    private Ledgers serve(List<Ledger> into, LedgerConfig... lanes) throws Exception {
        Ledgers all = begin(into, lanes);
        for (Ledger ledger : into) {
            awaitServed(ledger);
        }
        return all;
    }

    private Ledgers begin(List<Ledger> into, LedgerConfig... lanes) throws Exception {
        Ledgers all = scene.ledgers(() -> ids);
        for (LedgerConfig lane : lanes) {
            ids.add(LedgerHome.idOf(lane));
            into.add(all.ledger(lane));
        }
        all.share("here");
        return all;
    }

    private LedgerHome home(LedgerConfig... here) {
        return home(() -> ids, here);
    }

    private LedgerHome home(Ledgers.Ids there, LedgerConfig... here) {
        return new LedgerHome(
                scene.engine,
                Clock.system(),
                new LedgerHome.Place("t", "t.ledger", 0),
                new LedgerHome.Known(there, () -> List.of(here)),
                Optional.empty());
    }

    private static LedgerContext context() {
        return new LedgerContext(Clock.system(), new Arrivals(1), new BodyRoom(1 << 20));
    }

    private long ledgerStart() throws InterruptedException {
        return scene.engine.startOffset(LEDGER);
    }

    // ---- damage

    @Test
    void a_ledger_whose_records_are_damaged_fails_alone_and_the_others_go_on() throws Exception {
        var before = new ArrayList<Ledger>();
        scene.send("m0", "m1");
        try (Ledgers _ = serve(before, lane("a"), lane("b"), lane("c"))) {
            for (Ledger ledger : before) {
                assertThat(take(ledger)).isEqualTo("m0");
            }
        }
        long[] _ = scene.engine.append(LEDGER, List.of(LaneScene.record("b", "nonsense")));
        var after = new ArrayList<Ledger>();
        try (Ledgers _ = begin(after, lane("a"), lane("b"), lane("c"))) {
            awaitServed(after.get(0));
            awaitServed(after.get(2));
            assertThat(take(after.get(0))).isEqualTo("m1");
            assertThat(take(after.get(2))).isEqualTo("m1");
            assertThat(after.get(1).partitions()).isEmpty();
        }
        try (LedgerHome home = home(lane("a"), lane("b"))) {
            assertThat(home.owner().isOver()).isFalse();
            LaneScene.assertRefused(ErrorCode.DAMAGED_DATA, () -> home.recover(lane("b"), 0));
            assertThat(home.recover(lane("a"), 0).state().lowestLive()).isEqualTo(2);
        }
    }

    @Test
    void records_of_a_ledger_that_was_deleted_do_not_come_back_under_another() throws Exception {
        scene.send("m0", "m1");
        var before = new ArrayList<Ledger>();
        try (Ledgers _ = serve(before, lane("a"), lane("b"))) {
            before.get(0).pause(0, true);
            assertThat(take(before.get(1))).isEqualTo("m0");
        }
        ids.remove("a");
        var after = new ArrayList<Ledger>();
        try (Ledgers _ = serve(after, lane("b"), lane("a2"))) {
            assertThat(after.get(1).isPaused(0)).isFalse();
            assertThat(take(after.get(1))).isEqualTo("m0");
            assertThat(take(after.get(0))).isEqualTo("m1");
        }
    }

    // ---- one pass

    @Test
    void ledgers_that_are_there_when_the_partition_comes_are_recovered_in_one_pass()
            throws Exception {
        LedgerConfig[] lanes =
                IntStream.range(0, 30).mapToObj(i -> lane("l" + i)).toArray(LedgerConfig[]::new);
        scene.send("m0", "m1");
        var before = new ArrayList<Ledger>();
        try (Ledgers _ = serve(before, lanes)) {
            for (Ledger ledger : before) {
                assertThat(take(ledger)).isEqualTo("m0");
            }
        }
        int records = scene.all(LEDGER).size();
        int read = scene.engine.recordsReadOf(LEDGER);
        int readsOfData = scene.engine.readsOf(DATA);
        var after = new ArrayList<Ledger>();
        try (Ledgers _ = serve(after, lanes)) {
            assertThat(scene.engine.recordsReadOf(LEDGER)).isEqualTo(read + records);
            for (Ledger ledger : after) {
                assertThat(take(ledger)).isEqualTo("m1");
            }
            assertThat(scene.engine.readsOf(DATA)).isLessThan(readsOfData + 200);
        }
    }

    // ---- what is kept

    @Test
    void an_idle_ledger_keeps_what_it_needs_until_it_has_written_a_snapshot_as_it_is_asked_to()
            throws Exception {
        LedgerConfig idle = lane("idle", _ -> false, parking(1_000));
        LedgerConfig busy = lane("busy");
        ids.addAll(List.of("idle", "busy"));
        scene.send("m0", "m1");
        try (LedgerHome home = home(idle, busy)) {
            var shard = LedgerShard.open(home, idle, context(), _ -> {});
            try (shard) {
                assertThat(shard.change(state -> state.pause(true)).await())
                        .isEqualTo(Settled.DONE);
                home.opened(busy, scene.engine.endOffset(LEDGER), () -> {});
                // Others write, but not so much yet that the idle one would have to do anything.
                scene.fill(LEDGER, "busy", 1_000, 1);
                home.needsFrom(busy, scene.engine.endOffset(LEDGER) - 1);
                long end = scene.engine.endOffset(LEDGER);
                assertThat(ledgerStart()).isZero();
                scene.fill(LEDGER, "busy", MANY, 1);
                assertThat(scene.engine.endOffset(LEDGER)).isEqualTo(end + MANY);
                home.needsFrom(busy, scene.engine.endOffset(LEDGER) - 1);
                Eventually.await(LONG, "what nobody needs to go", () -> ledgerStart() > MANY);
            }
        }
        try (LedgerHome home = home(idle)) {
            assertThat(home.owner().isOver()).isFalse();
            LedgerHome.Recovered again = home.recover(idle, 0);
            assertThat(again.state().isPaused()).isTrue();
            assertThat(again.begin()).isGreaterThanOrEqualTo(ledgerStart());
        }
    }

    @Test
    void a_ledger_that_exists_and_is_not_open_here_keeps_everything() throws Exception {
        scene.send("m0", "m1");
        var before = new ArrayList<Ledger>();
        try (Ledgers _ = serve(before, lane("closed"), lane("busy"))) {
            assertThat(take(before.getFirst())).isEqualTo("m0");
        }
        try (LedgerHome home = home(lane("busy"))) {
            var shard = LedgerShard.open(home, lane("busy"), context(), _ -> {});
            try (shard) {
                scene.fill(LEDGER, "gone", MANY, 1);
                home.needsFrom(lane("busy"), scene.engine.endOffset(LEDGER) - 1);
                assertThat(ledgerStart()).isZero();
                // As soon as it is deleted, nobody needs that.
                ids.remove("closed");
                home.needsFrom(lane("busy"), scene.engine.endOffset(LEDGER) - 1);
                assertThat(ledgerStart()).isGreaterThan(MANY);
            }
        }
    }

    @Test
    void a_ledger_that_is_closed_again_keeps_what_it_needs_next_time() throws Exception {
        scene.send("m0", "m1");
        ids.addAll(List.of("a", "b"));
        try (LedgerHome home = home(lane("a"), lane("b"))) {
            LedgerShard.open(home, lane("a"), context(), _ -> {}).close();
            var shard = LedgerShard.open(home, lane("b"), context(), _ -> {});
            try (shard) {
                scene.fill(LEDGER, "gone", MANY, 1);
                home.needsFrom(lane("b"), scene.engine.endOffset(LEDGER) - 1);
                assertThat(ledgerStart()).isZero();
            }
        }
    }

    @Test
    void one_that_comes_about_while_the_ids_are_looked_up_is_remembered() throws Exception {
        ids.add("a");
        var homes = new ArrayList<LedgerHome>();
        var asked = new AtomicInteger();
        Ledgers.Ids coming =
                () -> {
                    List<String> known = List.copyOf(ids);
                    if (ids.add("new")) {
                        homes.getFirst().opened(lane("new"), 7, asked::incrementAndGet);
                    }
                    return known;
                };
        try (LedgerHome home = home(coming, lane("a"))) {
            homes.add(home);
            scene.fill(LEDGER, "gone", 2 * MANY, 1);
            home.opened(lane("a"), 3, () -> {});
            home.needsFrom(lane("a"), 5);
            assertThat(ledgerStart()).isEqualTo(5);
            home.needsFrom(lane("a"), MANY);
            assertThat(ledgerStart()).isEqualTo(7);
            assertThat(asked).hasValue(1);
            home.needsFrom(lane("new"), 2 * MANY);
            assertThat(ledgerStart()).isEqualTo(MANY);
        }
    }

    @Test
    void who_is_asked_depends_on_how_many_there_are() throws Exception {
        IntStream.range(0, 200).forEach(i -> ids.add("l" + i));
        var asked = new AtomicInteger();
        try (LedgerHome home = home()) {
            scene.fill(LEDGER, "gone", 2 * MANY, 1);
            for (String id : ids) {
                home.opened(lane(id), id.equals("l7") ? 10 : 200, asked::incrementAndGet);
            }
            // 200 for each of 200.
            home.needsFrom(lane("l0"), 40_010);
            assertThat(asked).hasValue(0);
            home.needsFrom(lane("l0"), 40_011);
            assertThat(asked).hasValue(1);
            assertThat(ledgerStart()).isEqualTo(10);
        }
    }

    // ---- what a start does not do again

    private static void awaitAllSeen(Ledger ledger) throws Exception {
        Eventually.await(LONG, "it to read all", () -> ledger.counts(0).unseen() == 0);
    }

    /// A filter that lets nothing through and counts what it is asked.
    private static RecordFilter counting(AtomicInteger asked) {
        return _ -> {
            int _ = asked.incrementAndGet();
            return false;
        };
    }

    @Test
    void records_that_were_not_for_a_ledger_are_not_looked_at_again_after_a_restart()
            throws Exception {
        var asked = new AtomicInteger();
        LedgerConfig picky = lane("picky", counting(asked), parking(1_000));
        int records = 120_000;
        scene.fill(DATA, "k", records, 10);
        var before = new ArrayList<Ledger>();
        try (Ledgers _ = serve(before, picky)) {
            awaitAllSeen(before.getFirst());
        }
        assertThat(asked).hasValueGreaterThanOrEqualTo(records);
        asked.set(0);
        var after = new ArrayList<Ledger>();
        try (Ledgers _ = serve(after, picky)) {
            awaitAllSeen(after.getFirst());
        }
        assertThat(asked).hasValueLessThan(records / 2);
    }

    @Test
    void a_backlog_of_messages_is_not_written_down_again_and_again() throws Exception {
        LedgerConfig full = lane("full", RecordFilter.ALL, parking(1_000_000));
        int records = 200_000;
        scene.fill(DATA, "k", records, 10);
        var before = new ArrayList<Ledger>();
        try (Ledgers _ = serve(before, full)) {
            awaitAllSeen(before.getFirst());
            assertThat(before.getFirst().counts(0).ready()).isEqualTo(records);
        }
        // Its first snapshot, and that it was opened.
        assertThat(scene.engine.endOffset(LEDGER)).isLessThan(10);
    }

    @Test
    void what_a_seek_passed_over_is_not_read_by_the_next_start() throws Exception {
        var asked = new AtomicInteger();
        RecordFilter all =
                _ -> {
                    int _ = asked.incrementAndGet();
                    return true;
                };
        LedgerConfig full = lane("full", all, parking(10));
        int records = 10_000;
        scene.fill(DATA, "k", records, 1_000);
        var before = new ArrayList<Ledger>();
        try (Ledgers _ = serve(before, full)) {
            assertThat(before.getFirst().receive(1, LONG, LONG)).hasSize(1);
            before.getFirst().seek(0, records);
            assertThat(before.getFirst().counts(0).live()).isZero();
        }
        assertThat(asked).hasValueLessThan(records / 2);
        asked.set(0);
        var after = new ArrayList<Ledger>();
        try (Ledgers _ = serve(after, full)) {
            assertThat(after.getFirst().receive(1, Duration.ZERO, LONG)).isEmpty();
            assertThat(after.getFirst().counts(0).live()).isZero();
            scene.send("new");
            assertThat(take(after.getFirst())).isEqualTo("new");
        }
        assertThat(asked).hasValueLessThan(records / 2);
    }
}
