package io.sinew.kafka;

import io.sinew.kafkawire.FetchRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// What one fetch reads and how long it may wait.
///
/// @param session the session it belongs to, if any
/// @param full whether the client wants to hear of every partition
/// @param committed whether it reads nothing of transactions that are open
record FetchPlan(
        List<Read> reads,
        Optional<FetchSession> session,
        boolean full,
        int minBytes,
        int maxBytes,
        int maxWaitMs,
        boolean committed) {
    private static final byte READ_COMMITTED = 1;

    /// One partition to read.
    record Read(FetchKey key, FetchRequest.FetchPartition wanted) {}

    static FetchPlan of(FetchRequest request, Optional<FetchSession> session, int maxBytes) {
        int answerBytes = Math.min(request.maxBytes, maxBytes);
        return new FetchPlan(
                session.map(FetchSession::reads).orElseGet(() -> readsOf(request)),
                session,
                session.isEmpty() || request.sessionEpoch == FetchSession.INITIAL_EPOCH,
                // More than an answer may hold never comes together.
                Math.min(request.minBytes, answerBytes),
                answerBytes,
                request.maxWaitMs,
                request.isolationLevel == READ_COMMITTED);
    }

    /// Each partition once, however often it is named; as in Kafka, its last mention counts.
    private static List<Read> readsOf(FetchRequest request) {
        var reads = new LinkedHashMap<FetchKey, Read>();
        for (FetchRequest.FetchTopic topic : request.topics) {
            for (FetchRequest.FetchPartition partition : topic.partitions) {
                var key = new FetchKey(topic.topicId, topic.topic, partition.partition);
                reads.put(key, new Read(key, partition));
            }
        }
        return List.copyOf(reads.values());
    }
}
