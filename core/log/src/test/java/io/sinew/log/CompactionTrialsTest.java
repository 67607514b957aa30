package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.base.SinewException;
import io.sinew.kit.FaultyDisk;
import io.sinew.kit.Trials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Random batches of a few keys, with tombstones, transactions and all codecs, compacted again and
/// again with crashes in between, compared with what was appended.
class CompactionTrialsTest {
    private static final int GENERATIONS = 5;
    private static final int KEYS = 8;
    private static final int PRODUCERS = 4;

    @Test
    void a_compacted_log_tells_the_same_story_as_the_whole_one() {
        Trials.run(60, random -> new Life(random).live());
    }

    /// One batch of the history.
    ///
    /// @param marker whether it ends a transaction, and not [#records]
    private record Appended(
            long baseOffset,
            long lastOffset,
            long producerId,
            boolean marker,
            boolean commit,
            List<KeyedBatch.Entry> records) {}

    private static final class Life {
        private final SplittableRandom random;
        private FaultyDisk disk = new FaultyDisk();
        private final List<Appended> history = new ArrayList<>();
        private long acknowledged;

        /// No compaction ever looked at anything from here on.
        private long compactable;

        private int serial;

        Life(SplittableRandom random) {
            this.random = random;
        }

        void live() throws Exception {
            for (int generation = 0; generation < GENERATIONS; generation++) {
                if (random.nextInt(4) > 0) {
                    disk.powerOffAt(
                            disk.operations() + random.nextInt(1, 1_200), random.nextInt(101));
                }
                liveOnce();
            }
            try (CompactedLog on = CompactedLog.open(disk)) {
                verify(on);
                endTransactions(on);
                on.fill();
                history.add(noted(on.partition.endOffset() - 1));
                on.checkpoint();
                compact(on, CompactedLog.DROPPING);
                verify(on);
                verifyCompacted(on);
            }
        }

        private void liveOnce() throws Exception {
            @Nullable CompactedLog on = null;
            try {
                if (random.nextInt(4) == 0) {
                    deleteIndexes();
                }
                on = CompactedLog.open(disk);
                verify(on);
                int steps = random.nextInt(1, 150);
                for (int step = 0; step < steps; step++) {
                    step(on);
                }
            } catch (IOException | SinewException e) {
                assertThat(e).hasStackTraceContaining("the power is off");
            }
            disk = random.nextBoolean() ? disk.processDeath() : disk.powerFailure(random);
            if (on != null) {
                on.log.abandon();
            }
        }

        /// They are made again from the segments.
        private void deleteIndexes() throws IOException {
            if (!disk.exists(TestLog.directoryOf(0))) {
                return;
            }
            for (Path file : CompactedLog.files(disk)) {
                if (file.toString().endsWith(Segment.INDEX_SUFFIX)) {
                    disk.delete(file);
                }
            }
        }

        private void step(CompactedLog on) throws Exception {
            int dice = random.nextInt(100);
            if (dice < 55) {
                append(on, -1);
            } else if (dice < 70) {
                transactional(on);
            } else if (dice < 80) {
                on.checkpoint();
            } else if (dice < 95) {
                compact(on, random.nextBoolean() ? CompactedLog.DROPPING : CompactedLog.KEEPING);
            } else {
                verify(on);
            }
        }

        // ---- appends

        private void append(CompactedLog on, long producerId) throws Exception {
            KeyedBatch batch =
                    KeyedBatch.plain()
                            .packed(random.nextInt(5))
                            .at(random.nextLong(1_000_000, 2_000_000));
            if (producerId >= 0) {
                batch.transactional(producerId);
            }
            int count = random.nextInt(1, 5);
            @Nullable String[] texts = new String[2 * count];
            for (int i = 0; i < count; i++) {
                texts[2 * i] = "key" + random.nextInt(KEYS);
                texts[2 * i + 1] =
                        random.nextInt(4) == 0
                                ? null
                                : serial++ + "-" + "v".repeat(random.nextInt(120));
            }
            add(on, batch.of(texts), producerId, false, false);
        }

        private void add(
                CompactedLog on, ByteBuffer batch, long producerId, boolean marker, boolean commit)
                throws Exception {
            PartitionLog.Append append = on.log.append(batch);
            ByteBuffer placed = batch.duplicate();
            BatchV2Format.place(placed, 0, append.baseOffset(), 0);
            history.add(
                    new Appended(
                            append.baseOffset(),
                            append.lastOffset(),
                            producerId,
                            marker,
                            commit,
                            marker ? List.of() : KeyedBatch.read(placed)));
            if (random.nextInt(3) == 0) {
                append.commit().awaitDurable();
                acknowledged = append.lastOffset() + 1;
            }
        }

        /// Begins a transaction, goes on with one, or ends it.
        private void transactional(CompactedLog on) throws Exception {
            long producerId = random.nextInt(PRODUCERS);
            boolean open = firstOffsets(Long.MAX_VALUE).containsKey(producerId);
            if (open && random.nextBoolean()) {
                end(on, producerId, random.nextBoolean());
            } else {
                append(on, producerId);
            }
        }

        private void end(CompactedLog on, long producerId, boolean commit) throws Exception {
            Map<Long, Long> open = firstOffsets(Long.MAX_VALUE);
            long first = Objects.requireNonNull(open.remove(producerId));
            long after = on.partition.nextOffset() + 1;
            var marker =
                    new MarkerV0Format.Marker(
                            producerId, (short) 0, commit, 0, first, min(open, after));
            add(on, MarkerV0Format.encode(marker, 1_500_000), producerId, true, commit);
        }

        private static long min(Map<Long, Long> firstOffsets, long otherwise) {
            return firstOffsets.values().stream()
                    .mapToLong(Long::longValue)
                    .min()
                    .orElse(otherwise);
        }

        private void endTransactions(CompactedLog on) throws Exception {
            for (long producerId : firstOffsets(Long.MAX_VALUE).keySet()) {
                end(on, producerId, random.nextBoolean());
            }
        }

        private static Appended noted(long offset) {
            return new Appended(
                    offset,
                    offset,
                    -1,
                    false,
                    false,
                    List.of(new KeyedBatch.Entry(offset, 1_000_000, "filler", "x".repeat(500))));
        }

        // ---- the model

        /// Where each transaction begins that is open before `end`, by producer.
        private Map<Long, Long> firstOffsets(long end) {
            var open = new TreeMap<Long, Long>();
            for (Appended batch : history) {
                if (batch.baseOffset() >= end) {
                    break;
                } else if (batch.marker()) {
                    open.remove(batch.producerId());
                } else if (batch.producerId() >= 0) {
                    open.putIfAbsent(batch.producerId(), batch.baseOffset());
                }
            }
            return open;
        }

        private List<AbortedTransaction> aborted() {
            var begun = new TreeMap<Long, Long>();
            var aborted = new ArrayList<AbortedTransaction>();
            for (Appended batch : history) {
                if (batch.marker()) {
                    long first = Objects.requireNonNull(begun.remove(batch.producerId()));
                    if (!batch.commit()) {
                        aborted.add(
                                new AbortedTransaction(
                                        batch.producerId(),
                                        first,
                                        batch.baseOffset(),
                                        min(begun, batch.baseOffset() + 1)));
                    }
                } else if (batch.producerId() >= 0) {
                    begun.putIfAbsent(batch.producerId(), batch.baseOffset());
                }
            }
            return aborted;
        }

        private long lastStableOffset(long end) {
            return min(firstOffsets(end), end);
        }

        private void compact(CompactedLog on, CompactionConfig config) throws Exception {
            long end = on.partition.endOffset();
            long stable = lastStableOffset(end);
            var facts = new CompactionFacts(stable, lastOffsets(end));
            Dirt dirt = Dirt.of(on.partition, config, stable, Clock.system().nowMs());
            compactable = Math.max(compactable, dirt.upTo());
            long mapBytes =
                    random.nextInt(3) == 0
                            ? (long) random.nextInt(1, 12) * KeyOffsets.SLOT_BYTES
                            : CompactedLog.MAP_BYTES;
            Compactor compactor = on.log.store.compactor(mapBytes);
            if (!compactor.compact(on.partition, config, facts, () -> false)) {
                // The power went off under it, which whoever waits for the log is told.
                on.log.store.barrier().awaitDurable();
                throw new AssertionError("nothing keeps the compaction from its end");
            }
        }

        /// The last offset of the last batch of each producer, of those that are durable.
        private Map<Long, Long> lastOffsets(long end) {
            var last = new HashMap<Long, Long>();
            for (Appended batch : history) {
                if (batch.producerId() >= 0 && !batch.marker() && batch.lastOffset() < end) {
                    last.put(batch.producerId(), batch.lastOffset());
                }
            }
            return last;
        }

        // ---- verification

        private void verify(CompactedLog on) throws Exception {
            // Nothing becomes durable in the middle of it.
            on.log.store.barrier().awaitDurable();
            long end = on.partition.endOffset();
            assertThat(end).as("acknowledged").isGreaterThanOrEqualTo(acknowledged);
            if (on.partition.nextOffset() == end) {
                history.removeIf(batch -> batch.baseOffset() >= end);
            }
            List<ByteBuffer> batches = on.batches();
            var found = new TreeMap<Long, KeyedBatch.Entry>();
            var bases = new HashSet<Long>();
            for (ByteBuffer batch : batches) {
                bases.add(BatchV2Format.baseOffset(batch, 0));
                if (!BatchV2Format.isControl(batch, 0)) {
                    KeyedBatch.read(batch).forEach(entry -> found.put(entry.offset(), entry));
                }
            }
            verifyRecords(found, end);
            verifyMarkers(found, bases, end);
            verifyAborted(on, batches);
            verifyCommitted(on, found, end);
            for (Map.Entry<Long, Long> last : lastOffsets(end).entrySet()) {
                assertThat(batches)
                        .as("last batch of producer %s", last.getKey())
                        .anyMatch(batch ->
                                BatchV2Format.lastOffset(batch, 0) == last.getValue()
                                        && BatchV2Format.producerId(batch, 0) == last.getKey());
            }
        }

        /// What is there is what was appended; what is missing was replaced; and who reads all of
        /// it ends with the same values.
        private void verifyRecords(Map<Long, KeyedBatch.Entry> found, long end) {
            var appended = new TreeMap<Long, KeyedBatch.Entry>();
            var committed = new TreeMap<Long, KeyedBatch.Entry>();
            List<AbortedTransaction> aborted = aborted();
            for (Appended batch : history) {
                for (KeyedBatch.Entry entry : batch.records()) {
                    if (entry.offset() < end) {
                        appended.put(entry.offset(), entry);
                        if (!isAborted(batch, aborted)) {
                            committed.put(entry.offset(), entry);
                        }
                    }
                }
            }
            assertThat(appended).containsAllEntriesOf(found);
            Map<Long, KeyedBatch.Entry> untouched = appended.tailMap(compactable);
            assertThat(found).containsAllEntriesOf(untouched);
            var seen = new TreeMap<>(found);
            seen.keySet().retainAll(committed.keySet());
            assertThat(values(seen)).isEqualTo(values(committed));
        }

        /// Readers of committed records are told of exactly the transactions whose markers are
        /// there.
        private void verifyAborted(CompactedLog on, List<ByteBuffer> batches) throws IOException {
            var markers = new HashSet<Long>();
            for (ByteBuffer batch : batches) {
                if (MarkerV0Format.decode(batch, 0).isPresent()) {
                    markers.add(BatchV2Format.baseOffset(batch, 0));
                }
            }
            assertThat(on.partition.abortedTransactions(0, Long.MAX_VALUE))
                    .isEqualTo(
                            aborted().stream()
                                    .filter(one -> markers.contains(one.markerOffset()))
                                    .toList());
        }

        /// They see what is left of the committed records, and nothing else.
        private void verifyCommitted(CompactedLog on, Map<Long, KeyedBatch.Entry> found, long end)
                throws IOException {
            long stable = lastStableOffset(end);
            var left = new ArrayList<KeyedBatch.Entry>();
            List<AbortedTransaction> aborted = aborted();
            for (Appended batch : history) {
                for (KeyedBatch.Entry entry : batch.records()) {
                    if (entry.offset() < stable
                            && found.containsKey(entry.offset())
                            && !isAborted(batch, aborted)) {
                        left.add(entry);
                    }
                }
            }
            assertThat(CommittedReader.read(on.partition, stable, random.nextInt(1, 1_000)))
                    .isEqualTo(left);
        }

        private static boolean isAborted(Appended batch, List<AbortedTransaction> aborted) {
            return aborted.stream()
                    .anyMatch(one ->
                            one.producerId() == batch.producerId()
                                    && one.firstOffset() <= batch.baseOffset()
                                    && batch.baseOffset() < one.markerOffset());
        }

        private static Map<String, String> values(Map<Long, KeyedBatch.Entry> entries) {
            var values = new HashMap<String, String>();
            for (KeyedBatch.Entry entry : entries.values()) {
                if (entry.value() == null) {
                    values.remove(entry.key());
                } else {
                    values.put(entry.key(), entry.value());
                }
            }
            return values;
        }

        /// As long as a record of a transaction is there, its marker is.
        private void verifyMarkers(Map<Long, KeyedBatch.Entry> found, Set<Long> bases, long end) {
            var withRecords = new HashSet<Long>();
            for (Appended batch : history) {
                if (batch.baseOffset() >= end) {
                    return;
                }
                if (batch.marker()) {
                    if (withRecords.remove(batch.producerId())) {
                        assertThat(bases).as("markers").contains(batch.baseOffset());
                    }
                } else if (batch.producerId() >= 0
                        && batch.records().stream()
                                .anyMatch(one -> found.containsKey(one.offset()))) {
                    withRecords.add(batch.producerId());
                }
            }
        }

        /// Up to where the last compaction came, each key is there once and nothing aborted is.
        private void verifyCompacted(CompactedLog on) throws IOException {
            long upTo = on.partition.compactedOffset();
            var keys = new HashSet<String>();
            for (ByteBuffer batch : on.batches()) {
                if (BatchV2Format.isControl(batch, 0)) {
                    continue;
                }
                for (KeyedBatch.Entry entry : KeyedBatch.read(batch)) {
                    if (entry.offset() < upTo) {
                        assertThat(keys.add(entry.key())).as(entry.toString()).isTrue();
                    }
                }
            }
        }
    }
}
