package io.sinew.topics;

import java.util.List;

/// What a read found.
///
/// @param records in the order of their offsets, which may leave some out: what was compacted,
///   aborted, or marks a transaction's end
/// @param nextOffset where to read on: behind the last record, and behind what is left out
public record Fetched(List<StoredRecord> records, long nextOffset) {
    public Fetched {
        records = List.copyOf(records);
    }
}
