package io.sinew.kafka;

import io.sinew.kafkawire.AddOffsetsToTxnRequest;
import io.sinew.kafkawire.AddPartitionsToTxnRequest;
import io.sinew.kafkawire.DescribeTransactionsRequest;
import io.sinew.kafkawire.EndTxnRequest;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.TxnOffsetCommitRequest;

/// Requests of a transactional producer.
///
/// @param producerId as the broker gave it
record TransactionRequests(String transactionalId, long producerId, short epoch) {
    static InitProducerIdRequest initialise(String transactionalId) {
        var request = new InitProducerIdRequest();
        request.transactionalId = transactionalId;
        request.transactionTimeoutMs = 60_000;
        return request;
    }

    AddPartitionsToTxnRequest addPartition(String topic, int index) {
        var request = new AddPartitionsToTxnRequest();
        request.v3AndBelowTransactionalId = transactionalId;
        request.v3AndBelowProducerId = producerId;
        request.v3AndBelowProducerEpoch = epoch;
        var named = new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic();
        named.name = topic;
        named.partitions.add(index);
        request.v3AndBelowTopics.add(named);
        return request;
    }

    AddOffsetsToTxnRequest addGroup(String groupId) {
        var request = new AddOffsetsToTxnRequest();
        request.transactionalId = transactionalId;
        request.producerId = producerId;
        request.producerEpoch = epoch;
        request.groupId = groupId;
        return request;
    }

    TxnOffsetCommitRequest commitOffset(String groupId, String topic, long offset) {
        var request = new TxnOffsetCommitRequest();
        request.transactionalId = transactionalId;
        request.producerId = producerId;
        request.producerEpoch = epoch;
        request.groupId = groupId;
        var named = new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic();
        named.name = topic;
        var partition = new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition();
        partition.committedOffset = offset;
        named.partitions.add(partition);
        request.topics.add(named);
        return request;
    }

    EndTxnRequest end(boolean commit) {
        var request = new EndTxnRequest();
        request.transactionalId = transactionalId;
        request.producerId = producerId;
        request.producerEpoch = epoch;
        request.committed = commit;
        return request;
    }

    DescribeTransactionsRequest describe() {
        var request = new DescribeTransactionsRequest();
        request.transactionalIds.add(transactionalId);
        return request;
    }
}
