package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Cuts the power at random points, again and again, and compares what is there afterwards with
/// what was appended, in the order of the write-ahead log.
class PowerFailureTest {
    private static final int PARTITIONS = 4;
    private static final int GENERATIONS = 6;

    @Test
    void after_any_crash_all_that_was_acknowledged_is_there_and_nothing_is_that_never_was() {
        Trials.run(250, random -> new Life(random).live());
    }

    /// Something that was appended.
    private sealed interface Entry {
        record Batch(int partition, long baseOffset, long lastOffset, ByteBuffer stored)
                implements Entry {}

        record State(String text) implements Entry {}

        record Trim(int partition, long offset) implements Entry {}
    }

    private record Waiting(int entry, Commit commit) {}

    /// One data directory from its first start on.
    private static final class Life {
        private final SplittableRandom random;
        private FaultyDisk disk = new FaultyDisk();

        /// Everything that is or may be in the log, in order.
        private final List<Entry> history = new ArrayList<>();

        /// Numbers of entries that were acknowledged.
        private final Set<Integer> acknowledged = new HashSet<>();

        private final List<Waiting> waiting = new ArrayList<>();
        private int serial;

        Life(SplittableRandom random) {
            this.random = random;
        }

        void live() throws Exception {
            for (int generation = 0; generation < GENERATIONS; generation++) {
                waiting.clear();
                if (random.nextInt(4) > 0) {
                    disk.powerOffAt(
                            disk.operations() + random.nextInt(1, 600), random.nextInt(101));
                }
                TestLog log = open();
                if (log != null) {
                    work(log);
                    if (random.nextInt(5) == 0) {
                        log.abandon();
                    }
                }
                disk = random.nextInt(3) == 0 ? disk.processDeath() : disk.powerFailure(random);
                if (log != null) {
                    log.abandon();
                }
            }
            try (TestLog log = TestLog.open(disk, TestLog.SMALL, PARTITIONS)) {
                verify(log);
            }
        }

        /// Null when the power fails meanwhile.
        private @org.jspecify.annotations.Nullable TestLog open() throws IOException {
            try {
                return TestLog.open(disk, TestLog.SMALL, PARTITIONS);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("the power is off");
                return null;
            }
        }

        private void work(TestLog log) throws Exception {
            try {
                verify(log);
                int steps = random.nextInt(1, 120);
                for (int step = 0; step < steps; step++) {
                    step(log);
                }
            } catch (SinewException | IOException e) {
                // The power is off.
                assertThat(e).hasStackTraceContaining("the power is off");
            } finally {
                disk.letGo();
            }
        }

        private void step(TestLog log) throws Exception {
            int dice = random.nextInt(100);
            if (dice < 50) {
                appendBatch(log);
            } else if (dice < 65) {
                appendRecord(log);
            } else if (dice < 80) {
                acknowledge(random.nextInt(waiting.size() + 1));
            } else if (dice < 84) {
                log.store.checkpoint();
            } else if (dice < 88) {
                trim(log);
            } else if (dice < 90) {
                deleteTrimmed(log);
            } else if (dice < 92) {
                verifyOne(log, random.nextInt(PARTITIONS));
            } else {
                appendManyAtOnce(log);
            }
        }

        /// Several blocks, and sometimes several files, in one sync.
        private void appendManyAtOnce(TestLog log) throws Exception {
            disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".wal"));
            int count = random.nextInt(2, 8);
            for (int i = 0; i < count; i++) {
                appendBatch(log);
            }
            disk.letGo();
        }

        private void appendBatch(TestLog log) throws Exception {
            int partition = random.nextInt(PARTITIONS);
            var values = new String[random.nextInt(1, 4)];
            for (int i = 0; i < values.length; i++) {
                values[i] = serial++ + "-" + "x".repeat(size() / values.length);
            }
            ByteBuffer batch = Batches.plain().of(values);
            PartitionLog.Append append = log.append(partition, batch);
            BatchV2Format.place(batch, 0, append.baseOffset(), log.store.leaderEpoch());
            add(
                    new Entry.Batch(partition, append.baseOffset(), append.lastOffset(), batch),
                    append.commit());
        }

        /// Small ones, large ones, and such that a block ends close to a page's, a buffer's or a
        /// file's end.
        private int size() {
            return switch (random.nextInt(8)) {
                case 0 -> random.nextInt(28_000, 32_000);
                case 1 -> 4096 * random.nextInt(1, 5) - random.nextInt(180);
                case 2 -> random.nextInt(40_000, 65_000);
                case 3 -> random.nextInt(12_000);
                default -> random.nextInt(400);
            };
        }

        private void appendRecord(TestLog log) throws Exception {
            log.store.awaitRoom();
            String text = "s" + serial++ + "_".repeat(random.nextInt(60));
            add(new Entry.State(text), log.record(text));
        }

        private void trim(TestLog log) {
            int partition = random.nextInt(PARTITIONS);
            PartitionLog trimmed = log.partitions.get(partition);
            long from = trimmed.logStartOffset();
            long to = random.nextLong(from, trimmed.endOffset() + 1);
            if (to > from) {
                add(new Entry.Trim(partition, to), trimmed.trim(to));
            }
        }

        private void deleteTrimmed(TestLog log) throws Exception {
            acknowledge(waiting.size());
            log.partitions.get(random.nextInt(PARTITIONS)).deleteTrimmedSegments();
        }

        private void add(Entry entry, Commit commit) {
            waiting.add(new Waiting(history.size(), commit));
            history.add(entry);
        }

        private void acknowledge(int count) throws InterruptedException {
            for (int i = 0; i < count; i++) {
                Waiting first = waiting.getFirst();
                first.commit().awaitDurable();
                acknowledged.add(first.entry());
                waiting.removeFirst();
            }
        }

        /// The log holds a beginning of the history, with all that was acknowledged, and from now
        /// on this is the history.
        private void verify(TestLog log) throws IOException {
            int kept = 0;
            var ends = new long[PARTITIONS];
            var starts = new long[PARTITIONS];
            int states = 0;
            while (kept < history.size() && isThere(log, history.get(kept), states)) {
                switch (history.get(kept)) {
                    case Entry.Batch batch -> ends[batch.partition()] = batch.lastOffset() + 1;
                    case Entry.State _ -> states++;
                    case Entry.Trim trim -> starts[trim.partition()] = trim.offset();
                }
                kept++;
            }
            for (int entry : acknowledged) {
                assertThat(entry).as("acknowledged and lost").isLessThan(kept);
            }
            assertThat(log.records).hasSize(states);
            history.subList(kept, history.size()).clear();
            for (int i = 0; i < PARTITIONS; i++) {
                PartitionLog partition = log.partitions.get(i);
                assertThat(partition.endOffset()).isEqualTo(ends[i]);
                assertThat(partition.nextOffset()).isEqualTo(ends[i]);
                assertThat(partition.logStartOffset()).isEqualTo(starts[i]);
                verifyOne(log, i);
            }
        }

        private static boolean isThere(TestLog log, Entry entry, int states) {
            return switch (entry) {
                case Entry.Batch batch ->
                        log.partitions.get(batch.partition()).endOffset() > batch.baseOffset();
                case Entry.State state ->
                        states < log.records.size() && log.records.get(states).equals(state.text());
                case Entry.Trim trim ->
                        log.partitions.get(trim.partition()).logStartOffset() >= trim.offset();
            };
        }

        /// The batches that can be read are those that were appended, byte for byte.
        private void verifyOne(TestLog log, int partition) throws IOException {
            PartitionLog stored = log.partitions.get(partition);
            long start = stored.logStartOffset();
            long end = stored.endOffset();
            List<ByteBuffer> found = TestLog.batches(stored, start, random.nextInt(1, 100_000));
            found.removeIf(batch -> BatchV2Format.baseOffset(batch, 0) >= end);
            List<ByteBuffer> expected = new ArrayList<>();
            for (Entry entry : history) {
                if (entry instanceof Entry.Batch batch
                        && batch.partition() == partition
                        && batch.lastOffset() >= start
                        && batch.baseOffset() < end) {
                    expected.add(batch.stored());
                }
            }
            assertThat(found).isEqualTo(expected);
        }
    }
}
