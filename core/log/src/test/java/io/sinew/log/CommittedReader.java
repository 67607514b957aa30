package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/// Reads a partition as Kafka's consumer does with `isolation.level=read_committed`: from each
/// answer it drops the batches of the producers whose aborted transactions have begun, up to their
/// markers.
final class CommittedReader {
    private final List<KeyedBatch.Entry> found = new ArrayList<>();
    private long next;

    private CommittedReader() {}

    static List<KeyedBatch.Entry> read(PartitionLog partition, long stable, int maxBytes)
            throws IOException {
        var reader = new CommittedReader();
        reader.next = partition.logStartOffset();
        while (reader.next < stable) {
            long before = reader.next;
            try (CommittedAnswer answer =
                    new CommittedAnswer(partition.readCommitted(before, stable, maxBytes, true))) {
                reader.take(answer.answer());
            }
            assertThat(reader.next).as("a read at %s, before the end", before).isNotEqualTo(before);
        }
        return reader.found;
    }

    private record CommittedAnswer(CommittedRead answer) implements AutoCloseable {
        @Override
        public void close() {
            answer.read().close();
        }
    }

    private void take(CommittedRead answer) throws IOException {
        var begun = new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
        begun.addAll(answer.aborted());
        Set<Long> aborted = new HashSet<>();
        for (ByteBuffer batch : TestLog.split(answer.read().slice().copy())) {
            long last = BatchV2Format.lastOffset(batch, 0);
            while (!begun.isEmpty() && begun.peek().firstOffset() <= last) {
                aborted.add(begun.remove().producerId());
            }
            long producerId = BatchV2Format.producerId(batch, 0);
            if (BatchV2Format.isControl(batch, 0)) {
                if (MarkerV0Format.decode(batch, 0)
                        .filter(marker -> !marker.commit())
                        .isPresent()) {
                    aborted.remove(producerId);
                }
            } else if (!BatchV2Format.isTransactional(batch, 0) || !aborted.contains(producerId)) {
                long from = next;
                KeyedBatch.read(batch).stream()
                        .filter(entry -> entry.offset() >= from)
                        .forEach(found::add);
            }
            next = last + 1;
        }
    }
}
