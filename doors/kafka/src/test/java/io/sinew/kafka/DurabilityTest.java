package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.SinewException;
import io.sinew.broker.Partition;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsResponse;
import io.sinew.kafkawire.CreateTopicsRequest;
import io.sinew.kafkawire.CreateTopicsResponse;
import io.sinew.kafkawire.DeleteRecordsRequest;
import io.sinew.kafkawire.DeleteRecordsResponse;
import io.sinew.kafkawire.DescribeTopicPartitionsRequest;
import io.sinew.kafkawire.FetchResponse;
import io.sinew.kafkawire.MetadataRequest;
import io.sinew.kafkawire.MetadataResponse;
import io.sinew.kafkawire.OffsetCommitRequest;
import io.sinew.kafkawire.OffsetCommitResponse;
import io.sinew.kafkawire.OffsetFetchRequest;
import io.sinew.kafkawire.OffsetFetchResponse;
import io.sinew.kafkawire.ProduceResponse;
import io.sinew.kit.Batches;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What clients are told while the disk is busy, after it failed, and after the power did.
class DurabilityTest {
    private static final FaultyDisk.Selection WAL_SYNC =
            FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".wal");
    private static final short NONE = 0;
    private static final short COORDINATOR_NOT_AVAILABLE = 15;
    private static final short OUT_OF_ORDER_SEQUENCE = 45;
    private static final short STORAGE_ERROR = 56;

    private final FaultyDisk disk = new FaultyDisk();
    private LiveDoor door;
    private RawClient client;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.on(disk);
        var created = door.broker().topics().create(new UUID(1, 1), "orders", 1, Map.of());
        created.commit().awaitDurable();
        client = RawClient.to(door);
    }

    @AfterEach
    void close() throws Exception {
        disk.letGo();
        client.close();
        door.close();
    }

    private static Partition orders(LiveDoor door) {
        var topic = door.broker().topics().named("orders").orElseThrow();
        return door.broker().topics().partition(topic, 0).orElseThrow();
    }

    private void sendProduce(String value) throws Exception {
        client.send(ApiKey.PRODUCE, 9, Requests.produce("orders", Batches.plain().of(value)));
    }

    private ProduceResponse.PartitionProduceResponse receiveProduced() throws Exception {
        return client.receive(ProduceResponse.class)
                .responses
                .getFirst()
                .partitionResponses
                .getFirst();
    }

    private static CreateTopicsRequest creating(String name) {
        var topic = new CreateTopicsRequest.CreatableTopic();
        topic.name = name;
        topic.numPartitions = 1;
        topic.replicationFactor = 1;
        var request = new CreateTopicsRequest();
        request.topics.add(topic);
        return request;
    }

    private static OffsetCommitRequest committing(long offset) {
        var partition = new OffsetCommitRequest.OffsetCommitRequestPartition();
        partition.committedOffset = offset;
        var topic = new OffsetCommitRequest.OffsetCommitRequestTopic();
        topic.name = "orders";
        topic.partitions.add(partition);
        var request = new OffsetCommitRequest();
        request.groupId = "g";
        request.topics.add(topic);
        return request;
    }

    private static long committed(LiveDoor door) throws Exception {
        var topic = new OffsetFetchRequest.OffsetFetchRequestTopic();
        topic.name = "orders";
        topic.partitionIndexes.add(0);
        var request = new OffsetFetchRequest();
        request.groupId = "g";
        request.topics = List.of(topic);
        try (var asking = RawClient.to(door)) {
            return asking.ask(ApiKey.OFFSET_FETCH, 5, request, OffsetFetchResponse.class)
                    .topics
                    .getFirst()
                    .partitions
                    .getFirst()
                    .committedOffset;
        }
    }

    /// Gives answers that should not leave the time to leave.
    private void awaitOthersAnswers() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (var asking = RawClient.to(door)) {
                asking.ask(
                        ApiKey.API_VERSIONS, 3, Requests.apiVersions(), ApiVersionsResponse.class);
            }
        }
    }

    @Test
    void requests_are_handled_while_earlier_ones_wait_for_the_disk_and_answered_in_order()
            throws Exception {
        disk.hold(WAL_SYNC);
        for (int i = 0; i < 10; i++) {
            sendProduce("v" + i);
            client.send(ApiKey.API_VERSIONS, 3, Requests.apiVersions());
        }
        disk.awaitHeld();
        Eventually.await(
                Duration.ofSeconds(20),
                "all requests to be handled",
                () -> orders(door).log().nextOffset() == 10);
        assertThat(orders(door).log().endOffset()).isZero();
        disk.letGo();
        for (int i = 0; i < 10; i++) {
            assertThat(receiveProduced().baseOffset).isEqualTo(i);
            client.receive(ApiVersionsResponse.class);
        }
    }

    @Test
    void what_is_not_durable_yet_cannot_be_read() throws Exception {
        disk.hold(WAL_SYNC);
        sendProduce("v");
        disk.awaitHeld();
        try (var reader = RawClient.to(door)) {
            var fetched =
                    reader.ask(ApiKey.FETCH, 12, Requests.fetch("orders", 0), FetchResponse.class);
            var partition = fetched.responses.getFirst().partitions.getFirst();
            assertThat(partition.errorCode).isEqualTo(NONE);
            assertThat(partition.highWatermark).isZero();
        }
    }

    @Test
    void a_failed_sync_refuses_everything_that_waited_and_reading_goes_on() throws Exception {
        sendProduce("kept");
        assertThat(receiveProduced().errorCode).isEqualTo(NONE);
        disk.hold(WAL_SYNC);
        sendProduce("lost");
        client.send(ApiKey.OFFSET_COMMIT, 8, committing(1));
        client.send(ApiKey.CREATE_TOPICS, 7, creating("lost"));
        disk.awaitHeld();
        disk.failEvery(WAL_SYNC, new IOException("Input/output error"));
        disk.letGo();
        assertThat(receiveProduced().errorCode).isEqualTo(STORAGE_ERROR);
        assertThat(
                        client.receive(OffsetCommitResponse.class)
                                .topics
                                .getFirst()
                                .partitions
                                .getFirst()
                                .errorCode)
                .isEqualTo(COORDINATOR_NOT_AVAILABLE);
        assertThat(client.receive(CreateTopicsResponse.class).topics.getFirst().errorCode)
                .isEqualTo(STORAGE_ERROR);
        sendProduce("later");
        assertThat(receiveProduced().errorCode).isEqualTo(STORAGE_ERROR);
        var fetched =
                client.ask(ApiKey.FETCH, 12, Requests.fetch("orders", 0), FetchResponse.class);
        assertThat(fetched.responses.getFirst().partitions.getFirst().highWatermark).isEqualTo(1);
    }

    @Test
    void the_oldest_clients_learn_too_that_their_offsets_could_not_be_fetched() throws Exception {
        disk.failEvery(WAL_SYNC, new IOException("Input/output error"));
        // What was committed is lost, so that what is committed can't be told.
        client.ask(ApiKey.OFFSET_COMMIT, 8, committing(1), OffsetCommitResponse.class);
        var topic = new OffsetFetchRequest.OffsetFetchRequestTopic();
        topic.name = "orders";
        topic.partitionIndexes.addAll(List.of(0, 1));
        var request = new OffsetFetchRequest();
        request.groupId = "g";
        request.topics = List.of(topic);
        var response = client.ask(ApiKey.OFFSET_FETCH, 1, request, OffsetFetchResponse.class);
        assertThat(response.topics.getFirst().partitions)
                .hasSize(2)
                .allSatisfy(partition -> {
                    assertThat(partition.errorCode).isEqualTo(COORDINATOR_NOT_AVAILABLE);
                    assertThat(partition.committedOffset).isEqualTo(-1);
                });
        response = client.ask(ApiKey.OFFSET_FETCH, 2, request, OffsetFetchResponse.class);
        assertThat(response.errorCode).isEqualTo(COORDINATOR_NOT_AVAILABLE);
        assertThat(response.topics).isEmpty();
    }

    @Test
    void nothing_is_told_that_a_failing_disk_takes_back() throws Exception {
        disk.hold(WAL_SYNC);
        client.send(ApiKey.CREATE_TOPICS, 7, creating("fresh"));
        disk.awaitHeld();
        // Everybody knows the topic now, and nobody may tell of it.
        try (var other = RawClient.to(door)) {
            other.send(ApiKey.DESCRIBE_TOPIC_PARTITIONS, 0, new DescribeTopicPartitionsRequest());
            awaitOthersAnswers();
            disk.failEvery(WAL_SYNC, new IOException("Input/output error"));
            disk.letGo();
            other.awaitClosed();
        }
        assertThat(client.receive(CreateTopicsResponse.class).topics.getFirst().errorCode)
                .isEqualTo(STORAGE_ERROR);
    }

    private static MetadataRequest naming(String... names) {
        var request = new MetadataRequest();
        request.allowAutoTopicCreation = false;
        request.topics = new ArrayList<>();
        for (String name : names) {
            var topic = new MetadataRequest.MetadataRequestTopic();
            topic.name = name;
            request.topics.add(topic);
        }
        return request;
    }

    private static MetadataRequest namingNone() {
        MetadataRequest request = naming();
        request.topics = null;
        return request;
    }

    private static MetadataRequest naming(UUID id) {
        var topic = new MetadataRequest.MetadataRequestTopic();
        topic.name = null;
        topic.topicId = id;
        var request = new MetadataRequest();
        request.topics = List.of(topic);
        return request;
    }

    private static List<Short> errors(MetadataResponse response) {
        return response.topics.stream().map(topic -> topic.errorCode).toList();
    }

    @Test
    void a_topic_whose_creation_a_crash_would_undo_is_not_there_for_others() throws Exception {
        disk.hold(WAL_SYNC);
        client.send(ApiKey.CREATE_TOPICS, 7, creating("fresh"));
        disk.awaitHeld();
        Eventually.await(
                Duration.ofSeconds(20),
                "the topic to be known",
                () -> door.broker().topics().named("fresh").isPresent());
        UUID id = door.broker().topics().named("fresh").orElseThrow().id();
        try (var other = RawClient.to(door)) {
            // And what is there is told, without a wait for the disk.
            assertThat(metadata(other, namingNone()).topics)
                    .extracting(topic -> topic.name)
                    .containsExactly("orders");
            assertThat(errors(metadata(other, naming("orders", "fresh"))))
                    .containsExactly(NONE, KafkaErrors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(errors(metadata(other, naming(id))))
                    .containsExactly(KafkaErrors.UNKNOWN_TOPIC_ID);
            disk.letGo();
            assertThat(client.receive(CreateTopicsResponse.class).topics.getFirst().errorCode)
                    .isEqualTo(NONE);
            assertThat(metadata(other, namingNone()).topics)
                    .extracting(topic -> topic.name)
                    .containsExactly("fresh", "orders");
            assertThat(errors(metadata(other, naming("fresh")))).containsExactly(NONE);
            assertThat(errors(metadata(other, naming(id)))).containsExactly(NONE);
        }
    }

    @Test
    void a_topic_that_two_clients_create_by_its_name_is_told_to_both_when_it_is_durable()
            throws Exception {
        disk.hold(WAL_SYNC);
        MetadataRequest creating = naming("fresh", "orders");
        creating.allowAutoTopicCreation = true;
        client.send(ApiKey.METADATA, 12, creating);
        disk.awaitHeld();
        try (var other = RawClient.to(door)) {
            other.send(ApiKey.METADATA, 12, creating);
            awaitOthersAnswers();
            disk.failEvery(WAL_SYNC, new IOException("Input/output error"));
            disk.letGo();
            // What was there before can be told all the same.
            assertThat(errors(client.receive(MetadataResponse.class)))
                    .containsExactly(STORAGE_ERROR, NONE);
            assertThat(errors(other.receive(MetadataResponse.class)))
                    .containsExactly(STORAGE_ERROR, NONE);
            assertThat(metadata(other, namingNone()).topics)
                    .extracting(topic -> topic.name)
                    .containsExactly("orders");
        }
    }

    private static MetadataResponse metadata(RawClient client, MetadataRequest request)
            throws Exception {
        return client.ask(ApiKey.METADATA, 12, request, MetadataResponse.class);
    }

    private void sendIdempotent(int sequence) throws Exception {
        var batch = Batches.plain().producer(7, 0, sequence).of("v" + sequence);
        client.send(ApiKey.PRODUCE, 9, Requests.produce("orders", batch));
    }

    @Test
    void a_duplicate_is_not_acknowledged_before_its_original_is_durable() throws Exception {
        disk.hold(WAL_SYNC);
        sendIdempotent(0);
        disk.awaitHeld();
        try (var other = RawClient.to(door)) {
            var again = Batches.plain().producer(7, 0, 0).of("v0");
            other.send(ApiKey.PRODUCE, 9, Requests.produce("orders", again));
            awaitOthersAnswers();
            disk.failEvery(WAL_SYNC, new IOException("Input/output error"));
            disk.letGo();
            assertThat(receiveProduced().errorCode).isEqualTo(STORAGE_ERROR);
            var duplicate = other.receive(ProduceResponse.class).responses.getFirst();
            assertThat(duplicate.partitionResponses.getFirst().errorCode).isEqualTo(STORAGE_ERROR);
        }
    }

    @Test
    void producers_are_known_after_a_power_failure_without_a_checkpoint() throws Exception {
        for (int sequence = 0; sequence < 3; sequence++) {
            sendIdempotent(sequence);
            assertThat(receiveProduced().errorCode).isEqualTo(NONE);
        }
        FaultyDisk after = disk.powerFailure(new SplittableRandom(1));
        client.close();
        assertThatThrownBy(() -> door.close()).isInstanceOf(SinewException.class);
        door = LiveDoor.on(after);
        client = RawClient.to(door);
        sendIdempotent(1);
        assertThat(receiveProduced().baseOffset).isEqualTo(1);
        sendIdempotent(4);
        assertThat(receiveProduced().errorCode).isEqualTo(OUT_OF_ORDER_SEQUENCE);
        sendIdempotent(3);
        assertThat(receiveProduced().baseOffset).isEqualTo(3);
    }

    @Test
    void what_was_acknowledged_survives_a_power_failure() throws Exception {
        for (int i = 0; i < 5; i++) {
            sendProduce("v" + i);
            assertThat(receiveProduced().errorCode).isEqualTo(NONE);
        }
        client.ask(ApiKey.CREATE_TOPICS, 7, creating("fresh"), CreateTopicsResponse.class);
        client.ask(ApiKey.OFFSET_COMMIT, 8, committing(3), OffsetCommitResponse.class);
        var partition = new DeleteRecordsRequest.DeleteRecordsPartition();
        partition.offset = 2;
        var topic = new DeleteRecordsRequest.DeleteRecordsTopic();
        topic.name = "orders";
        topic.partitions.add(partition);
        var deleting = new DeleteRecordsRequest();
        deleting.topics.add(topic);
        client.ask(ApiKey.DELETE_RECORDS, 2, deleting, DeleteRecordsResponse.class);
        FaultyDisk after = disk.powerFailure(new SplittableRandom(1));
        // It would have liked to write down a checkpoint.
        assertThatThrownBy(() -> door.close()).isInstanceOf(SinewException.class);
        door = LiveDoor.on(after);
        assertThat(orders(door).log().logStartOffset()).isEqualTo(2);
        assertThat(orders(door).log().endOffset()).isEqualTo(5);
        assertThat(door.broker().topics().named("fresh")).isPresent();
        assertThat(committed(door)).isEqualTo(3);
    }
}
