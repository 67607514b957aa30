package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Topics;
import io.sinew.kafkawire.DescribeConfigsRequest;
import io.sinew.kafkawire.DescribeConfigsResponse;
import io.sinew.kafkawire.Message;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `DescribeConfigs`: the settings of topics and of this broker. Groups have none of their own yet.
/// What is named more than once is described as it was asked for first.
final class DescribeConfigsHandler implements Handler<DescribeConfigsRequest> {
    private final Broker broker;
    private final TopicLookup lookup;

    DescribeConfigsHandler(Broker broker) {
        this.broker = broker;
        this.lookup = new TopicLookup(broker);
    }

    @Override
    public Reply handle(DescribeConfigsRequest request, Caller caller) {
        var response = new DescribeConfigsResponse();
        var told = new HashSet<>();
        for (DescribeConfigsRequest.DescribeConfigsResource resource : request.resources) {
            if (!told.add(List.of(resource.resourceType, resource.resourceName))) {
                continue;
            }
            var result = new DescribeConfigsResponse.DescribeConfigsResult();
            result.resourceType = resource.resourceType;
            result.resourceName = resource.resourceName;
            result.errorMessage = "";
            response.results.add(result);
            try {
                for (ConfigValue value : values(resource)) {
                    if (isWanted(value.name(), resource.configurationKeys)) {
                        result.configs.add(described(value, resource.resourceType, request));
                    }
                }
            } catch (SinewException e) {
                result.errorCode = KafkaErrors.of(e.code());
                result.errorMessage = e.getMessage();
            }
        }
        return DurableReply.of(response, broker.barrier());
    }

    private static boolean isWanted(String name, @Nullable List<String> keys) {
        return keys == null || keys.isEmpty() || keys.contains(name);
    }

    private List<ConfigValue> values(DescribeConfigsRequest.DescribeConfigsResource resource) {
        return switch (resource.resourceType) {
            case ConfigResources.TOPIC -> {
                Topics.checkName(resource.resourceName);
                yield ConfigValue.ofTopic(
                        lookup.topic(resource.resourceName, Message.ZERO_UUID), broker.settings());
            }
            case ConfigResources.BROKER -> {
                ConfigResources.requireThisBroker(resource.resourceName, broker);
                // What holds for all brokers of a cluster can't be set, so there is nothing of it.
                yield resource.resourceName.isEmpty()
                        ? List.of()
                        : ConfigValue.ofBroker(broker.settings());
            }
            case ConfigResources.GROUP -> List.of();
            default -> throw ConfigResources.unknown(resource.resourceType);
        };
    }

    private static DescribeConfigsResponse.DescribeConfigsResourceResult described(
            ConfigValue value, byte resourceType, DescribeConfigsRequest request) {
        var described = new DescribeConfigsResponse.DescribeConfigsResourceResult();
        described.name = value.name();
        described.value = value.value();
        described.readOnly = resourceType != ConfigResources.TOPIC;
        described.configSource = value.source().id();
        described.configType = value.type();
        described.documentation = request.includeDocumentation ? value.setting().meaning() : null;
        if (request.includeSynonyms) {
            for (ConfigValue.Origin origin : value.settable()) {
                var synonym = new DescribeConfigsResponse.DescribeConfigsSynonym();
                synonym.name = origin.name();
                synonym.value = origin.value();
                synonym.source = origin.source().id();
                described.synonyms.add(synonym);
            }
        }
        return described;
    }
}
