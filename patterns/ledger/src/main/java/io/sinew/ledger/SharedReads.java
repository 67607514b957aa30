package io.sinew.ledger;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// What several ledgers read of one partition, read and decoded once for all of them as far as they
/// are close to each other. Blocks of records that follow each other, as they were read; those that
/// nobody has looked at for longest go first. Whoever is far behind the others reads for himself,
/// and leaves what he has read for the next. Safe for any thread.
final class SharedReads {
    /// Bytes of all blocks, as they lie in memory without what [SharedRecord#view] makes of them.
    private static final long BYTES_MAX = 16 << 20;

    /// Blocks, which at a low rate have a record each.
    private static final int BLOCKS_MAX = 4_096;

    /// What a record costs beside its bytes.
    private static final int OVERHEAD_BYTES = 200;

    /// Bytes of one read, and of one for a single record, whose neighbours may be wanted next.
    private static final int READ_BYTES = 1 << 20;

    private static final int NEAR_BYTES = 64 << 10;

    /// How long whoever waits for all does not look whether he is to.
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Engine engine;
    private final TopicPartition partition;
    private final ReentrantLock lock = new ReentrantLock();

    /// Signalled when nobody waits for new records any more.
    private final Condition waitOver = lock.newCondition();

    // Under the lock.
    private final TreeMap<Long, Block> byBase = new TreeMap<>();
    private final LinkedHashMap<Long, Block> byUse = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /// Whether somebody waits for new records, for all who want them.
    private boolean waiting;

    /// How often such a wait has ended.
    private long waits;

    SharedReads(Engine engine, TopicPartition partition) {
        this.engine = engine;
        this.partition = partition;
    }

    /// What a read found.
    ///
    /// @param nextOffset where to read on, as in [Fetched]
    record Found(List<SharedRecord> records, long nextOffset) {}

    /// Records from an offset on, whether they are in a block or its rest.
    private record Block(long base, List<SharedRecord> records, long nextOffset, long bytes) {
        static Block of(long base, Fetched fetched) {
            var records = new ArrayList<SharedRecord>(fetched.records().size());
            long bytes = 0;
            for (StoredRecord record : fetched.records()) {
                records.add(new SharedRecord(record));
                bytes += record.sizeBytes() + OVERHEAD_BYTES;
            }
            return new Block(base, records, fetched.nextOffset(), bytes);
        }

        Found from(long offset) {
            int first = 0;
            int behind = records.size();
            while (first < behind) {
                int middle = (first + behind) >>> 1;
                if (records.get(middle).record().offset() < offset) {
                    first = middle + 1;
                } else {
                    behind = middle;
                }
            }
            return new Found(records.subList(first, records.size()), nextOffset);
        }
    }

    /// Reads records from an offset on, if there are any.
    ///
    /// @throws SinewException as [Engine#read]
    Found read(long offset) throws InterruptedException {
        Optional<Found> known = known(offset);
        return known.isPresent() ? known.get() : fetch(offset, READ_BYTES, Duration.ZERO);
    }

    /// As [#read], and waits until there is something, or nobody wants it any more.
    ///
    /// @param over whether the caller does not
    Found await(long offset, BooleanSupplier over) throws InterruptedException {
        while (true) {
            Optional<Found> known = known(offset);
            if (known.isPresent()) {
                return known.get();
            }
            Found there = fetch(offset, READ_BYTES, Duration.ZERO);
            if (there.nextOffset() > offset || over.getAsBoolean()) {
                return there;
            }
            if (mayWaitForAll(over)) {
                try {
                    while (there.nextOffset() == offset && !over.getAsBoolean()) {
                        there = fetch(offset, READ_BYTES, LOOK);
                    }
                    return there;
                } finally {
                    waitIsOver();
                }
            }
        }
    }

    /// Those who wait look again whether they are to.
    void lookAgain() {
        lock.lock();
        try {
            waitOver.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The record at an offset, if the log still has it.
    Optional<StoredRecord> record(long offset) throws InterruptedException {
        try {
            Optional<Found> known = known(offset);
            Found found =
                    known.isPresent() ? known.get() : fetch(offset, NEAR_BYTES, Duration.ZERO);
            return found.records().stream()
                    .findFirst()
                    .map(SharedRecord::record)
                    .filter(record -> record.offset() == offset);
        } catch (SinewException e) {
            if (e.code() == ErrorCode.OFFSET_OUT_OF_RANGE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<Found> known(long offset) {
        lock.lock();
        try {
            Map.Entry<Long, Block> floor = byBase.floorEntry(offset);
            if (floor == null || floor.getValue().nextOffset() <= offset) {
                return Optional.empty();
            }
            return Optional.ofNullable(byUse.get(floor.getKey())).map(block -> block.from(offset));
        } finally {
            lock.unlock();
        }
    }

    private Found fetch(long offset, int mostBytes, Duration atMost) throws InterruptedException {
        Fetched fetched = engine.read(partition, offset, mostBytes, atMost);
        Block block = Block.of(offset, fetched);
        if (block.nextOffset() > offset) {
            keep(block);
        }
        return new Found(block.records(), block.nextOffset());
    }

    private void keep(Block block) {
        lock.lock();
        try {
            Block before = byBase.put(block.base(), block);
            byUse.put(block.base(), block);
            bytes += block.bytes() - (before == null ? 0 : before.bytes());
            while (byUse.size() > 1 && (bytes > BYTES_MAX || byUse.size() > BLOCKS_MAX)) {
                Block eldest = byUse.pollFirstEntry().getValue();
                byBase.remove(eldest.base());
                bytes -= eldest.bytes();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether the caller is the one to wait; if not, it returns when that one does not any more, or
    /// somebody is to look again.
    private boolean mayWaitForAll(BooleanSupplier over) throws InterruptedException {
        lock.lock();
        try {
            if (!waiting) {
                waiting = true;
                return true;
            }
            // The next one may wait already when this thread has its turn.
            long seen = waits;
            while (waits == seen && !over.getAsBoolean()) {
                waitOver.await();
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void waitIsOver() {
        lock.lock();
        try {
            waiting = false;
            waits++;
            waitOver.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
