package io.sinew.log;

import static io.sinew.kit.FaultyDisk.Operation.SYNC;
import static io.sinew.kit.FaultyDisk.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What a start makes of damage: the end of the last write is cut off; anything else is refused.
class DamageTest {
    private static final Path FIRST_WAL = TestLog.WAL.resolve("0000000000000000.wal");
    private static final int PAGE = WalV1Format.BLOCK_ALIGNMENT;

    private FaultyDisk disk = new FaultyDisk();

    private TestLog open() throws IOException {
        return TestLog.open(disk, TestLog.LAZY, 1);
    }

    private static SinewException refusal(ThrowingCallable start) {
        return catchThrowableOfType(SinewException.class, start);
    }

    /// Appends batches, each in a block of its own that takes one page, and leaves them in the
    /// write-ahead log only.
    private void leaveBlocks(int count) throws Exception {
        TestLog log = open();
        for (int i = 0; i < count; i++) {
            log.appendDurably(Batches.plain().of("batch " + i + " x".repeat(i)));
        }
        disk = disk.processDeath();
        log.abandon();
    }

    private static int blockSize(FaultyDisk disk, int block) throws IOException {
        return ByteBuffer.wrap(disk.contentOf(FIRST_WAL)).getInt(block * PAGE + 32);
    }

    @Test
    void a_flipped_bit_before_intact_synced_data_is_refused_with_file_and_position()
            throws Exception {
        leaveBlocks(5);
        byte[] intact = disk.contentOf(FIRST_WAL);
        Trials.run(
                300,
                random -> {
                    int block = random.nextInt(4);
                    int at = block * PAGE + random.nextInt(blockSize(disk, block));
                    disk.put(FIRST_WAL, intact);
                    disk.flipBit(FIRST_WAL, at, random.nextInt(8));
                    SinewException refusal = refusal(this::open);
                    assertThat(refusal.code()).isEqualTo(ErrorCode.DAMAGED_DATA);
                    assertThat(refusal)
                            .hasMessageContaining(FIRST_WAL + " is damaged at byte " + block * PAGE)
                            .hasMessageContaining("backup");
                });
        disk.put(FIRST_WAL, intact);
        try (TestLog log = open()) {
            assertThat(log.partition().endOffset()).isEqualTo(5);
        }
    }

    @Test
    void a_flipped_bit_in_the_last_block_cuts_that_block_off_and_nothing_else() throws Exception {
        leaveBlocks(5);
        byte[] intact = disk.contentOf(FIRST_WAL);
        Trials.run(
                100,
                random -> {
                    disk = new FaultyDisk();
                    leaveBlocks(5);
                    disk.put(FIRST_WAL, intact);
                    int at = 4 * PAGE + random.nextInt(blockSize(disk, 4));
                    disk.flipBit(FIRST_WAL, at, random.nextInt(8));
                    assertCutAfter(4);
                });
    }

    @Test
    void a_torn_tail_is_cut_and_nothing_before_it_is_lost() throws Exception {
        for (int kept = 0; kept <= 40_000; kept += 512) {
            disk = new FaultyDisk();
            TestLog log = open();
            log.appendDurably(Batches.plain().of("first"));
            log.appendDurably(Batches.plain().ofBytes(40_000));
            disk = disk.processDeath();
            log.abandon();
            disk.put(FIRST_WAL, Arrays.copyOf(disk.contentOf(FIRST_WAL), PAGE + kept));
            assertCutAfter(1);
        }
    }

    private void assertCutAfter(int count) throws Exception {
        try (TestLog log = open()) {
            assertThat(log.partition().endOffset()).isEqualTo(count);
            assertThat(TestLog.batches(log.partition(), 0, 1 << 20)).hasSize(count);
            assertThat(log.append(Batches.plain().of("next")).baseOffset()).isEqualTo(count);
        }
        try (TestLog log = open()) {
            assertThat(log.partition().endOffset()).isEqualTo(count + 1);
        }
    }

    /// Appends two large batches that are written together; the sync after them fails, and of the
    /// first the header is lost.
    private void leaveSecondOfTwoUnsyncedBlocks(long endOffset) throws Exception {
        TestLog log = open();
        assertThat(log.partition().endOffset()).isEqualTo(endOffset);
        disk.hold(FaultyDisk.Selection.of(WRITE, ".wal"));
        Commit first = log.append(Batches.plain().of("before")).commit();
        disk.awaitHeld();
        log.append(Batches.plain().ofBytes(40_000));
        Commit unsynced = log.append(Batches.plain().ofBytes(40_000)).commit();
        var syncs = new AtomicInteger();
        FaultyDisk.Selection walSyncs = FaultyDisk.Selection.of(SYNC, ".wal");
        disk.failNext(
                event -> walSyncs.test(event) && syncs.incrementAndGet() == 2,
                new IOException("Input/output error"));
        disk.letGo();
        first.awaitDurable();
        assertThatThrownBy(unsynced::awaitDurable).isInstanceOf(SinewException.class);
        disk = disk.processDeath();
        log.abandon();
        disk.flipBit(FIRST_WAL, (endOffset + 1) * PAGE, 0);
    }

    /// Writes a batch of the same size where the first of the two stood; what follows it is the
    /// second.
    private void assertStaleBlockIsNotTaken(long endOffset) throws Exception {
        TestLog log = open();
        assertThat(log.partition().endOffset()).isEqualTo(endOffset);
        log.appendDurably(Batches.plain().ofBytes(40_000));
        disk = disk.processDeath();
        log.abandon();
        try (TestLog again = open()) {
            assertThat(again.partition().endOffset()).isEqualTo(endOffset + 1);
        }
    }

    @Test
    void a_block_of_an_earlier_term_behind_a_cut_is_not_taken_for_data() throws Exception {
        leaveSecondOfTwoUnsyncedBlocks(0);
        assertStaleBlockIsNotTaken(1);
    }

    @Test
    void a_process_that_left_only_unacknowledged_blocks_used_up_its_term_too() throws Exception {
        leaveSecondOfTwoUnsyncedBlocks(0);
        // As if a second process had written the two, and nothing before them.
        byte[] bytes = disk.contentOf(FIRST_WAL);
        int at = PAGE + WalV1Format.paddedSize(40_000);
        WalV1Format.BlockHeader stale =
                Objects.requireNonNull(WalV1Format.blockHeader(ByteBuffer.wrap(bytes), at));
        WalV1Format.putBlockHeader(
                ByteBuffer.wrap(bytes),
                at,
                new WalV1Format.BlockHeader(
                        stale.lsn(),
                        stale.syncedLsn(),
                        stale.firstSequence(),
                        stale.sizeBytes(),
                        stale.frameCount(),
                        stale.term() + 1));
        disk.put(FIRST_WAL, bytes);
        assertStaleBlockIsNotTaken(1);
    }

    @Test
    void the_old_content_of_a_file_that_is_used_again_is_never_replayed() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        for (int i = 0; i < 60; i++) {
            log.appendDurably(Batches.plain().of("old " + i));
            log.record("old" + i).awaitDurable();
        }
        log.store.checkpoint();
        assertThat(disk.list(TestLog.WAL))
                .anyMatch(path -> path.getFileName().toString().startsWith("spare-"));
        for (int i = 0; i < 10; i++) {
            log.appendDurably(Batches.plain().of("new " + i));
        }
        assertThat(disk.list(TestLog.WAL))
                .anyMatch(path -> path.getFileName().toString().startsWith("0000000000000008"));
        disk = disk.processDeath();
        log.abandon();
        try (TestLog again = TestLog.open(disk, TestLog.SMALL, 1)) {
            assertThat(again.partition().endOffset()).isEqualTo(70);
            assertThat(again.records).hasSize(60);
        }
    }

    @Test
    void a_missing_write_ahead_file_is_refused() throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        for (int i = 0; i < 40; i++) {
            log.appendDurably(Batches.plain().of("batch " + i));
        }
        disk = disk.processDeath();
        log.abandon();
        disk.delete(FIRST_WAL);
        SinewException refusal = refusal(() -> TestLog.open(disk, TestLog.SMALL, 1));
        assertThat(refusal.code()).isEqualTo(ErrorCode.DAMAGED_DATA);
        assertThat(refusal).hasMessageContaining(FIRST_WAL.toString());
    }

    @Test
    void a_missing_last_write_ahead_file_is_refused_when_the_checkpoint_points_into_it()
            throws Exception {
        TestLog log = open();
        log.appendDurably(Batches.plain().of("a"));
        log.store.checkpoint();
        log.appendDurably(Batches.plain().of("b"));
        disk = disk.processDeath();
        log.abandon();
        disk.delete(FIRST_WAL);
        SinewException refusal = refusal(this::open);
        assertThat(refusal.code()).isEqualTo(ErrorCode.DAMAGED_DATA);
        assertThat(refusal).hasMessageContaining(FIRST_WAL + " is missing");
    }

    @Test
    void a_damaged_checkpoint_is_refused() throws Exception {
        try (TestLog log = open()) {
            log.appendDurably(Batches.plain().of("a"));
            log.record("state").awaitDurable();
        }
        Path checkpoint = TestLog.DIRECTORY.resolve("checkpoint");
        byte[] intact = disk.contentOf(checkpoint);
        Trials.run(
                100,
                random -> {
                    disk.put(checkpoint, intact);
                    disk.flipBit(checkpoint, random.nextInt(8, intact.length), random.nextInt(8));
                    assertThat(refusal(this::open).code()).isEqualTo(ErrorCode.DAMAGED_DATA);
                    int kept = random.nextInt(intact.length);
                    disk.put(checkpoint, Arrays.copyOf(intact, kept));
                    assertThat(refusal(this::open).code()).isEqualTo(ErrorCode.DAMAGED_DATA);
                });
    }

    @Test
    void a_directory_of_a_newer_format_is_refused() throws Exception {
        open().close();
        Path identity = TestLog.DIRECTORY.resolve("sinew.properties");
        disk.put(identity, "format.version=2\ncluster.id=abc\n".getBytes(StandardCharsets.UTF_8));
        assertThat(refusal(this::open).code()).isEqualTo(ErrorCode.DATA_DIRECTORY_TOO_NEW);
        for (String damaged : new String[] {"", "format.version=x", "format.version=1\\u00"}) {
            disk.put(identity, damaged.getBytes(StandardCharsets.UTF_8));
            assertThat(refusal(this::open).code()).isEqualTo(ErrorCode.DAMAGED_DATA);
        }
    }

    @Test
    void data_without_its_identity_is_refused() throws Exception {
        open().close();
        disk.delete(TestLog.DIRECTORY.resolve("sinew.properties"));
        assertThat(refusal(this::open).code()).isEqualTo(ErrorCode.DAMAGED_DATA);
    }

    @Test
    void a_directory_that_is_in_use_is_refused_until_it_is_not() throws Exception {
        TestLog log = open();
        assertThat(refusal(this::open).code()).isEqualTo(ErrorCode.DATA_DIRECTORY_LOCKED);
        log.close();
        open().close();
    }

    @Test
    void a_segment_shorter_than_the_checkpoint_says_is_refused_at_each_read() throws Exception {
        try (TestLog log = open()) {
            log.appendDurably(Batches.plain().of("a"));
            log.appendDurably(Batches.plain().of("b"));
        }
        Path segment = TestLog.directoryOf(0).resolve("00000000000000000000.log");
        byte[] intact = disk.contentOf(segment);
        disk.put(segment, Arrays.copyOf(intact, intact.length - 1));
        TestLog log = open();
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> log.partition().read(0, 1000, true))
                    .hasMessageContaining(segment.toString())
                    .extracting(e -> ((SinewException) e).code())
                    .isEqualTo(ErrorCode.DAMAGED_DATA);
        }
        log.abandon();
    }

    @Test
    void a_missing_segment_is_refused_where_it_is_missed_and_the_others_are_read()
            throws Exception {
        try (TestLog log = open()) {
            for (int i = 0; i < 4; i++) {
                log.appendDurably(Batches.plain().ofBytes(30_000));
            }
        }
        disk.delete(TestLog.directoryOf(0).resolve("00000000000000000001.log"));
        try (TestLog log = open()) {
            assertThat(refusal(() -> log.partition().read(1, 1000, true)).code())
                    .isEqualTo(ErrorCode.DAMAGED_DATA);
            for (long offset : new long[] {0, 2, 3}) {
                try (LogRead read = log.partition().read(offset, 1000, true)) {
                    assertThat(BatchV2Format.baseOffset(read.slice().copy(), 0)).isEqualTo(offset);
                }
            }
        }
    }
}
