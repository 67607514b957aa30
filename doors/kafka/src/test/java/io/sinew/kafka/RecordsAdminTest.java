package io.sinew.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.DeleteRecordsRequest;
import io.sinew.kafkawire.DeleteRecordsResponse;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.ListOffsetsResponse;
import io.sinew.kafkawire.OffsetForLeaderEpochRequest;
import io.sinew.kafkawire.OffsetForLeaderEpochResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsAdminTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final long BASE_MS = 1_700_000_000_000L;

    @TempDir Path directory;
    private LiveDoor door;
    private Admin admin;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        admin = door.admin();
        admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get();
    }

    @AfterEach
    void close() throws Exception {
        admin.close();
        door.close();
    }

    /// One batch with records at these times after [#BASE_MS].
    private void produce(String compression, long... times) throws Exception {
        Map<String, Object> together = Map.of("compression.type", compression, "linger.ms", 200);
        try (var producer = door.producer(together)) {
            var sent = new ArrayList<Future<RecordMetadata>>();
            for (long time : times) {
                sent.add(
                        producer.send(new ProducerRecord<>("orders", 0, BASE_MS + time, "k", "v")));
            }
            producer.flush();
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
    }

    private ListOffsetsResultInfo offset(OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(ORDERS, spec)).partitionResult(ORDERS).get();
    }

    private long deleteBefore(long offset) throws Exception {
        var deleted = admin.deleteRecords(Map.of(ORDERS, RecordsToDelete.beforeOffset(offset)));
        return requireNonNull(deleted.lowWatermarks().get(ORDERS)).get().lowWatermark();
    }

    // ---- offsets

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void a_time_is_looked_up_inside_batches(String compression) throws Exception {
        produce(compression, 10, 20, 20, 40);
        produce(compression, 30, 50);
        assertThat(offset(OffsetSpec.forTimestamp(BASE_MS + 5)).offset()).isZero();
        assertThat(offset(OffsetSpec.forTimestamp(BASE_MS + 20)).offset()).isEqualTo(1);
        assertThat(offset(OffsetSpec.forTimestamp(BASE_MS + 21)).offset()).isEqualTo(3);
        ListOffsetsResultInfo found = offset(OffsetSpec.forTimestamp(BASE_MS + 41));
        assertThat(found.offset()).isEqualTo(5);
        assertThat(found.timestamp()).isEqualTo(BASE_MS + 50);
        assertThat(found.leaderEpoch()).contains(door.broker().leaderEpoch());
        assertThat(offset(OffsetSpec.forTimestamp(BASE_MS + 51)).offset()).isEqualTo(-1);
    }

    @Test
    void the_latest_time_is_found_at_the_first_record_that_has_it() throws Exception {
        assertThat(offset(OffsetSpec.maxTimestamp()).offset()).isEqualTo(-1);
        produce("none", 10, 50, 50, 40);
        produce("none", 30, 50);
        ListOffsetsResultInfo found = offset(OffsetSpec.maxTimestamp());
        assertThat(found.offset()).isEqualTo(1);
        assertThat(found.timestamp()).isEqualTo(BASE_MS + 50);
    }

    @Test
    void the_ends_of_the_log_are_found_and_nothing_is_tiered() throws Exception {
        produce("none", 10, 20, 30);
        deleteBefore(1);
        assertThat(offset(OffsetSpec.earliest()).offset()).isEqualTo(1);
        assertThat(offset(OffsetSpec.earliestLocal()).offset()).isEqualTo(1);
        assertThat(offset(OffsetSpec.latest()).offset()).isEqualTo(3);
        assertThat(offset(OffsetSpec.latestTiered()).offset()).isEqualTo(-1);
        // The first offset that waits to be tiered.
        ListOffsetsResponse.ListOffsetsPartitionResponse pending = special(11, -6);
        assertThat(pending.errorCode).isZero();
        assertThat(pending.offset).isEqualTo(-1);
        assertThat(pending.timestamp).isEqualTo(-1);
    }

    @Test
    void an_unknown_special_time_is_refused() throws Exception {
        assertThat(special(7, -99).errorCode).isEqualTo(KafkaErrors.UNSUPPORTED_VERSION);
    }

    /// What is at one of the places that have a negative number instead of a time.
    private ListOffsetsResponse.ListOffsetsPartitionResponse special(int version, long number)
            throws Exception {
        var request = new ListOffsetsRequest();
        var topic = new ListOffsetsRequest.ListOffsetsTopic();
        topic.name = "orders";
        var partition = new ListOffsetsRequest.ListOffsetsPartition();
        partition.timestamp = number;
        topic.partitions.add(partition);
        request.topics.add(topic);
        try (var client = RawClient.to(door)) {
            return client.ask(ApiKey.LIST_OFFSETS, version, request, ListOffsetsResponse.class)
                    .topics
                    .getFirst()
                    .partitions
                    .getFirst();
        }
    }

    // ---- deletion

    @Test
    void deleted_records_stay_deleted_after_a_restart() throws Exception {
        produce("none", 10, 20, 30);
        assertThat(deleteBefore(2)).isEqualTo(2);
        // Going back is no error, and changes nothing.
        assertThat(deleteBefore(1)).isEqualTo(2);
        door.restart();
        assertThat(offset(OffsetSpec.earliest()).offset()).isEqualTo(2);
        assertThat(offset(OffsetSpec.forTimestamp(BASE_MS)).offset()).isEqualTo(2);
        assertThat(deleteBefore(-1)).isEqualTo(3);
        door.restart();
        assertThat(offset(OffsetSpec.earliest()).offset()).isEqualTo(3);
        assertThat(offset(OffsetSpec.latest()).offset()).isEqualTo(3);
    }

    @Test
    void records_that_are_not_there_cannot_be_deleted() throws Exception {
        produce("none", 10);
        assertThatThrownBy(() -> deleteBefore(2))
                .hasCauseInstanceOf(OffsetOutOfRangeException.class);
        assertThatThrownBy(() -> deleteBefore(-2))
                .hasCauseInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void a_topic_that_is_only_compacted_does_not_let_records_be_deleted() throws Exception {
        var compacted =
                new NewTopic("latest", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
        admin.createTopics(List.of(compacted)).all().get();
        assertThatThrownBy(() ->
                        admin.deleteRecords(
                                        Map.of(
                                                new TopicPartition("latest", 0),
                                                RecordsToDelete.beforeOffset(0)))
                                .all()
                                .get())
                .hasCauseInstanceOf(PolicyViolationException.class);
    }

    // ---- producers and epochs

    @Test
    void idempotent_producers_are_described() throws Exception {
        produce("none", 10, 20, 30);
        List<ProducerState> producers =
                admin.describeProducers(List.of(ORDERS))
                        .partitionResult(ORDERS)
                        .get()
                        .activeProducers();
        assertThat(producers)
                .singleElement()
                .satisfies(producer -> {
                    assertThat(producer.producerEpoch()).isZero();
                    assertThat(producer.lastSequence()).isEqualTo(2);
                    assertThat(producer.currentTransactionStartOffset()).isEmpty();
                });
    }

    private OffsetForLeaderEpochResponse.EpochEndOffset endOf(String topicName, int epoch)
            throws Exception {
        var request = new OffsetForLeaderEpochRequest();
        var topic = new OffsetForLeaderEpochRequest.OffsetForLeaderTopic();
        topic.topic = topicName;
        var partition = new OffsetForLeaderEpochRequest.OffsetForLeaderPartition();
        partition.leaderEpoch = epoch;
        topic.partitions.add(partition);
        request.topics.add(topic);
        try (var client = RawClient.to(door)) {
            var response =
                    client.ask(
                            ApiKey.OFFSET_FOR_LEADER_EPOCH,
                            4,
                            request,
                            OffsetForLeaderEpochResponse.class);
            return response.topics.getFirst().partitions.getFirst();
        }
    }

    @Test
    void each_start_of_the_broker_is_an_epoch_of_its_own() throws Exception {
        int first = door.broker().leaderEpoch();
        produce("none", 10, 20);
        door.restart();
        int second = door.broker().leaderEpoch();
        assertThat(second).isGreaterThan(first);
        produce("none", 30);
        assertThat(endOf("orders", first).endOffset).isEqualTo(2);
        assertThat(endOf("orders", first).leaderEpoch).isEqualTo(first);
        assertThat(endOf("orders", second).endOffset).isEqualTo(3);
        deleteBefore(-1);
        assertThat(endOf("orders", first).endOffset).isEqualTo(3);
        assertThat(endOf("none", second).errorCode)
                .isEqualTo(KafkaErrors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void a_partition_that_is_not_there_is_refused() throws Exception {
        var request = new DeleteRecordsRequest();
        var topic = new DeleteRecordsRequest.DeleteRecordsTopic();
        topic.name = "orders";
        var partition = new DeleteRecordsRequest.DeleteRecordsPartition();
        partition.partitionIndex = 7;
        topic.partitions.add(partition);
        request.topics.add(topic);
        try (var client = RawClient.to(door)) {
            var response =
                    client.ask(ApiKey.DELETE_RECORDS, 2, request, DeleteRecordsResponse.class);
            var refused = response.topics.getFirst().partitions.getFirst();
            assertThat(refused.errorCode).isEqualTo(KafkaErrors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(refused.lowWatermark).isEqualTo(-1);
        }
    }
}
