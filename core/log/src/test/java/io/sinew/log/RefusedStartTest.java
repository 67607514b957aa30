package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A start that is refused leaves the data directory byte for byte as it was.
class RefusedStartTest {
    private FaultyDisk disk = new FaultyDisk();

    private TestLog open() throws IOException {
        return TestLog.open(disk, TestLog.LAZY, 2);
    }

    /// Every path below, with a checksum of what is in it.
    private Map<Path, Integer> contents() throws IOException {
        var contents = new TreeMap<Path, Integer>();
        collect(TestLog.DIRECTORY, contents);
        return contents;
    }

    private void collect(Path path, Map<Path, Integer> contents) throws IOException {
        try {
            contents.put(path, Arrays.hashCode(disk.contentOf(path)));
        } catch (FileNotFoundException e) {
            contents.put(path, 0);
            for (Path below : disk.list(path)) {
                collect(below, contents);
            }
        }
    }

    private SinewException refusalThatChangesNothing() throws IOException {
        Map<Path, Integer> before = contents();
        SinewException refusal = catchThrowableOfType(SinewException.class, this::open);
        assertThat(refusal.code()).isEqualTo(ErrorCode.DAMAGED_DATA);
        assertThat(contents()).isEqualTo(before);
        assertThat(disk.openFiles()).isZero();
        return refusal;
    }

    @Test
    void damage_far_behind_the_checkpoint_is_found_before_anything_is_replayed() throws Exception {
        TestLog log = open();
        // More than half of the buffers, so that a replay has to move batches to segments.
        for (int i = 0; i < TestLog.LAZY.maxBuffers(); i++) {
            log.appendDurably(Batches.plain().ofBytes(70_000));
        }
        disk = disk.processDeath();
        log.abandon();
        Path damaged = WalFiles.pathOf(TestLog.WAL, 14);
        disk.flipBit(damaged, 100, 0);
        assertThat(refusalThatChangesNothing()).hasMessageContaining(damaged + " is damaged");
        disk.flipBit(damaged, 100, 0);
        try (TestLog again = open()) {
            assertThat(again.partition().endOffset()).isEqualTo(TestLog.LAZY.maxBuffers());
        }
    }

    @Test
    void a_write_ahead_log_that_is_gone_is_not_begun_anew() throws Exception {
        TestLog log = open();
        log.appendDurably(Batches.plain().of("a"));
        log.store.checkpoint();
        disk = disk.processDeath();
        log.abandon();
        for (Path file : disk.list(TestLog.WAL)) {
            disk.delete(file);
        }
        disk.delete(TestLog.WAL);
        assertThat(refusalThatChangesNothing()).hasMessageContaining("is missing");
    }

    @Test
    void a_damaged_segment_that_must_grow_is_named_with_its_partition_and_with_what_to_do()
            throws Exception {
        TestLog log = open();
        for (int partition = 0; partition < 2; partition++) {
            log.append(partition, Batches.plain().of("in a segment")).commit().awaitDurable();
        }
        log.store.checkpoint();
        for (int i = 0; i < 100; i++) {
            log.append(i % 2, Batches.plain().ofBytes(70_000)).commit().awaitDurable();
        }
        disk = disk.processDeath();
        log.abandon();
        Path segment = TestLog.directoryOf(1).resolve(Segment.name(0, Segment.LOG_SUFFIX));
        byte[] intact = disk.contentOf(segment);
        disk.put(segment, Arrays.copyOf(intact, intact.length - 1));
        assertThat(refusalThatChangesNothing())
                .hasMessageContaining(segment + " is damaged: it is")
                .hasMessageContaining("partition 0 of topic topic1,")
                .hasMessageContaining("Restore the file from a backup")
                .hasMessageContaining("move it away");

        disk.delete(segment);
        try (TestLog again = open()) {
            assertThat(TestLog.batches(again.partitions.getFirst(), 0, 1 << 20)).hasSize(51);
            PartitionLog rest = again.partitions.getLast();
            assertThat(TestLog.batches(rest, 1, 1 << 20)).hasSize(50);
            again.store.checkpoint();
            assertThat(TestLog.batches(rest, 1, 1 << 20)).hasSize(50);
            assertThat(catchThrowableOfType(SinewException.class, () -> rest.read(0, 100, true)))
                    .hasMessageContaining("lacks the segment");
        }
    }

    @Test
    void a_damaged_segment_of_a_partition_without_new_records_refuses_no_start() throws Exception {
        TestLog log = open();
        log.appendDurably(Batches.plain().of("in a segment"));
        log.store.checkpoint();
        log.append(1, Batches.plain().of("of another")).commit().awaitDurable();
        disk = disk.processDeath();
        log.abandon();
        disk.put(TestLog.directoryOf(0).resolve(Segment.name(0, ".log")), new byte[3]);
        try (TestLog again = open()) {
            assertThat(TestLog.batches(again.partitions.getLast(), 0, 1000)).hasSize(1);
        }
    }
}
