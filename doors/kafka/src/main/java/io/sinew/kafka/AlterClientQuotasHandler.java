package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.QuotaEdit;
import io.sinew.broker.QuotaEntity;
import io.sinew.broker.QuotaKind;
import io.sinew.kafkawire.AlterClientQuotasRequest;
import io.sinew.kafkawire.AlterClientQuotasResponse;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// `AlterClientQuotas`: each entity for itself, all of its changes or none.
final class AlterClientQuotasHandler implements Handler<AlterClientQuotasRequest> {
    private final Broker broker;

    AlterClientQuotasHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(AlterClientQuotasRequest request, Caller caller) {
        var response = new AlterClientQuotasResponse();
        var reply = new DurableReply(response);
        for (AlterClientQuotasRequest.EntryData wanted : request.entries) {
            var result = new AlterClientQuotasResponse.EntryData();
            result.errorMessage = null;
            result.entity =
                    wanted.entity.stream().map(AlterClientQuotasHandler::described).toList();
            response.entries.add(result);
            try {
                alter(wanted, request.validateOnly, result, reply);
            } catch (SinewException e) {
                refuse(result, e);
            }
        }
        return reply;
    }

    private void alter(
            AlterClientQuotasRequest.EntryData wanted,
            boolean validateOnly,
            AlterClientQuotasResponse.EntryData result,
            DurableReply reply) {
        QuotaEntity entity = entity(wanted.entity);
        List<QuotaEdit> edits = wanted.ops.stream().map(AlterClientQuotasHandler::edit).toList();
        if (validateOnly) {
            broker.quotas().checkAlter(entity, edits);
        } else {
            reply.add(broker.quotas().alter(entity, edits), refused -> refuse(result, refused));
        }
    }

    private static QuotaEntity entity(List<AlterClientQuotasRequest.EntityData> parts) {
        if (parts.isEmpty()) {
            throw invalid("A quota is for an entity, and none is given.");
        }
        for (AlterClientQuotasRequest.EntityData part : parts) {
            QuotaEntities.requireKnown(part.entityType);
            if (!part.entityType.equals(QuotaEntities.CLIENT_ID)) {
                throw invalid(
                        "Quotas for a "
                                + part.entityType
                                + " are not served: nobody has to prove who he is. Set them for"
                                + " client ids.");
            }
        }
        if (parts.size() > 1) {
            throw invalid("A quota is for one client id, and two are given.");
        }
        String name = parts.getFirst().entityName;
        return name == null ? new QuotaEntity.DefaultClientId() : new QuotaEntity.ClientId(name);
    }

    private static QuotaEdit edit(AlterClientQuotasRequest.OpData op) {
        QuotaKind kind =
                QuotaKind.of(op.key)
                        .orElseThrow(() ->
                                invalid(
                                        "There is no quota "
                                                + op.key
                                                + "; there are "
                                                + Arrays.stream(QuotaKind.values())
                                                        .map(QuotaKind::key)
                                                        .collect(Collectors.joining(", "))));
        return new QuotaEdit(
                kind, op.remove ? OptionalDouble.empty() : OptionalDouble.of(op.value));
    }

    private static AlterClientQuotasResponse.EntityData described(
            AlterClientQuotasRequest.EntityData part) {
        var described = new AlterClientQuotasResponse.EntityData();
        described.entityType = part.entityType;
        described.entityName = part.entityName;
        return described;
    }

    private static SinewException invalid(String message) {
        return new SinewException(ErrorCode.INVALID_REQUEST, message);
    }

    private static void refuse(AlterClientQuotasResponse.EntryData result, SinewException refused) {
        result.errorCode = KafkaErrors.of(refused.code());
        result.errorMessage = refused.getMessage();
    }
}
