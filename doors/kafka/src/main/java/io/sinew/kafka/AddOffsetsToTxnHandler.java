package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.TransactionalProducer;
import io.sinew.kafkawire.AddOffsetsToTxnRequest;
import io.sinew.kafkawire.AddOffsetsToTxnResponse;

/// `AddOffsetsToTxn`: a group whose offsets take part in a transaction.
final class AddOffsetsToTxnHandler implements Handler<AddOffsetsToTxnRequest> {
    private static final int KNOWS_FENCING = 2;

    private final Broker broker;

    AddOffsetsToTxnHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(AddOffsetsToTxnRequest request, Caller caller) throws InterruptedException {
        var response = new AddOffsetsToTxnResponse();
        DurableReply.Refusal refusal =
                refused -> {
                    short error = KafkaErrors.ofCoordinator(refused.code());
                    response.errorCode =
                            KafkaErrors.fencedIn(caller.version(), KNOWS_FENCING, error);
                };
        var producer =
                new TransactionalProducer(
                        request.transactionalId, request.producerId, request.producerEpoch);
        var reply = new DurableReply(response);
        try {
            reply.add(broker.transactions().addGroup(producer, request.groupId), refusal);
        } catch (SinewException e) {
            refusal.because(e);
        }
        return reply;
    }
}
