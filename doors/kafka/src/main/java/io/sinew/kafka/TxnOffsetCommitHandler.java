package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Pending;
import io.sinew.broker.Topic;
import io.sinew.broker.TransactionalProducer;
import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupOffset;
import io.sinew.groups.GroupPartition;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.Message;
import io.sinew.kafkawire.TxnOffsetCommitRequest;
import io.sinew.kafkawire.TxnOffsetCommitResponse;
import java.util.ArrayList;
import java.util.List;

/// `TxnOffsetCommit`: positions of a group's consumers that count when the transaction is
/// committed.
final class TxnOffsetCommitHandler implements Handler<TxnOffsetCommitRequest> {
    /// From here on the group takes part in the transaction by this request alone (KIP-890).
    private static final int ADDS_GROUP = 5;

    /// From here on a transaction can be told to abort.
    private static final int KNOWS_ABORTABLE = 4;

    private final Broker broker;
    private final TopicLookup lookup;
    private final Coordinator coordinator;

    TxnOffsetCommitHandler(Broker broker, Coordinator coordinator) {
        this.broker = broker;
        this.lookup = new TopicLookup(broker);
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(TxnOffsetCommitRequest request, Caller caller) throws InterruptedException {
        var response = new TxnOffsetCommitResponse();
        var offsets = new ArrayList<GroupOffset>();
        var results = new ArrayList<TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition>();
        for (TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic topic : request.topics) {
            var topicResponse = new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic();
            topicResponse.name = topic.name;
            response.topics.add(topicResponse);
            for (TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition wanted : topic.partitions) {
                var result = new TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition();
                result.partitionIndex = wanted.partitionIndex;
                topicResponse.partitions.add(result);
                try {
                    offsets.add(offset(topic.name, wanted));
                    results.add(result);
                } catch (SinewException e) {
                    result.errorCode = KafkaErrors.of(e.code());
                }
            }
        }
        return coordinator.ask(
                () -> commit(request, offsets, caller.version()),
                GroupReply.OffsetsCommitted.class,
                committed -> {
                    note(committed, results);
                    return response;
                },
                error -> {
                    short told = inVersion(caller.version(), error);
                    results.forEach(result -> result.errorCode = told);
                    return response;
                });
    }

    private Pending<GroupReply> commit(
            TxnOffsetCommitRequest request, List<GroupOffset> offsets, int version)
            throws InterruptedException {
        if (request.groupId.isEmpty()) {
            throw new SinewException(ErrorCode.INVALID_GROUP_ID, "the group id is empty");
        }
        return broker.transactions()
                .commitOffsets(
                        new TransactionalProducer(
                                request.transactionalId, request.producerId, request.producerEpoch),
                        new GroupCommand.Claim(
                                request.groupId,
                                request.generationId,
                                request.memberId,
                                request.groupInstanceId),
                        offsets,
                        version >= ADDS_GROUP);
    }

    private GroupOffset offset(
            String name, TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition wanted) {
        Topic topic = lookup.topic(name, Message.ZERO_UUID);
        lookup.partition(topic, wanted.partitionIndex);
        return new GroupOffset(
                new GroupPartition(topic.id(), wanted.partitionIndex),
                wanted.committedOffset,
                wanted.committedLeaderEpoch,
                wanted.committedMetadata == null ? "" : wanted.committedMetadata);
    }

    private static void note(
            GroupReply.OffsetsCommitted committed,
            List<TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition> results) {
        for (int i = 0; i < results.size(); i++) {
            results.get(i).errorCode = KafkaErrors.of(committed.partitions().get(i).error());
        }
    }

    /// In the words that producers expect here: an old epoch is no reason to close for good, and a
    /// group that is not there, or in another epoch, is a generation that is over.
    private static short inVersion(int version, short error) {
        return switch (error) {
            case KafkaErrors.PRODUCER_FENCED -> KafkaErrors.INVALID_PRODUCER_EPOCH;
            case KafkaErrors.GROUP_ID_NOT_FOUND, KafkaErrors.STALE_MEMBER_EPOCH ->
                    KafkaErrors.ILLEGAL_GENERATION;
            case KafkaErrors.TRANSACTION_ABORTABLE ->
                    version < KNOWS_ABORTABLE ? KafkaErrors.INVALID_TXN_STATE : error;
            default -> error;
        };
    }
}
