package io.sinew.kafka;

import io.sinew.kafkawire.FetchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What one fetch reads and how long it may wait.
///
/// @param session the session it belongs to, if any
/// @param full whether the client wants to hear of every partition
record FetchPlan(
        List<Read> reads,
        Optional<FetchSession> session,
        boolean full,
        int minBytes,
        int maxBytes,
        int maxWaitMs) {

    /// One partition to read.
    record Read(FetchKey key, FetchRequest.FetchPartition wanted) {}

    static FetchPlan of(FetchRequest request, Optional<FetchSession> session, int maxBytes) {
        return new FetchPlan(
                session.map(FetchSession::reads).orElseGet(() -> readsOf(request)),
                session,
                session.isEmpty() || request.sessionEpoch == FetchSession.INITIAL_EPOCH,
                request.minBytes,
                Math.min(request.maxBytes, maxBytes),
                request.maxWaitMs);
    }

    private static List<Read> readsOf(FetchRequest request) {
        var reads = new ArrayList<Read>();
        for (FetchRequest.FetchTopic topic : request.topics) {
            for (FetchRequest.FetchPartition partition : topic.partitions) {
                reads.add(
                        new Read(
                                new FetchKey(topic.topicId, topic.topic, partition.partition),
                                partition));
            }
        }
        return reads;
    }
}
