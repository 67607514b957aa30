package io.sinew.pubsub;

import io.sinew.base.Metric;
import java.util.Optional;

/// What pushes to webhooks count.
public enum PushMetric implements Metric {
    ATTEMPTS(
            "sinew_push_attempts_total",
            Kind.COUNTER,
            "Attempts to push a message to a webhook, by what became of them: delivered, gone, or"
                    + " why they failed.") {
        @Override
        public Optional<String> label() {
            return Optional.of("outcome");
        }
    },
    SECONDS("sinew_push_seconds_total", Kind.TIME, "How long those attempts took together."),
    RETURNED(
            "sinew_push_returned_total",
            Kind.COUNTER,
            "Messages that were given back without an attempt."),
    OPENINGS(
            "sinew_push_breaker_openings_total",
            Kind.COUNTER,
            "How often an endpoint was left alone after too many failures."),
    UNDER_WAY("sinew_push_attempts_under_way", Kind.GAUGE, "Attempts that are under way.");

    private final String id;
    private final Kind kind;
    private final String meaning;

    PushMetric(String id, Kind kind, String meaning) {
        this.id = id;
        this.kind = kind;
        this.meaning = meaning;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
