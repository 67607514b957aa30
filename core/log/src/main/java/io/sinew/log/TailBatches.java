package io.sinew.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The batches of one partition that are not in a segment yet, oldest first: a ring that grows. Not
/// thread-safe.
final class TailBatches {
    private @Nullable TailBatch[] ring = new TailBatch[8];
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    TailBatch get(int index) {
        TailBatch batch = ring[(head + index) & (ring.length - 1)];
        if (batch == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return batch;
    }

    void add(TailBatch batch) {
        if (size == ring.length) {
            @Nullable TailBatch[] grown = new TailBatch[size * 2];
            for (int i = 0; i < size; i++) {
                grown[i] = get(i);
            }
            ring = grown;
            head = 0;
        }
        ring[(head + size) & (ring.length - 1)] = batch;
        size++;
    }

    TailBatch removeFirst() {
        TailBatch first = get(0);
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        size--;
        return first;
    }

    /// Index of the first batch that ends at or after `offset`; the size when there is none.
    int indexOf(long offset) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).lastOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// The oldest batches that end before `endOffset`, at most `limit`.
    List<TailBatch> endingBefore(long endOffset, int limit) {
        var batches = new ArrayList<TailBatch>();
        for (int i = 0; i < size && i < limit && get(i).lastOffset() < endOffset; i++) {
            batches.add(get(i));
        }
        return batches;
    }
}
