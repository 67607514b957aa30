package io.sinew.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.ListOffsetsResponse;
import io.sinew.kit.Batches;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Small batches that unpack to a lot, looked into by time.
class UnpackBombTest {
    private static final short NONE = 0;
    private static final short MESSAGE_TOO_LARGE = 10;
    private static final byte FORMAT = 2;
    private static final int RECORDS = 61;

    /// Later than any record, and what the bombs claim to hold.
    private static final long LATE_MS = 2_000_000;

    @TempDir Path directory;
    private LiveDoor door;
    private RawClient client;

    @BeforeEach
    void open() throws Exception {
        door = LiveDoor.open(directory);
        var settings = Map.of("max.message.bytes", Integer.toString(32 << 20));
        door.broker()
                .topics()
                .create(new UUID(1, 1), "orders", 1, settings)
                .commit()
                .awaitDurable();
        client = RawClient.to(door);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        door.close();
    }

    /// A batch of one record of time 1,000,000 ms with so many zero bytes, that claims to be of a
    /// later time.
    private static ByteBuffer bomb(CompressionType type, int valueBytes) throws IOException {
        var packed = new ByteBufferOutputStream(1 << 20);
        try (OutputStream records = Compression.of(type).build().wrapForOutput(packed, FORMAT)) {
            // Length, attributes, time and offset, no key, the value, no headers.
            var head = ByteBuffer.allocate(40);
            ByteUtils.writeVarint(valueBytes + 5 + ByteUtils.sizeOfVarint(valueBytes), head);
            head.put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 1);
            ByteUtils.writeVarint(valueBytes, head);
            records.write(head.array(), 0, head.position());
            var zeros = new byte[1 << 20];
            for (int left = valueBytes; left > 0; left -= zeros.length) {
                records.write(zeros, 0, Math.min(zeros.length, left));
            }
            records.write(0);
        }
        ByteBuffer body = packed.buffer().flip();
        var batch = ByteBuffer.allocate(RECORDS + body.remaining());
        batch.put(Batches.plain().of("").limit(RECORDS)).put(body).flip();
        batch.putInt(8, batch.limit() - 12);
        batch.putShort(21, (short) type.id);
        batch.putLong(35, LATE_MS);
        var crc = new CRC32C();
        crc.update(batch.slice(21, batch.limit() - 21));
        return batch.putInt(17, (int) crc.getValue());
    }

    private void append(ByteBuffer batch) throws Exception {
        var topic = door.broker().topics().named("orders").orElseThrow();
        var partition = door.broker().topics().partition(topic, 0).orElseThrow();
        partition.append(batch, door.broker().clock().nowMs()).commit().awaitDurable();
    }

    private ListOffsetsResponse.ListOffsetsPartitionResponse lookUp(long timestamp)
            throws Exception {
        var partition = new ListOffsetsRequest.ListOffsetsPartition();
        partition.timestamp = timestamp;
        var topic = new ListOffsetsRequest.ListOffsetsTopic();
        topic.name = "orders";
        topic.partitions.add(partition);
        var request = new ListOffsetsRequest();
        request.topics.add(topic);
        return client.ask(ApiKey.LIST_OFFSETS, 7, request, ListOffsetsResponse.class)
                .topics
                .getFirst()
                .partitions
                .getFirst();
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void a_look_up_unpacks_no_more_than_its_budget(CompressionType type) throws Exception {
        append(bomb(type, 300 << 20));
        append(Batches.plain().at(LATE_MS, 0).of("v"));
        var refused = lookUp(LATE_MS);
        assertThat(refused.errorCode).isEqualTo(MESSAGE_TOO_LARGE);
        assertThat(refused.offset).isEqualTo(-1);
        // What is found before that is found, and the door goes on.
        assertThat(lookUp(1).offset).isZero();
        assertThat(lookUp(-1).offset).isEqualTo(2);
    }

    @Test
    void many_batches_share_one_budget_and_the_next_look_up_has_its_own() throws Exception {
        for (int i = 0; i < 3; i++) {
            append(bomb(CompressionType.ZSTD, 100 << 20));
        }
        assertThat(lookUp(LATE_MS).errorCode).isEqualTo(MESSAGE_TOO_LARGE);
        partitionStartsAt(1);
        append(Batches.plain().at(LATE_MS, 0).of("v"));
        for (int i = 0; i < 2; i++) {
            var found = lookUp(LATE_MS);
            assertThat(found.errorCode).isEqualTo(NONE);
            assertThat(found.offset).isEqualTo(3);
        }
    }

    private void partitionStartsAt(long offset) throws Exception {
        var topic = door.broker().topics().named("orders").orElseThrow();
        var partition = door.broker().topics().partition(topic, 0).orElseThrow();
        partition.deleteBefore(offset).commit().awaitDurable();
    }
}
