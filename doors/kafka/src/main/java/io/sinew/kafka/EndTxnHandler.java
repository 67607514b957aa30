package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.TransactionalProducer;
import io.sinew.broker.Transactions;
import io.sinew.kafkawire.EndTxnRequest;
import io.sinew.kafkawire.EndTxnResponse;

/// `EndTxn`: commits or aborts. The answer leaves when the decision and all markers are durable, so
/// that whoever reads committed records after it finds them.
final class EndTxnHandler implements Handler<EndTxnRequest> {
    private static final int KNOWS_FENCING = 2;

    /// From here on each end gives the producer a new epoch (KIP-890).
    private static final int NEW_EPOCH = 5;

    private final Broker broker;

    EndTxnHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(EndTxnRequest request, Caller caller) throws InterruptedException {
        var response = new EndTxnResponse();
        DurableReply.Refusal refusal =
                refused -> {
                    short error = KafkaErrors.ofCoordinator(refused.code());
                    response.errorCode =
                            KafkaErrors.fencedIn(caller.version(), KNOWS_FENCING, error);
                    response.producerId = -1;
                    response.producerEpoch = -1;
                };
        boolean newEpoch = caller.version() >= NEW_EPOCH;
        var producer =
                new TransactionalProducer(
                        request.transactionalId, request.producerId, request.producerEpoch);
        var reply = new DurableReply(response);
        try {
            Transactions.Initialised after =
                    broker.transactions().end(producer, request.committed, newEpoch);
            if (newEpoch) {
                response.producerId = after.producerId();
                response.producerEpoch = after.epoch();
            }
            reply.add(after.commit(), refusal);
        } catch (SinewException e) {
            refusal.because(e);
        }
        return reply;
    }
}
