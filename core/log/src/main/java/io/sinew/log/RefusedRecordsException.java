package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.List;

/// A batch was refused because of some of its records (KIP-467): the producer may send the others
/// again.
public final class RefusedRecordsException extends SinewException {
    private static final long serialVersionUID = 1;

    private final transient List<RefusedRecord> records;

    /// @param records at least one, in their order
    RefusedRecordsException(List<RefusedRecord> records) {
        super(code(records), message(records));
        this.records = List.copyOf(records);
    }

    /// As with Kafka, the code of the whole is that of a wrong time where there is one.
    private static ErrorCode code(List<RefusedRecord> records) {
        return records.stream()
                .map(RefusedRecord::code)
                .filter(code -> code == ErrorCode.INVALID_TIMESTAMP)
                .findFirst()
                .orElse(ErrorCode.INVALID_RECORD);
    }

    private static String message(List<RefusedRecord> records) {
        RefusedRecord first = records.getFirst();
        String others = records.size() == 1 ? "" : ", and " + (records.size() - 1) + " more";
        return "Record " + first.index() + " of the batch is refused: " + first.reason() + others;
    }

    /// The records that are refused, up to [BatchIntake#REFUSED_MAX]; the rest of the batch is not
    /// appended either.
    public List<RefusedRecord> records() {
        return records;
    }
}
