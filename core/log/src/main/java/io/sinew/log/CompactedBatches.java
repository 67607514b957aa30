package io.sinew.log;

import io.sinew.base.SinewException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What a compacted topic asks of a producer's batch: a key in every record (KIP-467).
public final class CompactedBatches {
    /// Records without a key that are named at most.
    static final int LISTED_MAX = 1_000;

    private CompactedBatches() {}

    /// Finds the records without a key; it unpacks the batch for that.
    ///
    /// @param batch from position to limit, and well-formed ([BatchV2Format#requireOne])
    /// @return their indexes in the batch, the first 1,000 of them
    /// @throws SinewException `CORRUPT_BATCH`: the records are not what the header says;
    ///   `BATCH_TOO_LARGE`: there is more in them than is unpacked
    public static List<Integer> withoutKey(ByteBuffer batch) {
        var found = new ArrayList<Integer>();
        var next = new int[1];
        BatchRecords.scanInOrder(
                batch,
                new UnpackBudget(),
                record -> {
                    int index = next[0]++;
                    if (record.keyBytes() < 0 && found.size() < LISTED_MAX) {
                        found.add(index);
                    }
                    return true;
                });
        return found;
    }
}
