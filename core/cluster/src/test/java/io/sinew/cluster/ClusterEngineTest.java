package io.sinew.cluster;

import static io.sinew.cluster.KafkaCluster.bytes;
import static io.sinew.cluster.KafkaCluster.keyless;
import static io.sinew.cluster.KafkaCluster.record;
import static io.sinew.cluster.KafkaCluster.records;
import static io.sinew.cluster.KafkaCluster.refused;
import static io.sinew.cluster.KafkaCluster.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.kit.Eventually;
import io.sinew.topics.Engine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.Owner.Append;
import io.sinew.topics.Owner.Positions;
import io.sinew.topics.ShareListener;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The engine on a real Apache Kafka: what the contract suite does not ask of every engine.
final class ClusterEngineTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static KafkaCluster cluster;
    private static ClusterEngine engine;

    @BeforeAll
    static void start() throws Exception {
        cluster = KafkaCluster.start();
        engine = cluster.engine();
    }

    @AfterAll
    static void stop() throws Exception {
        engine.close();
        cluster.close();
    }

    private static TopicPartition topic(String name) throws InterruptedException {
        engine.createTopic(name, 1, Map.of());
        return new TopicPartition(name, 0);
    }

    // ---- refusals

    @Test
    void what_can_t_be_created_is_refused() throws Exception {
        topic("taken");
        refused(ErrorCode.TOPIC_ALREADY_EXISTS, () -> topic("taken"));
        for (String name : List.of("", ".", "..", "a b", "a/b", "ä", "a\n", "x".repeat(250))) {
            refused(ErrorCode.INVALID_TOPIC_NAME, () -> topic(name));
            assertThat(engine.topic(name)).isEmpty();
        }
        // -1 means "as many as the broker likes" to Kafka.
        for (int count : List.of(0, -1, Integer.MIN_VALUE)) {
            refused(
                    ErrorCode.INVALID_PARTITIONS,
                    () -> engine.createTopic("count", count, Map.of()));
        }
        refused(ErrorCode.TOO_MANY_PARTITIONS, () -> engine.createTopic("count", 10_001, Map.of()));
        refused(
                ErrorCode.INVALID_CONFIG,
                () -> engine.createTopic("count", 1, Map.of("no.such.setting", "1")));
        refused(
                ErrorCode.INVALID_CONFIG,
                () -> engine.createTopic("count", 1, Map.of("retention.ms", "soon")));
        assertThat(engine.topic("count")).isEmpty();
    }

    @Test
    void what_is_not_there_is_refused_and_does_not_come_about() throws Exception {
        TopicPartition known = topic("known");
        try (Owner owner = engine.own("not-there")) {
            for (TopicPartition missing :
                    List.of(
                            new TopicPartition("ghost", 0),
                            new TopicPartition("known", 1),
                            new TopicPartition("known", -1),
                            new TopicPartition("__consumer_offsets", 0),
                            new TopicPartition("a b", 0),
                            new TopicPartition("", 0))) {
                ErrorCode unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
                Append append = new Append(missing, records("x"));
                Positions positions = new Positions("g", Map.of(missing, 1L));
                refused(unknown, () -> engine.append(missing, records("x")));
                refused(unknown, () -> engine.read(missing, 0, 1, Duration.ZERO));
                refused(unknown, () -> engine.startOffset(missing));
                refused(unknown, () -> engine.endOffset(missing));
                refused(unknown, () -> engine.offsetAt(missing, 0));
                refused(unknown, () -> engine.trim(missing, 0));
                refused(unknown, () -> engine.commitPositions("g", Map.of(missing, 1L)));
                refused(
                        unknown,
                        () ->
                                owner.commit(
                                        List.of(new Append(known, records("y")), append),
                                        List.of()));
                refused(unknown, () -> owner.commit(List.of(), List.of(positions)));
            }
        }
        for (String name : List.of("ghost", "__consumer_offsets", "")) {
            ErrorCode unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
            refused(unknown, () -> engine.deleteTopic(name));
            refused(unknown, () -> engine.addPartitions(name, 3));
            refused(unknown, () -> engine.changeSettings(name, Map.of("retention.ms", "1")));
            refused(unknown, () -> engine.share("g", name, "here", new Nobody()));
        }
        assertThat(engine.topicNames()).doesNotContain("ghost", "__consumer_offsets");
        assertThat(engine.endOffset(known)).isZero();
    }

    private static final class Nobody implements ShareListener {
        @Override
        public void gained(int partition) {}

        @Override
        public void lost(int partition) {}
    }

    @Test
    void what_a_topic_does_not_take_is_refused_before_anything_is_stored() throws Exception {
        engine.createTopic(
                "strict", 1, Map.of("cleanup.policy", "compact", "max.message.bytes", "2000"));
        var strict = new TopicPartition("strict", 0);
        long farAhead = Clock.system().nowMs() + Duration.ofDays(2).toMillis();
        NewRecord keyless = keyless(bytes("v"));
        var large = new NewRecord(bytes("k"), new byte[3000], List.of(), 1);
        var future = new NewRecord(bytes("k"), bytes("v"), List.of(), farAhead);
        var negative = new NewRecord(bytes("k"), bytes("v"), List.of(), -1);
        try (Owner owner = engine.own("strict")) {
            Map<NewRecord, ErrorCode> bads =
                    Map.of(
                            keyless,
                            ErrorCode.INVALID_RECORD,
                            large,
                            ErrorCode.BATCH_TOO_LARGE,
                            future,
                            ErrorCode.INVALID_TIMESTAMP,
                            negative,
                            ErrorCode.INVALID_TIMESTAMP);
            for (var bad : bads.entrySet()) {
                ErrorCode code = bad.getValue();
                List<NewRecord> records = List.of(record("before"), bad.getKey(), record("after"));
                refused(code, () -> engine.append(strict, records));
                refused(code, () -> owner.commit(List.of(new Append(strict, records)), List.of()));
            }
            assertThat(engine.endOffset(strict)).isZero();
            owner.commit(List.of(new Append(strict, records("good"))), List.of());
        }
        assertThat(valuesOf(engine, strict)).containsExactly("good");
    }

    @Test
    void a_record_is_too_large_from_the_byte_on_where_kafka_says_so() throws Exception {
        engine.createTopic("exact", 1, Map.of("max.message.bytes", "2000"));
        var exact = new TopicPartition("exact", 0);
        NewRecord fits = record("x".repeat(1925));
        NewRecord larger = record("x".repeat(1926));
        assertThat(TopicFacts.batchBytes(fits)).isEqualTo(2000);
        engine.append(exact, List.of(fits));
        refused(ErrorCode.BATCH_TOO_LARGE, () -> engine.append(exact, List.of(larger)));
        try (KafkaProducer<byte[], byte[]> kafka = cluster.producer(Map.of())) {
            var same =
                    new ProducerRecord<byte[], byte[]>(
                            "exact", 0, 1L, larger.key(), larger.value());
            larger.headers().forEach(h -> same.headers().add(h.name(), h.value()));
            assertThat(catchThrowable(() -> kafka.send(same).get()))
                    .hasCauseInstanceOf(RecordTooLargeException.class);
        }
    }

    @Test
    void a_commit_is_as_large_as_it_may_be_and_no_larger() throws Exception {
        TopicPartition large = topic("large");
        try (Owner owner = engine.own("large")) {
            NewRecord half = keyless(new byte[512 << 10]);
            int most = Engine.COMMIT_BYTES_MAX / half.sizeBytes();
            NewRecord one = keyless(new byte[1]);
            refused(
                    ErrorCode.BATCH_TOO_LARGE,
                    () ->
                            owner.commit(
                                    List.of(
                                            new Append(large, Collections.nCopies(most, half)),
                                            new Append(large, List.of(one))),
                                    List.of()));
            long[] offsets =
                    owner.commit(
                                    List.of(new Append(large, Collections.nCopies(most, half))),
                                    List.of())
                            .getFirst();
            assertThat(offsets).isEqualTo(IntStream.range(0, most).asLongStream().toArray());
        }
        assertThat(valuesOf(engine, large)).hasSize(32);
    }

    @Test
    void offsets_out_of_range_are_refused_and_minus_one_has_no_meaning_of_its_own()
            throws Exception {
        TopicPartition range = topic("range");
        engine.append(range, records("a", "b", "c", "d", "e", "f"));
        for (long offset : List.of(-2L, -1L, 7L, Long.MAX_VALUE)) {
            ErrorCode code = ErrorCode.OFFSET_OUT_OF_RANGE;
            refused(code, () -> engine.read(range, offset, 100, Duration.ZERO));
            refused(code, () -> engine.trim(range, offset));
        }
        assertThat(engine.startOffset(range)).isZero();
        assertThat(engine.read(range, 6, 100, Duration.ZERO)).isEqualTo(new Fetched(List.of(), 6));
        // The reader has fetched ahead what is deleted now.
        assertThat(engine.read(range, 0, 1, Duration.ZERO).nextOffset()).isEqualTo(1);
        engine.trim(range, 4);
        refused(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                () -> engine.read(range, 1, 1, Duration.ofSeconds(1)));
        assertThat(engine.read(range, 4, 1, Duration.ZERO).nextOffset()).isEqualTo(5);
        assertThat(engine.startOffset(range)).isEqualTo(4);
        engine.trim(range, 2);
        assertThat(engine.startOffset(range)).isEqualTo(4);
        assertThat(engine.offsetAt(range, -1)).isEqualTo(OptionalLong.of(4));
        assertThat(engine.offsetAt(range, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void positions_of_a_group_with_members_are_theirs() throws Exception {
        TopicPartition members = topic("members");
        engine.commitPositions("m", Map.of(members, 3L));
        try (var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers", cluster.kafka().bootstrap(), "group.id", "m"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("members"));
            Eventually.await(
                    LONG,
                    "the member to have joined",
                    () -> {
                        consumer.poll(Duration.ofMillis(50));
                        return !consumer.assignment().isEmpty();
                    });
            refused(
                    ErrorCode.UNKNOWN_MEMBER_ID,
                    () -> engine.commitPositions("m", Map.of(members, 4L)));
            assertThat(engine.position("m", members)).isEqualTo(OptionalLong.of(3));
        }
    }

    @Test
    void names_that_nobody_expects_are_names_or_are_refused() throws Exception {
        TopicPartition names = topic("names");
        refused(ErrorCode.INVALID_REQUEST, () -> engine.own(""));
        refused(ErrorCode.INVALID_REQUEST, () -> engine.own("x".repeat(201)));
        refused(ErrorCode.INVALID_GROUP_ID, () -> engine.commitPositions(" ", Map.of(names, 1L)));
        refused(ErrorCode.INVALID_GROUP_ID, () -> engine.position("", names));
        refused(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                () -> engine.commitPositions("g", Map.of(names, -1L)));
        for (String name :
                List.of(
                        " ",
                        "a/b",
                        "../x",
                        "%s%n",
                        "日本",
                        "\u0000",
                        "a\nb",
                        "\"*?,=:",
                        "x".repeat(200))) {
            String group = "g" + name.substring(1);
            try (Owner owner = engine.own(name)) {
                owner.commit(
                        List.of(new Append(names, records(name))),
                        List.of(new Positions(group, Map.of(names, 7L))));
            }
            assertThat(engine.position(group, names)).as(name).isEqualTo(OptionalLong.of(7));
        }
        assertThat(valuesOf(engine, names)).hasSize(9).contains("日本", "\u0000");
    }

    @Test
    void a_closed_engine_refuses_and_its_readers_do_not_wait_on() throws Exception {
        TopicPartition closing = topic("closing");
        ClusterEngine other = cluster.engine();
        Owner owner = other.own("closing");
        var waiting = new FutureTask<>(() -> other.read(closing, 0, 1, Duration.ofMinutes(10)));
        Thread.ofVirtual().start(waiting);
        Eventually.await(LONG, "the reader to wait", () -> other.readersLent() == 1);
        other.close();
        refused(ErrorCode.LOG_STOPPED, () -> KafkaCluster.result(waiting));
        refused(ErrorCode.LOG_STOPPED, () -> other.append(closing, records("x")));
        refused(ErrorCode.LOG_STOPPED, () -> other.own("closing"));
        refused(
                ErrorCode.LOG_STOPPED,
                () -> owner.commit(List.of(new Append(closing, records("x"))), List.of()));
        other.close();
        assertThat(engine.endOffset(closing)).isZero();
    }

    // ---- what it does

    @Test
    void a_commit_is_read_and_its_positions_are_there_when_it_returns() throws Exception {
        engine.createTopic("commits", 2, Map.of());
        var first = new TopicPartition("commits", 0);
        var second = new TopicPartition("commits", 1);
        try (Owner owner = engine.own("commits")) {
            for (int i = 0; i < 20; i++) {
                List<long[]> offsets =
                        owner.commit(
                                List.of(
                                        new Append(first, records("a" + i, "b" + i)),
                                        new Append(second, records("c" + i))),
                                List.of(new Positions("g", Map.of(first, (long) i))));
                long last = offsets.getFirst()[1];
                Fetched found = engine.read(first, last, 1000, Duration.ZERO);
                assertThat(found.records()).hasSize(1);
                assertThat(engine.position("g", first)).isEqualTo(OptionalLong.of(i));
                assertThat(engine.read(first, last + 1, 1000, Duration.ZERO).records()).isEmpty();
            }
        }
        assertThat(valuesOf(engine, second))
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "c" + i).toList());
    }

    @Test
    void a_commit_whose_caller_is_interrupted_is_done_and_the_mark_stays() throws Exception {
        TopicPartition interrupted = topic("interrupted");
        try (Owner owner = engine.own("interrupted")) {
            for (int i = 0; i < 5; i++) {
                String value = "v" + i;
                var caller =
                        new FutureTask<>(() -> {
                            owner.commit(
                                    List.of(new Append(interrupted, records(value))), List.of());
                            return Thread.interrupted();
                        });
                Thread thread = Thread.ofVirtual().start(caller);
                Eventually.await(
                        LONG,
                        "the commit to have begun",
                        () -> engine.commitsRunning() > 0 || caller.isDone());
                thread.interrupt();
                Throwable failure = catchThrowable(caller::get);
                assertThat(failure).isNull();
            }
        }
        assertThat(valuesOf(engine, interrupted)).containsExactly("v0", "v1", "v2", "v3", "v4");
    }

    @Test
    void what_is_open_or_aborted_is_never_read_and_is_passed_over() throws Exception {
        TopicPartition open = topic("open");
        Map<String, Object> transactional = Map.of("transactional.id", "a-stranger");
        try (KafkaProducer<byte[], byte[]> stranger = cluster.producer(transactional)) {
            stranger.initTransactions();
            stranger.beginTransaction();
            stranger.send(new ProducerRecord<>("open", 0, null, bytes("aborted"))).get();
            stranger.abortTransaction();
            engine.append(open, records("between"));
            stranger.beginTransaction();
            stranger.send(new ProducerRecord<>("open", 0, null, bytes("open"))).get();
            long[] behind = engine.append(open, records("behind"));
            long end = engine.endOffset(open);
            assertThat(behind[0]).isGreaterThan(end);
            assertThat(valuesOf(engine, open)).containsExactly("between");
            assertThat(engine.read(open, end, 100, Duration.ZERO).records()).isEmpty();
            // Behind the end, but not out of range: whoever reads there is only early.
            assertThat(engine.read(open, behind[0], 100, Duration.ZERO).records()).isEmpty();
            stranger.commitTransaction();
            Eventually.await(
                    LONG, "the transaction to be over", () -> engine.endOffset(open) > behind[0]);
        }
        assertThat(valuesOf(engine, open)).containsExactly("between", "open", "behind");
    }

    @Test
    void a_reader_waits_for_what_comes() throws Exception {
        TopicPartition tail = topic("tail");
        var waiting = new FutureTask<>(() -> engine.read(tail, 0, 1000, Duration.ofMinutes(10)));
        Thread.ofVirtual().start(waiting);
        Eventually.await(LONG, "the reader to wait", () -> engine.readersLent() > 0);
        engine.append(tail, records("came"));
        assertThat(waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).records())
                .map(KafkaCluster::text)
                .containsExactly("came");
    }

    @Test
    void a_reader_gives_out_what_fits_and_keeps_the_rest() throws Exception {
        TopicPartition pieces = topic("pieces");
        int size = record("0").sizeBytes();
        engine.append(pieces, records("0", "1", "2", "3", "4"));
        assertThat(engine.read(pieces, 0, 2 * size, LONG).records()).hasSize(2);
        assertThat(engine.read(pieces, 2, 0, LONG).records()).hasSize(1);
        assertThat(engine.read(pieces, 3, 100 * size, LONG).records()).hasSize(2);
        assertThat(engine.read(pieces, 1, 1, LONG).records())
                .map(KafkaCluster::text)
                .containsExactly("1");
    }

    @Test
    void changes_of_a_topic_are_there_when_they_return() throws Exception {
        engine.createTopic("changing", 1, Map.of("retention.ms", "1000000"));
        assertThat(engine.topic("changing").orElseThrow().settings())
                .containsExactly(Map.entry("retention.ms", "1000000"));
        engine.changeSettings("changing", Map.of("cleanup.policy", "compact, delete"));
        assertThat(engine.topic("changing").orElseThrow().settings())
                .containsEntry("retention.ms", "1000000")
                .containsKey("cleanup.policy");
        refused(ErrorCode.INVALID_PARTITIONS, () -> engine.addPartitions("changing", 1));
        engine.addPartitions("changing", 3);
        assertThat(engine.topic("changing").orElseThrow().partitionCount()).isEqualTo(3);
        assertThat(engine.append(new TopicPartition("changing", 2), records("x")))
                .containsExactly(0);
        for (int i = 0; i < 3; i++) {
            engine.deleteTopic("changing");
            assertThat(engine.topic("changing")).isEmpty();
            engine.createTopic("changing", 1, Map.of());
            var anew = new TopicPartition("changing", 0);
            assertThat(engine.append(anew, records("y"))).containsExactly(0);
            assertThat(valuesOf(engine, anew)).containsExactly("y");
        }
    }
}
