package io.sinew.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Quotas as they are set, charged, kept and brought back.
class ClientQuotasTest {
    private static final QuotaEntity SHOP = new QuotaEntity.ClientId("shop");
    private static final QuotaEntity OTHERS = new QuotaEntity.DefaultClientId();

    private BrokerOnDisk disk;

    @BeforeEach
    void open() throws Exception {
        disk = new BrokerOnDisk(Map.of());
    }

    @AfterEach
    void close() throws Exception {
        disk.close();
    }

    private ClientQuotas quotas() {
        return disk.broker.quotas();
    }

    private void set(QuotaEntity entity, QuotaKind kind, double limit) throws Exception {
        quotas().alter(entity, List.of(edit(kind, limit))).awaitDurable();
    }

    private void remove(QuotaEntity entity, QuotaKind kind) throws Exception {
        var removal = new QuotaEdit(kind, OptionalDouble.empty());
        quotas().alter(entity, List.of(removal)).awaitDurable();
    }

    private static QuotaEdit edit(QuotaKind kind, double limit) {
        return new QuotaEdit(kind, OptionalDouble.of(limit));
    }

    private SinewException refusal(QuotaEntity entity, QuotaKind kind, double limit) {
        return catchThrowableOfType(
                SinewException.class, () -> quotas().alter(entity, List.of(edit(kind, limit))));
    }

    // ---- what is refused

    @Test
    void limits_that_make_no_sense_are_refused() {
        for (double limit : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThat(refusal(SHOP, QuotaKind.REQUEST, limit).code())
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
        assertThat(refusal(SHOP, QuotaKind.PRODUCE, 1.5)).hasMessageContaining("whole number");
        assertThat(refusal(SHOP, QuotaKind.PRODUCE, 1e30)).hasMessageContaining("whole number");
        assertThat(quotas().all()).isEmpty();
    }

    @Test
    void client_ids_that_are_empty_or_too_long_are_refused() {
        for (int length : new int[] {0, QuotasState.CLIENT_ID_CHARS_MAX + 1}) {
            var entity = new QuotaEntity.ClientId("x".repeat(length));
            assertThat(refusal(entity, QuotaKind.FETCH, 1).code())
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void of_an_entitys_changes_all_are_made_or_none() {
        var edits = List.of(edit(QuotaKind.FETCH, 5), edit(QuotaKind.PRODUCE, -5));
        assertThatThrownBy(() -> quotas().alter(SHOP, edits)).isInstanceOf(SinewException.class);
        assertThat(quotas().all()).isEmpty();
    }

    @Test
    void a_change_that_is_only_checked_is_not_made() {
        quotas().checkAlter(SHOP, List.of(edit(QuotaKind.FETCH, 5)));
        assertThat(quotas().all()).isEmpty();
    }

    @Test
    void there_are_no_more_entities_with_quotas_than_the_bound() {
        var state = new QuotasState();
        for (int i = 0; i < QuotasState.ENTITIES_MAX; i++) {
            var entity = new QuotaEntity.ClientId("client-" + i);
            state.replay(state.alter(entity, List.of(edit(QuotaKind.FETCH, 5))));
        }
        SinewException refused =
                catchThrowableOfType(
                        SinewException.class,
                        () -> state.alter(SHOP, List.of(edit(QuotaKind.FETCH, 5))));
        assertThat(refused.code()).isEqualTo(ErrorCode.POLICY_VIOLATION);
        var known = new QuotaEntity.ClientId("client-7");
        assertThat(state.alter(known, List.of(edit(QuotaKind.FETCH, 6))).limits())
                .isEqualTo(Map.of(QuotaKind.FETCH, 6.0));
    }

    // ---- charging

    @Test
    void without_a_quota_nobody_pauses_and_nothing_is_remembered() {
        assertThat(quotas().isLimited(QuotaKind.PRODUCE)).isFalse();
        assertThat(quotas().charge(QuotaKind.PRODUCE, "shop", 1e12)).isZero();
        assertThat(quotas().mostAtOnce(QuotaKind.PRODUCE, "shop")).isEmpty();
    }

    @Test
    void a_client_pauses_for_what_it_has_used_too_much_until_that_is_long_ago() throws Exception {
        set(SHOP, QuotaKind.PRODUCE, 1_000);
        assertThat(quotas().charge(QuotaKind.PRODUCE, "shop", 10_000)).isZero();
        assertThat(quotas().charge(QuotaKind.PRODUCE, "shop", 2_500)).isEqualTo(2_500);
        // As Kafka counts: over ten windows and what has passed of the present one.
        disk.clock.step(2_500);
        assertThat(quotas().charge(QuotaKind.PRODUCE, "shop", 0)).isEqualTo(2_000);
        disk.clock.step(8_500);
        assertThat(quotas().charge(QuotaKind.PRODUCE, "shop", 10_000)).isZero();
    }

    @Test
    void a_client_id_has_its_own_quota_before_the_default_and_each_kind_counts_alone()
            throws Exception {
        set(OTHERS, QuotaKind.FETCH, 10);
        set(SHOP, QuotaKind.FETCH, 1_000_000);
        set(SHOP, QuotaKind.PRODUCE, 10);
        assertThat(quotas().charge(QuotaKind.FETCH, "shop", 1_000)).isZero();
        assertThat(quotas().charge(QuotaKind.FETCH, "bank", 1_000)).isEqualTo(90_000);
        assertThat(quotas().charge(QuotaKind.FETCH, "post", 100)).isZero();
        assertThat(quotas().charge(QuotaKind.PRODUCE, "bank", 1_000)).isZero();
        assertThat(quotas().mostAtOnce(QuotaKind.FETCH, "post")).hasValue(100);
    }

    @Test
    void a_client_without_an_id_has_no_quota() throws Exception {
        set(OTHERS, QuotaKind.FETCH, 10);
        assertThat(quotas().charge(QuotaKind.FETCH, "", 1_000_000)).isZero();
    }

    @Test
    void what_was_used_under_one_limit_counts_under_the_next() throws Exception {
        set(SHOP, QuotaKind.PRODUCE, 1_000_000);
        quotas().charge(QuotaKind.PRODUCE, "shop", 20_000);
        set(SHOP, QuotaKind.PRODUCE, 1_000);
        assertThat(quotas().charge(QuotaKind.PRODUCE, "shop", 0)).isEqualTo(10_000);
        remove(SHOP, QuotaKind.PRODUCE);
        assertThat(quotas().charge(QuotaKind.PRODUCE, "shop", 1e9)).isZero();
    }

    @Test
    void what_is_given_back_is_not_charged() throws Exception {
        set(SHOP, QuotaKind.FETCH, 1_000);
        assertThat(quotas().charge(QuotaKind.FETCH, "shop", 20_000)).isPositive();
        quotas().giveBack(QuotaKind.FETCH, "shop", 20_000);
        assertThat(quotas().charge(QuotaKind.FETCH, "shop", 10_000)).isZero();
    }

    @Test
    void a_pause_for_time_spent_is_one_window_at_most() throws Exception {
        set(SHOP, QuotaKind.REQUEST, 1);
        assertThat(quotas().charge(QuotaKind.REQUEST, "shop", 100_000)).isEqualTo(1_000);
    }

    @Test
    void a_pause_is_never_more_than_an_answer_can_say() throws Exception {
        set(SHOP, QuotaKind.PRODUCE, 1);
        assertThat(quotas().charge(QuotaKind.PRODUCE, "shop", 1e15)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void the_client_id_that_has_been_idle_longest_is_forgotten_first() {
        var uses = new QuotaUses(11, 1_000);
        uses.add("first", 50_000, 0);
        uses.add("second", 50_000, 0);
        for (int i = 2; i < QuotaUses.CLIENT_IDS_MAX; i++) {
            uses.add("client-" + i, 1, 0);
        }
        assertThat(uses.charge("first", 0, 1_000, 0)).isPositive();
        uses.add("one more", 1, 0);
        assertThat(uses.clientIds()).isEqualTo(QuotaUses.CLIENT_IDS_MAX);
        assertThat(uses.charge("first", 0, 1_000, 0)).isPositive();
        assertThat(uses.charge("second", 0, 1_000, 0)).isZero();
    }

    @Test
    void long_client_ids_cost_no_more_memory_than_short_ones() {
        var uses = new QuotaUses(11, 1_000);
        String beginning = "x".repeat(QuotasState.CLIENT_ID_CHARS_MAX);
        uses.add(beginning + "a", 1, 0);
        uses.add(beginning + "b", 1, 0);
        assertThat(uses.clientIds()).isEqualTo(1);
    }

    // ---- restart

    @Test
    void quotas_outlive_a_restart_and_a_crash() throws Exception {
        set(SHOP, QuotaKind.PRODUCE, 1_000);
        set(SHOP, QuotaKind.REQUEST, 12.5);
        set(OTHERS, QuotaKind.FETCH, 5);
        set(new QuotaEntity.ClientId("gone"), QuotaKind.FETCH, 5);
        remove(new QuotaEntity.ClientId("gone"), QuotaKind.FETCH);
        var all =
                Map.of(
                        SHOP,
                        Map.of(QuotaKind.PRODUCE, 1_000.0, QuotaKind.REQUEST, 12.5),
                        OTHERS,
                        Map.of(QuotaKind.FETCH, 5.0));
        assertThat(quotas().all()).isEqualTo(all);
        disk.crash();
        assertThat(quotas().all()).isEqualTo(all);
        disk.restart();
        assertThat(quotas().all()).isEqualTo(all);
        assertThat(quotas().charge(QuotaKind.FETCH, "bank", 1_000)).isPositive();
        disk.crash();
        assertThat(quotas().all()).isEqualTo(all);
    }

    @Test
    void records_read_as_they_were_written_and_others_are_damage() {
        var record = new QuotaRecord(SHOP, Map.of(QuotaKind.REQUEST, 0.25, QuotaKind.FETCH, 7.0));
        byte[] bytes = QuotaRecordV1Format.encode(record);
        assertThat(QuotaRecordV1Format.decode(bytes)).isEqualTo(record);
        assertThat(
                        QuotaRecordV1Format.decodeSnapshot(
                                QuotaRecordV1Format.encodeSnapshot(List.of(record))))
                .containsExactly(record);
        for (int at : new int[] {0, 1, bytes.length - 9}) {
            byte[] wrong = bytes.clone();
            wrong[at] = 99;
            SinewException damage =
                    catchThrowableOfType(
                            SinewException.class, () -> QuotaRecordV1Format.decode(wrong));
            assertThat(damage.code()).isEqualTo(ErrorCode.DAMAGED_DATA);
        }
    }
}
