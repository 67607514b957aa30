package io.sinew.kafka;

import io.sinew.kafkawire.ApiKey;
import io.sinew.kafkawire.ApiVersionsRequest;
import io.sinew.kafkawire.ApiVersionsResponse;

/// `ApiVersions` (KIP-35, KIP-511): what this broker serves.
final class ApiVersionsHandler implements Handler<ApiVersionsRequest> {
    /// Advertised from 0 although versions before 3 are refused: librdkafka takes a higher minimum
    /// for a broker that knows no compression and stops compressing (KAFKA-18659).
    private static final short PRODUCE_ADVERTISED_FROM = 0;

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
        return Reply.now(response);
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
