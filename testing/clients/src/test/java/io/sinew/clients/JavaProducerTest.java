package io.sinew.clients;

import static io.sinew.clients.JavaClients.bytes;
import static io.sinew.clients.JavaClients.numbered;
import static io.sinew.clients.JavaClients.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kit.ForkedSinew;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What kafka-clients' producer sends, it reads back.
class JavaProducerTest {
    private static final int LARGE_BYTES = 900_000;

    @TempDir static Path folder;
    private static ForkedSinew sinew;
    private static JavaClients clients;

    @BeforeAll
    static void start() throws Exception {
        sinew = ForkedSinew.start(folder);
        clients = new JavaClients(sinew.bootstrap());
    }

    @AfterAll
    static void stop() {
        sinew.close();
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(TopicPartition from, int count)
            throws Exception {
        try (var consumer = clients.consumer(Map.of())) {
            consumer.assign(List.of(from));
            return JavaClients.take(consumer, count);
        }
    }

    @Test
    void a_record_over_the_topics_limit_is_refused_and_the_producer_goes_on() throws Exception {
        var to = new TopicPartition("too-large", 0);
        try (var producer = clients.producer(Map.of("max.request.size", 10_000_000))) {
            var large = new ProducerRecord<byte[], byte[]>(to.topic(), new byte[2_000_000]);
            assertThatThrownBy(() -> producer.send(large).get())
                    .hasCauseInstanceOf(RecordTooLargeException.class);
            producer.send(new ProducerRecord<>(to.topic(), bytes("small"))).get();
        }
        assertThat(texts(read(to, 1))).containsExactly("small");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void every_codec_arrives_as_it_was_sent(String codec) throws Exception {
        var to = new TopicPartition("codec-" + codec, 0);
        List<String> values = numbered("a value that compresses, compresses, compresses ", 1_000);
        clients.send(to, Map.of("compression.type", codec, "linger.ms", 50), values);
        assertThat(texts(read(to, values.size()))).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void every_kind_of_acknowledgement_is_served(String acks) throws Exception {
        var to = new TopicPartition("acks-" + acks, 0);
        var config = Map.<String, Object>of("acks", acks, "enable.idempotence", acks.equals("all"));
        List<RecordMetadata> sent = clients.send(to, config, numbered("v", 50));
        assertThat(sent.getLast().offset()).isEqualTo(acks.equals("0") ? -1 : 49);
        assertThat(texts(read(to, 50))).isEqualTo(numbered("v", 50));
    }

    @Test
    void keys_headers_timestamps_and_nulls_arrive_as_they_were_sent() throws Exception {
        var to = new TopicPartition("fields", 0);
        var headers =
                List.<Header>of(
                        new RecordHeader("trace", bytes("abc")),
                        new RecordHeader("trace", bytes("again")),
                        new RecordHeader("nothing", null),
                        new RecordHeader("", new byte[0]));
        try (var producer = clients.producer(Map.of())) {
            producer.send(
                            new ProducerRecord<>(
                                    to.topic(), 0, 1_234_567L, bytes("key"), bytes(""), headers))
                    .get();
            producer.send(new ProducerRecord<>(to.topic(), 0, bytes("gone"), null)).get();
        }
        List<ConsumerRecord<byte[], byte[]>> records = read(to, 2);
        ConsumerRecord<byte[], byte[]> first = records.getFirst();
        assertThat(first.key()).isEqualTo(bytes("key"));
        assertThat(first.value()).isEmpty();
        assertThat(first.timestamp()).isEqualTo(1_234_567L);
        assertThat(first.headers().toArray()).containsExactlyElementsOf(headers);
        assertThat(records.get(1).key()).isEqualTo(bytes("gone"));
        assertThat(records.get(1).value()).isNull();
    }

    @Test
    void large_records_arrive_as_they_were_sent() throws Exception {
        var to = new TopicPartition("large", 0);
        var random = new SplittableRandom(7);
        var values = new byte[5][LARGE_BYTES];
        var sent = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (byte[] value : values) {
            random.nextBytes(value);
            sent.add(new ProducerRecord<>(to.topic(), value));
        }
        clients.send(Map.of(), sent);
        List<ConsumerRecord<byte[], byte[]>> records = read(to, values.length);
        for (int i = 0; i < values.length; i++) {
            assertThat(Arrays.equals(records.get(i).value(), values[i])).isTrue();
        }
    }

    @Test
    void offsets_have_no_gap_and_no_repetition_with_many_requests_in_flight() throws Exception {
        var to = new TopicPartition("in-flight", 0);
        var config = Map.<String, Object>of("batch.size", 100, "linger.ms", 0);
        List<RecordMetadata> sent = clients.send(to, config, numbered("v", 5_000));
        for (int i = 0; i < sent.size(); i++) {
            assertThat(sent.get(i).offset()).isEqualTo(i);
        }
        assertThat(texts(read(to, 5_000))).isEqualTo(numbered("v", 5_000));
    }
}
