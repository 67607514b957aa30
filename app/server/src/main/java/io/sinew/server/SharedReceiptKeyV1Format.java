package io.sinew.server;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The topic `sinew-receipts`: its first record has 32 random bytes as its value, by which the HTTP
/// doors of all processes on a cluster tell receipts that one of them gave out from others. The
/// record's key is `receipts-v1`, which only people read.
///
/// Who finds the topic empty appends such a record, and then takes the first one there is, which
/// may be somebody else's. So the topic keeps everything: one that is compacted would forget the
/// first for the last. Whoever may read the topic can make receipts up; where that matters the
/// cluster's access rules are to say who may.
final class SharedReceiptKeyV1Format implements Supplier<byte[]> {
    static final String TOPIC = "sinew-receipts";

    private static final int KEY_BYTES = 32;
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final byte[] NAME = "receipts-v1".getBytes(StandardCharsets.UTF_8);

    /// The first record is there when it is read; what is waited for is a broker.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Engine engine;
    private final LongSupplier nowMs;

    /// @param nowMs the time that a record is stamped with
    SharedReceiptKeyV1Format(Engine engine, LongSupplier nowMs) {
        this.engine = engine;
        this.nowMs = nowMs;
    }

    /// Reads the key, and makes it if there is none.
    ///
    /// @throws SinewException `DAMAGED_DATA`; what the engine throws
    @Override
    public byte[] get() {
        try {
            makeTopic();
            if (engine.endOffset(PARTITION) == engine.startOffset(PARTITION)) {
                var key = new byte[KEY_BYTES];
                new SecureRandom().nextBytes(key);
                long[] _ =
                        engine.append(
                                PARTITION,
                                List.of(new NewRecord(NAME, key, List.of(), nowMs.getAsLong())));
            }
            return first();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SinewException(
                    ErrorCode.TIMED_OUT, "Interrupted while the key of receipts was read", e);
        }
    }

    private void makeTopic() throws InterruptedException {
        if (engine.topic(TOPIC).isPresent()) {
            return;
        }
        try {
            engine.createTopic(TOPIC, 1, Map.of("retention.ms", "-1", "retention.bytes", "-1"));
        } catch (SinewException e) {
            // Somebody else was first.
            if (e.code() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    private byte[] first() throws InterruptedException {
        long start = engine.startOffset(PARTITION);
        Fetched fetched = engine.read(PARTITION, start, KEY_BYTES, PATIENCE);
        byte[] key = fetched.records().isEmpty() ? null : fetched.records().getFirst().value();
        if (key != null && key.length == KEY_BYTES) {
            return key;
        }
        throw new SinewException(
                ErrorCode.DAMAGED_DATA,
                "The first record of the topic "
                        + TOPIC
                        + " does not have "
                        + KEY_BYTES
                        + " bytes. Delete the topic: then receipts that were given out are"
                        + " refused, and their messages come again when their leases have"
                        + " run out");
    }
}
