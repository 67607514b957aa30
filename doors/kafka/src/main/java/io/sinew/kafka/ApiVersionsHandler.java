package io.sinew.kafka;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsRequest;
import io.sinew.kafkawire.ApiVersionsResponse;
import java.util.regex.Pattern;

/// `ApiVersions` (KIP-35, KIP-511): what this broker serves.
final class ApiVersionsHandler implements Handler<ApiVersionsRequest> {
    /// Advertised from 0 although versions before 3 are refused: librdkafka takes a higher minimum
    /// for a broker that knows no compression and stops compressing (KAFKA-18659).
    private static final short PRODUCE_ADVERTISED_FROM = 0;

    /// From this version on clients say what software they are.
    private static final int NAMED_FROM = 3;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");

    /// Producers that know level 2 send the records of a transaction without announcing the
    /// partition first (KIP-890).
    private static final Feature TRANSACTIONS = new Feature("transaction.version", (short) 2);

    /// Groups of the protocol of KIP-848.
    private static final Feature CONSUMER_GROUPS = new Feature("group.version", (short) 1);

    /// Groups of the protocol of KIP-1071.
    private static final Feature STREAMS_GROUPS = new Feature("streams.version", (short) 1);

    /// Clients of versions before refuse an answer with a feature that may be off (KAFKA-17011).
    private static final int KNOWS_MINIMUM_ZERO = 4;

    private final Apis apis;

    ApiVersionsHandler(Apis apis) {
        this.apis = apis;
    }

    @Override
    public Reply handle(ApiVersionsRequest request, Caller caller) {
        var response = new ApiVersionsResponse();
        if (caller.version() >= NAMED_FROM && !isNamedWell(request)) {
            response.errorCode = KafkaErrors.INVALID_REQUEST;
            return Reply.now(response);
        }
        for (ApiKey api : ApiKey.values()) {
            if (apis.serves(api)) {
                response.apiKeys.add(versionsOf(api));
            }
        }
        add(TRANSACTIONS, response, caller);
        if (apis.serves(ApiKey.CONSUMER_GROUP_HEARTBEAT)) {
            add(CONSUMER_GROUPS, response, caller);
        }
        if (apis.serves(ApiKey.STREAMS_GROUP_HEARTBEAT)) {
            add(STREAMS_GROUPS, response, caller);
        }
        response.finalizedFeaturesEpoch = 0;
        return Reply.now(response);
    }

    private static boolean isNamedWell(ApiVersionsRequest request) {
        return NAME.matcher(request.clientSoftwareName).matches()
                && NAME.matcher(request.clientSoftwareVersion).matches();
    }

    /// What Kafka has an administrator switch on, and is on here (KIP-584).
    ///
    /// @param name Kafka's
    /// @param level the newest, which is the one in use
    private record Feature(String name, short level) {}

    private static void add(Feature feature, ApiVersionsResponse response, Caller caller) {
        if (caller.version() >= KNOWS_MINIMUM_ZERO) {
            var supported = new ApiVersionsResponse.SupportedFeatureKey();
            supported.name = feature.name();
            supported.minVersion = 0;
            supported.maxVersion = feature.level();
            response.supportedFeatures.add(supported);
        }
        var finalized = new ApiVersionsResponse.FinalizedFeatureKey();
        finalized.name = feature.name();
        finalized.minVersionLevel = feature.level();
        finalized.maxVersionLevel = feature.level();
        response.finalizedFeatures.add(finalized);
    }

    /// The answer, in version 0, to a request in a version that can't be read.
    static ApiVersionsResponse unsupportedVersion() {
        var response = new ApiVersionsResponse();
        response.errorCode = KafkaErrors.UNSUPPORTED_VERSION;
        response.apiKeys.add(versionsOf(ApiKey.API_VERSIONS));
        return response;
    }

    private static ApiVersionsResponse.ApiVersion versionsOf(ApiKey api) {
        var versions = new ApiVersionsResponse.ApiVersion();
        versions.apiKey = api.id();
        versions.minVersion = api == ApiKey.PRODUCE ? PRODUCE_ADVERTISED_FROM : api.minVersion();
        versions.maxVersion = api.maxVersion();
        return versions;
    }
}
