package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Trials;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// The bytes of a ledger: what was written is what is read, whatever else stands there is refused.
class LedgerBytesTest {
    private static final int TRIALS = 3_000;

    private static void assertDamaged(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED_DATA));
    }

    private static final long DAY_MS = 86_400_000;

    /// A ledger in which something of everything has happened, and a snapshot in the middle.
    private static LedgerScene busy(SplittableRandom random) {
        LedgerScene scene = LedgerScene.usual();
        for (int i = 0; i < 60; i++) {
            LedgerScene.Wish wish = LedgerScene.Wish.NONE;
            wish = random.nextInt(3) == 0 ? wish.group("g" + random.nextInt(3)) : wish;
            wish = random.nextInt(4) == 0 ? wish.due(scene.nowMs + 5_000) : wish;
            wish = random.nextInt(6) == 0 ? wish.due(scene.nowMs + DAY_MS) : wish;
            wish = random.nextInt(4) == 0 ? wish.expires(scene.nowMs + 7_000) : wish;
            wish = random.nextInt(4) == 0 ? wish.dedupe("d" + i) : wish;
            scene.send(wish.priority(random.nextInt(10)));
            for (HandedMessage message : scene.receive(random.nextInt(3))) {
                boolean _ =
                        switch (random.nextInt(6)) {
                            case 0 -> scene.ack(message);
                            case 1 -> scene.fail(message);
                            case 2 -> scene.giveBack(message, random.nextInt(2) * 1_000L);
                            case 3 -> scene.reject(message);
                            case 4 -> scene.extend(message, 90_000);
                            default -> true;
                        };
            }
            scene.pass(i == 50 ? DAY_MS : random.nextInt(3_000));
            if (i == 40) {
                scene.snapshot();
            }
        }
        return scene;
    }

    @Test
    void what_was_written_is_what_is_read() throws Exception {
        Trials.run(
                50,
                random -> {
                    LedgerScene scene = busy(random);
                    assertThat(LedgerScene.picture(scene.replayed()))
                            .isEqualTo(LedgerScene.picture(scene.state));
                });
    }

    /// The layout is a promise to ledgers that are there already.
    @Test
    void a_record_of_changes_has_the_bytes_that_it_always_had() {
        ByteSink out = LedgerRecordV1Format.begin(300);
        List<LedgerOp> ops =
                List.of(
                        new LedgerOp.Opened(0x01020304),
                        new LedgerOp.Leased(5, 1_000, new long[] {7, 9, 8}),
                        new LedgerOp.Acked(new long[] {7}),
                        new LedgerOp.Returned(8, 0),
                        new LedgerOp.Failed(9, 128, true, 1, "é"),
                        new LedgerOp.Suspected(new long[] {}),
                        new LedgerOp.Extended(2, new long[] {1}),
                        new LedgerOp.Doomed(3, DeadReason.REJECTED, 4, ""),
                        new LedgerOp.Buried(new long[] {3}),
                        new LedgerOp.Paused(true),
                        new LedgerOp.Purged(300),
                        new LedgerOp.Neared(
                                3,
                                2,
                                4,
                                List.of(
                                        new MessageFacts(
                                                7,
                                                0,
                                                128,
                                                0,
                                                9,
                                                0x0102030405060708L,
                                                MessageFacts.DedupeId.NONE))),
                        new LedgerOp.Moved(List.of(new FarMessage(7, 128))));
        ops.forEach(op -> LedgerRecordV1Format.put(out, op));
        byte[] bytes = out.toBytes();
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(
                        "0101ac02"
                                + "0101020304"
                                + "0200000005e807030e0401"
                                + "03010e"
                                + "040800"
                                + "0509800101"
                                + "01"
                                + "02c3a9"
                                + "0600"
                                + "07020102"
                                + "0803020400"
                                + "090106"
                                + "0a01"
                                + "0bac02"
                                + "0c03020401078001"
                                + "09010203040506070800"
                                + "0d01078001");
        var in = new ByteSource(bytes);
        assertThat(LedgerRecordV1Format.kindOf(in)).isEqualTo(LedgerRecordV1Format.CHANGES);
        LedgerRecordV1Format.Changes changes = LedgerRecordV1Format.takeChanges(in);
        assertThat(changes.ingestedTo()).isEqualTo(300);
        assertThat(changes.ops())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyElementsOf(ops);
    }

    @Test
    void a_record_that_ends_too_early_anywhere_is_refused_or_says_less() throws Exception {
        LedgerScene scene = busy(new SplittableRandom(1));
        List<byte[]> log = List.copyOf(scene.log);
        for (int i = 0; i < log.size(); i++) {
            for (int length = 0; length < log.get(i).length; length++) {
                scene.log.clear();
                scene.log.addAll(log);
                scene.log.set(i, Arrays.copyOf(log.get(i), length));
                replayedOrRefused(scene);
            }
        }
    }

    @Test
    void hostile_bytes_are_refused_as_damage_and_nothing_else_is_thrown() throws Exception {
        Trials.run(
                TRIALS,
                random -> {
                    LedgerScene scene = busy(new SplittableRandom(random.nextInt(20)));
                    int changed = 1 + random.nextInt(4);
                    for (int i = 0; i < changed; i++) {
                        int which = random.nextInt(scene.log.size());
                        byte[] record = scene.log.get(which).clone();
                        record[random.nextInt(record.length)] = (byte) random.nextInt(256);
                        scene.log.set(which, record);
                    }
                    replayedOrRefused(scene);
                });
    }

    @Test
    void records_that_are_left_out_or_stand_twice_or_elsewhere_are_refused_as_damage()
            throws Exception {
        Trials.run(
                TRIALS / 10,
                random -> {
                    LedgerScene scene = busy(new SplittableRandom(random.nextInt(20)));
                    var log = new ArrayList<>(scene.log);
                    byte[] taken = log.remove(random.nextInt(log.size()));
                    if (random.nextBoolean()) {
                        log.add(random.nextInt(log.size() + 1), taken);
                    }
                    if (random.nextBoolean()) {
                        log.add(random.nextInt(log.size() + 1), taken);
                    }
                    scene.log.clear();
                    scene.log.addAll(log);
                    replayedOrRefused(scene);
                });
    }

    /// What is made of such a log is a state that works, or nothing.
    private static void replayedOrRefused(LedgerScene scene) throws InterruptedException {
        LedgerState state;
        try {
            state = scene.replayed();
        } catch (SinewException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED_DATA);
            return;
        }
        state.tick(scene.nowMs + 100_000_000);
        for (int i = 0; i < 100; i++) {
            state.receive(scene.nowMs + 100_000_000, 10, scene.nowMs + 200_000_000);
        }
        state.dying(1_000);
        state.look(0, 1_000);
        LedgerScene.picture(state);
    }

    @Test
    void a_ledger_that_is_ahead_of_its_topic_is_refused() {
        LedgerScene scene = LedgerScene.usual();
        scene.sendPlain(3);
        ByteSink out = LedgerRecordV1Format.begin(3);
        LedgerRecordV1Format.put(out, new LedgerOp.Purged(4));
        scene.log.add(out.toBytes());
        assertDamaged(scene::replayed);
    }

    @Test
    void a_later_version_is_refused_and_not_guessed_at() {
        byte[] record = LedgerRecordV1Format.begin(0).toBytes();
        record[0] = 2;
        assertDamaged(() -> LedgerRecordV1Format.kindOf(new ByteSource(record)));
    }

    @Test
    void a_count_that_is_more_than_what_follows_takes_no_memory() {
        byte[] record = HexFormat.of().parseHex("010100" + "03ffffffff07");
        var in = new ByteSource(record);
        assertThat(LedgerRecordV1Format.kindOf(in)).isEqualTo(LedgerRecordV1Format.CHANGES);
        assertDamaged(() -> LedgerRecordV1Format.takeChanges(in));
    }

    // ---- snapshots

    @Test
    void a_snapshot_without_its_end_is_none_and_the_one_before_counts() throws Exception {
        LedgerScene scene = busy(new SplittableRandom(3));
        scene.snapshot();
        List<String> before = LedgerScene.picture(scene.state);
        var begun = new ArrayList<byte[]>();
        scene.state.writeTo(new LedgerSnapshotV1Format.Writer(begun::add));
        // Neither its beginning alone counts, nor all of it but the end.
        scene.log.add(begun.getFirst());
        assertThat(LedgerScene.picture(scene.replayed())).isEqualTo(before);
        begun.removeLast();
        scene.log.addAll(begun);
        assertThat(LedgerScene.picture(scene.replayed())).isEqualTo(before);
    }

    /// The changes of a snapshot's own time come after it begins and before it ends.
    @Test
    void changes_between_the_parts_of_a_snapshot_count_after_it() throws Exception {
        LedgerScene scene = busy(new SplittableRandom(4));
        var snapshot = new ArrayList<byte[]>();
        scene.state.writeTo(new LedgerSnapshotV1Format.Writer(snapshot::add));
        scene.log.add(snapshot.removeFirst());
        scene.receive(3).forEach(scene::ack);
        scene.log.addAll(snapshot);
        scene.receive(3).forEach(scene::fail);
        assertThat(LedgerScene.picture(scene.replayed()))
                .isEqualTo(LedgerScene.picture(scene.state));
    }

    private static LedgerSnapshotV1Format.Row row(
            long offset, int place, int priority, int isolation, int failures) {
        return new LedgerSnapshotV1Format.Row(
                offset, place, 0, 0, failures, priority, isolation, 0, false, 0, 0, List.of());
    }

    @Test
    void a_message_that_can_not_be_in_a_snapshot_is_refused() {
        assertDamaged(() -> row(0, Rows.OUT, 4, 0, 0));
        assertDamaged(() -> row(0, Rows.DOOMED + 1, 4, 0, 0));
        assertDamaged(() -> row(0, Rows.READY, MessageHeaders.PRIORITY_MAX + 1, 0, 0));
        assertDamaged(() -> row(0, Rows.READY, 4, Isolation.ALONE + 1, 0));
        assertDamaged(() -> row(0, Rows.READY, 4, 0, -1));
        assertDamaged(() -> row(0, Rows.READY, 4, 0, LedgerSettings.FAILURES_LIMIT + 1));
        assertDamaged(() -> new LedgerSnapshotV1Format.Head(5, 6, 0, false));
        var state = new LedgerState(LedgerSettings.defaults(), 0);
        state.restore(new LedgerSnapshotV1Format.Head(10, 5, 0, false));
        state.restore(row(7, Rows.READY, 4, 0, 0), 0);
        for (long offset : new long[] {4, 7, 10, -1}) {
            assertDamaged(() -> state.restore(row(offset, Rows.READY, 4, 0, 0), 0));
        }
        assertThat(state.look(0, 10)).hasSize(1);
    }

    @Test
    void a_part_of_a_snapshot_that_is_missing_is_seen() {
        LedgerScene scene = busy(new SplittableRandom(5));
        scene.snapshot();
        scene.log.remove(1);
        assertDamaged(scene::replayed);
    }
}
