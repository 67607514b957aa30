package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The reads of a ledger that has its topic for itself: each record is read when it arrives, and
/// again only if it is no longer in memory when it is delivered.
record OwnReads(Engine engine, TopicPartition data) implements MessageReads {
    /// How long it waits for messages at a time.
    private static final Duration WAIT = Duration.ofMillis(500);

    @Override
    public Fetched read(long offset) throws InterruptedException {
        return engine.read(data, offset, ShardLog.READ_BYTES, Duration.ZERO);
    }

    /// It looks by itself, twice a second.
    @Override
    public Fetched await(long offset, BooleanSupplier over) throws InterruptedException {
        return engine.read(data, offset, ShardLog.READ_BYTES, WAIT);
    }

    @Override
    public void lookAgain() {}

    @Override
    public Optional<StoredRecord> record(long offset) throws InterruptedException {
        return readAt(offset, 1).flatMap(fetched -> recordAt(offset, fetched));
    }

    @Override
    public Optional<StoredRecord> record(long offset, BodyCache bodies)
            throws InterruptedException {
        Optional<Fetched> fetched = readAt(offset, bodies.readBytes(offset));
        if (fetched.isEmpty()) {
            return Optional.empty();
        }
        List<StoredRecord> records = fetched.get().records();
        Optional<StoredRecord> found = recordAt(offset, fetched.get());
        bodies.readAhead(
                found.isPresent() ? records.subList(1, records.size()) : records,
                fetched.get().nextOffset());
        return found;
    }

    /// What there is from an offset on, unless that is before the start or behind the end.
    private Optional<Fetched> readAt(long offset, int maxBytes) throws InterruptedException {
        try {
            return Optional.of(engine.read(data, offset, maxBytes, Duration.ZERO));
        } catch (SinewException e) {
            if (e.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Optional<StoredRecord> recordAt(long offset, Fetched fetched) {
        return fetched.records().stream().findFirst().filter(first -> first.offset() == offset);
    }
}
