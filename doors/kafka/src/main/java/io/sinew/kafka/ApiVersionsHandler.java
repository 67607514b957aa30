package io.sinew.kafka;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsRequest;
import io.sinew.kafkawire.ApiVersionsResponse;

/// `ApiVersions` (KIP-35, KIP-511): what this broker serves.
final class ApiVersionsHandler implements Handler<ApiVersionsRequest> {
    /// Advertised from 0 although versions before 3 are refused: librdkafka takes a higher minimum
    /// for a broker that knows no compression and stops compressing (KAFKA-18659).
    private static final short PRODUCE_ADVERTISED_FROM = 0;

    /// Groups of the protocol of KIP-848, by Kafka's name.
    private static final String GROUP_FEATURE = "group.version";

    private static final short GROUP_FEATURE_LEVEL = 1;

    /// Groups of the protocol of KIP-1071, by Kafka's name.
    private static final String STREAMS_FEATURE = "streams.version";

    private static final short STREAMS_FEATURE_LEVEL = 1;

    /// Features don't change while a broker runs.
    private static final long FEATURES_EPOCH = 1;

    private final Apis apis;

    ApiVersionsHandler(Apis apis) {
        this.apis = apis;
    }

    @Override
    public Reply handle(ApiVersionsRequest request, Caller caller) {
        var response = new ApiVersionsResponse();
        for (ApiKey api : ApiKey.values()) {
            if (apis.serves(api)) {
                response.apiKeys.add(versionsOf(api));
            }
        }
        if (apis.serves(ApiKey.CONSUMER_GROUP_HEARTBEAT)) {
            addFeature(response, GROUP_FEATURE, GROUP_FEATURE_LEVEL);
        }
        if (apis.serves(ApiKey.STREAMS_GROUP_HEARTBEAT)) {
            addFeature(response, STREAMS_FEATURE, STREAMS_FEATURE_LEVEL);
        }
        return Reply.now(response);
    }

    /// Tells of a feature that is in use at one level and can't be at another (KIP-584).
    private static void addFeature(ApiVersionsResponse response, String name, short level) {
        var supported = new ApiVersionsResponse.SupportedFeatureKey();
        supported.name = name;
        supported.minVersion = level;
        supported.maxVersion = level;
        response.supportedFeatures.add(supported);
        var finalized = new ApiVersionsResponse.FinalizedFeatureKey();
        finalized.name = name;
        finalized.minVersionLevel = level;
        finalized.maxVersionLevel = level;
        response.finalizedFeatures.add(finalized);
        response.finalizedFeaturesEpoch = FEATURES_EPOCH;
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
