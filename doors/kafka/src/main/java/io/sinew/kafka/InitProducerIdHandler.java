package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.ProducerIds;
import io.sinew.kafkawire.InitProducerIdRequest;
import io.sinew.kafkawire.InitProducerIdResponse;
import io.sinew.kafkawire.Message;
import java.util.Optional;

/// `InitProducerId` for idempotent producers: always a new id at epoch 0. The id and epoch that a
/// producer may name (KIP-360) only mean something to transactional ones, which are not served.
final class InitProducerIdHandler implements Handler<InitProducerIdRequest> {
    private final Broker broker;

    InitProducerIdHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(InitProducerIdRequest request, Caller caller) {
        if (request.transactionalId != null) {
            // Transactions are not served yet; their APIs are not advertised.
            return Reply.now(refused(KafkaErrors.UNSUPPORTED_VERSION));
        }
        ProducerIds.Allocated allocated;
        try {
            allocated = broker.producerIds().allocate();
        } catch (SinewException e) {
            return Reply.now(refused(KafkaErrors.of(e.code())));
        }
        return () -> Optional.of(answer(allocated));
    }

    private static Message answer(ProducerIds.Allocated allocated) throws InterruptedException {
        try {
            allocated.commit().awaitDurable();
        } catch (SinewException e) {
            return refused(KafkaErrors.of(e.code()));
        }
        var response = new InitProducerIdResponse();
        response.producerId = allocated.id();
        response.producerEpoch = 0;
        return response;
    }

    private static InitProducerIdResponse refused(short error) {
        var response = new InitProducerIdResponse();
        response.errorCode = error;
        response.producerEpoch = -1;
        return response;
    }
}
