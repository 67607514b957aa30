package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.log.PartitionId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Given a state, when a producer asks, then exactly these records.
class TransactionsStateTest {
    private static final String ID = "copier";
    private static final int TIMEOUT_MS = 60_000;
    private static final PartitionId P0 = new PartitionId(new UUID(1, 1), 0);
    private static final PartitionId P1 = new PartitionId(new UUID(1, 1), 1);
    private static final TransactionsState.Held NOTHING = TransactionsState.Held.NOTHING;

    private final TransactionsState state =
            new TransactionsState(new TransactionLimits(900_000, 1_000_000, 3));
    private long lastProducerId = 99;
    private long nowMs = 1_000;

    private long fresh() {
        return ++lastProducerId;
    }

    /// Takes the id, as `InitProducerId` does.
    private TransactionalProducer initialise(TransactionsState.Held held) {
        state.fence(ID, TIMEOUT_MS, held, this::fresh, nowMs).ifPresent(this::endBy);
        TransactionRecord.Initialised record =
                state.initialise(ID, TIMEOUT_MS, held, this::fresh, nowMs);
        state.replay(record);
        return new TransactionalProducer(ID, record.producerId(), record.epoch());
    }

    private void endBy(TransactionRecord decided) {
        state.replay(decided);
        state.replay(new TransactionRecord.Completed(ID, nowMs));
    }

    private void begin(TransactionalProducer producer) {
        state.extend(producer, Set.of(P0), Set.of(), nowMs).ifPresent(state::replay);
    }

    private Optional<TransactionRecord> end(
            TransactionalProducer producer, boolean commit, int version) {
        return state.end(producer, commit, version == 2, this::fresh, nowMs);
    }

    private static TransactionalProducer at(TransactionalProducer producer, int epochsLater) {
        return new TransactionalProducer(
                ID, producer.producerId(), (short) (producer.epoch() + epochsLater));
    }

    private static TransactionsState.Held held(TransactionalProducer producer) {
        return new TransactionsState.Held(producer.producerId(), producer.epoch());
    }

    private Transaction now() {
        return state.find(ID).orElseThrow();
    }

    private static ErrorCode refusal(ThrowingCallable call) {
        return catchThrowableOfType(SinewException.class, call).code();
    }

    // ---- taking the id

    @Test
    void a_new_id_gets_a_new_producer_at_epoch_0() {
        TransactionalProducer producer = initialise(NOTHING);
        assertThat(producer).isEqualTo(new TransactionalProducer(ID, 100, (short) 0));
        assertThat(now().phase()).isEqualTo(TransactionPhase.EMPTY);
    }

    @Test
    void the_next_holder_gets_the_next_epoch_and_the_one_before_is_fenced() {
        TransactionalProducer first = initialise(NOTHING);
        TransactionalProducer second = initialise(NOTHING);
        assertThat(second).isEqualTo(at(first, 1));
        assertThat(refusal(() -> begin(first))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(refusal(() -> end(first, false, 2))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(refusal(() -> initialise(held(first)))).isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    @Test
    void a_holder_that_did_not_hear_its_new_epoch_is_told_it_again() {
        TransactionalProducer first = initialise(NOTHING);
        TransactionalProducer second = initialise(held(first));
        assertThat(second).isEqualTo(at(first, 1));
        assertThat(initialise(held(first))).isEqualTo(second);
        assertThat(initialise(held(second))).isEqualTo(at(first, 2));
    }

    @Test
    void what_the_last_holder_left_open_is_aborted_and_fenced() {
        TransactionalProducer first = initialise(NOTHING);
        begin(first);
        Optional<TransactionRecord> abort =
                state.fence(ID, TIMEOUT_MS, NOTHING, this::fresh, nowMs);
        assertThat(abort)
                .contains(
                        new TransactionRecord.Decided(
                                ID, false, (short) (first.epoch() + 1), -1, nowMs));
        abort.ifPresent(this::endBy);
        assertThat(initialise(NOTHING)).isEqualTo(at(first, 2));
    }

    @Test
    void a_producer_whose_transaction_took_too_long_recovers_with_the_epoch_it_has() {
        TransactionalProducer producer = initialise(NOTHING);
        begin(producer);
        nowMs += TIMEOUT_MS;
        List<TransactionRecord> due = state.due(this::fresh, nowMs, 10);
        assertThat(due).hasSize(1);
        endBy(due.getFirst());
        assertThat(refusal(() -> begin(producer))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(initialise(held(producer))).isEqualTo(at(producer, 1));
    }

    @Test
    void a_zombie_cannot_abort_the_transaction_of_its_successor() {
        TransactionalProducer zombie = initialise(NOTHING);
        TransactionalProducer successor = initialise(NOTHING);
        begin(successor);
        assertThat(refusal(() -> initialise(held(zombie)))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(now().phase()).isEqualTo(TransactionPhase.ONGOING);
    }

    @Test
    void when_the_epochs_are_used_up_there_is_a_new_producer_id() {
        var last = new TransactionalProducer(ID, 100, Transaction.LAST_EPOCH);
        state.replay(
                new TransactionRecord.Initialised(
                        ID, 100, Transaction.LAST_EPOCH, (short) -1, -1, TIMEOUT_MS, nowMs));
        lastProducerId = 100;
        TransactionalProducer next = initialise(held(last));
        assertThat(next).isEqualTo(new TransactionalProducer(ID, 101, (short) 0));
        assertThat(initialise(held(last))).isEqualTo(next);
    }

    @Test
    void time_outs_and_ids_out_of_bounds_are_refused() {
        for (int timeoutMs : new int[] {0, -1, 900_001}) {
            assertThat(refusal(() -> state.fence(ID, timeoutMs, NOTHING, this::fresh, nowMs)))
                    .isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        }
        for (String id : List.of("", "x".repeat(TransactionLimits.ID_MAX_LENGTH + 1))) {
            assertThat(refusal(() -> state.fence(id, 1, NOTHING, this::fresh, nowMs)))
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void there_are_only_so_many_ids() {
        for (String id : List.of("a", "b", "c")) {
            state.replay(state.initialise(id, TIMEOUT_MS, NOTHING, this::fresh, nowMs));
        }
        assertThat(refusal(() -> state.initialise("d", TIMEOUT_MS, NOTHING, this::fresh, nowMs)))
                .isEqualTo(ErrorCode.TOO_MANY_TRANSACTIONAL_IDS);
    }

    // ---- growing

    @Test
    void the_first_partition_begins_the_transaction_and_the_same_again_changes_nothing() {
        TransactionalProducer producer = initialise(NOTHING);
        assertThat(state.includes(producer, Set.of(P0), Set.of())).isFalse();
        begin(producer);
        assertThat(now().startMs()).isEqualTo(nowMs);
        assertThat(state.includes(producer, Set.of(P0), Set.of())).isTrue();
        assertThat(state.includes(producer, Set.of(P0, P1), Set.of())).isFalse();
        nowMs += 5;
        assertThat(state.extend(producer, Set.of(P0), Set.of(), nowMs)).isEmpty();
        state.extend(producer, Set.of(P1), Set.of("g"), nowMs).ifPresent(state::replay);
        assertThat(state.includes(producer, Set.of(P0, P1), Set.of("g"))).isTrue();
        assertThat(now().startMs()).isEqualTo(nowMs - 5);
    }

    @Test
    void a_producer_that_does_not_have_the_id_is_told_so() {
        TransactionalProducer producer = initialise(NOTHING);
        var stranger = new TransactionalProducer(ID, 5, (short) 0);
        var nobody = new TransactionalProducer("unheard-of", 100, (short) 0);
        for (var wrong : List.of(stranger, nobody)) {
            assertThat(refusal(() -> begin(wrong)))
                    .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
            assertThat(refusal(() -> end(wrong, true, 1)))
                    .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        }
        assertThat(refusal(() -> begin(at(producer, 1)))).isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    @Test
    void while_an_end_is_being_brought_about_nothing_else_happens() {
        TransactionalProducer producer = initialise(NOTHING);
        begin(producer);
        end(producer, true, 1).ifPresent(state::replay);
        for (ThrowingCallable call :
                List.<ThrowingCallable>of(
                        () -> begin(producer),
                        () -> end(producer, true, 1),
                        () -> initialise(NOTHING))) {
            assertThat(refusal(call)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        }
        assertThat(state.prepared()).containsExactly(now());
    }

    // ---- ending, version 1

    @Test
    void in_version_1_a_producer_keeps_its_epoch() {
        TransactionalProducer producer = initialise(NOTHING);
        begin(producer);
        endBy(end(producer, true, 1).orElseThrow());
        assertThat(now().epoch()).isEqualTo(producer.epoch());
        assertThat(now().phase()).isEqualTo(TransactionPhase.COMPLETE_COMMIT);
        begin(producer);
        assertThat(now().phase()).isEqualTo(TransactionPhase.ONGOING);
    }

    @Test
    void in_version_1_an_end_that_is_asked_for_again_is_no_error_and_the_other_end_is() {
        TransactionalProducer producer = initialise(NOTHING);
        assertThat(refusal(() -> end(producer, false, 1))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        for (boolean commit : new boolean[] {true, false}) {
            begin(producer);
            endBy(end(producer, commit, 1).orElseThrow());
            assertThat(end(producer, commit, 1)).isEmpty();
            assertThat(refusal(() -> end(producer, !commit, 1)))
                    .isEqualTo(ErrorCode.INVALID_TXN_STATE);
        }
    }

    // ---- ending, version 2 (the table in KIP-890)

    @Test
    void in_version_2_each_end_gives_a_new_epoch() {
        TransactionalProducer producer = initialise(NOTHING);
        begin(producer);
        assertThat(end(producer, true, 2))
                .contains(new TransactionRecord.Decided(ID, true, (short) 1, -1, nowMs));
        endBy(end(producer, true, 2).orElseThrow());
        assertThat(now().epoch()).isEqualTo((short) 1);
        assertThat(refusal(() -> begin(producer))).isEqualTo(ErrorCode.PRODUCER_FENCED);
        begin(at(producer, 1));
    }

    @Test
    void in_version_2_a_producer_without_a_transaction_may_abort_and_not_commit() {
        TransactionalProducer producer = initialise(NOTHING);
        assertThat(refusal(() -> end(producer, true, 2))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(refusal(() -> end(at(producer, -1), false, 2)))
                .isEqualTo(ErrorCode.PRODUCER_FENCED);
        endBy(end(producer, false, 2).orElseThrow());
        assertThat(now().epoch()).isEqualTo((short) 1);
        assertThat(refusal(() -> end(at(producer, 1), true, 2)))
                .isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void in_version_2_the_same_end_asked_for_again_is_no_error_and_the_other_end_is() {
        for (boolean commit : new boolean[] {true, false}) {
            TransactionalProducer producer = initialise(NOTHING);
            begin(producer);
            TransactionRecord decided = end(producer, commit, 2).orElseThrow();
            state.replay(decided);
            assertThat(refusal(() -> end(producer, commit, 2)))
                    .isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
            state.replay(new TransactionRecord.Completed(ID, nowMs));
            assertThat(end(producer, commit, 2)).isEmpty();
            assertThat(refusal(() -> end(producer, !commit, 2)))
                    .isEqualTo(ErrorCode.INVALID_TXN_STATE);
        }
    }

    @Test
    void in_version_2_a_retry_is_known_when_the_epochs_are_used_up_between() {
        state.replay(
                new TransactionRecord.Initialised(
                        ID, 100, Transaction.LAST_EPOCH, (short) -1, -1, TIMEOUT_MS, nowMs));
        lastProducerId = 100;
        var last = new TransactionalProducer(ID, 100, Transaction.LAST_EPOCH);
        begin(last);
        endBy(end(last, true, 2).orElseThrow());
        assertThat(now().producerId()).isEqualTo(101);
        assertThat(now().epoch()).isEqualTo((short) 0);
        assertThat(end(last, true, 2)).isEmpty();
        assertThat(refusal(() -> end(last, false, 2))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    // ---- time and topics

    @Test
    void an_id_that_nobody_uses_is_forgotten_and_one_in_a_transaction_is_not() {
        TransactionalProducer producer = initialise(NOTHING);
        nowMs += 999_999;
        assertThat(state.due(this::fresh, nowMs, 10)).isEmpty();
        nowMs += 1;
        assertThat(state.due(this::fresh, nowMs, 10))
                .containsExactly(new TransactionRecord.Expired(ID));
        begin(producer);
        assertThat(state.due(this::fresh, nowMs + TIMEOUT_MS - 1, 10)).isEmpty();
        state.replay(new TransactionRecord.Expired(ID));
        assertThat(state.find(ID)).isEmpty();
    }

    @Test
    void partitions_of_a_deleted_topic_take_part_no_longer() {
        TransactionalProducer producer = initialise(NOTHING);
        begin(producer);
        state.extend(producer, Set.of(P1), Set.of(), nowMs).ifPresent(state::replay);
        assertThat(state.forget(Set.of(new PartitionId(new UUID(9, 9), 0)))).isEmpty();
        state.forget(Set.of(P0)).forEach(state::replay);
        assertThat(now().partitions()).containsExactly(P1);
    }

    // ---- the log

    @Test
    void records_and_snapshots_come_back_from_their_bytes() {
        var records =
                List.of(
                        new TransactionRecord.Initialised(
                                ID, 7, (short) 3, (short) 2, 6, TIMEOUT_MS, 5),
                        new TransactionRecord.Extended(ID, List.of(P0, P1), List.of("g"), 6),
                        new TransactionRecord.PartitionsGone(ID, Set.of(P1)),
                        new TransactionRecord.Decided(ID, true, (short) 4, 8, 7),
                        new TransactionRecord.Completed(ID, 8),
                        new TransactionRecord.Expired("other"));
        for (TransactionRecord record : records) {
            assertThat(TransactionRecordV1Format.decode(TransactionRecordV1Format.encode(record)))
                    .isEqualTo(record);
            state.replay(record);
            var copy = new TransactionsState(new TransactionLimits(1, 1, 1));
            byte[] snapshot = TransactionRecordV1Format.encodeSnapshot(state.all());
            TransactionRecordV1Format.decodeSnapshot(snapshot).forEach(copy::replay);
            assertThat(copy.all()).containsExactlyElementsOf(state.all());
        }
    }

    @Test
    void a_record_about_an_id_that_is_not_there_is_damage() {
        assertThat(refusal(() -> state.replay(new TransactionRecord.Completed("x", 1))))
                .isEqualTo(ErrorCode.DAMAGED_DATA);
    }
}
