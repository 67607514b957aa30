package io.sinew.pubsub;

import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Looks which of a topic's last records a filter lets through.
///
/// @param most of each partition
record FilterPreview(Engine engine, Filter filter, int most) {
    /// Bytes of all records, more or less, beyond which it looks at no more.
    private static final long BYTES_MAX = 8 << 20;

    private static final int READ_BYTES = 1 << 20;

    /// Partition by partition, in their order.
    List<PreviewedRecord> of(String topic, int partitionCount) throws InterruptedException {
        var previewed = new ArrayList<PreviewedRecord>();
        for (int i = 0; i < partitionCount && sizeOf(previewed) < BYTES_MAX; i++) {
            lookAtLast(new TopicPartition(topic, i), previewed);
        }
        return previewed;
    }

    private void lookAtLast(TopicPartition partition, List<PreviewedRecord> into)
            throws InterruptedException {
        long end = engine.endOffset(partition);
        long next = Math.max(engine.startOffset(partition), end - most);
        while (next < end && sizeOf(into) < BYTES_MAX) {
            Fetched fetched = engine.read(partition, next, READ_BYTES, Duration.ZERO);
            for (StoredRecord record : fetched.records()) {
                if (record.offset() < end) {
                    into.add(
                            new PreviewedRecord(
                                    partition.partition(), record, filter.matches(record)));
                }
            }
            if (fetched.nextOffset() <= next) {
                return;
            }
            next = fetched.nextOffset();
        }
    }

    private static long sizeOf(List<PreviewedRecord> records) {
        return records.stream().mapToLong(each -> each.record().sizeBytes()).sum();
    }
}
