package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.broker.Partition;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.FetchResponse;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.InitProducerIdResponse;
import io.sinew.kafkawire.ProduceRequest;
import io.sinew.kafkawire.ProduceResponse;
import io.sinew.kit.Batches;
import io.sinew.kit.Eventually;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProduceTest {
    private static final short INVALID_TRANSACTION_TIMEOUT = 50;
    private static final short NONE = 0;
    private static final short CORRUPT_MESSAGE = 2;
    private static final short UNKNOWN_TOPIC_OR_PARTITION = 3;
    private static final short MESSAGE_TOO_LARGE = 10;
    private static final short INVALID_REQUIRED_ACKS = 21;
    private static final short INVALID_TIMESTAMP = 32;
    private static final short OUT_OF_ORDER_SEQUENCE = 45;
    private static final short INVALID_PRODUCER_EPOCH = 47;
    private static final short INVALID_TXN_STATE = 48;
    private static final short INVALID_RECORD = 87;
    private static final short UNKNOWN_TOPIC_ID = 100;

    @TempDir Path directory;
    private LiveDoor door;
    private RawClient client;
    private UUID topicId = new UUID(0, 0);

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        topicId = create("orders", Map.of());
        client = RawClient.to(door);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        door.close();
    }

    private UUID create(String name, Map<String, String> settings) {
        return door.broker().topics().create(UUID.randomUUID(), name, 1, settings).topic().id();
    }

    private void restart() throws Exception {
        client.close();
        door.restart();
        client = RawClient.to(door);
    }

    private ProduceResponse.PartitionProduceResponse produce(String topic, ByteBuffer batch)
            throws Exception {
        return answerOf(
                client.ask(
                        ApiKey.PRODUCE, 9, Requests.produce(topic, batch), ProduceResponse.class));
    }

    private ProduceResponse.PartitionProduceResponse produce(ByteBuffer batch) throws Exception {
        return produce("orders", batch);
    }

    private static ProduceResponse.PartitionProduceResponse answerOf(ProduceResponse response) {
        return response.responses.getFirst().partitionResponses.getFirst();
    }

    private void assertRefused(short error, ByteBuffer batch) throws Exception {
        var refused = produce(batch);
        assertThat(refused.errorCode).isEqualTo(error);
        assertThat(refused.baseOffset).isEqualTo(-1);
    }

    private void assertStoredAt(long offset, ByteBuffer batch) throws Exception {
        var stored = produce(batch);
        assertThat(stored.errorCode).isEqualTo(NONE);
        assertThat(stored.baseOffset).isEqualTo(offset);
    }

    private Partition orders() {
        var topic = door.broker().topics().named("orders").orElseThrow();
        return door.broker().topics().partition(topic, 0).orElseThrow();
    }

    @Test
    void a_corrupt_batch_is_refused_and_nothing_of_it_is_stored() throws Exception {
        ByteBuffer corrupt = Batches.plain().of("value");
        corrupt.put(corrupt.limit() - 2, (byte) (corrupt.get(corrupt.limit() - 2) ^ 1));
        assertRefused(CORRUPT_MESSAGE, corrupt);
        assertThat(orders().log().nextOffset()).isZero();
    }

    @Test
    void a_batch_that_is_cut_short_or_missing_is_refused() throws Exception {
        ByteBuffer cut = Batches.plain().of("value");
        cut.limit(cut.limit() - 3);
        assertRefused(INVALID_RECORD, cut);
        assertRefused(INVALID_RECORD, ByteBuffer.allocate(0));
        assertThat(orders().log().nextOffset()).isZero();
    }

    @Test
    void a_batch_above_the_topics_limit_is_refused_and_one_at_the_limit_is_stored()
            throws Exception {
        ByteBuffer batch = Batches.plain().ofBytes(1_000);
        int size = batch.remaining();
        create("exact", Map.of("max.message.bytes", Integer.toString(size)));
        create("small", Map.of("max.message.bytes", Integer.toString(size - 1)));
        assertThat(produce("exact", batch.duplicate()).errorCode).isEqualTo(NONE);
        assertThat(produce("small", batch.duplicate()).errorCode).isEqualTo(MESSAGE_TOO_LARGE);
    }

    @Test
    void a_time_far_ahead_would_pin_its_segment_for_ever_and_is_refused() throws Exception {
        long nowMs = door.broker().clock().nowMs();
        assertRefused(INVALID_TIMESTAMP, Batches.plain().at(nowMs + 7_200_000, 0).of("v"));
        assertStoredAt(0, Batches.plain().at(nowMs + 60_000, 0).of("v"));
    }

    @Test
    void topics_that_are_not_there_are_refused_by_name_and_by_id() throws Exception {
        ByteBuffer batch = Batches.plain().of("v");
        assertThat(produce("none", batch.duplicate()).errorCode)
                .isEqualTo(UNKNOWN_TOPIC_OR_PARTITION);
        var byId =
                client.ask(
                        ApiKey.PRODUCE,
                        13,
                        Requests.produce(new UUID(9, 9), batch.duplicate()),
                        ProduceResponse.class);
        assertThat(answerOf(byId).errorCode).isEqualTo(UNKNOWN_TOPIC_ID);
    }

    @Test
    void topics_go_by_id_in_newer_versions() throws Exception {
        var request = Requests.produce(topicId, Batches.plain().of("v"));
        var response = client.ask(ApiKey.PRODUCE, 13, request, ProduceResponse.class);
        assertThat(answerOf(response).errorCode).isEqualTo(NONE);
        assertThat(orders().log().nextOffset()).isEqualTo(1);
    }

    @Test
    void a_partition_that_is_refused_does_not_keep_the_others_from_being_stored() throws Exception {
        ProduceRequest request = Requests.produce("orders", Batches.plain().of("v"));
        var missing = new ProduceRequest.PartitionProduceData();
        missing.index = 1;
        missing.records = new BufferRecords(Batches.plain().of("w"));
        request.topicData.getFirst().partitionData.addFirst(missing);
        var response = client.ask(ApiKey.PRODUCE, 9, request, ProduceResponse.class);
        assertThat(response.responses.getFirst().partitionResponses)
                .extracting(partition -> partition.errorCode)
                .containsExactly(UNKNOWN_TOPIC_OR_PARTITION, NONE);
        assertThat(orders().log().nextOffset()).isEqualTo(1);
    }

    @Test
    void with_acks_0_there_is_no_answer_and_the_record_is_stored() throws Exception {
        ProduceRequest request = Requests.produce("orders", Batches.plain().of("v"));
        request.acks = 0;
        client.sendUnanswered(ApiKey.PRODUCE, 9, request);
        // The next answer on the connection is the next request's.
        assertStoredAt(1, Batches.plain().of("w"));
    }

    @Test
    void with_acks_0_a_refusal_ends_the_connection() throws Exception {
        ProduceRequest request = Requests.produce("none", Batches.plain().of("v"));
        request.acks = 0;
        client.sendUnanswered(ApiKey.PRODUCE, 9, request);
        client.awaitClosed();
    }

    @Test
    void with_acks_1_the_record_is_stored() throws Exception {
        ProduceRequest request = Requests.produce("orders", Batches.plain().of("v"));
        request.acks = 1;
        var response = client.ask(ApiKey.PRODUCE, 9, request, ProduceResponse.class);
        assertThat(answerOf(response).errorCode).isEqualTo(NONE);
        Eventually.await(
                Duration.ofSeconds(20),
                "the record to be durable",
                () -> orders().log().endOffset() == 1);
    }

    @Test
    void acks_of_any_other_number_are_refused() throws Exception {
        ProduceRequest request = Requests.produce("orders", Batches.plain().of("v"));
        request.acks = 2;
        var response = client.ask(ApiKey.PRODUCE, 9, request, ProduceResponse.class);
        assertThat(answerOf(response).errorCode).isEqualTo(INVALID_REQUIRED_ACKS);
        assertThat(orders().log().nextOffset()).isZero();
    }

    @Test
    void the_oldest_versions_that_are_served_store_and_read() throws Exception {
        var stored =
                client.ask(
                        ApiKey.PRODUCE,
                        3,
                        Requests.produce("orders", Batches.plain().of("value")),
                        ProduceResponse.class);
        assertThat(answerOf(stored).errorCode).isEqualTo(NONE);
        var fetched = client.ask(ApiKey.FETCH, 4, Requests.fetch("orders", 0), FetchResponse.class);
        assertThat(fetched.responses.getFirst().partitions.getFirst().records)
                .isInstanceOfSatisfying(
                        BufferRecords.class,
                        records ->
                                assertThat(
                                                StandardCharsets.ISO_8859_1
                                                        .decode(records.bytes())
                                                        .toString())
                                        .contains("value"));
    }

    @Test
    void a_batch_within_a_transaction_is_refused() throws Exception {
        ByteBuffer batch = Batches.plain().producer(7, 0, 0).of("v");
        int attributes = 21;
        batch.putShort(attributes, (short) (batch.getShort(attributes) | 0x10));
        var crc = new CRC32C();
        crc.update(batch.slice(attributes, batch.limit() - attributes));
        assertRefused(INVALID_TXN_STATE, batch.putInt(17, (int) crc.getValue()));
        assertThat(orders().log().nextOffset()).isZero();
    }

    @Test
    void the_time_of_append_is_what_readers_see_where_the_topic_says_so() throws Exception {
        create("stamped", Map.of("message.timestamp.type", "LogAppendTime"));
        long beforeMs = door.broker().clock().nowMs();
        var stored = produce("stamped", Batches.plain().at(42, 1).of("a", "b"));
        assertThat(stored.errorCode).isEqualTo(NONE);
        assertThat(stored.logAppendTimeMs).isBetween(beforeMs, door.broker().clock().nowMs());
        assertThat(produce(Batches.plain().of("v")).logAppendTimeMs).isEqualTo(-1);
        try (var consumer = door.consumer(Map.of())) {
            var partition = new TopicPartition("stamped", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var read = new ArrayList<ConsumerRecord<String, String>>();
            Eventually.await(
                    Duration.ofSeconds(20),
                    "both records",
                    () -> {
                        consumer.poll(Duration.ofMillis(100)).forEach(read::add);
                        return read.size() == 2;
                    });
            assertThat(read)
                    .allSatisfy(one -> {
                        assertThat(one.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
                        assertThat(one.timestamp()).isEqualTo(stored.logAppendTimeMs);
                    });
        }
    }

    // ---- idempotent producers

    private InitProducerIdResponse freshProducer() throws Exception {
        var request = new InitProducerIdRequest();
        request.transactionalId = null;
        return client.ask(ApiKey.INIT_PRODUCER_ID, 4, request, InitProducerIdResponse.class);
    }

    @Test
    void producer_ids_are_given_once_for_ever() throws Exception {
        var given = new HashSet<Long>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5; i++) {
                InitProducerIdResponse fresh = freshProducer();
                assertThat(fresh.errorCode).isEqualTo(NONE);
                assertThat(fresh.producerEpoch).isZero();
                assertThat(given.add(fresh.producerId)).as("id %s", fresh.producerId).isTrue();
            }
            restart();
        }
    }

    @Test
    void a_transactional_producer_without_a_time_out_gets_no_id() throws Exception {
        var request = new InitProducerIdRequest();
        request.transactionalId = "t";
        var response =
                client.ask(ApiKey.INIT_PRODUCER_ID, 4, request, InitProducerIdResponse.class);
        assertThat(response.errorCode).isEqualTo(INVALID_TRANSACTION_TIMEOUT);
        assertThat(response.producerId).isEqualTo(-1);
    }

    @Test
    void a_duplicate_is_answered_with_the_offset_it_has_and_not_stored_again() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertStoredAt(2L * i, Batches.plain().producer(7, 0, 2 * i).of("a", "b"));
        }
        for (int i = 0; i < 5; i++) {
            assertStoredAt(2L * i, Batches.plain().producer(7, 0, 2 * i).of("a", "b"));
        }
        assertThat(orders().log().nextOffset()).isEqualTo(10);
    }

    @Test
    void a_batch_older_than_the_last_five_is_no_longer_known() throws Exception {
        for (int i = 0; i < 6; i++) {
            assertStoredAt(i, Batches.plain().producer(7, 0, i).of("v"));
        }
        assertRefused(OUT_OF_ORDER_SEQUENCE, Batches.plain().producer(7, 0, 0).of("v"));
    }

    @Test
    void a_gap_in_the_sequence_is_refused() throws Exception {
        assertStoredAt(0, Batches.plain().producer(7, 0, 0).of("v"));
        assertRefused(OUT_OF_ORDER_SEQUENCE, Batches.plain().producer(7, 0, 2).of("v"));
        assertStoredAt(1, Batches.plain().producer(7, 0, 1).of("v"));
    }

    @Test
    void a_new_epoch_must_begin_at_0_and_ends_the_old_one() throws Exception {
        assertStoredAt(0, Batches.plain().producer(7, 0, 0).of("v"));
        assertRefused(OUT_OF_ORDER_SEQUENCE, Batches.plain().producer(7, 1, 1).of("v"));
        assertStoredAt(1, Batches.plain().producer(7, 1, 0).of("v"));
        assertRefused(INVALID_PRODUCER_EPOCH, Batches.plain().producer(7, 0, 1).of("v"));
    }

    @Test
    void a_producer_that_is_not_known_may_begin_anywhere() throws Exception {
        assertStoredAt(0, Batches.plain().producer(7, 0, 41).of("v"));
        assertStoredAt(1, Batches.plain().producer(7, 0, 42).of("v"));
    }

    @Test
    void sequences_wrap_around_within_a_batch_and_between_batches() throws Exception {
        int last = Integer.MAX_VALUE;
        assertStoredAt(0, Batches.plain().producer(7, 0, last - 1).of("a", "b"));
        assertStoredAt(2, Batches.plain().producer(7, 0, 0).of("c"));
        assertStoredAt(3, Batches.plain().producer(8, 0, last).of("a", "b", "c"));
        assertStoredAt(6, Batches.plain().producer(8, 0, 2).of("d"));
        assertStoredAt(3, Batches.plain().producer(8, 0, last).of("a", "b", "c"));
    }

    @Test
    void duplicates_are_known_after_a_restart() throws Exception {
        assertStoredAt(0, Batches.plain().producer(7, 3, 0).of("v"));
        assertStoredAt(1, Batches.plain().producer(7, 3, 1).of("v"));
        restart();
        assertStoredAt(0, Batches.plain().producer(7, 3, 0).of("v"));
        assertRefused(OUT_OF_ORDER_SEQUENCE, Batches.plain().producer(7, 3, 3).of("v"));
        assertRefused(INVALID_PRODUCER_EPOCH, Batches.plain().producer(7, 2, 0).of("v"));
        assertStoredAt(2, Batches.plain().producer(7, 3, 2).of("v"));
    }

    @Test
    void producers_are_known_after_their_records_were_deleted() throws Exception {
        assertStoredAt(0, Batches.plain().producer(7, 0, 0).of("v"));
        orders().deleteBefore(-1).commit().awaitDurable();
        restart();
        assertStoredAt(0, Batches.plain().producer(7, 0, 0).of("v"));
        assertThat(orders().log().nextOffset()).isEqualTo(1);
    }
}
