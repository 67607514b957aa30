package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.kafkawire.AlterConfigsRequest;
import io.sinew.kafkawire.AlterConfigsResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// `AlterConfigs`, the older of the two: the settings that a topic is sent are all that it has
/// afterwards.
final class AlterConfigsHandler implements Handler<AlterConfigsRequest> {
    private final Broker broker;

    AlterConfigsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(AlterConfigsRequest request, Caller caller) {
        var response = new AlterConfigsResponse();
        var reply = new DurableReply(response);
        var duplicates = Duplicates.among(request.resources.stream().map(AlterConfigsHandler::key));
        for (AlterConfigsRequest.AlterConfigsResource resource : request.resources) {
            var result = new AlterConfigsResponse.AlterConfigsResourceResponse();
            result.resourceType = resource.resourceType;
            result.resourceName = resource.resourceName;
            result.errorMessage = null;
            response.responses.add(result);
            try {
                duplicates.refuse(key(resource));
                alter(resource, request.validateOnly, result, reply);
            } catch (SinewException e) {
                refuse(result, e);
            }
        }
        return reply;
    }

    private static Object key(AlterConfigsRequest.AlterConfigsResource resource) {
        return List.of(resource.resourceType, resource.resourceName);
    }

    private void alter(
            AlterConfigsRequest.AlterConfigsResource resource,
            boolean validateOnly,
            AlterConfigsResponse.AlterConfigsResourceResponse result,
            DurableReply reply) {
        ConfigResources.requireTopic(resource.resourceType);
        var duplicates = Duplicates.among(resource.configs.stream().map(config -> config.name));
        resource.configs.forEach(config -> duplicates.refuse(config.name));
        Function<Map<String, String>, Map<String, String>> edit =
                own -> {
                    own.clear();
                    for (AlterConfigsRequest.AlterableConfig config : resource.configs) {
                        new ConfigEdit(config.name, ConfigEdit.SET, config.value)
                                .applyTo(own, broker.settings());
                    }
                    return own;
                };
        if (validateOnly) {
            broker.topics().checkSettings(resource.resourceName, edit);
        } else {
            reply.add(
                    broker.topics().changeSettings(resource.resourceName, edit).commit(),
                    refused -> refuse(result, refused));
        }
    }

    private static void refuse(
            AlterConfigsResponse.AlterConfigsResourceResponse result, SinewException refused) {
        result.errorCode = KafkaErrors.of(refused.code());
        result.errorMessage = refused.getMessage();
    }
}
