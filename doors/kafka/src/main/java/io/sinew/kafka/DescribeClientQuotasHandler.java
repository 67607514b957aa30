package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.QuotaEntity;
import io.sinew.broker.QuotaKind;
import io.sinew.kafkawire.DescribeClientQuotasRequest;
import io.sinew.kafkawire.DescribeClientQuotasResponse;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `DescribeClientQuotas`: the quotas that are set, as far as the filter lets them through.
final class DescribeClientQuotasHandler implements Handler<DescribeClientQuotasRequest> {
    private static final byte EXACT = 0;
    private static final byte DEFAULT = 1;
    private static final byte ANY = 2;

    private final Broker broker;

    DescribeClientQuotasHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(DescribeClientQuotasRequest request, Caller caller) {
        var response = new DescribeClientQuotasResponse();
        response.errorMessage = "";
        try {
            Filter filter = Filter.of(request);
            var entries = new ArrayList<DescribeClientQuotasResponse.EntryData>();
            broker.quotas()
                    .all()
                    .forEach((entity, limits) -> {
                        if (filter.lets(entity)) {
                            entries.add(entry(entity, limits));
                        }
                    });
            response.entries = entries;
        } catch (SinewException e) {
            response.errorCode = KafkaErrors.of(e.code());
            response.errorMessage = e.getMessage();
            response.entries = null;
            return Reply.now(response);
        }
        // What is told is not taken back by a crash.
        return DurableReply.of(response, broker.barrier());
    }

    /// What is wanted.
    ///
    /// @param clientId on client ids; empty for nothing
    /// @param others whether entities of another kind are asked for: there are none
    /// @param strict only entities that every component is about
    private record Filter(
            Optional<DescribeClientQuotasRequest.ComponentData> clientId,
            boolean others,
            boolean strict) {

        static Filter of(DescribeClientQuotasRequest request) {
            var components = new TreeMap<String, DescribeClientQuotasRequest.ComponentData>();
            for (DescribeClientQuotasRequest.ComponentData component : request.components) {
                check(component);
                if (components.put(component.entityType, component) != null) {
                    throw invalid(component.entityType + " can be in the filter once.");
                }
            }
            if (components.containsKey(QuotaEntities.IP) && components.size() > 1) {
                throw invalid("Addresses can't be in the filter together with others.");
            }
            var clientId = Optional.ofNullable(components.get(QuotaEntities.CLIENT_ID));
            boolean others = components.size() > (clientId.isPresent() ? 1 : 0);
            return new Filter(clientId, others, request.strict);
        }

        private static void check(DescribeClientQuotasRequest.ComponentData component) {
            if (component.entityType.isEmpty()) {
                throw invalid("A part of the filter does not say what kind of entity it is for.");
            }
            if (!QuotaEntities.isKnown(component.entityType)) {
                throw new SinewException(
                        ErrorCode.UNSUPPORTED_VERSION,
                        "There is no kind of entity with quotas called "
                                + component.entityType
                                + ".");
            }
            boolean hasMatch = component.match != null;
            boolean fits =
                    switch (component.matchType) {
                        case EXACT -> hasMatch;
                        case DEFAULT, ANY -> !hasMatch;
                        default -> false;
                    };
            if (!fits) {
                throw invalid(
                        "The filter's match type is 0 with a name, 1 for the default or 2 for any,"
                                + " both without; not "
                                + component.matchType);
            }
        }

        private static SinewException invalid(String message) {
            return new SinewException(ErrorCode.INVALID_REQUEST, message);
        }

        boolean lets(QuotaEntity entity) {
            if (others) {
                return false;
            }
            if (clientId.isEmpty()) {
                return !strict;
            }
            String match = clientId.get().match;
            return switch (clientId.get().matchType) {
                case EXACT -> entity instanceof QuotaEntity.ClientId(String id) && id.equals(match);
                case DEFAULT -> entity instanceof QuotaEntity.DefaultClientId;
                default -> true;
            };
        }
    }

    private static DescribeClientQuotasResponse.EntryData entry(
            QuotaEntity entity, Map<QuotaKind, Double> limits) {
        var part = new DescribeClientQuotasResponse.EntityData();
        part.entityType = QuotaEntities.CLIENT_ID;
        part.entityName =
                switch (entity) {
                    case QuotaEntity.ClientId(String id) -> id;
                    case QuotaEntity.DefaultClientId() -> null;
                };
        var entry = new DescribeClientQuotasResponse.EntryData();
        entry.entity.add(part);
        limits.forEach((kind, limit) -> {
            var value = new DescribeClientQuotasResponse.ValueData();
            value.key = kind.key();
            value.value = limit;
            entry.values.add(value);
        });
        return entry;
    }
}
