package io.sinew.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.JsonText.Raw;
import io.sinew.http.TopicRecordJson.Placed;
import io.sinew.queue.Queue;
import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// CloudEvents that come by the HTTP binding 1.0.2 and are stored by the Kafka binding: what is in
/// headers stays in headers, what is one JSON object stays that, and of a batch each event becomes
/// a record. Nothing is stored unless all of it is valid. Part of [TopicRoutes].
final class CloudEventRecords {
    private static final String HTTP_PREFIX = "ce-";

    private final RouteContext context;
    private final TopicRecords records;

    CloudEventRecords(RouteContext context, TopicRecords records) {
        this.context = context;
        this.records = records;
    }

    void append(ServerRequest request, ServerResponse response)
            throws InterruptedException, IOException {
        TopicRecords.refuseKey(request);
        // The body counts until it is on the disk.
        try (RequestBodies.Body body =
                context.bodies().read(request, HttpLimits.MESSAGES_BODY_BYTES)) {
            records.append(request, events(request, body.bytes()), response);
        }
    }

    private List<Placed> events(ServerRequest request, byte[] body) {
        HeaderName name = HeaderNames.CONTENT_TYPE;
        String type = request.headers().contains(name) ? request.headers().get(name).get() : "";
        if (!CloudEventJson.isStructured(type)) {
            return List.of(binary(request, type, body));
        }
        int end = type.indexOf(';');
        String format = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return switch (format) {
            case CloudEventJson.TYPE -> List.of(structured(type, body));
            case CloudEventJson.BATCH_TYPE -> {
                var events = new ArrayList<Placed>();
                for (Raw event : JsonText.elements(body, Queue.SEND_MAX)) {
                    events.add(inBatch(events.size(), event));
                }
                yield events;
            }
            default ->
                    throw new SinewException(
                            ErrorCode.INVALID_REQUEST,
                            "Events in one body are taken as "
                                    + CloudEventJson.TYPE
                                    + " or "
                                    + CloudEventJson.BATCH_TYPE
                                    + ", not as "
                                    + format);
        };
    }

    private Placed inBatch(int index, Raw event) {
        try {
            return structured(CloudEventJson.TYPE, event.bytes());
        } catch (SinewException e) {
            throw new SinewException(e.code(), "Event [" + index + "]: " + e.getMessage(), e);
        }
    }

    private Placed structured(String type, byte[] event) {
        Map<String, String> attributes = CloudEventJson.attributes(event);
        return placed(
                attributes, event, List.of(Header.of(CloudEventJson.RECORD_CONTENT_TYPE, type)));
    }

    private Placed binary(ServerRequest request, String type, byte[] body) {
        var attributes = new LinkedHashMap<String, String>();
        for (io.helidon.http.Header header : request.headers()) {
            String lower = header.headerName().lowerCase();
            if (!lower.startsWith(HTTP_PREFIX)) {
                continue;
            }
            String name = CloudEventAttributes.requireName(lower.substring(HTTP_PREFIX.length()));
            if (name.equals(CloudEventAttributes.CONTENT_TYPE) || name.equals("data")) {
                throw CloudEventAttributes.refused(
                        name, "has no header of its own: it is Content-Type, or the body");
            }
            if (header.allValues().size() > 1) {
                throw CloudEventAttributes.refused(name, "is there more than once");
            }
            attributes.put(name, CloudEventHeaderCodec.decode(name, header.get()));
        }
        var headers = new ArrayList<Header>();
        attributes.forEach((name, value) ->
                headers.add(Header.of(CloudEventJson.RECORD_PREFIX + name, value)));
        if (!type.isEmpty()) {
            attributes.put(CloudEventAttributes.CONTENT_TYPE, type);
            headers.add(Header.of(CloudEventJson.RECORD_CONTENT_TYPE, type));
        }
        CloudEventAttributes.requireValid(attributes);
        return placed(attributes, body.length == 0 ? null : body, headers);
    }

    private Placed placed(
            Map<String, String> attributes, byte @Nullable [] value, List<Header> headers) {
        String key = attributes.get(CloudEventAttributes.PARTITION_KEY);
        return new Placed(
                new NewRecord(
                        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                        value,
                        headers,
                        context.contents().clock().nowMs()),
                OptionalInt.empty());
    }
}
