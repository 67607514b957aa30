package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.List;

/// The refusal of a batch because of some of its records (KIP-467).
public final class RecordsRefused extends SinewException {
    private static final long serialVersionUID = 1;

    private final transient List<Integer> indexes;
    private final String reason;

    /// @param reason what is wrong with each of them
    /// @param indexes of the records in the batch
    RecordsRefused(String reason, List<Integer> indexes) {
        super(
                ErrorCode.INVALID_RECORD,
                "The batch was refused because of record " + indexes.getFirst() + ": " + reason);
        this.reason = reason;
        this.indexes = List.copyOf(indexes);
    }

    /// Indexes of the records in the batch.
    public List<Integer> indexes() {
        return indexes;
    }

    /// What is wrong with each of them.
    public String reason() {
        return reason;
    }
}
