package io.sinew.bench;

import java.nio.ByteBuffer;
import java.util.List;

/// The few requests that the load generators send, in versions that clients of today send too:
/// ApiVersions 0, CreateTopics 5, Produce 9, Fetch 12. (Later versions of the last two name topics
/// by id, which costs a lookup and changes nothing else.)
final class KafkaRequests {
    private static final int PRODUCE = 0;
    private static final int FETCH = 1;
    private static final int API_VERSIONS = 18;
    private static final int CREATE_TOPICS = 19;

    private static final int TIMEOUT_MS = 120_000;
    private static final int ACKS_ALL = -1;

    /// What the Java consumer asks for: `fetch.max.bytes`.
    private static final int FETCH_MAX_BYTES = 50 << 20;

    /// What the Java consumer asks for: `max.partition.fetch.bytes`.
    private static final int FETCH_PARTITION_MAX_BYTES = 1 << 20;

    private static final int FETCH_MAX_WAIT_MS = 500;

    private KafkaRequests() {}

    /// Which partitions of a topic a request writes to: `count` from `first` on.
    record Partitions(String topic, int first, int count) {}

    /// A Fetch of one partition, whose offset can be changed in place.
    record Fetch(ByteBuffer frame, int offsetPosition) {
        ByteBuffer from(long offset) {
            return frame.putLong(offsetPosition, offset);
        }
    }

    static ByteBuffer apiVersions() {
        return new FrameWriter(API_VERSIONS, 0, false).frame();
    }

    static ByteBuffer createTopics(List<String> topics, int partitions) {
        var frame = new FrameWriter(CREATE_TOPICS, 5, true).array(topics.size());
        for (String topic : topics) {
            frame.string(topic).int32(partitions).int16(1).array(0).array(0).noTags();
        }
        return frame.int32(TIMEOUT_MS).int8(0).noTags().frame();
    }

    /// One batch, the same, for each of the partitions, acks=all.
    static ByteBuffer produce(Partitions partitions, ReadyBatch batch) {
        var frame = new FrameWriter(PRODUCE, 9, true);
        frame.nothing().int16(ACKS_ALL).int32(TIMEOUT_MS).array(1);
        frame.string(partitions.topic()).array(partitions.count());
        for (int i = 0; i < partitions.count(); i++) {
            frame.int32(partitions.first() + i).bytes(batch.bytes()).noTags();
        }
        return frame.noTags().noTags().frame();
    }

    /// Up to 1 MiB of one partition, as soon as there is any, without a fetch session.
    static Fetch fetch(String topic, int partition) {
        var frame = new FrameWriter(FETCH, 12, true);
        frame.int32(-1).int32(FETCH_MAX_WAIT_MS).int32(1).int32(FETCH_MAX_BYTES).int8(0);
        frame.int32(0).int32(-1);
        frame.array(1).string(topic).array(1).int32(partition).int32(-1);
        int offsetPosition = frame.position();
        frame.int64(0).int32(-1).int64(-1).int32(FETCH_PARTITION_MAX_BYTES).noTags().noTags();
        frame.array(0).string("").noTags();
        return new Fetch(frame.frame(), offsetPosition);
    }
}
