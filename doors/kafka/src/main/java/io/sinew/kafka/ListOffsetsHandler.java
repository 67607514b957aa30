package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Partition;
import io.sinew.kafkawire.ListOffsetsRequest;
import io.sinew.kafkawire.ListOffsetsResponse;
import io.sinew.kafkawire.Message;
import io.sinew.log.PartitionLog;
import io.sinew.log.RecordPosition;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `ListOffsets`: the offset of a time, or of one of the places that have a negative number instead
/// of a time.
final class ListOffsetsHandler implements Handler<ListOffsetsRequest> {
    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    private static final long EARLIEST_LOCAL = -4;
    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;
    private static final int NO_EPOCH = -1;
    private static final byte READ_COMMITTED = 1;
    private static final int FIRST_WITH_EPOCH = 4;

    private final TopicLookup lookup;

    ListOffsetsHandler(Broker broker) {
        this.lookup = new TopicLookup(broker);
    }

    @Override
    public Reply handle(ListOffsetsRequest request, Caller caller) {
        // Looking up a time may read from the disk: on the writer, where it holds up nothing but
        // its
        // own answer.
        return () -> Optional.of(answer(request, caller.version()));
    }

    private Message answer(ListOffsetsRequest request, int version) {
        var response = new ListOffsetsResponse();
        var duplicates =
                Duplicates.among(
                        request.topics.stream()
                                .flatMap(topic ->
                                        topic.partitions.stream()
                                                .map(partition -> key(topic.name, partition))));
        for (ListOffsetsRequest.ListOffsetsTopic topic : request.topics) {
            var topicResponse = new ListOffsetsResponse.ListOffsetsTopicResponse();
            topicResponse.name = topic.name;
            for (ListOffsetsRequest.ListOffsetsPartition partition : topic.partitions) {
                boolean committed = request.isolationLevel == READ_COMMITTED;
                topicResponse.partitions.add(
                        answer(topic.name, partition, version, committed, duplicates));
            }
            response.topics.add(topicResponse);
        }
        return response;
    }

    private ListOffsetsResponse.ListOffsetsPartitionResponse answer(
            String topic,
            ListOffsetsRequest.ListOffsetsPartition request,
            int version,
            boolean committed,
            Duplicates duplicates) {
        var response = new ListOffsetsResponse.ListOffsetsPartitionResponse();
        response.partitionIndex = request.partitionIndex;
        try {
            duplicates.refuse(key(topic, request));
            Partition partition =
                    lookup.partition(
                            lookup.topic(topic, Message.ZERO_UUID), request.partitionIndex);
            lookup.requireEpoch(request.currentLeaderEpoch);
            long end = committed ? partition.lastStableOffset() : partition.log().endOffset();
            RecordPosition found = find(partition.log(), request.timestamp, end);
            response.offset = found.offset();
            response.timestamp = found.timestamp();
            if (version >= FIRST_WITH_EPOCH) {
                response.leaderEpoch = found.leaderEpoch();
            }
        } catch (SinewException e) {
            response.errorCode = KafkaErrors.of(e.code());
        } catch (IOException e) {
            response.errorCode = KafkaErrors.STORAGE_ERROR;
        }
        return response;
    }

    private static Object key(String topic, ListOffsetsRequest.ListOffsetsPartition partition) {
        return List.of(topic, partition.partitionIndex);
    }

    /// @param end where the caller's log ends: for one that reads committed records before the
    ///   first open transaction
    private RecordPosition find(PartitionLog log, long timestamp, long end) throws IOException {
        if (timestamp >= 0) {
            return orNone(
                    log.firstAtOrAfter(timestamp).filter(position -> position.offset() < end));
        }
        int epoch = log.epochs().last();
        if (timestamp == LATEST) {
            return new RecordPosition(end, -1, epoch);
        }
        if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            int first =
                    log.epochs().list().isEmpty()
                            ? NO_EPOCH
                            : log.epochs().list().getFirst().epoch();
            return new RecordPosition(log.logStartOffset(), -1, first);
        }
        if (timestamp == MAX_TIMESTAMP) {
            return orNone(log.latestTimestamp().filter(position -> position.offset() < end));
        }
        if (timestamp == LATEST_TIERED || timestamp == EARLIEST_PENDING_UPLOAD) {
            return new RecordPosition(-1, -1, NO_EPOCH);
        }
        throw new SinewException(
                ErrorCode.UNSUPPORTED_VERSION, "there is no special timestamp " + timestamp);
    }

    private static RecordPosition orNone(Optional<RecordPosition> found) {
        return found.orElseGet(() -> new RecordPosition(-1, -1, NO_EPOCH));
    }
}
