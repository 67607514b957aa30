package io.sinew.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.ledger.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Joins the [QueueNotes] of all processes that worked on a queue and says what must be true of
/// them. It needs no common time: a message's later leases have larger numbers, whoever gave them.
final class QueueJudge {
    /// A message by its place.
    private record Place(int partition, long offset) {
        static Place of(Receipt receipt) {
            return new Place(receipt.partition(), receipt.offset());
        }
    }

    private final Set<String> sending = new HashSet<>();
    private final Set<String> sent = new HashSet<>();
    private final Map<Place, String> values = new HashMap<>();
    private final Map<Place, TreeSet<Integer>> leases = new HashMap<>();
    private final Map<Place, Integer> done = new HashMap<>();
    private final Set<Receipt> given = new HashSet<>();

    /// Acknowledgements whose answer nobody heard, or that was none: they may have happened.
    private final Set<Receipt> inDoubt = new HashSet<>();

    private final List<QueueNotes.Reader> readers;

    QueueJudge(Path... files) {
        readers = Stream.of(files).map(QueueNotes.Reader::new).toList();
    }

    /// This, with what was noted since the last time.
    ///
    /// @throws AssertionError one message has two values, one receipt was given twice, or two
    ///   consumers were told that they have dealt with one message
    QueueJudge now() throws IOException {
        for (QueueNotes.Reader reader : readers) {
            reader.more().forEach(this::take);
        }
        return this;
    }

    private void take(QueueNotes.Note note) {
        switch (note.what()) {
            case "sending" -> sending.add(note.words().getFirst());
            case "sent" -> sent.add(note.words().getFirst());
            case "got" -> got(note.receipt(), note.words().getLast());
            case "settling" -> inDoubt.add(note.receipt());
            case "lost" -> inDoubt.remove(note.receipt());
            case "done" -> {
                Receipt receipt = note.receipt();
                inDoubt.remove(receipt);
                Integer other = done.put(Place.of(receipt), receipt.lease());
                assertThat(other).as("another who has dealt with %s", receipt).isNull();
            }
            default -> {
                // Refusals: nobody knows.
            }
        }
    }

    private void got(Receipt receipt, String value) {
        assertThat(given.add(receipt)).as("%s is given once", receipt).isTrue();
        String before = values.putIfAbsent(Place.of(receipt), value);
        assertThat(before == null || before.equals(value)).as("%s of %s", value, receipt).isTrue();
        leases.computeIfAbsent(Place.of(receipt), _ -> new TreeSet<>()).add(receipt.lease());
    }

    // ---- how far they are

    int doneCount() {
        return done.size();
    }

    /// Messages that were dealt with, by partition.
    Map<Integer, Long> doneByPartition() {
        var counts = new TreeMap<Integer, Long>();
        done.keySet().forEach(place -> counts.merge(place.partition(), 1L, Long::sum));
        return counts;
    }

    /// What was acknowledged to its sender and not to anybody who dealt with it.
    Set<String> missing() {
        var missing = new TreeSet<>(sent);
        done.keySet().forEach(place -> missing.remove(values.get(place)));
        inDoubt.forEach(receipt -> missing.remove(values.get(Place.of(receipt))));
        return missing;
    }

    // ---- the judgement

    /// All that was sent has been dealt with, once, by whoever had it last; and groups kept their
    /// order.
    void judge() {
        assertThat(missing()).as("sent and not delivered").isEmpty();
        assertThat(sending).as("what somebody sent").containsAll(values.values());
        done.forEach((place, lease) ->
                assertThat(leases.getOrDefault(place, new TreeSet<>()))
                        .as("leases of %s, which was dealt with under %s", place, lease)
                        .contains(lease)
                        .allMatch(other -> other <= lease));
        judgeGroups();
    }

    /// A message of a group is not delivered before those that were sent before it.
    private void judgeGroups() {
        var last = new HashMap<String, Integer>();
        var inOrder = new TreeMap<Long, Place>();
        for (int partition : doneByPartition().keySet()) {
            last.clear();
            inOrder.clear();
            leases.keySet().stream()
                    .filter(place -> place.partition() == partition)
                    .forEach(place -> inOrder.put(place.offset(), place));
            inOrder.forEach((offset, place) -> {
                String group = groupOf(values.getOrDefault(place, ""));
                int first = leases.getOrDefault(place, new TreeSet<>()).first();
                Integer before = group.isEmpty() ? null : last.put(group, first);
                assertThat(before == null || before < first)
                        .as("%s comes behind the one before it in group %s", place, group)
                        .isTrue();
            });
        }
    }

    private static String groupOf(String value) {
        int at = value.indexOf('-');
        int number = Integer.parseInt(value.substring(at + 1));
        return number % 2 == 0 ? value.substring(0, at) + "g" + number % QueueWorker.GROUPS : "";
    }
}
