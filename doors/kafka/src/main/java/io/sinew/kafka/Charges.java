package io.sinew.kafka;

import io.sinew.broker.ClientQuotas;
import io.sinew.broker.QuotaKind;
import io.sinew.kafkawire.ApiKey;
import java.util.concurrent.TimeUnit;

/// Charges clients for their requests and says how long they are to pause: their answers leave at
/// once and tell them so, and then their connection is not read (KIP-13, KIP-124, KIP-219).
final class Charges implements Charging {
    private static final double PERCENT_PER_NANO = 100.0 / TimeUnit.SECONDS.toNanos(1);

    private final ClientQuotas quotas;

    Charges(ClientQuotas quotas) {
        this.quotas = quotas;
    }

    /// For any request but a fetch.
    @Override
    public int of(ApiKey api, Cost cost, boolean answered) {
        int pauseMs = 0;
        if (api == ApiKey.PRODUCE) {
            pauseMs = quotas.charge(QuotaKind.PRODUCE, cost.clientId(), cost.sizeBytes());
        }
        return answered
                ? Math.max(pauseMs, chargeTime(cost.clientId(), cost.handledNanos()))
                : pauseMs;
    }

    /// What a fetch comes to.
    ///
    /// @param hasRecords whether it is answered with what was read
    record Fetch(int pauseMs, boolean hasRecords) {}

    /// Charges for a fetch. One whose client has to pause is answered without records, and they
    /// cost nothing. Only a batch that is more than the quota ever gives at once is sent, when the
    /// client has read nothing else of late: its pause makes up for it. (Apache Kafka never sends
    /// it.)
    ///
    /// @param sizeBytes of the records
    /// @param readNanos time that it took to read them
    Fetch ofFetch(String clientId, long sizeBytes, long readNanos) {
        int bytesPauseMs = quotas.charge(QuotaKind.FETCH, clientId, (double) sizeBytes);
        int pauseMs = Math.max(bytesPauseMs, chargeTime(clientId, readNanos));
        boolean nothingElse =
                bytesPauseMs > 0 && quotas.used(QuotaKind.FETCH, clientId) <= sizeBytes;
        if (pauseMs > 0 && !nothingElse) {
            quotas.giveBack(QuotaKind.FETCH, clientId, (double) sizeBytes);
        }
        return new Fetch(pauseMs, pauseMs == 0 || nothingElse);
    }

    private int chargeTime(String clientId, long nanos) {
        return quotas.charge(QuotaKind.REQUEST, clientId, nanos * PERCENT_PER_NANO);
    }

    /// Bytes that one fetch can return: more would make its client pause each time.
    int fetchMostBytes(String clientId, int mostBytes) {
        double quota = quotas.mostAtOnce(QuotaKind.FETCH, clientId).orElse(mostBytes);
        return (int) Math.min(mostBytes, quota);
    }
}
