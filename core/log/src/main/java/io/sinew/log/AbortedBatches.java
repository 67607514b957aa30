package io.sinew.log;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Tells which batches of one segment belong to aborted transactions.
final class AbortedBatches {
    /// By producer, the offset of each transaction's first record and that of its marker.
    private final Map<Long, NavigableMap<Long, Long>> transactions = new HashMap<>();

    AbortedBatches(List<AbortedTransaction> aborted) {
        for (AbortedTransaction transaction : aborted) {
            transactions
                    .computeIfAbsent(transaction.producerId(), _ -> new TreeMap<>())
                    .put(transaction.firstOffset(), transaction.markerOffset());
        }
    }

    boolean contain(ByteBuffer batch) {
        if (!BatchV2Format.isTransactional(batch, 0) || BatchV2Format.isControl(batch, 0)) {
            return false;
        }
        NavigableMap<Long, Long> ofProducer = transactions.get(BatchV2Format.producerId(batch, 0));
        if (ofProducer == null) {
            return false;
        }
        long base = BatchV2Format.baseOffset(batch, 0);
        Map.Entry<Long, Long> begun = ofProducer.floorEntry(base);
        return begun != null && base < begun.getValue();
    }
}
