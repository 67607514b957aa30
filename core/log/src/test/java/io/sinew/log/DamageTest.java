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
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// What a start makes of damage: the end of the last write is cut off; anything else is refused.
class DamageTest {
    private static final Path IDENTITY = TestLog.DIRECTORY.resolve("sinew.properties");
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
        Trials.run(
                100,
                random -> {
                    disk = new FaultyDisk();
                    leaveBlocks(5);
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

    private long salt() throws IOException {
        try (DataDirectory data = DataDirectory.open(disk, TestLog.DIRECTORY, "unused")) {
            return data.salt();
        }
    }

    /// Gives a block of one frame a later term or a later number, with checksums that fit.
    private void rewrite(byte[] file, int at, int laterTerm, int laterSequence) throws IOException {
        var bytes = ByteBuffer.wrap(file);
        long salt = salt();
        WalV1Format.BlockHeader old =
                Objects.requireNonNull(WalV1Format.blockHeader(bytes, at, salt));
        assertThat(old.frameCount()).isEqualTo(1);
        long term = old.term() + laterTerm;
        long sequence = old.firstSequence() + laterSequence;
        WalV1Format.putBlockHeader(
                bytes,
                at,
                new WalV1Format.BlockHeader(
                        old.lsn(), old.syncedLsn(), sequence, old.sizeBytes(), 1, term),
                salt);
        int frame = at + WalV1Format.BLOCK_HEADER_BYTES;
        WalV1Format.FrameHeader header = WalV1Format.frameHeader(bytes, frame);
        WalV1Format.putFrameHeader(
                bytes,
                frame,
                new WalV1Format.FrameHeader(header.kind(), sequence, header.partition()),
                WalV1Format.frameSize(bytes, frame) - WalV1Format.FRAME_HEADER_BYTES,
                term,
                salt);
    }

    @Test
    void a_block_whose_number_does_not_follow_is_not_taken() throws Exception {
        for (int by : new int[] {-1, 1}) {
            disk = new FaultyDisk();
            leaveBlocks(5);
            byte[] bytes = disk.contentOf(FIRST_WAL);
            rewrite(bytes, 4 * PAGE, 0, by);
            disk.put(FIRST_WAL, bytes);
            assertCutAfter(4);
        }
    }

    @Test
    void a_process_that_left_only_unacknowledged_blocks_used_up_its_term_too() throws Exception {
        leaveSecondOfTwoUnsyncedBlocks(0);
        // As if a second process had written the two, and nothing before them.
        byte[] bytes = disk.contentOf(FIRST_WAL);
        rewrite(bytes, PAGE + WalV1Format.paddedSize(40_000), 1, 0);
        disk.put(FIRST_WAL, bytes);
        assertStaleBlockIsNotTaken(1);
    }

    /// A data directory without data, with the salt of another.
    private static FaultyDisk diskOf(byte[] identity) throws IOException {
        var disk = new FaultyDisk();
        disk.createDirectories(TestLog.DIRECTORY);
        disk.put(IDENTITY, identity);
        return disk;
    }

    @Test
    void pages_that_an_earlier_process_left_within_a_block_do_not_pass_for_its_own()
            throws Exception {
        // Two frames, and the second begins with a page: header 48 + frame 40 + batch = 4096.
        int fill = PAGE - 48 - 40 - Batches.plain().ofBytes(1000).remaining() + 1000;
        byte[][] written = new byte[2][];
        open().close();
        byte[] identity = disk.contentOf(IDENTITY);
        FaultyDisk empty = disk;
        disk = diskOf(identity);
        for (int process = 0; process < 2; process++) {
            TestLog log = open();
            disk.hold(FaultyDisk.Selection.of(WRITE, ".wal"));
            log.append(Batches.plain().of("before"));
            disk.awaitHeld();
            log.append(Batches.plain().ofBytes(fill));
            Commit commit = log.append(Batches.plain().of("process " + process)).commit();
            disk.letGo();
            commit.awaitDurable();
            written[process] = disk.processDeath().contentOf(FIRST_WAL);
            log.abandon();
            disk = diskOf(identity);
            // The second process finds nothing, but a higher term.
            TestLog.open(disk, TestLog.LAZY, 1).close();
        }
        byte[] mixed = written[1].clone();
        System.arraycopy(written[0], 2 * PAGE, mixed, 2 * PAGE, PAGE);
        assertThat(mixed).isNotEqualTo(written[1]);
        disk = diskOf(identity);
        open().close();
        disk.put(FIRST_WAL, mixed);
        try (TestLog log = open()) {
            assertThat(log.partition().endOffset()).isEqualTo(1);
        }
        assertThat(empty.openFiles()).isZero();
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
    void a_header_that_stands_elsewhere_than_it_says_tells_no_term() throws Exception {
        leaveBlocks(2);
        byte[] bytes = disk.contentOf(FIRST_WAL);
        var header = new WalV1Format.BlockHeader(9 * PAGE, 0, 3, 100, 1, Integer.MAX_VALUE);
        WalV1Format.putBlockHeader(ByteBuffer.wrap(bytes), 5 * PAGE, header, salt());
        disk.put(FIRST_WAL, bytes);
        try (TestLog log = open()) {
            assertThat(log.partition().endOffset()).isEqualTo(2);
            assertThat(log.store.leaderEpoch()).isEqualTo(2);
        }
    }

    /// A batch whose bytes are block headers at each page of a block that it has for itself, each
    /// with the largest term, and with checksums made with `salt`.
    private static ByteBuffer batchOfForgedHeaders(long blockLsn, int pages, long salt) {
        ByteBuffer batch = Batches.plain().ofBytes(pages * PAGE);
        int batchAt = WalV1Format.BLOCK_HEADER_BYTES + WalV1Format.FRAME_HEADER_BYTES;
        for (int page = 1; page <= pages; page++) {
            long lsn = blockLsn + (long) page * PAGE;
            var header = new WalV1Format.BlockHeader(lsn, lsn, 1, 100, 1, Integer.MAX_VALUE);
            WalV1Format.putBlockHeader(batch, page * PAGE - batchAt, header, salt);
        }
        var crc = new CRC32C();
        crc.update(batch.slice(21, batch.limit() - 21));
        return batch.putInt(17, (int) crc.getValue());
    }

    @Test
    void block_headers_within_batches_do_not_pass_for_blocks_when_their_file_is_used_again()
            throws Exception {
        TestLog log = TestLog.open(disk, TestLog.SMALL, 1);
        // Where the pages stand in their first use, and where they will in the second.
        for (int file = 0; file < 20; file++) {
            long at = (long) (file < 6 ? file + 6 : file) * TestLog.SMALL.walFileBytes();
            log.appendDurably(batchOfForgedHeaders(at, 14, 0));
            if (file == 5) {
                log.store.checkpoint();
            }
        }
        int epoch = log.store.leaderEpoch();
        disk = disk.processDeath();
        log.abandon();
        for (int life = 0; life < 3; life++) {
            try (TestLog again = TestLog.open(disk, TestLog.SMALL, 1)) {
                assertThat(again.partition().endOffset()).isEqualTo(20 + life);
                assertThat(again.store.leaderEpoch()).isEqualTo(epoch + 1 + life);
                again.appendDurably(Batches.plain().of("goes on"));
            }
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
        disk.put(IDENTITY, "format.version=2\ncluster.id=abc\n".getBytes(StandardCharsets.UTF_8));
        assertThat(refusal(this::open).code()).isEqualTo(ErrorCode.DATA_DIRECTORY_TOO_NEW);
        String saltless = "format.version=1\ncluster.id=abc\n";
        for (String damaged :
                new String[] {"", "format.version=x", "format.version=1\\u00", saltless}) {
            disk.put(IDENTITY, damaged.getBytes(StandardCharsets.UTF_8));
            assertThat(refusal(this::open).code()).isEqualTo(ErrorCode.DAMAGED_DATA);
        }
    }

    @Test
    void data_without_its_identity_is_refused() throws Exception {
        open().close();
        disk.delete(IDENTITY);
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
