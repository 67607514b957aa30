package io.sinew.clients;

import static io.sinew.clients.JavaClients.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ForkedSinew;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// librdkafka, by the command `kcat`.
class KcatTest {
    @TempDir static Path folder;
    private static ForkedSinew sinew;
    private static Kcat kcat;

    @BeforeAll
    static void start() throws Exception {
        sinew = ForkedSinew.start(folder, "num.partitions=2");
        kcat = new Kcat(sinew.bootstrap());
    }

    @AfterAll
    static void stop() {
        sinew.close();
    }

    private static void produce(String topic, List<String> values, String... arguments)
            throws Exception {
        var all = new ArrayList<>(List.of("-P", "-t", topic, "-p", "0"));
        all.addAll(List.of(arguments));
        Kcat.Result result = kcat.run(String.join("\n", values), all.toArray(String[]::new));
        assertThat(result.log()).isEmpty();
    }

    private static List<String> consume(String topic, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of("-C", "-q", "-e", "-t", topic));
        all.addAll(List.of(arguments));
        return kcat.run("", all.toArray(String[]::new)).lines();
    }

    @Test
    void the_brokers_and_topics_are_listed() throws Exception {
        produce("listed", List.of("value"));
        Kcat.Result listing = kcat.run("", "-L");
        assertThat(listing.output())
                .contains("1 brokers:")
                .contains("at " + sinew.bootstrap() + " (controller)")
                .contains("topic \"listed\" with 2 partitions:")
                .contains("partition 1, leader 1, replicas: 1, isrs: 1");
    }

    /// librdkafka says so, and goes on without, when the broker does not offer what a codec needs.
    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void every_codec_is_used_and_arrives_as_it_was_sent(String codec) throws Exception {
        String topic = "kcat-" + codec;
        List<String> values = numbered("a value that compresses, compresses, compresses ", 2_000);
        produce(topic, values, "-z", codec, "-X", "linger.ms=100");
        assertThat(consume(topic, "-p", "0", "-o", "beginning")).isEqualTo(values);
        try (var consumer = new JavaClients(sinew.bootstrap()).consumer(Map.of())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            assertThat(JavaClients.texts(JavaClients.take(consumer, values.size())))
                    .isEqualTo(values);
        }
    }

    @Test
    void an_idempotent_producer_is_served() throws Exception {
        List<String> values = numbered("v", 5_000);
        produce("kcat-idempotent", values, "-X", "enable.idempotence=true", "-X", "acks=all");
        assertThat(consume("kcat-idempotent", "-p", "0", "-o", "beginning")).isEqualTo(values);
    }

    @Test
    void keys_headers_and_nulls_arrive_as_they_were_sent() throws Exception {
        produce("kcat-fields", List.of("k:v"), "-K", ":", "-H", "a=1", "-H", "a=2", "-H", "empty=");
        produce("kcat-fields", List.of("gone:"), "-K", ":", "-Z");
        assertThat(consume("kcat-fields", "-p", "0", "-o", "0", "-f", "%o %k=%s (%S) [%h]\\n"))
                .containsExactly("0 k=v (1) [a=1,a=2,empty=]", "1 gone= (-1) []");
    }

    @Test
    void offsets_are_found_by_time_and_from_the_end() throws Exception {
        produce("kcat-offsets", numbered("v", 20));
        assertThat(kcat.run("", "-Q", "-t", "kcat-offsets:0:0").output())
                .contains("kcat-offsets [0] offset 0");
        assertThat(kcat.run("", "-Q", "-t", "kcat-offsets:0:-1").output())
                .contains("kcat-offsets [0] offset 20");
        assertThat(consume("kcat-offsets", "-p", "0", "-o", "-3"))
                .containsExactly("v17", "v18", "v19");
        assertThat(consume("kcat-offsets", "-p", "0", "-o", "5", "-c", "2"))
                .containsExactly("v5", "v6");
    }

    @Test
    void a_group_reads_everything_and_goes_on_where_it_was() throws Exception {
        produce("kcat-group", numbered("a", 100));
        assertThat(group("readers", "kcat-group", 100)).isEqualTo(numbered("a", 100));
        produce("kcat-group", numbered("b", 10));
        assertThat(group("readers", "kcat-group", 10)).isEqualTo(numbered("b", 10));
    }

    private static List<String> group(String group, String topic, int count) throws Exception {
        return kcat.run(
                        "",
                        "-G",
                        group,
                        "-q",
                        "-c",
                        Integer.toString(count),
                        "-X",
                        "auto.offset.reset=earliest",
                        topic)
                .lines();
    }
}
