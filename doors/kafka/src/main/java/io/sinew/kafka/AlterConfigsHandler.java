package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.kafkawire.AlterConfigsRequest;
import io.sinew.kafkawire.AlterConfigsResponse;
import java.util.List;

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
        List<ConfigChange> changes =
                request.resources.stream().map(AlterConfigsHandler::change).toList();
        var duplicates = Duplicates.among(changes.stream().map(ConfigChange::key));
        for (ConfigChange change : changes) {
            var result = new AlterConfigsResponse.AlterConfigsResourceResponse();
            result.resourceType = change.type();
            result.resourceName = change.name();
            result.errorMessage = null;
            response.responses.add(result);
            try {
                duplicates.refuse(change.key());
                change.make(
                        broker, request.validateOnly, reply, refused -> refuse(result, refused));
            } catch (SinewException e) {
                refuse(result, e);
            }
        }
        return reply;
    }

    private static ConfigChange change(AlterConfigsRequest.AlterConfigsResource resource) {
        List<ConfigEdit> edits =
                resource.configs.stream()
                        .map(config -> new ConfigEdit(config.name, ConfigEdit.SET, config.value))
                        .toList();
        return new ConfigChange(resource.resourceType, resource.resourceName, true, edits);
    }

    private static void refuse(
            AlterConfigsResponse.AlterConfigsResourceResponse result, SinewException refused) {
        result.errorCode = KafkaErrors.of(refused.code());
        result.errorMessage = refused.getMessage();
    }
}
