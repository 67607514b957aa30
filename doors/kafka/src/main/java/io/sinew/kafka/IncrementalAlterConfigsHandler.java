package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.kafkawire.IncrementalAlterConfigsRequest;
import io.sinew.kafkawire.IncrementalAlterConfigsResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// `IncrementalAlterConfigs`: changes some of topics' settings and leaves the others. All changes
/// to one topic are made, or none.
final class IncrementalAlterConfigsHandler implements Handler<IncrementalAlterConfigsRequest> {
    private final Broker broker;

    IncrementalAlterConfigsHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public Reply handle(IncrementalAlterConfigsRequest request, Caller caller) {
        var response = new IncrementalAlterConfigsResponse();
        var reply = new DurableReply(response);
        var duplicates =
                Duplicates.among(
                        request.resources.stream().map(IncrementalAlterConfigsHandler::key));
        for (IncrementalAlterConfigsRequest.AlterConfigsResource resource : request.resources) {
            var result = new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse();
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

    private static Object key(IncrementalAlterConfigsRequest.AlterConfigsResource resource) {
        return List.of(resource.resourceType, resource.resourceName);
    }

    private void alter(
            IncrementalAlterConfigsRequest.AlterConfigsResource resource,
            boolean validateOnly,
            IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result,
            DurableReply reply) {
        ConfigResources.requireTopic(resource.resourceType);
        var duplicates = Duplicates.among(resource.configs.stream().map(config -> config.name));
        resource.configs.forEach(config -> duplicates.refuse(config.name));
        Function<Map<String, String>, Map<String, String>> edit =
                own -> {
                    for (IncrementalAlterConfigsRequest.AlterableConfig config : resource.configs) {
                        new ConfigEdit(config.name, config.configOperation, config.value)
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
            IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result,
            SinewException refused) {
        result.errorCode = KafkaErrors.of(refused.code());
        result.errorMessage = refused.getMessage();
    }
}
