package io.sinew.log;

import static io.sinew.kit.FaultyDisk.Operation.SYNC;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import org.junit.jupiter.api.Test;

/// Group commit: who is told what, and when.
class WalTest {
    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void nothing_is_acknowledged_or_readable_before_its_sync_is_done() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
            PartitionLog.Append append = log.append(Batches.plain().of("a"));
            append.commit().awaitWritten();
            disk.awaitHeld();
            assertThat(append.commit().isSettled()).isFalse();
            assertThat(log.partition().endOffset()).isZero();
            assertThat(log.partition().nextOffset()).isEqualTo(1);
            try (LogRead read = log.partition().read(0, 1000, true)) {
                assertThat(read.slice().sizeBytes()).isZero();
            }
            disk.letGo();
            append.commit().awaitDurable();
            assertThat(log.partition().endOffset()).isEqualTo(1);
        }
    }

    @Test
    void a_barrier_waits_for_what_is_being_written_and_for_nothing_more() throws Exception {
        try (TestLog log = TestLog.open(disk, TestLog.SMALL, 1)) {
            disk.hold(FaultyDisk.Selection.of(SYNC, ".wal"));
            log.append(Batches.plain().of("a"));
            disk.awaitHeld();
            Commit barrier = log.store.barrier();
            assertThat(barrier.isSettled()).isFalse();
            disk.letGo();
            barrier.awaitDurable();
            assertThat(log.partition().endOffset()).isEqualTo(1);
        }
    }
}
