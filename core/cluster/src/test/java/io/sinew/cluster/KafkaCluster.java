package io.sinew.cluster;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.ApacheKafka;
import io.sinew.kit.TempKafka;
import io.sinew.topics.Engine;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// A real Apache Kafka of one broker in a folder of its own, and what tests do with an engine on
/// it.
final class KafkaCluster implements AutoCloseable {
    /// How long a share's member may be silent.
    static final Duration SESSION = Duration.ofSeconds(2);

    /// Records of tests are from long ago: a broker would delete them after its first 30 seconds.
    /// And nobody waits for more members of a group, or for long when one has died.
    private static final Map<String, String> PROPERTIES =
            Map.of(
                    "log.retention.ms",
                    "-1",
                    "group.initial.rebalance.delay.ms",
                    "0",
                    "group.min.session.timeout.ms",
                    "1000");

    private final TempKafka temp;

    private KafkaCluster(TempKafka temp) {
        this.temp = temp;
    }

    static KafkaCluster start() throws Exception {
        return new KafkaCluster(TempKafka.start(Path.of("target"), PROPERTIES));
    }

    ApacheKafka kafka() {
        return temp.kafka();
    }

    Path folder() {
        return temp.folder();
    }

    /// How its engines are opened, in other processes too.
    static ClusterSettings settings(String bootstrap) {
        return ClusterSettings.of(bootstrap).withSession(SESSION);
    }

    ClusterEngine engine() throws InterruptedException {
        return ClusterEngine.open(settings(kafka().bootstrap()));
    }

    static NewRecord record(String value) {
        return new NewRecord(
                bytes("k"), bytes(value), List.of(Header.of("h", "x")), 1_700_000_000_000L);
    }

    @SuppressWarnings("NullAway") // which does not see the annotation of a record of another module
    static NewRecord keyless(byte[] value) {
        return new NewRecord(null, value, List.of(), 1_700_000_000_000L);
    }

    static List<NewRecord> records(String... values) {
        return List.of(values).stream().map(KafkaCluster::record).toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(StoredRecord record) {
        return new String(
                record.value() == null ? new byte[0] : record.value(), StandardCharsets.UTF_8);
    }

    /// A producer of anybody's, for what an engine does not do.
    KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        var all = new HashMap<String, Object>(more);
        all.put("bootstrap.servers", kafka().bootstrap());
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// Asserts that a call is refused, and how.
    static SinewException refused(ErrorCode code, ThrowingCallable call) {
        Throwable thrown = Assertions.catchThrowable(call);
        Assertions.assertThat(thrown)
                .as("refused with %s", code)
                .isInstanceOf(SinewException.class);
        var refusal = (SinewException) thrown;
        Assertions.assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
        return refusal;
    }

    /// What a call on another thread came to, as if it had been made here.
    static <T> T result(Future<T> call) throws Throwable {
        try {
            return call.get(2, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /// The values of all committed records, from the first.
    static List<String> valuesOf(Engine engine, TopicPartition partition)
            throws InterruptedException {
        var values = new ArrayList<String>();
        long end = engine.endOffset(partition);
        long next = engine.startOffset(partition);
        while (next < end) {
            var found = engine.read(partition, next, 1 << 20, Duration.ofSeconds(10));
            found.records().forEach(record -> values.add(text(record)));
            next = found.nextOffset();
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        temp.close();
    }
}
