package io.sinew.ledger;

import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// How a ledger reads the messages of one partition.
interface MessageReads {
    /// Messages from an offset on. There may be none, and more to read all the same.
    ///
    /// @throws io.sinew.base.SinewException as [io.sinew.topics.Engine#read]
    Fetched read(long offset) throws InterruptedException;

    /// As [#read]; waits until there is something, or a while, or until nobody wants it any more.
    ///
    /// @param over whether nobody does
    Fetched await(long offset, BooleanSupplier over) throws InterruptedException;

    /// Those who wait look again whether they are to.
    void lookAgain();

    /// The record at an offset, if the log still has it.
    Optional<StoredRecord> record(long offset) throws InterruptedException;

    /// The same, for a delivery.
    ///
    /// @param bodies may say how much is to be read, and get what was read behind it
    Optional<StoredRecord> record(long offset, BodyCache bodies) throws InterruptedException;
}
