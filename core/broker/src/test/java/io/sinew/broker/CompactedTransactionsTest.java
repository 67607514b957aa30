package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kit.Batches;
import io.sinew.log.PartitionId;
import io.sinew.log.PartitionLog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Compaction of a topic that a transactional producer writes to. Each of its batches is a segment.
class CompactedTransactionsTest {
    private static final String ID = "writer";

    private BrokerOnDisk on;
    private Topic topic;
    private TransactionalProducer producer;
    private int nextSequence;

    @BeforeEach
    void open() throws Exception {
        on = new BrokerOnDisk(Map.of());
        topic =
                on.topic(
                        "table",
                        Map.of(
                                "cleanup.policy", "compact",
                                "segment.bytes", "1024",
                                "min.cleanable.dirty.ratio", "0",
                                "delete.retention.ms", "0"));
        Transactions.Initialised initialised =
                on.broker.transactions().initialise(ID, 60_000, -1, (short) -1);
        initialised.commit().awaitDurable();
        producer = new TransactionalProducer(ID, initialised.producerId(), initialised.epoch());
    }

    @AfterEach
    void close() throws Exception {
        on.close();
    }

    private PartitionLog log() {
        return on.partition(topic).log();
    }

    private Partition.Appended append(int sequence) throws InterruptedException {
        var batch =
                Batches.plain()
                        .keyed("key")
                        .producer(producer.producerId(), producer.epoch(), sequence)
                        .transactional()
                        .at(on.clock.nowMs(), 0)
                        .ofBytes(1_000);
        Partition.Appended appended = on.partition(topic).append(batch, on.clock.nowMs());
        appended.commit().awaitDurable();
        return appended;
    }

    private void begin(int batches) throws InterruptedException {
        on.broker
                .transactions()
                .addPartitions(producer, Set.of(new PartitionId(topic.id(), 0)), true);
        nextSequence = 0;
        for (int i = 0; i < batches; i++) {
            append(nextSequence++);
        }
    }

    private void end(boolean commit) throws InterruptedException {
        Transactions.Initialised next = on.broker.transactions().end(producer, commit, true);
        next.commit().awaitDurable();
        producer = new TransactionalProducer(ID, next.producerId(), next.epoch());
    }

    private void compact() throws Exception {
        on.append(topic, 2);
        on.restart();
        on.broker.compaction().compactOnce();
    }

    private List<Long> aborted() throws Exception {
        return log().abortedTransactions(0, Long.MAX_VALUE).stream()
                .map(transaction -> transaction.firstOffset())
                .toList();
    }

    @Test
    void an_open_transaction_is_left_alone_also_after_a_restart() throws Exception {
        on.append(topic, 4);
        begin(3);
        long stable = on.partition(topic).lastStableOffset();
        assertThat(stable).isEqualTo(4);
        for (int round = 0; round < 3; round++) {
            compact();
            assertThat(on.partition(topic).lastStableOffset()).isEqualTo(stable);
            assertThat(log().compactedOffset()).isLessThanOrEqualTo(stable);
            // The batch of the transaction, sent again.
            assertThat(append(1).baseOffset()).isEqualTo(5);
        }
        assertThat(log().sizeBytes()).isGreaterThan(9_000);
        append(nextSequence);
        end(true);
        compact();
        assertThat(log().sizeBytes()).isLessThan(4_000);
    }

    @Test
    void what_was_aborted_goes_and_its_marker_later_and_the_producer_goes_on() throws Exception {
        on.append(topic, 2);
        begin(4);
        end(false);
        assertThat(aborted()).containsExactly(2L);
        compact();
        assertThat(log().sizeBytes()).isLessThan(5_000);
        assertThat(aborted()).containsExactly(2L);
        on.crash();
        assertThat(aborted()).containsExactly(2L);
        for (int round = 0; round < 3; round++) {
            on.clock.step(1);
            compact();
        }
        assertThat(aborted()).isEmpty();
        on.crash();
        begin(2);
        assertThat(catchThrowableOfType(SinewException.class, () -> append(7)).code())
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
        long before = log().endOffset();
        end(true);
        assertThat(on.partition(topic).lastStableOffset()).isEqualTo(before + 1);
    }
}
