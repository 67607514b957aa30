package io.sinew.kafka;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsRequest;
import io.sinew.kafkawire.ApiVersionsResponse;

/// `ApiVersions` (KIP-35, KIP-511): what this broker serves.
final class ApiVersionsHandler implements Handler<ApiVersionsRequest> {
    /// Advertised from 0 although versions before 3 are refused: librdkafka takes a higher minimum
    /// for a broker that knows no compression and stops compressing (KAFKA-18659).
    private static final short PRODUCE_ADVERTISED_FROM = 0;

    private static final String TRANSACTION_VERSION = "transaction.version";
    private static final short NEWEST_TRANSACTIONS = 2;

    /// Clients of versions before refuse an answer with a feature that may be off (KAFKA-17011).
    private static final int KNOWS_MINIMUM_ZERO = 4;

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
        if (caller.version() >= KNOWS_MINIMUM_ZERO) {
            response.supportedFeatures.add(transactions());
        }
        response.finalizedFeaturesEpoch = 0;
        response.finalizedFeatures.add(finalizedTransactions());
        return Reply.now(response);
    }

    /// Feature `transaction.version` 2 (KIP-890): producers that know it send the records of a
    /// transaction without announcing the partition first.
    private static ApiVersionsResponse.SupportedFeatureKey transactions() {
        var feature = new ApiVersionsResponse.SupportedFeatureKey();
        feature.name = TRANSACTION_VERSION;
        feature.minVersion = 0;
        feature.maxVersion = NEWEST_TRANSACTIONS;
        return feature;
    }

    private static ApiVersionsResponse.FinalizedFeatureKey finalizedTransactions() {
        var feature = new ApiVersionsResponse.FinalizedFeatureKey();
        feature.name = TRANSACTION_VERSION;
        feature.minVersionLevel = NEWEST_TRANSACTIONS;
        feature.maxVersionLevel = NEWEST_TRANSACTIONS;
        return feature;
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
