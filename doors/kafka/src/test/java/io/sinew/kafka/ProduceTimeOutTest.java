package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.Partition;
import io.sinew.kafkawire.BufferRecords;
import io.sinew.kafkawire.ProduceRequest;
import io.sinew.kafkawire.ProduceResponse;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Producing while the log has had no room for longer than an append waits. Whoever waits finds
/// that the time is over.
class ProduceTimeOutTest {
    private static final short UNKNOWN_TOPIC_OR_PARTITION = 3;
    private static final short REQUEST_TIMED_OUT = 7;

    private final FaultyDisk disk = new FaultyDisk();
    private final HastyClock clock = new HastyClock();
    private Broker broker;
    private Partition orders;

    /// A minute later each time that it is looked at, once it is in a hurry.
    private static final class HastyClock implements Clock {
        private final AtomicLong minutes = new AtomicLong();
        volatile boolean hasty;

        @Override
        public long nowMs() {
            return 1_000_000;
        }

        @Override
        public long nanos() {
            return TimeUnit.MINUTES.toNanos(hasty ? minutes.incrementAndGet() : minutes.get());
        }
    }

    @BeforeEach
    void open() throws Exception {
        var data = DataDirectory.open(disk, Path.of("/data"), "cluster");
        broker = Broker.open(data, BrokerSettings.defaults(), clock, new Metrics());
        var created = broker.topics().create(new UUID(1, 1), "orders", 1, Map.of());
        created.commit().awaitDurable();
        orders = broker.topics().partition(created.topic(), 0).orElseThrow();
    }

    @AfterEach
    void close() throws Exception {
        clock.hasty = false;
        disk.letGo();
        broker.close();
    }

    private void fillTheLog() {
        disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".wal"));
        ByteBuffer batch = Batches.plain().ofBytes(1_000_000);
        clock.hasty = true;
        assertThatThrownBy(
                        () -> {
                            while (true) {
                                orders.append(batch.duplicate(), clock.nowMs());
                            }
                        })
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMED_OUT));
    }

    private static ProduceRequest.PartitionProduceData data(int index) {
        var data = new ProduceRequest.PartitionProduceData();
        data.index = index;
        data.records = new BufferRecords(Batches.plain().of("v"));
        return data;
    }

    @Test
    void what_comes_behind_a_partition_that_waited_in_vain_is_refused_unseen() throws Exception {
        fillTheLog();
        ProduceRequest request = Requests.produce("orders", Batches.plain().of("v"));
        request.topicData.getFirst().partitionData.addFirst(data(8));
        request.topicData.getFirst().partitionData.add(data(9));
        var reached = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9092);
        var reply =
                new ProduceHandler(broker, new DoorCounts(new Metrics()))
                        .handle(request, new Caller(9, "", "", reached));
        var response = (ProduceResponse) reply.await().orElseThrow();
        assertThat(response.responses.getFirst().partitionResponses)
                .extracting(partition -> partition.errorCode)
                .containsExactly(UNKNOWN_TOPIC_OR_PARTITION, REQUEST_TIMED_OUT, REQUEST_TIMED_OUT);
    }
}
