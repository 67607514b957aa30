package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.log.LogRead;
import io.sinew.topics.Fetched;
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
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JointAppendsTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final AtomicLong TOPIC_IDS = new AtomicLong();
    private static final int CALLERS = 40;
    private static final int CALLS = 50;

    private FaultyDisk disk = new FaultyDisk();
    private Broker broker;
    private EmbeddedEngine engine;

    @BeforeEach
    void open() throws IOException {
        var data = DataDirectory.open(disk, Path.of("/data"), "cluster");
        broker = Broker.open(data, BrokerSettings.of(Map.of()), Clock.system(), new Metrics());
        engine = new EmbeddedEngine(broker, () -> new UUID(0, TOPIC_IDS.incrementAndGet()));
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        broker.close();
    }

    private interface Caller {
        void call(int caller) throws Exception;
    }

    /// Has all callers call at the same time.
    private static void together(Caller each) throws Exception {
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var threads = new ArrayList<Thread>();
        for (int n = 0; n < CALLERS; n++) {
            int caller = n;
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    each.call(caller);
                                } catch (Throwable e) {
                                    failures.add(e);
                                }
                            }));
        }
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(60))).as("a caller comes back").isTrue();
        }
        assertThat(failures).isEmpty();
    }

    private static List<NewRecord> records(String name, int count) {
        return records(name, count, 20);
    }

    private static List<NewRecord> records(String name, int count, int keyBytes) {
        var records = new ArrayList<NewRecord>();
        for (int i = 0; i < count; i++) {
            byte[] value = (name + "." + i).getBytes(StandardCharsets.UTF_8);
            records.add(new NewRecord(new byte[keyBytes], value, List.of(), 1_700_000_000_000L));
        }
        return records;
    }

    private Map<Long, String> stored() throws InterruptedException {
        var stored = new HashMap<Long, String>();
        long next = 0;
        while (next < engine.endOffset(PARTITION)) {
            Fetched fetched = engine.read(PARTITION, next, 1 << 20, Duration.ZERO);
            for (StoredRecord record : fetched.records()) {
                byte[] value = record.value();
                stored.put(record.offset(), new String(value, StandardCharsets.UTF_8));
            }
            next = fetched.nextOffset();
        }
        return stored;
    }

    @Test
    void callers_at_the_same_time_each_get_the_offsets_of_their_own_records() throws Exception {
        appendAtTheSameTime(20);
    }

    @Test
    void callers_whose_records_are_in_several_batches_get_their_own_offsets_too() throws Exception {
        appendAtTheSameTime(Partition.BATCH_BYTES / 4);
    }

    private void appendAtTheSameTime(int keyBytes) throws Exception {
        engine.createTopic("t", 1, Map.of());
        var told = new ConcurrentHashMap<Long, String>();
        together(caller -> {
            for (int call = 0; call < CALLS; call++) {
                String name = caller + "-" + call;
                long[] offsets = engine.append(PARTITION, records(name, 1 + caller % 3, keyBytes));
                for (int i = 0; i < offsets.length; i++) {
                    assertThat(told.put(offsets[i], name + "." + i)).isNull();
                }
            }
        });
        assertThat(stored()).isEqualTo(told);
    }

    @Test
    void a_record_that_the_topic_refuses_is_refused_to_its_own_caller_only() throws Exception {
        engine.createTopic("t", 1, Map.of("max.message.bytes", "10000"));
        var refused = new AtomicInteger();
        together(caller -> {
            for (int call = 0; call < CALLS; call++) {
                if (caller % 4 == 0) {
                    try {
                        var large = new NewRecord(null, new byte[20_000], List.of(), 1);
                        engine.append(PARTITION, List.of(large));
                    } catch (SinewException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.BATCH_TOO_LARGE);
                        refused.incrementAndGet();
                    }
                } else {
                    engine.append(PARTITION, records(caller + "-" + call, 1));
                }
            }
        });
        assertThat(refused).hasValue(CALLERS / 4 * CALLS);
        assertThat(stored()).hasSize(CALLERS * 3 / 4 * CALLS);
    }

    @Test
    void callers_who_are_interrupted_take_nobody_along() throws Exception {
        engine.createTopic("t", 1, Map.of());
        var acknowledged = ConcurrentHashMap.<String>newKeySet();
        together(caller -> {
            for (int call = 0; call < CALLS; call++) {
                String name = caller + "-" + call;
                var append = new FutureTask<>(() -> engine.append(PARTITION, records(name, 1)));
                Thread thread = Thread.ofVirtual().start(append);
                if (caller % 2 == 0) {
                    thread.interrupt();
                }
                try {
                    append.get();
                    acknowledged.add(name + ".0");
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(InterruptedException.class);
                    assertThat(caller % 2).as("only who was interrupted").isZero();
                }
            }
        });
        assertThat(stored().values()).containsAll(acknowledged).doesNotHaveDuplicates();
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(CALLERS / 2 * CALLS);
    }

    @Test
    void who_reads_one_record_reads_no_more_than_a_small_batch() throws Exception {
        engine.createTopic("t", 1, Map.of());
        var records = new ArrayList<NewRecord>();
        for (int i = 0; i < 5_000; i++) {
            records.add(new NewRecord(null, new byte[1_000], List.of(), 1_700_000_000_000L));
        }
        records.add(new NewRecord(null, new byte[100_000], List.of(), 1_700_000_000_000L));
        long[] offsets = engine.append(PARTITION, records);
        assertThat(offsets).containsExactly(LongStream.rangeClosed(0, 5_000).toArray());
        assertThat(batchBytesAt(0)).isBetween(Partition.BATCH_BYTES / 2, Partition.BATCH_BYTES);
        assertThat(batchBytesAt(2_500)).isBetween(Partition.BATCH_BYTES / 2, Partition.BATCH_BYTES);
        assertThat(batchBytesAt(5_000)).isGreaterThan(100_000);
    }

    private int batchBytesAt(long offset) throws IOException {
        try (LogRead read = engine.partition(PARTITION).log().read(offset, 1, true)) {
            return read.slice().sizeBytes();
        }
    }

    @Test
    void nobody_is_told_of_success_when_the_disk_fails() throws Exception {
        engine.createTopic("t", 1, Map.of());
        var acknowledged = ConcurrentHashMap.<String>newKeySet();
        var refused = new AtomicInteger();
        together(caller -> {
            for (int call = 0; call < CALLS; call++) {
                if (caller == 0 && call == CALLS / 2) {
                    disk.failEvery(
                            event -> event.operation() == FaultyDisk.Operation.SYNC,
                            new IOException("meant"));
                }
                try {
                    engine.append(PARTITION, records(caller + "-" + call, 1));
                    acknowledged.add(caller + "-" + call + ".0");
                } catch (SinewException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.LOG_STOPPED);
                    refused.incrementAndGet();
                }
            }
        });
        assertThat(refused.get()).isPositive();
        FaultyDisk after = disk.powerFailure(new SplittableRandom(1));
        try {
            close();
        } catch (IOException | SinewException e) {
            // Expected: what it wants to write last it can't.
        }
        disk = after;
        open();
        assertThat(stored().values()).containsAll(acknowledged).doesNotHaveDuplicates();
    }
}
