package io.sinew.cluster;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a topic takes, as far as it was asked a moment ago. Checking it before anything is sent
/// lets a refusal come before the first record is stored, and keeps one caller's bad record out of
/// a batch that the shared producer makes of several callers' records. The brokers check again.
///
/// @param askedNanos when
/// @param batchBytesMax `max.message.bytes`
/// @param keysNeeded whether a record without a key is refused: the topic is compacted
/// @param ownTimes whether records keep the time that they come with
/// @param beforeMsMax how far behind, and `afterMsMax` how far ahead of now such a time may be
record TopicFacts(
        long askedNanos,
        int partitionCount,
        int batchBytesMax,
        boolean keysNeeded,
        boolean ownTimes,
        long beforeMsMax,
        long afterMsMax) {
    /// Bytes of a batch in Kafka's format, version 2, without its records.
    private static final int BATCH_HEADER_BYTES = 61;

    /// Bytes of a record's attributes and of its distances to the batch's first offset and time,
    /// when it is the only one.
    private static final int RECORD_HEAD_BYTES = 3;

    /// What a record's distances, and its length, take up more than that at most.
    private static final int DISTANCE_BYTES_MAX = 20;

    /// From a topic's settings, those included that it has not of its own.
    static TopicFacts of(long askedNanos, int partitionCount, Map<String, String> settings) {
        return new TopicFacts(
                askedNanos,
                partitionCount,
                (int) number(settings, "max.message.bytes", Integer.MAX_VALUE),
                settings.getOrDefault("cleanup.policy", "").contains("compact"),
                !settings.getOrDefault("message.timestamp.type", "").equals("LogAppendTime"),
                number(settings, "message.timestamp.before.max.ms", Long.MAX_VALUE),
                number(settings, "message.timestamp.after.max.ms", Long.MAX_VALUE));
    }

    private static long number(Map<String, String> settings, String name, long otherwise) {
        String value = settings.get(name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    /// Refuses records that the topic would not take.
    ///
    /// @throws SinewException `BATCH_TOO_LARGE`, `INVALID_RECORD`, `INVALID_TIMESTAMP`
    void check(TopicPartition partition, List<NewRecord> records, long nowMs) {
        for (int i = 0; i < records.size(); i++) {
            NewRecord record = records.get(i);
            String which = "record " + i + " of " + records.size() + " for " + partition;
            if (record.key() == null && keysNeeded) {
                throw new SinewException(
                        ErrorCode.INVALID_RECORD,
                        which + " has no key, and the topic is compacted: give it one");
            }
            checkTime(which, record.timestampMs(), nowMs);
            long bytes = batchBytes(record);
            if (bytes > batchBytesMax) {
                throw new SinewException(
                        ErrorCode.BATCH_TOO_LARGE,
                        which
                                + " makes a batch of "
                                + bytes
                                + " bytes, and the topic's max.message.bytes is "
                                + batchBytesMax
                                + ": make the record smaller or that larger");
            }
        }
    }

    private void checkTime(String which, long timestampMs, long nowMs) {
        if (timestampMs < 0) {
            throw new SinewException(
                    ErrorCode.INVALID_TIMESTAMP,
                    which + " has the time " + timestampMs + ": give ms since 1970");
        }
        if (!ownTimes) {
            return;
        }
        if (nowMs - timestampMs > beforeMsMax || timestampMs - nowMs > afterMsMax) {
            throw new SinewException(
                    ErrorCode.INVALID_TIMESTAMP,
                    which
                            + " has the time "
                            + timestampMs
                            + ", further from now than the topic's"
                            + " message.timestamp.before.max.ms and .after.max.ms allow");
        }
    }

    /// Whether the topic takes less than a batch of the producers may have. Kafka's client then has
    /// to find out by halving it again and again, which takes seconds.
    boolean isNarrow() {
        return batchBytesMax < ClusterLimits.BATCH_BYTES + BATCH_HEADER_BYTES;
    }

    /// Cuts records into runs that fit into one batch each, in their order.
    List<List<NewRecord>> batches(List<NewRecord> records) {
        if (!isNarrow()) {
            return List.of(records);
        }
        var batches = new ArrayList<List<NewRecord>>();
        int begin = 0;
        long bytes = 0;
        for (int i = 0; i < records.size(); i++) {
            long more = batchBytes(records.get(i)) + DISTANCE_BYTES_MAX;
            if (i > begin && bytes + more > batchBytesMax) {
                batches.add(records.subList(begin, i));
                begin = i;
                bytes = 0;
            }
            bytes += more;
        }
        batches.add(records.subList(begin, records.size()));
        return batches;
    }

    /// Bytes of a batch that holds one record and nothing else, unpacked.
    static long batchBytes(NewRecord record) {
        long body = RECORD_HEAD_BYTES + bytes(record.key()) + bytes(record.value());
        body += varintBytes(record.headers().size());
        for (Header header : record.headers()) {
            int name = header.name().getBytes(StandardCharsets.UTF_8).length;
            body += varintBytes(name) + name + bytes(header.value());
        }
        return BATCH_HEADER_BYTES + varintBytes(body) + body;
    }

    private static long bytes(byte @Nullable [] part) {
        return part == null ? varintBytes(-1) : varintBytes(part.length) + (long) part.length;
    }

    /// Bytes of a number in zigzag encoding, seven bits a byte.
    private static int varintBytes(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        return Math.max(1, (70 - Long.numberOfLeadingZeros(zigzag)) / 7);
    }
}
