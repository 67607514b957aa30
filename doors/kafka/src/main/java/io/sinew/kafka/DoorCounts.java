package io.sinew.kafka;

import io.sinew.base.Metrics;
import io.sinew.kafkawire.ApiKey;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// What all connections of the door count together.
final class DoorCounts {
    private final LongAdder accepted;
    private final LongAdder refused;
    private final LongAdder receivedBytes;
    private final LongAdder sentBytes;
    private final LongAdder produceRefusals;
    private final LongAdder fetchRefusals;
    private final LongAdder pauses;
    private final Map<ApiKey, LongAdder> requests = new EnumMap<>(ApiKey.class);

    DoorCounts(Metrics metrics) {
        this.accepted = metrics.counter(KafkaMetric.CONNECTIONS_ACCEPTED);
        this.refused = metrics.counter(KafkaMetric.CONNECTIONS_REFUSED);
        this.receivedBytes = metrics.counter(KafkaMetric.RECEIVED_BYTES);
        this.sentBytes = metrics.counter(KafkaMetric.SENT_BYTES);
        this.produceRefusals = metrics.counter(KafkaMetric.PRODUCE_REFUSALS);
        this.fetchRefusals = metrics.counter(KafkaMetric.FETCH_REFUSALS);
        this.pauses = metrics.counter(KafkaMetric.PAUSES);
        for (ApiKey api : ApiKey.values()) {
            requests.put(api, metrics.counter(KafkaMetric.REQUESTS, api.protocolName()));
        }
    }

    void accepted() {
        accepted.increment();
    }

    void refused() {
        refused.increment();
    }

    void request(ApiKey api, int sizeBytes) {
        Objects.requireNonNull(requests.get(api)).increment();
        receivedBytes.add(sizeBytes);
    }

    void sent(int sizeBytes) {
        sentBytes.add(sizeBytes);
    }

    void produceRefused() {
        produceRefusals.increment();
    }

    void fetchRefused() {
        fetchRefusals.increment();
    }

    void paused() {
        pauses.increment();
    }
}
