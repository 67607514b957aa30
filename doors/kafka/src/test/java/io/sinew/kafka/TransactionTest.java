package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kafkawire.AddOffsetsToTxnResponse;
import io.sinew.kafkawire.AddPartitionsToTxnResponse;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsResponse;
import io.sinew.kafkawire.DescribeTransactionsResponse;
import io.sinew.kafkawire.EndTxnResponse;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.FetchResponse;
import io.sinew.kafkawire.FindCoordinatorRequest;
import io.sinew.kafkawire.FindCoordinatorResponse;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.InitProducerIdResponse;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.ListOffsetsResponse;
import io.sinew.kafkawire.ListTransactionsRequest;
import io.sinew.kafkawire.ListTransactionsResponse;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.OffsetFetchRequest;
import io.sinew.kafkawire.OffsetFetchResponse;
import io.sinew.kafkawire.ProduceRequest;
import io.sinew.kafkawire.ProduceResponse;
import io.sinew.kafkawire.TxnOffsetCommitResponse;
import io.sinew.kit.Batches;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transactions as they go over the wire, in both versions of the protocol: 1 as librdkafka and
/// kafkajs speak it, 2 as Kafka's own clients do since 4.0.
class TransactionTest {
    private static final String ORDERS = "orders";
    private static final short NONE = 0;
    private static final short INVALID_REQUEST = 42;
    private static final short INVALID_PRODUCER_EPOCH = 47;
    private static final short INVALID_TXN_STATE = 48;
    private static final short INVALID_PRODUCER_ID_MAPPING = 49;
    private static final short OPERATION_NOT_ATTEMPTED = 55;
    private static final short UNSTABLE_OFFSET_COMMIT = 88;
    private static final short PRODUCER_FENCED = 90;
    private static final short TRANSACTIONAL_ID_NOT_FOUND = 105;
    private static final short TRANSACTION_ABORTABLE = 120;

    @TempDir Path directory;
    private LiveDoor door;
    private RawClient client;
    private UUID orders = new UUID(0, 0);

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        orders = door.broker().topics().create(UUID.randomUUID(), ORDERS, 1, Map.of()).topic().id();
        client = RawClient.to(door);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        door.close();
    }

    private TransactionRequests initialise(String id) throws Exception {
        InitProducerIdResponse response =
                client.ask(
                        ApiKey.INIT_PRODUCER_ID,
                        5,
                        TransactionRequests.initialise(id),
                        InitProducerIdResponse.class);
        assertThat(response.errorCode).isEqualTo(NONE);
        return new TransactionRequests(id, response.producerId, response.producerEpoch);
    }

    private short addPartition(TransactionRequests producer, int version) throws Exception {
        return client.ask(
                        ApiKey.ADD_PARTITIONS_TO_TXN,
                        version,
                        producer.addPartition(ORDERS, 0),
                        AddPartitionsToTxnResponse.class)
                .resultsByTopicV3AndBelow
                .getFirst()
                .resultsByPartition
                .getFirst()
                .partitionErrorCode;
    }

    private static ByteBuffer batch(TransactionRequests producer, int sequence) {
        return Batches.plain()
                .producer(producer.producerId(), producer.epoch(), sequence)
                .transactional()
                .of("value");
    }

    private short produce(TransactionRequests producer, int sequence, int version)
            throws Exception {
        ByteBuffer batch = batch(producer, sequence);
        ProduceRequest request =
                version < 13 ? Requests.produce(ORDERS, batch) : Requests.produce(orders, batch);
        request.transactionalId = producer.transactionalId();
        return client.ask(ApiKey.PRODUCE, version, request, ProduceResponse.class)
                .responses
                .getFirst()
                .partitionResponses
                .getFirst()
                .errorCode;
    }

    private EndTxnResponse end(TransactionRequests producer, boolean commit, int version)
            throws Exception {
        return client.ask(ApiKey.END_TXN, version, producer.end(commit), EndTxnResponse.class);
    }

    private FetchResponse.PartitionData fetch(long offset, int isolation) throws Exception {
        FetchRequest request = Requests.fetch(orders, offset);
        request.isolationLevel = (byte) isolation;
        return client.ask(ApiKey.FETCH, 16, request, FetchResponse.class)
                .responses
                .getFirst()
                .partitions
                .getFirst();
    }

    private static int size(FetchResponse.PartitionData data) {
        return data.records == null ? 0 : data.records.sizeBytes();
    }

    // ---- version 1

    @Test
    void in_version_1_partitions_are_announced_and_the_epoch_stays() throws Exception {
        TransactionRequests producer = initialise("v1");
        for (int round = 0; round < 2; round++) {
            assertThat(addPartition(producer, 0)).isEqualTo(NONE);
            assertThat(produce(producer, round, 7)).isEqualTo(NONE);
            EndTxnResponse ended = end(producer, round == 0, 1);
            assertThat(ended.errorCode).isEqualTo(NONE);
        }
        assertThat(fetch(0, 1).lastStableOffset).isEqualTo(4);
        assertThat(fetch(0, 1).abortedTransactions)
                .singleElement()
                .satisfies(aborted -> assertThat(aborted.firstOffset).isEqualTo(2));
    }

    @Test
    void in_version_1_records_without_an_announcement_are_refused_in_words_that_are_known()
            throws Exception {
        TransactionRequests producer = initialise("v1");
        assertThat(produce(producer, 0, 7)).isEqualTo(INVALID_TXN_STATE);
        assertThat(produce(producer, 0, 11)).isEqualTo(TRANSACTION_ABORTABLE);
        assertThat(size(fetch(0, 0))).isZero();
    }

    @Test
    void a_fenced_producer_is_told_so_in_words_that_its_version_knows() throws Exception {
        TransactionRequests fenced = initialise("twice");
        initialise("twice");
        assertThat(addPartition(fenced, 1)).isEqualTo(INVALID_PRODUCER_EPOCH);
        assertThat(addPartition(fenced, 2)).isEqualTo(PRODUCER_FENCED);
        assertThat(end(fenced, true, 1).errorCode).isEqualTo(INVALID_PRODUCER_EPOCH);
        assertThat(end(fenced, true, 2).errorCode).isEqualTo(PRODUCER_FENCED);
        assertThat(end(fenced, true, 5).errorCode).isEqualTo(PRODUCER_FENCED);
        assertThat(initialiseAgain(fenced, 3)).isEqualTo(INVALID_PRODUCER_EPOCH);
        assertThat(initialiseAgain(fenced, 4)).isEqualTo(PRODUCER_FENCED);
        assertThat(produce(fenced, 0, 13)).isEqualTo(INVALID_PRODUCER_EPOCH);
    }

    private short initialiseAgain(TransactionRequests producer, int version) throws Exception {
        InitProducerIdRequest request = TransactionRequests.initialise(producer.transactionalId());
        request.producerId = producer.producerId();
        request.producerEpoch = producer.epoch();
        return client.ask(ApiKey.INIT_PRODUCER_ID, version, request, InitProducerIdResponse.class)
                .errorCode;
    }

    @Test
    void one_partition_that_is_not_there_keeps_the_others_out() throws Exception {
        TransactionRequests producer = initialise("v1");
        var request = producer.addPartition(ORDERS, 0);
        request.v3AndBelowTopics.getFirst().partitions.add(7);
        AddPartitionsToTxnResponse response =
                client.ask(
                        ApiKey.ADD_PARTITIONS_TO_TXN, 3, request, AddPartitionsToTxnResponse.class);
        assertThat(response.resultsByTopicV3AndBelow.getFirst().resultsByPartition)
                .extracting(result -> result.partitionErrorCode)
                .containsExactly(OPERATION_NOT_ATTEMPTED, (short) 3);
        assertThat(produce(producer, 0, 7)).isEqualTo(INVALID_TXN_STATE);
    }

    // ---- version 2

    @Test
    void in_version_2_the_first_records_announce_the_partition_and_each_end_gives_an_epoch()
            throws Exception {
        TransactionRequests producer = initialise("v2");
        for (int version : new int[] {12, 13}) {
            assertThat(produce(producer, 0, version)).isEqualTo(NONE);
            assertThat(produce(producer, 1, version)).isEqualTo(NONE);
            EndTxnResponse ended = end(producer, true, 5);
            assertThat(ended.errorCode).isEqualTo(NONE);
            assertThat(ended.producerEpoch).isEqualTo((short) (producer.epoch() + 1));
            // Sent again, because the answer was lost.
            assertThat(end(producer, true, 5).producerEpoch).isEqualTo(ended.producerEpoch);
            producer = new TransactionRequests("v2", ended.producerId, ended.producerEpoch);
        }
        assertThat(fetch(0, 1).lastStableOffset).isEqualTo(6);
    }

    @Test
    void a_stranger_is_told_that_the_id_is_not_its_own() throws Exception {
        TransactionRequests known = initialise("v2");
        var stranger = new TransactionRequests("v2", known.producerId() + 1, (short) 0);
        assertThat(produce(stranger, 0, 13)).isEqualTo(INVALID_PRODUCER_ID_MAPPING);
        assertThat(end(stranger, true, 5).errorCode).isEqualTo(INVALID_PRODUCER_ID_MAPPING);
    }

    // ---- readers

    @Test
    void readers_of_committed_records_get_none_of_an_open_transaction() throws Exception {
        TransactionRequests producer = initialise("open");
        assertThat(produce(producer, 0, 13)).isEqualTo(NONE);
        FetchResponse.PartitionData committed = fetch(0, 1);
        assertThat(size(committed)).isZero();
        assertThat(committed.lastStableOffset).isZero();
        assertThat(committed.highWatermark).isEqualTo(1);
        assertThat(committed.abortedTransactions).isEmpty();
        FetchResponse.PartitionData all = fetch(0, 0);
        assertThat(size(all)).isPositive();
        assertThat(all.abortedTransactions).isNull();
        assertThat(latest(0)).isEqualTo(1);
        assertThat(latest(1)).isZero();
        end(producer, true, 5);
        assertThat(size(fetch(0, 1))).isPositive();
        assertThat(latest(1)).isEqualTo(2);
    }

    @Test
    void a_reader_that_waits_is_woken_by_the_end_of_the_transaction() throws Exception {
        TransactionRequests producer = initialise("open");
        assertThat(produce(producer, 0, 13)).isEqualTo(NONE);
        FetchRequest request = Requests.fetch(orders, 0);
        request.isolationLevel = 1;
        request.minBytes = 1;
        request.maxWaitMs = 60_000;
        client.send(ApiKey.FETCH, 16, request);
        try (var other = RawClient.to(door)) {
            other.ask(ApiKey.END_TXN, 5, producer.end(true), EndTxnResponse.class);
        }
        FetchResponse response = client.receive(FetchResponse.class);
        assertThat(size(response.responses.getFirst().partitions.getFirst())).isPositive();
    }

    private long latest(int isolation) throws Exception {
        var request = new ListOffsetsRequest();
        request.isolationLevel = (byte) isolation;
        var topic = new ListOffsetsRequest.ListOffsetsTopic();
        topic.name = ORDERS;
        var partition = new ListOffsetsRequest.ListOffsetsPartition();
        partition.timestamp = -1;
        partition.currentLeaderEpoch = -1;
        topic.partitions.add(partition);
        request.topics.add(topic);
        return client.ask(ApiKey.LIST_OFFSETS, 7, request, ListOffsetsResponse.class)
                .topics
                .getFirst()
                .partitions
                .getFirst()
                .offset;
    }

    // ---- offsets

    private short commitOffset(TransactionRequests producer, long offset, int version)
            throws Exception {
        return client.ask(
                        ApiKey.TXN_OFFSET_COMMIT,
                        version,
                        producer.commitOffset("g", ORDERS, offset),
                        TxnOffsetCommitResponse.class)
                .topics
                .getFirst()
                .partitions
                .getFirst()
                .errorCode;
    }

    private OffsetFetchResponse.OffsetFetchResponsePartitions offset(boolean stable)
            throws Exception {
        var request = new OffsetFetchRequest();
        request.requireStable = stable;
        var group = new OffsetFetchRequest.OffsetFetchRequestGroup();
        group.groupId = "g";
        var topic = new OffsetFetchRequest.OffsetFetchRequestTopics();
        topic.name = ORDERS;
        topic.partitionIndexes.add(0);
        group.topics = List.of(topic);
        request.groups.add(group);
        return client.ask(ApiKey.OFFSET_FETCH, 8, request, OffsetFetchResponse.class)
                .groups
                .getFirst()
                .topics
                .getFirst()
                .partitions
                .getFirst();
    }

    @Test
    void offsets_of_an_open_transaction_are_not_told_and_stable_ones_are_refused()
            throws Exception {
        TransactionRequests producer = initialise("offsets");
        assertThat(commitOffset(producer, 7, 5)).isEqualTo(NONE);
        assertThat(offset(false).committedOffset).isEqualTo(-1);
        assertThat(offset(false).errorCode).isEqualTo(NONE);
        assertThat(offset(true).errorCode).isEqualTo(UNSTABLE_OFFSET_COMMIT);
        end(producer, true, 5);
        assertThat(offset(true).committedOffset).isEqualTo(7);
    }

    @Test
    void in_version_1_the_group_is_announced_before_its_offsets() throws Exception {
        TransactionRequests producer = initialise("offsets");
        assertThat(commitOffset(producer, 7, 3)).isEqualTo(INVALID_TXN_STATE);
        AddOffsetsToTxnResponse added =
                client.ask(
                        ApiKey.ADD_OFFSETS_TO_TXN,
                        0,
                        producer.addGroup("g"),
                        AddOffsetsToTxnResponse.class);
        assertThat(added.errorCode).isEqualTo(NONE);
        assertThat(commitOffset(producer, 7, 3)).isEqualTo(NONE);
        assertThat(end(producer, false, 1).errorCode).isEqualTo(NONE);
        assertThat(offset(true).committedOffset).isEqualTo(-1);
    }

    // ---- who asks

    @Test
    void the_coordinator_of_a_transactional_id_is_this_broker() throws Exception {
        var request = new FindCoordinatorRequest();
        request.key = "any";
        request.keyType = 1;
        FindCoordinatorResponse response =
                client.ask(ApiKey.FIND_COORDINATOR, 2, request, FindCoordinatorResponse.class);
        assertThat(response.errorCode).isEqualTo(NONE);
        assertThat(response.port).isEqualTo(door.address().getPort());
    }

    @Test
    void administrators_see_where_transactions_stand() throws Exception {
        TransactionRequests producer = initialise("seen");
        produce(producer, 0, 13);
        DescribeTransactionsResponse.TransactionState described = describe(producer);
        assertThat(described.transactionState).isEqualTo("Ongoing");
        assertThat(described.producerId).isEqualTo(producer.producerId());
        assertThat(described.topics.getFirst().topic).isEqualTo(ORDERS);
        end(producer, false, 5);
        assertThat(describe(producer).transactionState).isEqualTo("CompleteAbort");
        assertThat(describe(new TransactionRequests("unheard-of", 0, (short) 0)).errorCode)
                .isEqualTo(TRANSACTIONAL_ID_NOT_FOUND);
        assertThat(describe(new TransactionRequests("", 0, (short) 0)).errorCode)
                .isEqualTo(INVALID_REQUEST);
        var list = new ListTransactionsRequest();
        list.stateFilters.add("CompleteAbort");
        list.stateFilters.add("Nonsense");
        ListTransactionsResponse listed =
                client.ask(ApiKey.LIST_TRANSACTIONS, 2, list, ListTransactionsResponse.class);
        assertThat(listed.unknownStateFilters).containsExactly("Nonsense");
        assertThat(listed.transactionStates)
                .extracting(transaction -> transaction.transactionalId)
                .containsExactly("seen");
    }

    private DescribeTransactionsResponse.TransactionState describe(TransactionRequests producer)
            throws Exception {
        return client.ask(
                        ApiKey.DESCRIBE_TRANSACTIONS,
                        0,
                        producer.describe(),
                        DescribeTransactionsResponse.class)
                .transactionStates
                .getFirst();
    }

    @Test
    void features_are_told_where_clients_can_read_them() throws Exception {
        for (int version : new int[] {3, 4}) {
            Message request = Requests.apiVersions();
            ApiVersionsResponse response =
                    client.ask(ApiKey.API_VERSIONS, version, request, ApiVersionsResponse.class);
            assertThat(response.finalizedFeatures)
                    .extracting(feature -> feature.name + " " + feature.maxVersionLevel)
                    .containsExactly(
                            "transaction.version 2", "group.version 1", "streams.version 1");
            assertThat(response.supportedFeatures).hasSize(version == 3 ? 0 : 3);
        }
    }
}
