package io.sinew.log;

import static io.sinew.log.CompactedLog.DROPPING;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.SinewException;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever happens in the middle of a compaction, the log has what it had or what it was to have,
/// and never a value that a tombstone hides.
class CompactionCrashTest {
    private static final List<String> BEFORE_COMPACTION =
            List.of("a=1@0", "b=1@1", "a=2@3", "b=null@5", "c=1@6", "c=2@8", "d=1@10");

    /// A log whose tombstone would go in the next compaction, with what it hides still there.
    private static CompactedLog prepare(FaultyDisk disk) throws Exception {
        CompactedLog on = CompactedLog.open(disk);
        on.appendSegment("a", "1", "b", "1");
        on.appendSegment("a", "2");
        on.appendSegment("b", null, "c", "1");
        on.appendSegment("c", "2");
        on.appendSegment("d", "1");
        on.checkpoint();
        return on;
    }

    private static void compactTwice(CompactedLog on) throws Exception {
        on.compact(DROPPING);
        on.appendSegment("e", "1");
        on.checkpoint();
        on.compact(DROPPING);
    }

    private static long operations() throws Exception {
        var disk = new FaultyDisk();
        CompactedLog on = prepare(disk);
        long before = disk.operations();
        compactTwice(on);
        assertThat(on.texts()).containsExactly("a=2@3", "c=2@8", "d=1@10", "e=1@12");
        on.close();
        return disk.operations() - before;
    }

    /// Nothing that was there last is missing, nothing is there that was never, and no value is
    /// there without the tombstone that hides it.
    private static void verify(CompactedLog on) throws IOException {
        List<String> texts = on.texts();
        assertThat(texts).contains("a=2@3", "c=2@8", "d=1@10").doesNotHaveDuplicates();
        assertThat(texts.stream().filter(text -> !text.startsWith("e")))
                .isSubsetOf(BEFORE_COMPACTION);
        if (texts.contains("b=1@1")) {
            assertThat(texts).contains("b=null@5");
        }
    }

    @Test
    void a_power_failure_at_any_operation_leaves_old_segments_or_new_ones() throws Exception {
        long operations = operations();
        for (long at = 1; at <= operations; at++) {
            for (int seed = 0; seed < 3; seed++) {
                crashAt(at, new SplittableRandom(at * 31 + seed), seed == 0);
            }
        }
    }

    private static void crashAt(long at, SplittableRandom random, boolean processOnly)
            throws Exception {
        var disk = new FaultyDisk();
        CompactedLog on = prepare(disk);
        disk.powerOffAt(disk.operations() + at, random.nextInt(101));
        try {
            compactTwice(on);
        } catch (IOException | SinewException e) {
            assertThat(e).hasStackTraceContaining("the power is off");
        }
        FaultyDisk after = processOnly ? disk.processDeath() : disk.powerFailure(random);
        on.log.abandon();
        try (CompactedLog again = CompactedLog.open(after)) {
            verify(again);
            assertThat(CompactedLog.files(after))
                    .noneMatch(path -> path.toString().matches(".*(cleaned|swap)"));
            again.checkpoint();
            assertThat(again.compact(DROPPING)).isTrue();
            verify(again);
        }
        try (CompactedLog third = CompactedLog.open(after)) {
            verify(third);
        }
    }

    @Test
    void an_operation_that_fails_ends_the_compaction_or_stops_the_log() throws Exception {
        long operations = operations();
        for (long at = 1; at <= operations; at++) {
            var disk = new FaultyDisk();
            CompactedLog on = prepare(disk);
            disk.failAt(disk.operations() + at, new IOException("Input/output error"));
            try {
                compactTwice(on);
            } catch (IOException | SinewException e) {
                assertThat(e).hasStackTraceContaining("Input/output error");
            }
            disk.heal();
            verify(on);
            FaultyDisk after = disk.powerFailure(new SplittableRandom(at));
            on.log.abandon();
            try (CompactedLog again = CompactedLog.open(after)) {
                verify(again);
            }
        }
    }
}
