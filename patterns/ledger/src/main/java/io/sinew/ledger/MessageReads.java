package io.sinew.ledger;

import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import java.time.Duration;
import java.util.Optional;

/// How a ledger reads the messages of one partition.
interface MessageReads {
    /// Messages from an offset on; waits a while for the first. There may be none, and more to read
    /// all the same.
    ///
    /// @throws io.sinew.base.SinewException as [io.sinew.topics.Engine#read]
    Fetched read(long offset, Duration atMost) throws InterruptedException;

    /// The record at an offset, if the log still has it.
    Optional<StoredRecord> record(long offset) throws InterruptedException;

    /// The same, for a delivery.
    ///
    /// @param bodies may say how much is to be read, and get what was read behind it
    Optional<StoredRecord> record(long offset, BodyCache bodies) throws InterruptedException;
}
