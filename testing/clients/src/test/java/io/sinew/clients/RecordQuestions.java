package io.sinew.clients;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.DeleteRecordsRequest;
import io.sinew.kafkawire.DescribeProducersRequest;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.OffsetForLeaderEpochRequest;
import io.sinew.kafkawire.ProduceRequest;
import io.sinew.kit.Batches;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/// About records: `orders`, of three partitions, has some in partition 0 and none in the others.
final class RecordQuestions {
    private static final long LONG_AGO_MS = 1_000_000;
    private static final long FAR_AHEAD_MS = 4_000_000_000_000L;
    private static final int ATTRIBUTES = 21;

    private RecordQuestions() {}

    static List<Question> all() {
        var all = new ArrayList<Question>();
        all.addAll(appends());
        all.addAll(refusedAppends());
        all.addAll(idempotentAppends());
        all.addAll(offsets());
        all.addAll(epochs());
        all.addAll(fetches());
        all.addAll(refusedFetches());
        all.addAll(deletions());
        all.addAll(producers());
        return all;
    }

    // ---- Produce

    private static Question append(
            String what, String topic, int partition, int acks, ByteBuffer batch) {
        return Question.of(
                ApiKey.PRODUCE,
                what,
                (told, version) -> {
                    var data = new ProduceRequest.TopicProduceData();
                    if (version < 13) {
                        data.name = topic;
                    } else {
                        data.topicId = told.topicId(topic);
                    }
                    var partitionData = new ProduceRequest.PartitionProduceData();
                    partitionData.index = partition;
                    partitionData.records = new BufferRecords(batch.duplicate());
                    data.partitionData.add(partitionData);
                    var request = new ProduceRequest();
                    request.acks = (short) acks;
                    request.timeoutMs = 10_000;
                    request.topicData.add(data);
                    return request;
                });
    }

    private static Question append(String what, String topic, ByteBuffer batch) {
        return append(what, topic, 0, -1, batch);
    }

    private static ByteBuffer withAttribute(int bits) {
        ByteBuffer batch = Batches.plain().of("v");
        batch.putShort(ATTRIBUTES, (short) bits);
        return renewChecksum(batch);
    }

    private static ByteBuffer renewChecksum(ByteBuffer batch) {
        var crc = new CRC32C();
        crc.update(batch.slice(ATTRIBUTES, batch.limit() - ATTRIBUTES));
        return batch.putInt(17, (int) crc.getValue());
    }

    private static ByteBuffer damaged() {
        ByteBuffer batch = Batches.plain().of("value");
        return batch.put(batch.limit() - 2, (byte) 0);
    }

    private static ByteBuffer cut() {
        ByteBuffer batch = Batches.plain().of("value");
        return batch.limit(batch.limit() - 3);
    }

    private static ByteBuffer two() {
        ByteBuffer one = Batches.plain().of("value");
        return ByteBuffer.allocate(2 * one.limit())
                .put(one.duplicate())
                .put(one.duplicate())
                .flip();
    }

    private static List<Question> appends() {
        return List.of(
                append(
                        "some records",
                        "orders",
                        Batches.plain().at(LONG_AGO_MS, 10).of("a", "b", "c")),
                append("with acks=1", "orders", 0, 1, Batches.plain().of("d")),
                append("to be stamped", "stamped", Batches.plain().of("a", "b")),
                append("to be packed", "packed", Batches.plain().of("a", "b")));
    }

    private static List<Question> refusedAppends() {
        return List.of(
                append("acks=2", "orders", 0, 2, Batches.plain().of("v")),
                append("no such topic", "none", Batches.plain().of("v")),
                append("no such partition", "orders", 99, -1, Batches.plain().of("v")),
                append("partition -1", "orders", -1, -1, Batches.plain().of("v")),
                append("an empty batch", "orders", ByteBuffer.allocate(0)),
                append("a damaged batch", "orders", damaged()),
                append("a cut batch", "orders", cut()),
                append("two batches", "orders", two()),
                append("an unknown format", "orders", Batches.plain().of("v").put(16, (byte) 3)),
                append("a control batch", "orders", withAttribute(0x20)),
                append("a stamped batch", "settings", withAttribute(0x08)),
                append("an unknown codec", "orders", withAttribute(0x07)),
                append(
                        "a count that is wrong",
                        "orders",
                        renewChecksum(Batches.plain().of("v").putInt(57, 2))),
                append("a late time", "orders", Batches.plain().at(FAR_AHEAD_MS, 0).of("v", "w")),
                append("records without a key", "compacted", Batches.plain().of("v", "w")),
                append("too large a batch", "small", Batches.plain().ofBytes(2_000)));
    }

    private static List<Question> idempotentAppends() {
        return List.of(
                append(
                                "of a producer",
                                "orders",
                                1,
                                -1,
                                Batches.plain().producer(500, 0, 0).of("a"))
                        .in(3),
                append(
                        "the same again",
                        "orders",
                        1,
                        -1,
                        Batches.plain().producer(500, 0, 0).of("a")),
                append("with a gap", "orders", 1, -1, Batches.plain().producer(500, 0, 5).of("a")),
                append(
                        "a new epoch amid",
                        "orders",
                        1,
                        -1,
                        Batches.plain().producer(500, 1, 5).of("a")),
                append("a new epoch", "orders", 1, -1, Batches.plain().producer(500, 1, 0).of("a"))
                        .in(3),
                append(
                        "an old epoch",
                        "orders",
                        1,
                        -1,
                        Batches.plain().producer(500, 0, 1).of("a")),
                append(
                                "a stranger amid",
                                "orders",
                                1,
                                -1,
                                Batches.plain().producer(501, 0, 7).of("a"))
                        .in(3),
                append(
                        "without a sequence",
                        "orders",
                        1,
                        -1,
                        Batches.plain().producer(502, 0, -1).of("a")));
    }

    // ---- ListOffsets

    private static Question offset(
            String what, String topic, Consumer<ListOffsetsRequest.ListOffsetsPartition> wording) {
        return Question.of(
                ApiKey.LIST_OFFSETS,
                what,
                (_, _) -> {
                    var partition = new ListOffsetsRequest.ListOffsetsPartition();
                    partition.timestamp = -1;
                    wording.accept(partition);
                    var wanted = new ListOffsetsRequest.ListOffsetsTopic();
                    wanted.name = topic;
                    wanted.partitions.add(partition);
                    var request = new ListOffsetsRequest();
                    request.replicaId = -1;
                    request.topics.add(wanted);
                    return request;
                });
    }

    private static List<Question> offsets() {
        return List.of(
                offset("the end", "orders", _ -> {}),
                offset("the start", "orders", p -> p.timestamp = -2),
                offset("the latest time", "orders", p -> p.timestamp = -3).in(7, 11),
                offset("the local start", "orders", p -> p.timestamp = -4).in(8, 11),
                offset("the end of what is elsewhere", "orders", p -> p.timestamp = -5).in(9, 11),
                offset("an unknown kind", "orders", p -> p.timestamp = -99),
                offset("a time", "orders", p -> p.timestamp = LONG_AGO_MS + 5),
                offset("a time after all", "orders", p -> p.timestamp = FAR_AHEAD_MS),
                offset(
                        "a time in an empty partition",
                        "orders",
                        p -> {
                            p.partitionIndex = 2;
                            p.timestamp = 5;
                        }),
                offset(
                                "the latest time in an empty partition",
                                "orders",
                                p -> {
                                    p.partitionIndex = 2;
                                    p.timestamp = -3;
                                })
                        .in(7, 11),
                offset("no such topic", "none", _ -> {}),
                offset("no such partition", "orders", p -> p.partitionIndex = 99),
                offset("an epoch to come", "orders", p -> p.currentLeaderEpoch = 99).in(4, 11));
    }

    // ---- OffsetForLeaderEpoch

    private static Question epoch(String what, String topic, int current, int wanted) {
        return Question.of(
                ApiKey.OFFSET_FOR_LEADER_EPOCH,
                what,
                (_, _) -> {
                    var partition = new OffsetForLeaderEpochRequest.OffsetForLeaderPartition();
                    partition.currentLeaderEpoch = current;
                    partition.leaderEpoch = wanted;
                    var asked = new OffsetForLeaderEpochRequest.OffsetForLeaderTopic();
                    asked.topic = topic;
                    asked.partitions.add(partition);
                    var request = new OffsetForLeaderEpochRequest();
                    request.replicaId = -1;
                    request.topics.add(asked);
                    return request;
                });
    }

    private static List<Question> epochs() {
        return List.of(
                epoch("an epoch to come", "orders", -1, 99),
                epoch("while in an epoch to come", "orders", 99, 0),
                epoch("no epoch", "orders", -1, -1),
                epoch("of no topic", "none", -1, 0));
    }

    // ---- Fetch

    private static Question fetch(String what, String topic, Consumer<FetchRequest> wording) {
        return Question.of(
                ApiKey.FETCH,
                what,
                (told, version) -> {
                    var wanted = new FetchRequest.FetchTopic();
                    if (version < 13) {
                        wanted.topic = topic;
                    } else {
                        wanted.topicId = told.topicId(topic);
                    }
                    var partition = new FetchRequest.FetchPartition();
                    partition.partitionMaxBytes = 1 << 20;
                    wanted.partitions.add(partition);
                    var request = new FetchRequest();
                    request.maxBytes = 1 << 20;
                    request.topics.add(wanted);
                    wording.accept(request);
                    return request;
                });
    }

    private static FetchRequest.FetchPartition partition(FetchRequest request) {
        return request.topics.getFirst().partitions.getFirst();
    }

    private static List<Question> fetches() {
        return List.of(
                fetch("from the start", "orders", _ -> {}),
                fetch("from the middle of a batch", "orders", r -> partition(r).fetchOffset = 1),
                fetch("a byte", "orders", r -> partition(r).partitionMaxBytes = 1),
                fetch("a byte in all", "orders", r -> r.maxBytes = 1),
                fetch("at the end", "orders", r -> partition(r).fetchOffset = 8),
                fetch("what is committed", "orders", r -> r.isolationLevel = 1),
                fetch("nothing", "orders", r -> r.topics.clear()));
    }

    private static List<Question> refusedFetches() {
        return List.of(
                fetch("no such topic", "none", _ -> {}),
                fetch("no such partition", "orders", r -> partition(r).partition = 99),
                fetch("offset -1", "orders", r -> partition(r).fetchOffset = -1),
                fetch("an offset after the end", "orders", r -> partition(r).fetchOffset = 1_000),
                fetch("an epoch to come", "orders", r -> partition(r).currentLeaderEpoch = 99)
                        .in(9, 18),
                fetch(
                                "a session that there is not",
                                "orders",
                                r -> {
                                    r.sessionId = 77;
                                    r.sessionEpoch = 5;
                                })
                        .in(7, 18),
                fetch("no session, in the midst of it", "orders", r -> r.sessionEpoch = 5)
                        .in(7, 18));
    }

    // ---- DeleteRecords

    private static Question deletion(String what, String topic, int index, long offset) {
        return Question.of(
                ApiKey.DELETE_RECORDS,
                what,
                (_, _) -> {
                    var partition = new DeleteRecordsRequest.DeleteRecordsPartition();
                    partition.partitionIndex = index;
                    partition.offset = offset;
                    var wanted = new DeleteRecordsRequest.DeleteRecordsTopic();
                    wanted.name = topic;
                    wanted.partitions.add(partition);
                    var request = new DeleteRecordsRequest();
                    request.timeoutMs = 10_000;
                    request.topics.add(wanted);
                    return request;
                });
    }

    private static List<Question> deletions() {
        return List.of(
                deletion("some records", "orders", 0, 2),
                deletion("fewer than before", "orders", 0, 1),
                fetch("before the start", "orders", _ -> {}),
                deletion("more than there are", "orders", 0, 1_000),
                deletion("to offset -5", "orders", 0, -5),
                deletion("of no topic", "none", 0, 0),
                deletion("of no partition", "orders", 99, 0),
                deletion("of a compacted topic", "compacted", 0, 0),
                deletion("all records", "orders", 0, -1),
                offset("the start after that", "orders", p -> p.timestamp = -2));
    }

    // ---- producers

    private static List<Question> producers() {
        return List.of(
                Question.of(
                        ApiKey.DESCRIBE_PRODUCERS,
                        "of partitions, some of which there are",
                        (_, _) -> {
                            var request = new DescribeProducersRequest();
                            for (String name : List.of("orders", "none")) {
                                var topic = new DescribeProducersRequest.TopicRequest();
                                topic.name = name;
                                topic.partitionIndexes = List.of(0, 1, 99);
                                request.topics.add(topic);
                            }
                            return request;
                        }),
                Question.of(
                        ApiKey.INIT_PRODUCER_ID,
                        "a new producer",
                        (_, _) -> {
                            var request = new InitProducerIdRequest();
                            request.transactionalId = null;
                            request.transactionTimeoutMs = 60_000;
                            return request;
                        }));
    }
}
