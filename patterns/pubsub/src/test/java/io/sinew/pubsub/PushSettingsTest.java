package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The settings of a push as text.
class PushSettingsTest {
    private static final PushSettings SETTINGS = PushSettings.of("https://hook.test/in");

    @Test
    void a_value_out_of_range_is_refused_with_the_range() {
        Map<String, String> wrong =
                Map.ofEntries(
                        Map.entry("push.url", "ftp://hook.test/"),
                        Map.entry("push.secrets", "geheim"),
                        Map.entry("push.timeout.ms", "0"),
                        Map.entry("push.connect.timeout.ms", "120001"),
                        Map.entry("push.concurrency", "257"),
                        Map.entry("push.rate", "-1"),
                        Map.entry("push.breaker.failures", "0"),
                        Map.entry("push.breaker.first.ms", "300001"),
                        Map.entry("push.breaker.max.ms", "x"),
                        Map.entry("push.retry.s", "a"),
                        Map.entry("push.other", "1"));
        wrong.forEach((name, value) ->
                assertThatThrownBy(() -> SETTINGS.with(Map.of(name, value)))
                        .as(name)
                        .isInstanceOfSatisfying(
                                SinewException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG)));
        assertThatThrownBy(() -> PushSettings.from(Map.of("push.rate", "1")))
                .hasMessageContaining("push.url");
    }

    @Test
    void more_secrets_than_may_sign_together_are_refused() {
        String six = (SETTINGS.secrets().getFirst().reveal() + " ").repeat(6);
        assertThatThrownBy(() -> SETTINGS.with(Map.of("push.secrets", six)))
                .isInstanceOf(SinewException.class);
    }

    @Test
    void settings_do_not_show_their_secrets_unless_they_are_to_be_kept() {
        String secret = SETTINGS.secrets().getFirst().reveal();
        assertThat(SETTINGS.toString()).doesNotContain(secret);
        assertThat(SETTINGS.toShow()).containsEntry("push.secrets", "whsec_…");
        assertThat(SETTINGS.toMap()).containsEntry("push.secrets", secret);
    }

    @Test
    void settings_that_were_written_down_are_read_back() {
        PushSettings settings =
                SETTINGS.with(
                        Map.of(
                                "push.concurrency", "3",
                                "push.rate", "100",
                                "push.retry.s", "1,2",
                                "push.secrets",
                                        WebhookSecret.generate().reveal()
                                                + "  "
                                                + WebhookSecret.generate().reveal()));
        assertThat(PushSettings.from(settings.toMap())).isEqualTo(settings);
        assertThat(settings.secrets()).hasSize(2);
        assertThat(settings.schedule().attempts()).isEqualTo(3);
    }

    @Test
    void a_secret_is_made_when_there_is_none() {
        PushSettings one = PushSettings.from(Map.of("push.url", "https://hook.test/in"));
        PushSettings other = one.with(Map.of("push.secrets", ""));
        assertThat(one.secrets()).hasSize(1);
        assertThat(other.secrets()).hasSize(1).isNotEqualTo(one.secrets());
    }
}
