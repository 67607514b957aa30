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

/// The reads of a ledger that has its topic for itself: each record is read when it arrives, and
/// again only if it is no longer in memory when it is delivered.
record OwnReads(Engine engine, TopicPartition data) implements MessageReads {
    @Override
    public Fetched read(long offset, Duration atMost) throws InterruptedException {
        return engine.read(data, offset, ShardLog.READ_BYTES, atMost);
    }

    @Override
    public Optional<StoredRecord> record(long offset, BodyCache bodies)
            throws InterruptedException {
        Fetched fetched;
        try {
            fetched = engine.read(data, offset, bodies.readBytes(offset), Duration.ZERO);
        } catch (SinewException e) {
            if (e.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                return Optional.empty();
            }
            throw e;
        }
        List<StoredRecord> records = fetched.records();
        boolean found = !records.isEmpty() && records.getFirst().offset() == offset;
        bodies.readAhead(
                found ? records.subList(1, records.size()) : records, fetched.nextOffset());
        return found ? Optional.of(records.getFirst()) : Optional.empty();
    }
}
