package io.sinew.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.JsonText.Raw;
import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// CloudEvents in JSON (CloudEvents JSON format 1.0.2): what comes is checked, and what is stored
/// in either mode of the Kafka binding is shown.
final class CloudEventJson {
    static final String TYPE = "application/cloudevents+json";
    static final String BATCH_TYPE = "application/cloudevents-batch+json";

    /// How the names of headers begin that have attributes in a record.
    static final String RECORD_PREFIX = "ce_";

    static final String RECORD_CONTENT_TYPE = "content-type";

    private static final String DATA = "data";
    private static final String DATA_BASE64 = "data_base64";

    private CloudEventJson() {}

    // ---- in

    /// The attributes of an event, all of which have been checked.
    static Map<String, String> attributes(byte[] event) {
        JsonMembers members = JsonText.parse(event, DATA);
        boolean data = members.has(DATA);
        if (members.has(DATA_BASE64)) {
            if (data) {
                throw CloudEventAttributes.refused(DATA, "and 'data_base64' are both there");
            }
            var _ = members.bytes(DATA, DATA_BASE64);
        }
        var attributes = new LinkedHashMap<String, String>();
        members.given()
                .forEach((name, value) -> {
                    boolean isData = name.equals(DATA) || name.equals(DATA_BASE64);
                    if (!isData && value != null) {
                        attributes.put(CloudEventAttributes.requireName(name), text(name, value));
                    }
                });
        CloudEventAttributes.requireValid(attributes);
        return attributes;
    }

    /// An extension may be a number of 32 bits or a truth; what CloudEvents itself names is a text.
    private static String text(String name, Object value) {
        return switch (value) {
            case String text -> text;
            case Boolean truth when isExtension(name) -> truth.toString();
            case Long number
                    when isExtension(name)
                            && number >= Integer.MIN_VALUE
                            && number <= Integer.MAX_VALUE ->
                    number.toString();
            default ->
                    throw CloudEventAttributes.refused(
                            name,
                            isExtension(name)
                                    ? "is a text, a truth or a whole number of 32 bits"
                                    : "is a text, in quotes");
        };
    }

    private static boolean isExtension(String name) {
        return switch (name) {
            case "specversion",
                    "id",
                    "source",
                    "type",
                    "subject",
                    "time",
                    "dataschema",
                    CloudEventAttributes.CONTENT_TYPE,
                    CloudEventAttributes.PARTITION_KEY ->
                    false;
            default -> true;
        };
    }

    // ---- out

    /// Whether a client would rather have a batch of events than records.
    static boolean isWanted(ServerRequest request) {
        return request.headers().contains(HeaderNames.ACCEPT)
                && request.headers()
                        .get(HeaderNames.ACCEPT)
                        .allValues()
                        .toString()
                        .toLowerCase(Locale.ROOT)
                        .contains(BATCH_TYPE);
    }

    /// Those records that are events; the others are left out.
    static byte[] batch(List<StoredRecord> records) {
        var out = new ByteArrayOutputStream();
        char before = '[';
        for (StoredRecord record : records) {
            Optional<byte[]> event = event(record);
            if (event.isPresent()) {
                out.write(before);
                out.writeBytes(event.get());
                before = ',';
            }
        }
        if (before == '[') {
            out.write(before);
        }
        out.write(']');
        return out.toByteArray();
    }

    private static Optional<byte[]> event(StoredRecord record) {
        String type = record.header(RECORD_CONTENT_TYPE).map(Header::text).orElse("");
        byte[] value = record.value();
        if (isStructured(type)) {
            return value == null ? Optional.empty() : structured(value);
        }
        var attributes = new TreeMap<String, String>();
        for (Header header : record.headers()) {
            if (header.name().startsWith(RECORD_PREFIX)) {
                attributes.put(header.name().substring(RECORD_PREFIX.length()), header.text());
            }
        }
        if (!type.isEmpty()) {
            attributes.put(CloudEventAttributes.CONTENT_TYPE, type);
        }
        try {
            attributes.keySet().forEach(CloudEventAttributes::requireName);
            CloudEventAttributes.requireValid(attributes);
        } catch (SinewException e) {
            return Optional.empty();
        }
        return Optional.of(
                JsonText.write(json -> {
                    attributes.forEach(json::writeStringProperty);
                    writeData(json, type, value);
                }));
    }

    static boolean isStructured(String contentType) {
        return contentType.toLowerCase(Locale.ROOT).startsWith("application/cloudevents");
    }

    /// What anybody may have written who speaks Kafka is looked at again.
    private static Optional<byte[]> structured(byte[] value) {
        try {
            var _ = attributes(value);
            return Optional.of(JsonText.value(value).bytes());
        } catch (SinewException e) {
            return Optional.empty();
        }
    }

    private static void writeData(JsonGenerator json, String type, byte @Nullable [] value) {
        if (value == null) {
            return;
        }
        Optional<Raw> raw = isJson(type) ? json(value) : Optional.empty();
        if (raw.isPresent()) {
            json.writeName(DATA);
            json.writeRawValue(new String(raw.get().bytes(), StandardCharsets.UTF_8));
        } else {
            json.writeStringProperty(DATA_BASE64, Base64.getEncoder().encodeToString(value));
        }
    }

    /// Data of no type counts as JSON, as the JSON format has it.
    private static boolean isJson(String type) {
        int end = type.indexOf(';');
        String plain = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return plain.isEmpty() || plain.endsWith("/json") || plain.endsWith("+json");
    }

    private static Optional<Raw> json(byte[] value) {
        try {
            return Optional.of(JsonText.value(value));
        } catch (SinewException e) {
            if (e.code() != ErrorCode.INVALID_REQUEST) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
