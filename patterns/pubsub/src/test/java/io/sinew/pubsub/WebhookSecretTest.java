package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.SinewException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/// Secrets that sign webhooks.
class WebhookSecretTest {
    private static String ofBytes(int count) {
        return "whsec_" + Base64.getEncoder().encodeToString(new byte[count]);
    }

    @Test
    void a_secret_of_another_length_or_form_is_refused_and_not_repeated() {
        for (String text :
                new String[] {
                    "",
                    "geheim",
                    "whsec_",
                    "whsec_geheim!",
                    "whsk_" + ofBytes(32).substring(6),
                    ofBytes(23),
                    ofBytes(65)
                }) {
            assertThatThrownBy(() -> WebhookSecret.parse(text))
                    .isInstanceOf(SinewException.class)
                    .hasMessageNotContaining("geheim");
        }
        assertThat(WebhookSecret.parse(ofBytes(24)).reveal()).isEqualTo(ofBytes(24));
        assertThat(WebhookSecret.parse(ofBytes(64)).reveal()).isEqualTo(ofBytes(64));
    }

    @Test
    void a_secret_does_not_show_itself() {
        WebhookSecret secret = WebhookSecret.generate();
        assertThat(secret.toString()).isEqualTo("whsec_…");
        assertThat(secret).isNotEqualTo(WebhookSecret.generate());
        assertThat(WebhookSecret.parse(secret.reveal()))
                .isEqualTo(secret)
                .hasSameHashCodeAs(secret);
    }

    /// The example that the specification's own libraries are tested with.
    @Test
    void a_signature_is_that_of_standard_webhooks() {
        var secret = WebhookSecret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
        assertThat(secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
