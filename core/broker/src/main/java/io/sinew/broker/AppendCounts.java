package io.sinew.broker;

import io.sinew.base.Metrics;
import io.sinew.log.BatchV2Format;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;

/// What all partitions count together as they append.
final class AppendCounts {
    private final LongAdder batches;
    private final LongAdder records;
    private final LongAdder bytes;
    private final LongAdder duplicates;

    AppendCounts(Metrics metrics) {
        this.batches = metrics.counter(BrokerMetric.APPENDED_BATCHES);
        this.records = metrics.counter(BrokerMetric.APPENDED_RECORDS);
        this.bytes = metrics.counter(BrokerMetric.APPENDED_BYTES);
        this.duplicates = metrics.counter(BrokerMetric.DUPLICATE_BATCHES);
    }

    /// @param batch from position to limit
    void appended(ByteBuffer batch) {
        batches.increment();
        records.add(BatchV2Format.recordCount(batch, batch.position()));
        bytes.add(batch.remaining());
    }

    void duplicate() {
        duplicates.increment();
    }
}
