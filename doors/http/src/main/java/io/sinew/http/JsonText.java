package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// JSON of bodies, as Jackson's parser and generator have it. Loaded by the first request that has
/// one: what `/health` needs is in [JsonObject].
final class JsonText {
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(HttpLimits.JSON_DEPTH)
                                    .maxTokenCount(HttpLimits.JSON_TOKENS)
                                    .maxNameLength(HttpLimits.JSON_NAME_CHARS)
                                    .maxStringLength(HttpLimits.MESSAGES_BODY_BYTES)
                                    .maxNumberLength(32)
                                    .build())
                    .build();

    private JsonText() {}

    /// Reads a body that is one object.
    ///
    /// @throws SinewException `INVALID_REQUEST`, saying where it is not what it should be
    static JsonMembers parse(byte[] bytes) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw refused("The body is not a JSON object");
            }
            Map<String, @Nullable Object> object = object(parser);
            if (parser.nextToken() != null) {
                throw refused("The body goes on behind its JSON object");
            }
            return new JsonMembers("", object);
        } catch (JacksonException e) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "The body is not JSON that is taken here: " + reason(e),
                    e);
        }
    }

    /// Without Jackson's excerpt of the body, and without its advice to change its settings.
    private static String reason(JacksonException e) {
        String what = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        int advice = what.indexOf(" (");
        String reason = advice < 0 ? what : what.substring(0, advice);
        TokenStreamLocation place = e.getLocation();
        return place == null
                ? reason
                : reason + " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
    }

    private static SinewException refused(String what) {
        return new SinewException(ErrorCode.INVALID_REQUEST, what);
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            members.put(name, value(parser, parser.nextToken()));
        }
        return members;
    }

    private static List<@Nullable Object> array(JsonParser parser) {
        var values = new ArrayList<@Nullable Object>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            values.add(value(parser, token));
        }
        return values;
    }

    /// Text, a long, a boolean, a map, a list or null; a number that is no long is a [Double],
    /// which nobody takes.
    private static @Nullable Object value(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT ->
                    parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? (Object) Double.NaN
                            : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> Double.NaN;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw refused("The body ends in the middle");
        };
    }

    /// Writes a value as [#parse] has it.
    static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Long number -> json.writeNumber(number);
            case Boolean truth -> json.writeBoolean(truth);
            case List<?> list -> {
                json.writeStartArray();
                list.forEach(each -> write(json, each));
                json.writeEndArray();
            }
            case Map<?, ?> object -> {
                json.writeStartObject();
                writeMembers(json, object);
                json.writeEndObject();
            }
            default -> throw new IllegalArgumentException("no value of JSON: " + value);
        }
    }

    /// Writes the members of an object that has been begun.
    static void writeMembers(JsonGenerator json, Map<?, ?> members) {
        members.forEach((name, each) -> {
            json.writeName(String.valueOf(name));
            write(json, each);
        });
    }

    /// Writes one object.
    ///
    /// @param members writes what is in it
    static byte[] write(Consumer<JsonGenerator> members) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
