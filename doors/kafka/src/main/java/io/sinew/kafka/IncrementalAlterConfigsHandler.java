package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.kafkawire.IncrementalAlterConfigsRequest;
import io.sinew.kafkawire.IncrementalAlterConfigsResponse;
import java.util.List;

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
        List<ConfigChange> changes =
                request.resources.stream().map(IncrementalAlterConfigsHandler::change).toList();
        var duplicates = Duplicates.among(changes.stream().map(ConfigChange::key));
        for (ConfigChange change : changes) {
            var result = new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse();
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

    private static ConfigChange change(
            IncrementalAlterConfigsRequest.AlterConfigsResource resource) {
        List<ConfigEdit> edits =
                resource.configs.stream()
                        .map(config ->
                                new ConfigEdit(config.name, config.configOperation, config.value))
                        .toList();
        return new ConfigChange(resource.resourceType, resource.resourceName, false, edits);
    }

    private static void refuse(
            IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result,
            SinewException refused) {
        result.errorCode = KafkaErrors.of(refused.code());
        result.errorMessage = refused.getMessage();
    }
}
