package io.sinew.log;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/// Something that is appended together with others ([LogStore#append]): after a crash all of them
/// are there, or none.
public sealed interface LogEntry {
    /// What of the entry is written, from position to limit.
    ByteBuffer bytes();

    /// A checked batch for a partition.
    ///
    /// @param stampMs time to stamp on the batch, for `LogAppendTime` topics
    record Batch(PartitionLog log, ByteBuffer bytes, int leaderEpoch, OptionalLong stampMs)
            implements LogEntry {}

    /// A record of one of the owner's machines.
    record State(int machine, ByteBuffer bytes) implements LogEntry {}
}
