package io.sinew.kafka;

import io.sinew.kafkawire.ApiKey;

/// Charges clients for their requests, each when its answer is about to leave.
interface Charging {
    /// Charges for one request.
    ///
    /// @param answered a request that gets no answer (`acks=0`) is free of the quota on time
    /// @return ms for which the client is to pause; 0 when it may go on
    int of(ApiKey api, Cost cost, boolean answered);
}
