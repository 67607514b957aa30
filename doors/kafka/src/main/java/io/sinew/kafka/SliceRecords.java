package io.sinew.kafka;

import io.sinew.kafkawire.Records;
import io.sinew.log.LogSlice;

/// Records of an answer as the log holds them.
record SliceRecords(LogSlice slice) implements Records {
    @Override
    public int sizeBytes() {
        return slice.sizeBytes();
    }
}
