package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.ProducerIds;
import io.sinew.broker.Transactions;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.InitProducerIdResponse;
import io.sinew.log.Commit;

/// `InitProducerId`: an idempotent producer gets a new id, a transactional one the id of its
/// transactional id, with an epoch that fences whoever had it before.
final class InitProducerIdHandler implements Handler<InitProducerIdRequest> {
    /// From here on a fenced producer is told from one with an epoch that was never given.
    private static final int KNOWS_FENCING = 4;

    private final Broker broker;

    InitProducerIdHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(InitProducerIdRequest request, Caller caller) throws InterruptedException {
        var response = new InitProducerIdResponse();
        try {
            if (request.producerId < 0 != request.producerEpoch < 0) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "A producer id and its epoch come together or not at all.");
            }
            var reply = new DurableReply(response);
            reply.add(initialise(request, response), refused -> refuse(response, refused, caller));
            return reply;
        } catch (SinewException e) {
            refuse(response, e, caller);
            return Reply.now(response);
        }
    }

    private Commit initialise(InitProducerIdRequest request, InitProducerIdResponse response)
            throws InterruptedException {
        if (request.transactionalId == null) {
            ProducerIds.Allocated allocated = broker.producerIds().allocate();
            response.producerId = allocated.id();
            response.producerEpoch = 0;
            return allocated.commit();
        }
        Transactions.Initialised initialised =
                broker.transactions()
                        .initialise(
                                request.transactionalId,
                                request.transactionTimeoutMs,
                                request.producerId,
                                request.producerEpoch);
        response.producerId = initialised.producerId();
        response.producerEpoch = initialised.epoch();
        return initialised.commit();
    }

    private static void refuse(
            InitProducerIdResponse response, SinewException refused, Caller caller) {
        short error = KafkaErrors.ofCoordinator(refused.code());
        response.errorCode = KafkaErrors.fencedIn(caller.version(), KNOWS_FENCING, error);
        response.producerId = -1;
        response.producerEpoch = -1;
    }
}
