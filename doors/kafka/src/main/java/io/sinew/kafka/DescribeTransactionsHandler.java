package io.sinew.kafka;

import io.sinew.broker.Broker;
import io.sinew.broker.Transaction;
import io.sinew.kafkawire.DescribeTransactionsRequest;
import io.sinew.kafkawire.DescribeTransactionsResponse;
import io.sinew.log.PartitionId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// `DescribeTransactions` (KIP-664): where transactional ids stand. Groups that take part are not
/// told of; with Kafka they show as partitions of `__consumer_offsets`, which Sinew does not have.
final class DescribeTransactionsHandler implements Handler<DescribeTransactionsRequest> {
    private static final short TRANSACTIONAL_ID_NOT_FOUND = 105;

    private final Broker broker;

    DescribeTransactionsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(DescribeTransactionsRequest request, Caller caller) {
        var response = new DescribeTransactionsResponse();
        for (String id : new LinkedHashSet<>(request.transactionalIds)) {
            response.transactionStates.add(described(id));
        }
        return DurableReply.of(response, broker.barrier());
    }

    private DescribeTransactionsResponse.TransactionState described(String id) {
        var described = new DescribeTransactionsResponse.TransactionState();
        described.transactionalId = id;
        Optional<Transaction> found = broker.transactions().find(id);
        if (id.isEmpty() || found.isEmpty()) {
            described.errorCode =
                    id.isEmpty() ? KafkaErrors.INVALID_REQUEST : TRANSACTIONAL_ID_NOT_FOUND;
            return described;
        }
        Transaction transaction = found.get();
        described.transactionState = transaction.phase().wireName();
        described.transactionTimeoutMs = transaction.timeoutMs();
        described.transactionStartTimeMs = transaction.startMs();
        described.producerId = transaction.producerId();
        described.producerEpoch = transaction.epoch();
        var byTopic = new TreeMap<String, TreeSet<Integer>>();
        for (PartitionId partition : transaction.partitions()) {
            broker.topics()
                    .withId(partition.topicId())
                    .ifPresent(topic ->
                            byTopic.computeIfAbsent(topic.name(), _ -> new TreeSet<>())
                                    .add(partition.index()));
        }
        byTopic.forEach((name, indexes) -> {
            var topic = new DescribeTransactionsResponse.TopicData();
            topic.topic = name;
            topic.partitions.addAll(indexes);
            described.topics.add(topic);
        });
        return described;
    }
}
