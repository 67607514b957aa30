package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.ledger.Message;
import io.sinew.ledger.Receipt;
import io.sinew.topics.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Messages as they are POSTed.
class WebhookRequestTest {
    private static final List<WebhookSecret> SECRETS = List.of(WebhookSecret.generate());

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> headers(String key, String value, Header... headers) {
        var message =
                new Message(
                        new Receipt(3, 42, 7),
                        1_000,
                        bytes(key),
                        bytes(value),
                        List.of(headers),
                        2);
        return WebhookRequest.of("a.b-c", message, SECRETS, 1_614_265_330_999L).headers();
    }

    @Test
    void no_header_of_a_record_becomes_one_that_could_do_harm() {
        Map<String, String> headers =
                headers(
                        "k",
                        "{}",
                        Header.of("host", "evil"),
                        Header.of("connection", "close"),
                        Header.of("transfer-encoding", "chunked"),
                        Header.of("content-length", "1"),
                        Header.of("authorization", "Bearer x"),
                        Header.of("cookie", "a=b"),
                        Header.of("webhook-id", "other"),
                        Header.of("webhook-signature", "v1,x"),
                        Header.of("sinew-attempt", "9"),
                        Header.of("ce_", "x"),
                        Header.of("ce_Type", "x"),
                        Header.of("ce_a\r\nb", "x"),
                        Header.of("ce_a:b", "x"),
                        Header.of("x-other", "x"));
        assertThat(headers)
                .containsOnlyKeys(
                        "user-agent",
                        "content-type",
                        "webhook-id",
                        "webhook-timestamp",
                        "webhook-signature",
                        "sinew-attempt",
                        "sinew-key")
                .containsEntry("sinew-attempt", "2")
                .containsEntry("webhook-timestamp", "1614265330");
    }

    @Test
    void no_value_of_a_record_ends_its_header() {
        Map<String, String> headers =
                headers(
                        "k\r\nx: y",
                        "{}",
                        Header.of("ce_type", "a\r\nhost: evil"),
                        Header.of("ce_subject", "Euro € \"100%\""),
                        new Header("ce_data1", null),
                        new Header("ce_raw", new byte[] {(byte) 0xff, 0, 0x7f}),
                        Header.of("TraceParent", "00-1\n"),
                        Header.of("content-type", "text/plain\r\nx: y"));
        assertThat(headers)
                .containsEntry("ce-type", "a%0D%0Ahost:%20evil")
                .containsEntry("ce-subject", "Euro%20%E2%82%AC%20%22100%25%22")
                .containsEntry("ce-data1", "")
                .containsEntry("ce-raw", "%FF%00%7F")
                .containsEntry("traceparent", "00-1%0A")
                .containsEntry("sinew-key", "k%0D%0Ax:%20y")
                .containsEntry("content-type", "application/json");
    }

    @Test
    void the_key_of_an_event_is_its_partition_key_unless_it_has_one() {
        assertThat(headers("k", "{}", Header.of("ce_specversion", "1.0")))
                .containsEntry("ce-partitionkey", "k")
                .doesNotContainKey("sinew-key");
        assertThat(
                        headers(
                                "k",
                                "{}",
                                Header.of("ce_specversion", "1.0"),
                                Header.of("ce_partitionkey", "own")))
                .containsEntry("ce-partitionkey", "own");
    }

    @Test
    void the_content_type_is_what_the_record_says_or_what_the_body_looks_like() {
        String cloudEvents = "application/cloudevents+json; charset=UTF-8";
        assertThat(headers("k", "x", Header.of("content-type", cloudEvents)))
                .containsEntry("content-type", cloudEvents);
        for (String json : new String[] {"{}", " [1] \r\n", "{\"a\":1}"}) {
            assertThat(headers("k", json)).containsEntry("content-type", "application/json");
        }
        for (String other : new String[] {"", "{", "}", "{]", "text", "42"}) {
            assertThat(headers("k", other))
                    .containsEntry("content-type", "application/octet-stream");
        }
    }

    @Test
    void an_id_has_no_dot_and_is_one_of_one_message_only() {
        assertThat(headers("k", "{}")).containsEntry("webhook-id", "a~b-c-3-42");
    }

    @Test
    void a_record_without_key_and_value_is_a_request_without_a_body() {
        var message = new Message(new Receipt(0, 0, 0), 0, null, null, List.of(), 1);
        WebhookRequest request = WebhookRequest.of("t", message, SECRETS, 0);
        assertThat(request.body()).isEmpty();
        assertThat(request.headers()).doesNotContainKeys("sinew-key", "ce-partitionkey");
    }
}
