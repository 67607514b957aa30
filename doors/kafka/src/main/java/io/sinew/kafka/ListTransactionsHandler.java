package io.sinew.kafka;

import io.sinew.broker.Broker;
import io.sinew.broker.Transaction;
import io.sinew.broker.TransactionPhase;
import io.sinew.kafkawire.ListTransactionsRequest;
import io.sinew.kafkawire.ListTransactionsResponse;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/// `ListTransactions` (KIP-664, KIP-994): transactional ids by state, producer and age. The filter
/// by regular expression (KIP-1152) is refused: Java's expressions can be made to run for ever.
final class ListTransactionsHandler implements Handler<ListTransactionsRequest> {
    private static final Set<String> STATES =
            Arrays.stream(TransactionPhase.values())
                    .map(TransactionPhase::wireName)
                    .collect(Collectors.toUnmodifiableSet());

    private final Broker broker;

    ListTransactionsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(ListTransactionsRequest request, Caller caller) {
        var response = new ListTransactionsResponse();
        if (request.transactionalIdPattern != null && !request.transactionalIdPattern.isEmpty()) {
            response.errorCode = KafkaErrors.INVALID_REGULAR_EXPRESSION;
            return Reply.now(response);
        }
        var states = new HashSet<>(request.stateFilters);
        for (String state : states) {
            if (!STATES.contains(state)) {
                response.unknownStateFilters.add(state);
            }
        }
        var producerIds = new HashSet<>(request.producerIdFilters);
        long nowMs = broker.clock().nowMs();
        for (Transaction transaction : broker.transactions().all()) {
            boolean wanted =
                    (states.isEmpty() || states.contains(transaction.phase().wireName()))
                            && (producerIds.isEmpty()
                                    || producerIds.contains(transaction.producerId()))
                            && isOldEnough(transaction, request.durationFilter, nowMs);
            if (wanted) {
                response.transactionStates.add(listed(transaction));
            }
        }
        return DurableReply.of(response, broker.barrier());
    }

    private static boolean isOldEnough(Transaction transaction, long durationMs, long nowMs) {
        return durationMs < 0
                || (transaction.startMs() >= 0 && nowMs - transaction.startMs() > durationMs);
    }

    private static ListTransactionsResponse.TransactionState listed(Transaction transaction) {
        var listed = new ListTransactionsResponse.TransactionState();
        listed.transactionalId = transaction.id();
        listed.producerId = transaction.producerId();
        listed.transactionState = transaction.phase().wireName();
        return listed;
    }
}
