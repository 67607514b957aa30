package io.sinew.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The key of receipts that several processes share, on the engine that is quickest to start.
class SharedReceiptKeyTest {
    private Broker broker;
    private EmbeddedEngine engine;

    @BeforeEach
    void open() throws Exception {
        DataDirectory data = DataDirectory.open(new FaultyDisk(), Path.of("/data"), "cluster");
        broker = Broker.open(data, BrokerSettings.of(Map.of()), Clock.system(), new Metrics());
        engine = new EmbeddedEngine(broker, () -> new UUID(7, 7));
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
        broker.close();
    }

    private byte[] key() {
        return new SharedReceiptKeyV1Format(engine, () -> 1_700_000_000_000L).get();
    }

    @Test
    void a_first_record_that_is_no_key_is_refused_with_what_to_do() throws Exception {
        engine.createTopic(SharedReceiptKeyV1Format.TOPIC, 1, Map.of());
        byte[] text = "hello".getBytes(StandardCharsets.UTF_8);
        engine.append(
                new TopicPartition(SharedReceiptKeyV1Format.TOPIC, 0),
                List.of(new NewRecord(text, text, List.of(), 1_700_000_000_000L)));
        assertThatThrownBy(this::key)
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.DAMAGED_DATA))
                .hasMessageContaining("Delete the topic");
    }

    @Test
    void processes_that_make_it_at_the_same_time_have_the_same_one() throws Exception {
        int count = 16;
        var together = new CountDownLatch(count);
        var keys = new ArrayList<CompletableFuture<List<Byte>>>();
        for (int i = 0; i < count; i++) {
            var key = new CompletableFuture<List<Byte>>();
            keys.add(key);
            Thread.ofVirtual()
                    .start(() -> {
                        together.countDown();
                        try {
                            together.await();
                            key.complete(bytes(key()));
                        } catch (InterruptedException | RuntimeException e) {
                            key.completeExceptionally(e);
                        }
                    });
        }
        var all = new HashSet<List<Byte>>();
        for (CompletableFuture<List<Byte>> key : keys) {
            all.add(key.get());
        }
        assertThat(all).containsExactly(bytes(key()));
        assertThat(all.iterator().next()).hasSize(32);
    }

    private static List<Byte> bytes(byte[] array) {
        var bytes = new ArrayList<Byte>();
        for (byte one : array) {
            bytes.add(one);
        }
        return bytes;
    }
}
