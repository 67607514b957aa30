package io.sinew.ledger;

import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The reads of one of several ledgers: what all of them read, as far as its filter lets it
/// through.
record LaneReads(SharedReads reads, RecordFilter filter) implements MessageReads {
    @Override
    public Fetched read(long offset) throws InterruptedException {
        return messages(reads.read(offset));
    }

    @Override
    public Fetched await(long offset, BooleanSupplier over) throws InterruptedException {
        return messages(reads.await(offset, over));
    }

    @Override
    public void lookAgain() {
        reads.lookAgain();
    }

    private Fetched messages(SharedReads.Found found) {
        List<StoredRecord> messages = new ArrayList<>();
        for (SharedRecord record : found.records()) {
            if (filter.matches(record)) {
                messages.add(record.record());
            }
        }
        return new Fetched(messages, found.nextOffset());
    }

    @Override
    public Optional<StoredRecord> record(long offset) throws InterruptedException {
        return reads.record(offset);
    }

    @Override
    public Optional<StoredRecord> record(long offset, BodyCache bodies)
            throws InterruptedException {
        return reads.record(offset);
    }
}
