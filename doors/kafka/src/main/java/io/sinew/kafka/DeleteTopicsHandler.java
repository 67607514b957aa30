package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.Topic;
import io.sinew.broker.Topics;
import io.sinew.kafkawire.DeleteTopicsRequest;
import io.sinew.kafkawire.DeleteTopicsResponse;
import io.sinew.kafkawire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `DeleteTopics`, by name or by id. It waits for the disk before the connection goes on: what
/// follows a deletion must happen even if the client is gone by then.
final class DeleteTopicsHandler implements Handler<DeleteTopicsRequest> {
    /// From here on topics can go by id (KIP-516).
    private static final int BY_ID = 6;

    private final Broker broker;
    private final TopicLookup lookup;

    DeleteTopicsHandler(Broker broker) {
        this.broker = broker;
        this.lookup = new TopicLookup(broker);
    }

    @Override
    public Reply handle(DeleteTopicsRequest request, Caller caller) throws InterruptedException {
        List<DeleteTopicsRequest.DeleteTopicState> wanted =
                caller.version() >= BY_ID ? request.topics : named(request.topicNames);
        var duplicates = Duplicates.among(wanted.stream().map(DeleteTopicsHandler::key));
        var seen = new HashSet<>();
        var response = new DeleteTopicsResponse();
        var deleted = new ArrayList<Topics.Changed>();
        var results = new ArrayList<DeleteTopicsResponse.DeletableTopicResult>();
        for (DeleteTopicsRequest.DeleteTopicState one : wanted) {
            if (!seen.add(key(one))) {
                continue;
            }
            var result = new DeleteTopicsResponse.DeletableTopicResult();
            result.name = one.name;
            result.topicId = one.topicId;
            response.responses.add(result);
            try {
                duplicates.refuse(key(one));
                deleted.add(delete(one, result));
                results.add(result);
            } catch (SinewException e) {
                refuse(result, e);
            }
        }
        try {
            broker.clearAway(deleted);
        } catch (SinewException e) {
            results.forEach(result -> refuse(result, e));
        }
        return Reply.now(response);
    }

    private static List<DeleteTopicsRequest.DeleteTopicState> named(List<String> names) {
        return names.stream()
                .map(name -> {
                    var topic = new DeleteTopicsRequest.DeleteTopicState();
                    topic.name = name;
                    return topic;
                })
                .toList();
    }

    private static Object key(DeleteTopicsRequest.DeleteTopicState topic) {
        @Nullable String name = topic.name;
        return name != null ? name : topic.topicId;
    }

    private Topics.Changed delete(
            DeleteTopicsRequest.DeleteTopicState wanted,
            DeleteTopicsResponse.DeletableTopicResult result) {
        String name = wanted.name;
        boolean byId = !wanted.topicId.equals(Message.ZERO_UUID);
        if ((name != null) == byId) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "Name a topic, or give its id; not both.");
        }
        Topic topic = lookup.topic(name == null ? "" : name, wanted.topicId);
        Topics.Changed deleted = broker.topics().delete(topic.id());
        result.name = topic.name();
        result.topicId = topic.id();
        return deleted;
    }

    private static void refuse(
            DeleteTopicsResponse.DeletableTopicResult result, SinewException refused) {
        result.errorCode = KafkaErrors.of(refused.code());
        result.errorMessage = refused.getMessage();
    }
}
