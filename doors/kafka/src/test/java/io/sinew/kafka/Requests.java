package io.sinew.kafka;

import io.sinew.kafkawire.ApiVersionsRequest;
import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.ProduceRequest;
import java.nio.ByteBuffer;
import java.util.UUID;

/// Requests about partition 0 of one topic, as tests send them.
final class Requests {
    private Requests() {}

    /// From a client that says what it is.
    static ApiVersionsRequest apiVersions() {
        var request = new ApiVersionsRequest();
        request.clientSoftwareName = "raw";
        request.clientSoftwareVersion = "1.0";
        return request;
    }

    /// To the topic by name, `acks=all`: for versions before 13.
    static ProduceRequest produce(String topic, ByteBuffer batch) {
        ProduceRequest request = produce(batch);
        request.topicData.getFirst().name = topic;
        return request;
    }

    /// To the topic by id, `acks=all`: from version 13 on.
    static ProduceRequest produce(UUID topicId, ByteBuffer batch) {
        ProduceRequest request = produce(batch);
        request.topicData.getFirst().topicId = topicId;
        return request;
    }

    private static ProduceRequest produce(ByteBuffer batch) {
        var request = new ProduceRequest();
        request.acks = -1;
        request.timeoutMs = 30_000;
        var topic = new ProduceRequest.TopicProduceData();
        var partition = new ProduceRequest.PartitionProduceData();
        partition.records = new BufferRecords(batch);
        topic.partitionData.add(partition);
        request.topicData.add(topic);
        return request;
    }

    /// Without a session and without waiting, up to 1 MiB.
    static FetchRequest fetch(String topic, long offset) {
        FetchRequest request = fetch(offset);
        request.topics.getFirst().topic = topic;
        return request;
    }

    static FetchRequest fetch(UUID topicId, long offset) {
        FetchRequest request = fetch(offset);
        request.topics.getFirst().topicId = topicId;
        return request;
    }

    private static FetchRequest fetch(long offset) {
        var request = new FetchRequest();
        request.sessionEpoch = -1;
        request.maxBytes = 1 << 20;
        request.topics.add(new FetchRequest.FetchTopic());
        request.topics.getFirst().partitions.add(fetchPartition(0, offset));
        return request;
    }

    static FetchRequest.FetchPartition fetchPartition(int index, long offset) {
        var partition = new FetchRequest.FetchPartition();
        partition.partition = index;
        partition.fetchOffset = offset;
        partition.partitionMaxBytes = 1 << 20;
        return partition;
    }
}
