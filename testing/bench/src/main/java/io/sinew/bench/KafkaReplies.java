package io.sinew.bench;

import java.nio.ByteBuffer;

/// Reads the replies to [KafkaRequests]. Error codes are Kafka's numbers; 0 is none.
final class KafkaReplies {
    static final int NONE = 0;
    static final int UNKNOWN_TOPIC_OR_PARTITION = 3;
    static final int LEADER_NOT_AVAILABLE = 5;
    static final int NOT_LEADER_OR_FOLLOWER = 6;
    static final int TOPIC_ALREADY_EXISTS = 36;

    /// Read-only, source and sensitive: a byte each.
    private static final int CONFIG_FLAGS_SIZE_BYTES = 3;

    private static final int LAST_OFFSET_DELTA_POSITION = 23;
    private static final int BATCH_LENGTH_POSITION = 8;
    private static final int BEFORE_LENGTH_SIZE_BYTES = 12;

    private KafkaReplies() {}

    /// The answer for the one partition that was asked for.
    ///
    /// @param nextOffset the offset after the last whole batch; -1 if there is none
    /// @param sizeBytes of whole batches
    record Fetched(int error, long highWatermark, long nextOffset, long sizeBytes) {}

    /// Whether the topic may be there in a moment: a broker that has just started, or a topic that
    /// has just been created.
    static boolean isPassing(int error) {
        return error == UNKNOWN_TOPIC_OR_PARTITION
                || error == LEADER_NOT_AVAILABLE
                || error == NOT_LEADER_OR_FOLLOWER;
    }

    static int apiVersionsError(ByteBuffer reply) {
        return new FrameReader(reply).int16();
    }

    /// The first error among the topics, where "exists already" is none.
    static int createTopicsError(ByteBuffer reply) {
        var in = new FrameReader(reply);
        in.skipTags();
        in.int32();
        for (int left = in.array(); left > 0; left--) {
            in.skipString();
            int error = in.int16();
            if (error != NONE && error != TOPIC_ALREADY_EXISTS) {
                return error;
            }
            in.skipString();
            in.skip(Integer.BYTES + Short.BYTES);
            for (int configs = in.array(); configs > 0; configs--) {
                in.skipString();
                in.skipString();
                in.skip(CONFIG_FLAGS_SIZE_BYTES);
                in.skipTags();
            }
            in.skipTags();
        }
        return NONE;
    }

    /// The first error among the partitions.
    static int produceError(ByteBuffer reply) {
        var in = new FrameReader(reply);
        in.skipTags();
        for (int topics = in.array(); topics > 0; topics--) {
            in.skipString();
            for (int partitions = in.array(); partitions > 0; partitions--) {
                in.int32();
                int error = in.int16();
                if (error != NONE) {
                    return error;
                }
                in.skip(3 * Long.BYTES);
                for (int records = in.array(); records > 0; records--) {
                    in.int32();
                    in.skipString();
                    in.skipTags();
                }
                in.skipString();
                in.skipTags();
            }
            in.skipTags();
        }
        return NONE;
    }

    static Fetched fetched(ByteBuffer reply) {
        var in = new FrameReader(reply);
        in.skipTags();
        in.int32();
        int error = in.int16();
        in.int32();
        if (error != NONE || in.array() != 1) {
            return new Fetched(error, -1, -1, 0);
        }
        in.skipString();
        in.array();
        in.int32();
        error = in.int16();
        long highWatermark = in.int64();
        in.skip(2 * Long.BYTES);
        for (int aborted = in.array(); aborted > 0; aborted--) {
            in.skip(2 * Long.BYTES);
            in.skipTags();
        }
        in.int32();
        int sizeBytes = in.length();
        return batches(error, highWatermark, reply.slice(reply.position(), sizeBytes));
    }

    /// Walks the headers; the last batch may be cut off.
    private static Fetched batches(int error, long highWatermark, ByteBuffer records) {
        long nextOffset = -1;
        int position = 0;
        while (records.limit() - position >= ReadyBatch.HEADER_SIZE_BYTES) {
            int lengthBytes = records.getInt(position + BATCH_LENGTH_POSITION);
            int end = position + BEFORE_LENGTH_SIZE_BYTES + lengthBytes;
            if (end > records.limit()) {
                break;
            }
            nextOffset =
                    records.getLong(position)
                            + records.getInt(position + LAST_OFFSET_DELTA_POSITION)
                            + 1;
            position = end;
        }
        return new Fetched(error, highWatermark, nextOffset, position);
    }
}
