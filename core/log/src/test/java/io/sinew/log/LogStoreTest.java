package io.sinew.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.Metrics;
import io.sinew.kit.Batches;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStoreTest {
    private static final PartitionId ORDERS = new PartitionId(new UUID(1, 2), 0);

    @TempDir Path directory;

    /// An owner with one partition and one machine whose records it remembers.
    static final class Owner implements LogOwner {
        final DataDirectory data;
        final LogStore store;
        final PartitionLog log;
        final List<String> records = new ArrayList<>();
        long sequence;
        int batchesReplayed;

        Owner(Path directory, LogLimits limits) throws Exception {
            data = DataDirectory.open(Disk.system(), directory, "cluster");
            store = LogStore.open(data, limits, Clock.system(), new Metrics());
            log = store.createPartition(ORDERS, "orders", PartitionConfig.defaults());
            store.recover(this);
        }

        void close() throws Exception {
            store.close();
            data.close();
        }

        PartitionLog.Append append(ByteBuffer batch) throws Exception {
            store.awaitRoom();
            return log.append(batch, store.leaderEpoch(), OptionalLong.empty());
        }

        @Override
        public void restore(Section section) {
            records.addAll(List.of(new String(section.bytes(), StandardCharsets.UTF_8).split(",")));
        }

        @Override
        public void replay(int machine, ByteBuffer body) {
            records.add(StandardCharsets.UTF_8.decode(body).toString());
        }

        @Override
        public void replayBatch(PartitionLog partition, ByteBuffer batch) {
            batchesReplayed++;
        }

        @Override
        public List<Section> snapshots() {
            return records.isEmpty()
                    ? List.of()
                    : List.of(
                            new Section(
                                    7,
                                    sequence,
                                    String.join(",", records).getBytes(StandardCharsets.UTF_8)));
        }

        void record(String text) throws Exception {
            LogStore.Recorded recorded =
                    store.record(7, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            sequence = recorded.sequence();
            records.add(text);
            recorded.commit().awaitDurable();
        }
    }

    @Test
    void what_was_appended_is_there_after_a_clean_restart() throws Exception {
        Owner owner = new Owner(directory, LogLimits.defaults());
        for (int i = 0; i < 1000; i++) {
            PartitionLog.Append append = owner.append(Batches.plain().of("a" + i, "b" + i));
            assertThat(append.baseOffset()).isEqualTo(2L * i);
            if (i % 100 == 0) {
                append.commit().awaitDurable();
            }
        }
        owner.record("one");
        owner.record("two");
        assertThat(owner.log.endOffset()).isEqualTo(2000);
        owner.close();

        Owner again = new Owner(directory, LogLimits.defaults());
        assertThat(again.log.endOffset()).isEqualTo(2000);
        assertThat(again.records).containsExactly("one", "two");
        assertThat(again.batchesReplayed).isZero();
        try (LogRead read = again.log.read(1001, 1 << 20, true)) {
            assertThat(BatchV2Format.baseOffset(read.slice().copy(), 0)).isEqualTo(1000);
        }
        again.close();
    }
}
