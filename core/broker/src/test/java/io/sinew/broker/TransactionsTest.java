package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.AbortedTransaction;
import io.sinew.log.BatchV2Format;
import io.sinew.log.LogRead;
import io.sinew.log.PartitionId;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Transactions in a broker: what readers see of them, what is refused, and what a crash leaves.
class TransactionsTest {
    private static final String ID = "copier";
    private static final int TIMEOUT_MS = 60_000;

    private BrokerOnDisk on;
    private Topic orders;
    private TransactionalProducer producer;

    /// Next sequence in each topic.
    private final Map<Topic, Integer> sequences = new HashMap<>();

    @BeforeEach
    void open() throws Exception {
        on = new BrokerOnDisk(Map.of());
        orders = on.topic("orders", Map.of());
        producer = initialise(ID);
    }

    @AfterEach
    void close() throws Exception {
        on.close();
    }

    private TransactionalProducer initialise(String id) throws InterruptedException {
        sequences.clear();
        return told(id, on.broker.transactions().initialise(id, TIMEOUT_MS, -1, (short) -1));
    }

    private static TransactionalProducer told(String id, Transactions.Initialised initialised)
            throws InterruptedException {
        initialised.commit().awaitDurable();
        return new TransactionalProducer(id, initialised.producerId(), initialised.epoch());
    }

    private void begin(Topic topic) throws InterruptedException {
        on.broker
                .transactions()
                .addPartitions(producer, Set.of(new PartitionId(topic.id(), 0)), true);
    }

    /// Appends one record as part of the transaction.
    private long append(Topic topic) throws InterruptedException {
        var batch =
                Batches.plain()
                        .producer(producer.producerId(), producer.epoch(), nextSequence(topic))
                        .transactional()
                        .at(on.clock.nowMs(), 0)
                        .of("value");
        Partition.Appended appended = on.partition(topic).append(batch, on.clock.nowMs());
        appended.commit().awaitDurable();
        return appended.baseOffset();
    }

    private int nextSequence(Topic topic) {
        return sequences.merge(topic, 1, Integer::sum) - 1;
    }

    /// Ends the transaction, and goes on with the epoch that follows.
    private void end(boolean commit) throws InterruptedException {
        String id = producer.transactionalId();
        producer = told(id, on.broker.transactions().end(producer, commit, true));
        sequences.clear();
    }

    private static ErrorCode refusal(ThrowingCallable call) {
        return catchThrowableOfType(SinewException.class, call).code();
    }

    private long stableOffset(Topic topic) {
        return on.partition(topic).lastStableOffset();
    }

    private List<AbortedTransaction> aborted() throws IOException {
        return on.partition(orders).log().abortedTransactions(0, Long.MAX_VALUE);
    }

    // ---- what readers see

    @Test
    void readers_of_committed_records_stop_before_the_first_open_transaction() throws Exception {
        on.append(orders, 1);
        begin(orders);
        assertThat(stableOffset(orders)).isEqualTo(1);
        append(orders);
        on.append(orders, 1);
        assertThat(stableOffset(orders)).isEqualTo(1);
        end(true);
        assertThat(stableOffset(orders)).isEqualTo(4);
        assertThat(aborted()).isEmpty();
    }

    @Test
    void they_stop_there_until_the_marker_is_durable() throws Exception {
        begin(orders);
        append(orders);
        on.disk.hold(FaultyDisk.Selection.of(FaultyDisk.Operation.SYNC, ".wal"));
        var ended = on.broker.transactions().end(producer, true, true);
        on.disk.awaitHeld();
        long held = stableOffset(orders);
        on.disk.letGo();
        ended.commit().awaitDurable();
        assertThat(held).isZero();
        assertThat(stableOffset(orders)).isEqualTo(2);
    }

    @Test
    void they_never_stop_before_the_start_of_the_log() throws Exception {
        begin(orders);
        append(orders);
        on.append(orders, 3);
        on.partition(orders).deleteBefore(2);
        assertThat(stableOffset(orders)).isEqualTo(2);
    }

    @Test
    void the_oldest_of_several_open_transactions_decides() throws Exception {
        begin(orders);
        append(orders);
        TransactionalProducer first = producer;
        producer = initialise("other");
        begin(orders);
        append(orders);
        long other = producer.producerId();
        end(false);
        assertThat(stableOffset(orders)).isZero();
        assertThat(aborted()).containsExactly(new AbortedTransaction(other, 1, 2, 0));
        producer = first;
        end(false);
        assertThat(stableOffset(orders)).isEqualTo(4);
        assertThat(aborted()).hasSize(2);
    }

    @Test
    void what_was_aborted_is_still_there_for_readers_of_everything() throws Exception {
        begin(orders);
        append(orders);
        end(false);
        try (LogRead read = on.partition(orders).log().read(0, 1 << 20, true)) {
            var bytes = read.slice().copy();
            assertThat(BatchV2Format.isTransactional(bytes, 0)).isTrue();
            assertThat(BatchV2Format.isControl(bytes, BatchV2Format.sizeBytes(bytes, 0))).isTrue();
        }
    }

    // ---- what is refused

    @Test
    void records_are_refused_that_come_before_the_transaction_or_after_its_end() throws Exception {
        assertThat(refusal(() -> append(orders))).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
        sequences.clear();
        begin(orders);
        append(orders);
        TransactionalProducer before = producer;
        end(true);
        producer = before;
        sequences.put(orders, 1);
        assertThat(refusal(() -> append(orders))).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void in_version_1_a_record_that_comes_late_is_not_part_of_the_next_transaction()
            throws Exception {
        begin(orders);
        append(orders);
        on.broker.transactions().end(producer, true, false).commit().awaitDurable();
        assertThat(refusal(() -> append(orders))).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
        assertThat(stableOffset(orders)).isEqualTo(2);
    }

    @Test
    void within_a_transaction_there_are_no_records_outside_of_it() throws Exception {
        begin(orders);
        append(orders);
        var outside =
                Batches.plain()
                        .producer(producer.producerId(), producer.epoch(), 1)
                        .at(on.clock.nowMs(), 0)
                        .of("outside");
        assertThat(refusal(() -> on.partition(orders).append(outside, on.clock.nowMs())))
                .isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void a_new_epoch_begins_at_sequence_0_also_where_the_producer_is_not_known() throws Exception {
        begin(orders);
        sequences.put(orders, 5);
        assertThat(refusal(() -> append(orders))).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
    }

    @Test
    void a_record_sent_again_is_answered_with_its_first_offset() throws Exception {
        begin(orders);
        long offset = append(orders);
        sequences.clear();
        assertThat(append(orders)).isEqualTo(offset);
    }

    // ---- time

    @Test
    void a_transaction_that_takes_too_long_is_aborted() throws Exception {
        begin(orders);
        append(orders);
        on.clock.step(TIMEOUT_MS);
        on.broker.transactions().look();
        on.broker.barrier().awaitDurable();
        assertThat(aborted()).hasSize(1);
        assertThat(refusal(() -> end(true))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(refusal(() -> append(orders))).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void a_producer_with_an_open_transaction_is_never_forgotten_for_being_idle() throws Exception {
        begin(orders);
        append(orders);
        on.clock.step(TimeUnit.DAYS.toMillis(3));
        on.cleanOnce();
        assertThat(on.partition(orders).producers())
                .extracting(IdempotentProducer::id)
                .containsExactly(producer.producerId());
        sequences.put(orders, 5);
        assertThat(refusal(() -> append(orders))).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE);
    }

    // ---- offsets

    private GroupReply offset(boolean stable) throws InterruptedException {
        var partition = new GroupPartition(orders.id(), 0);
        return on.broker
                .groups()
                .submit(new GroupCommand.FetchOffsets("g", List.of(partition), stable))
                .await();
    }

    private void commitOffset(long offset) throws InterruptedException {
        var claim = new GroupCommand.Claim("g", -1, "", null);
        var position = new GroupOffset(new GroupPartition(orders.id(), 0), offset, -1, "");
        on.broker.transactions().commitOffsets(producer, claim, List.of(position), true).await();
    }

    private GroupReply fetched(long offset, boolean unstable) {
        var partition = new GroupPartition(orders.id(), 0);
        return new GroupReply.OffsetsFetched(
                List.of(new GroupOffset(partition, offset, -1, "")),
                unstable ? Set.of(partition) : Set.of());
    }

    @Test
    void offsets_count_with_the_commit_and_are_gone_with_the_abort() throws Exception {
        commitOffset(7);
        assertThat(offset(false)).isEqualTo(fetched(-1, false));
        assertThat(offset(true)).isEqualTo(fetched(-1, true));
        end(true);
        assertThat(offset(true)).isEqualTo(fetched(7, false));
        commitOffset(9);
        on.crash();
        assertThat(offset(true)).isEqualTo(fetched(-1, true));
        end(false);
        assertThat(offset(true)).isEqualTo(fetched(7, false));
    }

    // ---- restarts

    @Test
    void an_open_transaction_goes_on_after_a_restart_and_hides_what_it_hid() throws Exception {
        begin(orders);
        append(orders);
        on.crash();
        assertThat(stableOffset(orders)).isZero();
        append(orders);
        on.restart();
        assertThat(stableOffset(orders)).isZero();
        append(orders);
        end(true);
        assertThat(stableOffset(orders)).isEqualTo(4);
        assertThat(aborted()).isEmpty();
    }

    @Test
    void a_power_failure_leaves_all_of_an_end_or_nothing() throws Exception {
        Topic second = on.topic("payments", Map.of());
        boolean acknowledged = false;
        for (int operation = 1; !acknowledged; operation++) {
            producer = initialise(ID);
            begin(orders);
            begin(second);
            append(orders);
            append(second);
            on.disk.powerOffAt(on.disk.operations() + operation, 50);
            acknowledged = endQuietly();
            on.powerCycle(operation);
            // What the start appended to finish it.
            on.broker.barrier().awaitDurable();
            boolean ended = stableOffset(orders) == on.partition(orders).log().endOffset();
            boolean endedThere = stableOffset(second) == on.partition(second).log().endOffset();
            assertThat(endedThere).isEqualTo(ended);
            assertThat(ended || !acknowledged).isTrue();
            assertThat(on.broker.transactions().find(ID).orElseThrow().phase().isPrepared())
                    .isFalse();
        }
    }

    private boolean endQuietly() {
        try {
            on.broker.transactions().end(producer, true, true).commit().awaitDurable();
            return true;
        } catch (SinewException | InterruptedException e) {
            return false;
        }
    }

    @Test
    void what_a_crash_interrupted_is_finished_by_the_next_start() throws Exception {
        begin(orders);
        append(orders);
        // Without the timer, which would finish it.
        on.broker.transactions().close();
        on.broker.transactions().decide(producer, true, true);
        on.broker.barrier().awaitDurable();
        assertThat(stableOffset(orders)).isZero();
        on.crash();
        on.broker.barrier().awaitDurable();
        assertThat(stableOffset(orders)).isEqualTo(2);
        assertThat(on.broker.transactions().find(ID).orElseThrow().phase())
                .isEqualTo(TransactionPhase.COMPLETE_COMMIT);
    }

    @Test
    void a_partition_that_fails_keeps_nobody_else_from_ending() throws Exception {
        Topic second = on.topic("payments", Map.of());
        begin(orders);
        begin(second);
        append(orders);
        append(second);
        TransactionalProducer first = producer;
        producer = initialise("other");
        begin(second);
        append(second);
        on.restart();
        on.disk.failEvery(
                event -> event.path().toString().contains("/orders~"),
                new IOException("I/O error"));
        assertThat(refusal(() -> on.broker.transactions().end(first, true, true)))
                .isEqualTo(ErrorCode.INTERNAL_ERROR);
        on.clock.step(TIMEOUT_MS);
        on.broker.transactions().look();
        on.broker.barrier().awaitDurable();
        assertThat(stableOffset(second)).isEqualTo(4);
        on.disk.heal();
        on.broker.transactions().look();
        on.broker.barrier().awaitDurable();
        assertThat(stableOffset(orders)).isEqualTo(2);
    }

    @Test
    void a_topic_that_is_deleted_does_not_keep_a_transaction_from_ending() throws Exception {
        Topic second = on.topic("payments", Map.of());
        begin(orders);
        begin(second);
        append(orders);
        append(second);
        on.broker.deleteTopic(second.id());
        end(true);
        assertThat(stableOffset(orders)).isEqualTo(2);
        assertThat(on.broker.transactions().find(ID).orElseThrow().phase())
                .isEqualTo(TransactionPhase.COMPLETE_COMMIT);
    }
}
