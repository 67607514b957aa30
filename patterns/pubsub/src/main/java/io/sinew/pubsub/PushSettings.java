package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.SettingValues;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// How the messages of a subscription are pushed to an endpoint. In text, a setting goes by the
/// name that stands beside it here.
///
/// @param url `push.url`: where they are POSTed
/// @param secrets `push.secrets`, with spaces between them: each signs every message, so that an
///   endpoint may change from one to the next without losing any; made when there is none
/// @param timeoutMs `push.timeout.ms`: how long an attempt takes at most, from looking up the
///   host's name to the end of the answer
/// @param connectTimeoutMs `push.connect.timeout.ms`: how much of that one address may take to
///   accept a connection
/// @param concurrency `push.concurrency`: messages that are at the endpoint at a time
/// @param perSecond `push.rate`: messages that are begun in a second at most; 0 for no limit
/// @param breakerFailures `push.breaker.failures`: failures one after the other after which the
///   endpoint is left alone for a while
/// @param breakerFirstMs `push.breaker.first.ms`: for how long at first; it doubles
/// @param breakerMaxMs `push.breaker.max.ms`: for how long at most
/// @param schedule `push.retry.s`: how long a message waits after each failure, in seconds, with
///   commas between them
public record PushSettings(
        String url,
        List<WebhookSecret> secrets,
        long timeoutMs,
        long connectTimeoutMs,
        int concurrency,
        int perSecond,
        int breakerFailures,
        long breakerFirstMs,
        long breakerMaxMs,
        PushSchedule schedule) {
    /// Secrets that sign together.
    public static final int SECRETS_MAX = 5;

    /// Messages that may be at one endpoint at a time.
    public static final int CONCURRENCY_MAX = 256;

    private static final String SECRETS = "push.secrets";
    private static final long DAY_MS = 24L * 60 * 60 * 1000;

    public PushSettings {
        EndpointUrl _ = EndpointUrl.parse(url);
        secrets = List.copyOf(secrets);
        SettingValues.requireRange("the number of " + SECRETS, secrets.size(), 1, SECRETS_MAX);
        SettingValues.requireRange("push.timeout.ms", timeoutMs, 1, 120_000);
        SettingValues.requireRange("push.connect.timeout.ms", connectTimeoutMs, 1, 120_000);
        SettingValues.requireRange("push.concurrency", concurrency, 1, CONCURRENCY_MAX);
        SettingValues.requireRange("push.rate", perSecond, 0, 1_000_000);
        SettingValues.requireRange("push.breaker.failures", breakerFailures, 1, 1_000_000);
        SettingValues.requireRange("push.breaker.max.ms", breakerMaxMs, 1, DAY_MS);
        SettingValues.requireRange("push.breaker.first.ms", breakerFirstMs, 1, breakerMaxMs);
    }

    /// A new secret; 15 s for an attempt, 5 s of it to connect; 16 messages at a time at any rate;
    /// after ten failures in a row 5 s of rest, later 5 min; the schedule of Standard Webhooks.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public static PushSettings of(String url) {
        return new PushSettings(
                url,
                List.of(WebhookSecret.generate()),
                15_000,
                5_000,
                16,
                0,
                10,
                5_000,
                300_000,
                PushSchedule.standard());
    }

    /// Reads settings; what is left out is as in [#of].
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public static PushSettings from(Map<String, String> map) {
        String url = map.get("push.url");
        if (url == null) {
            throw new SinewException(ErrorCode.INVALID_CONFIG, "a push has a push.url");
        }
        return of(url).with(map);
    }

    /// All settings by their names, in their order, for whoever keeps them: secrets too.
    public Map<String, String> toMap() {
        return map(secrets.stream().map(WebhookSecret::reveal).collect(Collectors.joining(" ")));
    }

    /// As [#toMap], for whoever looks at them: without the secrets.
    public Map<String, String> toShow() {
        return map(secrets.stream().map(WebhookSecret::toString).collect(Collectors.joining(" ")));
    }

    private Map<String, String> map(String secretsText) {
        var map = new LinkedHashMap<String, String>();
        map.put("push.url", url);
        map.put(SECRETS, secretsText);
        map.put("push.timeout.ms", Long.toString(timeoutMs));
        map.put("push.connect.timeout.ms", Long.toString(connectTimeoutMs));
        map.put("push.concurrency", Integer.toString(concurrency));
        map.put("push.rate", Integer.toString(perSecond));
        map.put("push.breaker.failures", Integer.toString(breakerFailures));
        map.put("push.breaker.first.ms", Long.toString(breakerFirstMs));
        map.put("push.breaker.max.ms", Long.toString(breakerMaxMs));
        map.put("push.retry.s", schedule.toString());
        return map;
    }

    /// These settings with others in place of some.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    public PushSettings with(Map<String, String> changes) {
        SettingValues values = SettingValues.changed("a push", toMap(), changes);
        return new PushSettings(
                values.text("push.url"),
                secrets(values.text(SECRETS)),
                values.number("push.timeout.ms"),
                values.number("push.connect.timeout.ms"),
                values.smallNumber("push.concurrency"),
                values.smallNumber("push.rate"),
                values.smallNumber("push.breaker.failures"),
                values.number("push.breaker.first.ms"),
                values.number("push.breaker.max.ms"),
                PushSchedule.parse(values.text("push.retry.s")));
    }

    private static List<WebhookSecret> secrets(String texts) {
        return texts.isEmpty()
                ? List.of(WebhookSecret.generate())
                : Arrays.stream(texts.split("\\s+")).map(WebhookSecret::parse).toList();
    }
}
