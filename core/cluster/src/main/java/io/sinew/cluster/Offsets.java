package io.sinew.cluster;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.TopicPartition;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.IsolationLevel;

/// Where partitions begin and end, asked of the brokers that lead them. By the admin client, whose
/// connections have no fetch on them that a broker holds back.
final class Offsets {
    private final Clients clients;

    Offsets(Clients clients) {
        this.clients = clients;
    }

    long start(TopicPartition partition) throws InterruptedException {
        return ask(partition, OffsetSpec.earliest(), IsolationLevel.READ_COMMITTED);
    }

    /// The last stable offset.
    long end(TopicPartition partition) throws InterruptedException {
        return ask(partition, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
    }

    /// Behind what is open, too.
    long uncommittedEnd(TopicPartition partition) throws InterruptedException {
        return ask(partition, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
    }

    OptionalLong at(TopicPartition partition, long timestampMs) throws InterruptedException {
        // Kafka gives negative times a meaning of their own.
        long offset =
                ask(
                        partition,
                        OffsetSpec.forTimestamp(Math.max(0, timestampMs)),
                        IsolationLevel.READ_COMMITTED);
        return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    private long ask(TopicPartition partition, OffsetSpec spec, IsolationLevel isolation)
            throws InterruptedException {
        var at = ClusterEngine.kafka(partition);
        return clients.answer(
                        clients.admin()
                                .listOffsets(Map.of(at, spec), new ListOffsetsOptions(isolation))
                                .partitionResult(at),
                        "asking for the offsets of " + partition)
                .offset();
    }

    void trim(TopicPartition partition, long offset) throws InterruptedException {
        // Kafka takes -1 for the end, and would delete what is open.
        if (offset < 0 || offset > end(partition)) {
            throw new SinewException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    partition
                            + " can't be trimmed to "
                            + offset
                            + ": it ends at "
                            + end(partition));
        }
        clients.answer(
                clients.admin()
                        .deleteRecords(
                                Map.of(
                                        ClusterEngine.kafka(partition),
                                        RecordsToDelete.beforeOffset(offset)))
                        .all(),
                "trimming " + partition + " to " + offset);
    }
}
