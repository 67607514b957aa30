package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.broker.Partition;
import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.FetchResponse;
import io.sinew.kafkawire.Records;
import io.sinew.kit.Batches;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchTest {
    private static final short NONE = 0;
    private static final short OFFSET_OUT_OF_RANGE = 1;
    private static final short UNKNOWN_TOPIC_OR_PARTITION = 3;
    private static final short FETCH_SESSION_ID_NOT_FOUND = 70;
    private static final short INVALID_FETCH_SESSION_EPOCH = 71;
    private static final short FENCED_LEADER_EPOCH = 74;
    private static final short UNKNOWN_LEADER_EPOCH = 75;
    private static final short UNKNOWN_TOPIC_ID = 100;

    /// Far longer than the client has patience: a wait that is answered is one that was woken.
    private static final int LONG_MS = 60_000;

    @TempDir Path directory;
    private LiveDoor door;
    private RawClient client;
    private UUID orders = new UUID(0, 0);

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        orders = create("orders", 2);
        client = RawClient.to(door);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        door.close();
    }

    private UUID create(String name, int partitions) {
        return door.broker()
                .topics()
                .create(UUID.randomUUID(), name, partitions, Map.of())
                .topic()
                .id();
    }

    private Partition partition(int index) {
        var topic = door.broker().topics().withId(orders).orElseThrow();
        return door.broker().topics().partition(topic, index).orElseThrow();
    }

    private int append(int index, ByteBuffer batch) throws Exception {
        partition(index).append(batch, door.broker().clock().nowMs()).commit().awaitDurable();
        return batch.remaining();
    }

    private FetchResponse ask(FetchRequest request) throws Exception {
        return client.ask(ApiKey.FETCH, 16, request, FetchResponse.class);
    }

    private FetchRequest both(long firstOffset, long secondOffset) {
        FetchRequest request = Requests.fetch(orders, firstOffset);
        request.topics.getFirst().partitions.add(Requests.fetchPartition(1, secondOffset));
        return request;
    }

    private static List<FetchResponse.PartitionData> partitions(FetchResponse response) {
        var all = new ArrayList<FetchResponse.PartitionData>();
        response.responses.forEach(topic -> all.addAll(topic.partitions));
        return all;
    }

    private static int size(FetchResponse.PartitionData data) {
        Records records = data.records;
        return records == null ? 0 : records.sizeBytes();
    }

    // ---- how much

    @Test
    void a_first_batch_larger_than_all_limits_is_sent_or_its_reader_would_be_stuck()
            throws Exception {
        int bytes = append(0, Batches.plain().ofBytes(5_000));
        FetchRequest request = Requests.fetch(orders, 0);
        request.maxBytes = 100;
        request.topics.getFirst().partitions.getFirst().partitionMaxBytes = 10;
        assertThat(size(partitions(ask(request)).getFirst())).isEqualTo(bytes);
    }

    @Test
    void only_the_first_batch_of_the_first_partition_is_above_the_limits() throws Exception {
        int bytes = append(0, Batches.plain().ofBytes(5_000));
        append(1, Batches.plain().ofBytes(5_000));
        FetchRequest request = both(0, 0);
        request.maxBytes = 100;
        assertThat(partitions(ask(request))).extracting(FetchTest::size).containsExactly(bytes, 0);
    }

    @Test
    void partitions_are_read_in_the_order_in_which_they_are_named() throws Exception {
        append(0, Batches.plain().ofBytes(5_000));
        int bytes = append(1, Batches.plain().ofBytes(5_000));
        FetchRequest request = both(0, 0);
        var reversed = new ArrayList<>(request.topics.getFirst().partitions.reversed());
        request.topics.getFirst().partitions = reversed;
        request.maxBytes = 100;
        List<FetchResponse.PartitionData> answered = partitions(ask(request));
        assertThat(answered).extracting(data -> data.partitionIndex).containsExactly(1, 0);
        assertThat(answered).extracting(FetchTest::size).containsExactly(bytes, 0);
    }

    @Test
    void a_partition_that_is_named_many_times_is_read_once_as_it_was_named_last() throws Exception {
        append(0, Batches.plain().of("a"));
        int bytes = append(0, Batches.plain().of("b"));
        FetchRequest request = both(0, 0);
        request.topics.getFirst().partitions.add(Requests.fetchPartition(0, 0));
        request.topics.getFirst().partitions.add(Requests.fetchPartition(0, 1));
        List<FetchResponse.PartitionData> answered = partitions(ask(request));
        assertThat(answered).extracting(data -> data.partitionIndex).containsExactly(0, 1);
        assertThat(answered).extracting(FetchTest::size).containsExactly(bytes, 0);
    }

    @Test
    void a_partition_gives_no_more_than_its_own_limit() throws Exception {
        int one = append(0, Batches.plain().ofBytes(1_000));
        append(0, Batches.plain().ofBytes(1_000));
        int other = append(1, Batches.plain().ofBytes(1_000));
        FetchRequest request = both(0, 0);
        request.topics.getFirst().partitions.getFirst().partitionMaxBytes = one;
        assertThat(partitions(ask(request)))
                .extracting(FetchTest::size)
                .containsExactly(one, other);
    }

    // ---- from where

    @Test
    void offsets_above_the_end_and_below_the_start_are_out_of_range() throws Exception {
        append(0, Batches.plain().of("a", "b", "c"));
        partition(0).deleteBefore(2).commit().awaitDurable();
        assertThat(partitions(ask(Requests.fetch(orders, 1))).getFirst().errorCode)
                .isEqualTo(OFFSET_OUT_OF_RANGE);
        assertThat(partitions(ask(Requests.fetch(orders, 2))).getFirst().errorCode).isEqualTo(NONE);
        assertThat(partitions(ask(Requests.fetch(orders, 3))).getFirst().errorCode).isEqualTo(NONE);
        assertThat(partitions(ask(Requests.fetch(orders, 4))).getFirst().errorCode)
                .isEqualTo(OFFSET_OUT_OF_RANGE);
    }

    @Test
    void an_offset_whose_epoch_was_deleted_is_out_of_range_and_not_silence() throws Exception {
        append(0, Batches.plain().of("a", "b", "c"));
        partition(0).deleteBefore(2).commit().awaitDurable();
        FetchRequest request = Requests.fetch(orders, 1);
        request.maxWaitMs = LONG_MS;
        request.minBytes = 1;
        request.topics.getFirst().partitions.getFirst().lastFetchedEpoch = 0;
        assertThat(partitions(ask(request)).getFirst().errorCode).isEqualTo(OFFSET_OUT_OF_RANGE);
    }

    @Test
    void an_offset_in_a_log_that_never_had_a_record_is_out_of_range_and_not_silence()
            throws Exception {
        FetchRequest request = Requests.fetch(orders, 5);
        request.maxWaitMs = LONG_MS;
        request.minBytes = 1;
        request.topics.getFirst().partitions.getFirst().lastFetchedEpoch = 0;
        assertThat(partitions(ask(request)).getFirst().errorCode).isEqualTo(OFFSET_OUT_OF_RANGE);
    }

    @Test
    void a_client_that_read_something_else_is_told_where_the_logs_part() throws Exception {
        append(0, Batches.plain().of("a", "b"));
        int first = door.broker().leaderEpoch();
        client.close();
        door.restart();
        client = RawClient.to(door);
        append(0, Batches.plain().of("c"));
        FetchRequest request = Requests.fetch(orders, 3);
        request.maxWaitMs = LONG_MS;
        request.minBytes = 1;
        request.topics.getFirst().partitions.getFirst().lastFetchedEpoch = first;
        FetchResponse.PartitionData told = partitions(ask(request)).getFirst();
        assertThat(told.errorCode).isEqualTo(NONE);
        assertThat(told.divergingEpoch.epoch).isEqualTo(first);
        assertThat(told.divergingEpoch.endOffset).isEqualTo(2);
        assertThat(size(told)).isZero();
    }

    @Test
    void a_client_with_another_leader_epoch_is_told_so() throws Exception {
        FetchRequest request = Requests.fetch(orders, 0);
        var wanted = request.topics.getFirst().partitions.getFirst();
        wanted.currentLeaderEpoch = door.broker().leaderEpoch() + 1;
        assertThat(partitions(ask(request)).getFirst().errorCode).isEqualTo(UNKNOWN_LEADER_EPOCH);
        wanted.currentLeaderEpoch = door.broker().leaderEpoch() - 1;
        assertThat(partitions(ask(request)).getFirst().errorCode).isEqualTo(FENCED_LEADER_EPOCH);
    }

    @Test
    void what_is_not_there_is_told_by_the_way_it_was_named() throws Exception {
        assertThat(partitions(ask(Requests.fetch(new UUID(9, 9), 0))).getFirst().errorCode)
                .isEqualTo(UNKNOWN_TOPIC_ID);
        var byName = client.ask(ApiKey.FETCH, 12, Requests.fetch("none", 0), FetchResponse.class);
        assertThat(partitions(byName).getFirst().errorCode).isEqualTo(UNKNOWN_TOPIC_OR_PARTITION);
        FetchRequest request = Requests.fetch(orders, 0);
        request.topics.getFirst().partitions.getFirst().partition = 99;
        assertThat(partitions(ask(request)).getFirst().errorCode)
                .isEqualTo(UNKNOWN_TOPIC_OR_PARTITION);
    }

    // ---- waiting

    private FetchRequest waiting(long offset, int minBytes, int maxWaitMs) {
        FetchRequest request = Requests.fetch(orders, offset);
        request.minBytes = minBytes;
        request.maxWaitMs = maxWaitMs;
        return request;
    }

    @Test
    void a_wait_at_the_end_of_the_log_is_woken_by_data() throws Exception {
        client.send(ApiKey.FETCH, 16, waiting(0, 1, LONG_MS));
        int bytes = append(0, Batches.plain().of("v"));
        assertThat(size(partitions(client.receive(FetchResponse.class)).getFirst()))
                .isEqualTo(bytes);
    }

    @Test
    void a_wait_goes_on_until_there_is_enough() throws Exception {
        int one = Batches.plain().of("v").remaining();
        client.send(ApiKey.FETCH, 16, waiting(0, 3 * one, LONG_MS));
        for (int i = 0; i < 3; i++) {
            append(0, Batches.plain().of("v"));
        }
        assertThat(size(partitions(client.receive(FetchResponse.class)).getFirst()))
                .isEqualTo(3 * one);
    }

    @Test
    void what_is_there_when_a_wait_begins_counts_as_well() throws Exception {
        int one = append(0, Batches.plain().of("v"));
        client.send(ApiKey.FETCH, 16, waiting(0, 2 * one, LONG_MS));
        awaitOthersAnswers();
        append(0, Batches.plain().of("v"));
        assertThat(size(partitions(client.receive(FetchResponse.class)).getFirst()))
                .isEqualTo(2 * one);
    }

    @Test
    void a_wait_for_more_than_an_answer_may_hold_ends_when_that_is_there() throws Exception {
        int one = append(0, Batches.plain().of("v"));
        FetchRequest request = waiting(0, 5 * one, LONG_MS);
        request.maxBytes = 2 * one;
        client.send(ApiKey.FETCH, 16, request);
        awaitOthersAnswers();
        append(0, Batches.plain().of("v"));
        assertThat(size(partitions(client.receive(FetchResponse.class)).getFirst()))
                .isEqualTo(2 * one);
    }

    @Test
    void nobody_waits_for_more_than_a_segment_has_when_the_next_one_is_there() throws Exception {
        var batch = Batches.plain().ofBytes(1_000);
        var created =
                door.broker()
                        .topics()
                        .create(UUID.randomUUID(), "small", 1, Map.of("segment.bytes", "1024"));
        orders = created.topic().id();
        for (int i = 0; i < 3; i++) {
            append(0, batch.duplicate());
        }
        client.close();
        // Moves each batch to a segment of its own.
        door.restart();
        client = RawClient.to(door);
        FetchResponse.PartitionData data =
                partitions(ask(waiting(0, 2 * batch.remaining(), LONG_MS))).getFirst();
        assertThat(size(data)).isEqualTo(batch.remaining());
        // Behind the last one it is worth waiting.
        client.send(ApiKey.FETCH, 16, waiting(2, 2 * batch.remaining(), LONG_MS));
        awaitOthersAnswers();
        append(0, batch.duplicate());
        assertThat(size(partitions(client.receive(FetchResponse.class)).getFirst()))
                .isEqualTo(batch.remaining());
    }

    /// Gives a request time to begin its wait.
    private void awaitOthersAnswers() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (var other = RawClient.to(door)) {
                other.ask(ApiKey.FETCH, 16, Requests.fetch(orders, 0), FetchResponse.class);
            }
        }
    }

    @Test
    void a_wait_ends_when_its_time_is_over_with_what_there_is() throws Exception {
        int bytes = append(0, Batches.plain().of("v"));
        assertThat(size(partitions(ask(waiting(0, 1 << 20, 50))).getFirst())).isEqualTo(bytes);
        assertThat(size(partitions(ask(waiting(1, 1, 50))).getFirst())).isZero();
    }

    @Test
    void nobody_waits_for_a_partition_that_is_refused() throws Exception {
        FetchRequest request = waiting(0, 1, Integer.MAX_VALUE);
        request.topics.getFirst().partitions.add(Requests.fetchPartition(99, 0));
        assertThat(partitions(ask(request)))
                .extracting(data -> data.errorCode)
                .containsExactly(NONE, UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void requests_behind_one_that_waits_are_answered_after_it() throws Exception {
        client.send(ApiKey.FETCH, 16, waiting(0, 1, LONG_MS));
        client.send(ApiKey.FETCH, 16, Requests.fetch(orders, 0));
        int bytes = append(0, Batches.plain().of("v"));
        assertThat(size(partitions(client.receive(FetchResponse.class)).getFirst()))
                .isEqualTo(bytes);
        client.receive(FetchResponse.class);
    }

    // ---- sessions

    private FetchResponse begin(FetchRequest request) throws Exception {
        request.sessionEpoch = 0;
        FetchResponse response = ask(request);
        assertThat(response.errorCode).isEqualTo(NONE);
        assertThat(response.sessionId).isNotZero();
        return response;
    }

    /// Goes on with a session and changes nothing about what is read.
    private static FetchRequest next(int sessionId, int epoch) {
        var request = new FetchRequest();
        request.sessionId = sessionId;
        request.sessionEpoch = epoch;
        request.maxBytes = 1 << 20;
        return request;
    }

    private static FetchRequest moved(FetchRequest request, UUID topic, int index, long offset) {
        var moved = new FetchRequest.FetchTopic();
        moved.topicId = topic;
        moved.partitions.add(Requests.fetchPartition(index, offset));
        request.topics.add(moved);
        return request;
    }

    @Test
    void a_session_tells_everything_first_and_then_only_news() throws Exception {
        append(0, Batches.plain().of("a"));
        FetchResponse first = begin(both(0, 0));
        assertThat(partitions(first)).hasSize(2);
        int session = first.sessionId;
        FetchResponse quiet = ask(moved(next(session, 1), orders, 0, 1));
        assertThat(quiet.sessionId).isEqualTo(session);
        assertThat(partitions(quiet)).isEmpty();
        append(1, Batches.plain().of("b"));
        assertThat(partitions(ask(next(session, 2))))
                .singleElement()
                .satisfies(data -> assertThat(data.partitionIndex).isEqualTo(1));
    }

    @Test
    void a_session_knows_which_epoch_comes_next() throws Exception {
        int session = begin(both(0, 0)).sessionId;
        assertThat(ask(next(session, 2)).errorCode).isEqualTo(INVALID_FETCH_SESSION_EPOCH);
        assertThat(ask(next(session, 1)).errorCode).isEqualTo(NONE);
        assertThat(ask(next(session, 1)).errorCode).isEqualTo(INVALID_FETCH_SESSION_EPOCH);
        assertThat(ask(next(session + 1, 1)).errorCode).isEqualTo(FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void a_session_that_was_ended_is_gone() throws Exception {
        int session = begin(both(0, 0)).sessionId;
        FetchRequest last = next(session, -1);
        assertThat(ask(last).errorCode).isEqualTo(NONE);
        assertThat(ask(next(session, 1)).errorCode).isEqualTo(FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void a_full_fetch_replaces_the_session_it_names() throws Exception {
        int session = begin(both(0, 0)).sessionId;
        FetchRequest again = both(0, 0);
        again.sessionId = session;
        int renewed = begin(again).sessionId;
        assertThat(renewed).isNotEqualTo(session);
        assertThat(ask(next(session, 1)).errorCode).isEqualTo(FETCH_SESSION_ID_NOT_FOUND);
        assertThat(ask(next(renewed, 1)).errorCode).isEqualTo(NONE);
    }

    @Test
    void a_forgotten_partition_is_told_of_no_more() throws Exception {
        int session = begin(both(0, 0)).sessionId;
        FetchRequest forgetting = next(session, 1);
        var forgotten = new FetchRequest.ForgottenTopic();
        forgotten.topicId = orders;
        forgotten.partitions = List.of(1);
        forgetting.forgottenTopicsData.add(forgotten);
        assertThat(partitions(ask(forgetting))).isEmpty();
        append(0, Batches.plain().of("a"));
        append(1, Batches.plain().of("b"));
        assertThat(partitions(ask(next(session, 2))))
                .extracting(data -> data.partitionIndex)
                .containsExactly(0);
    }

    @Test
    void a_topic_that_is_not_there_stays_in_its_session_and_is_told_every_time() throws Exception {
        int session = begin(moved(both(0, 0), new UUID(9, 9), 0, 0)).sessionId;
        for (int epoch = 1; epoch < 3; epoch++) {
            assertThat(partitions(ask(next(session, epoch))))
                    .singleElement()
                    .satisfies(data -> assertThat(data.errorCode).isEqualTo(UNKNOWN_TOPIC_ID));
        }
    }

    @Test
    void a_session_does_not_read_a_new_topic_of_the_same_name() throws Exception {
        append(0, Batches.plain().of("a"));
        int session = begin(Requests.fetch(orders, 1)).sessionId;
        UUID old = orders;
        door.broker().deleteTopic(old);
        orders = create("orders", 2);
        append(0, Batches.plain().of("new"));
        append(0, Batches.plain().of("new"));
        assertThat(partitions(ask(next(session, 1))))
                .singleElement()
                .satisfies(data -> {
                    assertThat(data.errorCode).isEqualTo(UNKNOWN_TOPIC_ID);
                    assertThat(size(data)).isZero();
                });
    }

    @Test
    void a_partition_with_much_data_does_not_starve_the_others_of_its_session() throws Exception {
        for (int i = 0; i < 4; i++) {
            append(0, Batches.plain().ofBytes(1_000));
            append(1, Batches.plain().ofBytes(1_000));
        }
        FetchRequest small = both(0, 0);
        small.maxBytes = 1_000;
        FetchResponse first = begin(small);
        assertThat(partitions(first)).filteredOn(data -> size(data) > 0).hasSize(1);
        FetchRequest second = next(first.sessionId, 1);
        second.maxBytes = 1_000;
        assertThat(partitions(ask(second)))
                .filteredOn(data -> size(data) > 0)
                .extracting(data -> data.partitionIndex)
                .containsExactly(1);
    }
}
