package io.sinew.kafka;

import io.sinew.kafkawire.FetchRequest;
import io.sinew.kafkawire.FetchResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a client reads, kept by the broker so that a fetch need only name changes and its answer
/// only news (KIP-227). Partitions that had data go to the end, so that a partition with a lot
/// never starves the others. Used by one connection at a time; under its monitor.
final class FetchSession {
    static final int NO_SESSION = 0;
    static final int INITIAL_EPOCH = 0;
    static final int FINAL_EPOCH = -1;

    private final int id;
    private final Map<FetchKey, Interest> interests = new LinkedHashMap<>();
    private int nextEpoch = 1;

    /// A partition in the session.
    private static final class Interest {
        FetchRequest.FetchPartition wanted;
        long toldEnd = -1;
        long toldStart = -1;
        boolean toldError;

        Interest(FetchRequest.FetchPartition wanted) {
            this.wanted = wanted;
        }
    }

    FetchSession(int id) {
        this.id = id;
    }

    int id() {
        return id;
    }

    /// Epochs go round without the two that have a meaning of their own.
    static int epochAfter(int epoch) {
        return epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    }

    /// Takes the changes of a request.
    ///
    /// @return false when the request's epoch is not the one that must come next
    synchronized boolean update(FetchRequest request) {
        if (request.sessionEpoch != INITIAL_EPOCH) {
            if (request.sessionEpoch != nextEpoch) {
                return false;
            }
            nextEpoch = epochAfter(nextEpoch);
        }
        for (FetchRequest.ForgottenTopic forgotten : request.forgottenTopicsData) {
            for (int partition : forgotten.partitions) {
                interests.remove(new FetchKey(forgotten.topicId, forgotten.topic, partition));
            }
        }
        for (FetchRequest.FetchTopic topic : request.topics) {
            for (FetchRequest.FetchPartition partition : topic.partitions) {
                var key = new FetchKey(topic.topicId, topic.topic, partition.partition);
                Interest known = interests.get(key);
                if (known == null) {
                    interests.put(key, new Interest(partition));
                } else {
                    known.wanted = partition;
                }
            }
        }
        return true;
    }

    /// What is to be read now, in turn.
    synchronized List<FetchPlan.Read> reads() {
        var reads = new ArrayList<FetchPlan.Read>();
        interests.forEach((key, interest) -> reads.add(new FetchPlan.Read(key, interest.wanted)));
        return reads;
    }

    /// Whether an answer has news for the client; if so they count as told.
    ///
    /// @param full the client knows nothing yet
    synchronized boolean tell(FetchKey key, FetchResponse.PartitionData data, boolean full) {
        Interest interest = interests.get(key);
        if (interest == null) {
            return true;
        }
        boolean hasData = data.records != null && data.records.sizeBytes() > 0;
        boolean failed = data.errorCode != KafkaErrors.NONE;
        boolean news =
                full
                        || hasData
                        || failed
                        || data.divergingEpoch.epoch >= 0
                        || interest.toldError
                        || interest.toldEnd != data.highWatermark
                        || interest.toldStart != data.logStartOffset;
        interest.toldEnd = data.highWatermark;
        interest.toldStart = data.logStartOffset;
        interest.toldError = failed;
        if (hasData) {
            interests.remove(key);
            interests.put(key, interest);
        }
        return news;
    }

    synchronized int size() {
        return interests.size();
    }
}
