package io.sinew.ledger;

import io.sinew.topics.StoredRecord;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A record that several ledgers look at, with what the first of them made of it, as of a body that
/// is parsed once for a hundred filters. Safe for any thread.
public final class SharedRecord {
    private final StoredRecord record;

    /// Set once; two threads may make it at the same time, and then either stays.
    private volatile @Nullable Object view;

    SharedRecord(StoredRecord record) {
        this.record = record;
    }

    /// The record itself.
    public StoredRecord record() {
        return record;
    }

    /// What somebody makes of the record, made at the first call.
    ///
    /// @param type of it, the same at each call for a record
    public <T> T view(Class<T> type, Function<StoredRecord, T> making) {
        Object known = view;
        if (known == null) {
            known = making.apply(record);
            view = known;
        }
        return type.cast(known);
    }
}
