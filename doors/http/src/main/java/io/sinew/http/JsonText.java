package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final JsonFactory FACTORY = factory(HttpLimits.JSON_DEPTH, 32);

    /// For bodies with values that are others' business.
    private static final JsonFactory DEEP_FACTORY = factory(HttpLimits.JSON_VALUE_DEPTH, 1_000);

    private JsonText() {}

    private static JsonFactory factory(int depth, int numberChars) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(
                        StreamReadConstraints.builder()
                                .maxNestingDepth(depth)
                                .maxTokenCount(HttpLimits.JSON_TOKENS)
                                .maxNameLength(HttpLimits.JSON_NAME_CHARS)
                                .maxStringLength(HttpLimits.MESSAGES_BODY_BYTES)
                                .maxNumberLength(numberChars)
                                .build())
                .build();
    }

    /// A value as it was written, in UTF-8.
    record Raw(byte[] bytes) {}

    /// What a body is read from.
    ///
    /// @param raw the member that is kept as it was written, in the body and in the objects of its
    ///   arrays; empty for none
    private record Source(JsonParser parser, byte[] bytes, String raw) {
        Source inside() {
            return new Source(parser, bytes, "");
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T from(Source source);
    }

    /// Reads a body that is one object.
    ///
    /// @throws SinewException `INVALID_REQUEST`, saying where it is not what it should be
    static JsonMembers parse(byte[] bytes) {
        return read(FACTORY, bytes, "", JsonText::body);
    }

    /// Reads a body that is one object, of which one member may be any value.
    ///
    /// @param raw the name of that member
    static JsonMembers parse(byte[] bytes, String raw) {
        return read(DEEP_FACTORY, bytes, raw, JsonText::body);
    }

    /// Reads a body that is an array, whose elements are left as they were written.
    ///
    /// @param most elements that it may have
    static List<Raw> elements(byte[] bytes, int most) {
        return read(DEEP_FACTORY, bytes, "", source -> elements(source, most));
    }

    /// Reads what is one value of any kind.
    static Raw value(byte[] bytes) {
        return read(
                DEEP_FACTORY,
                bytes,
                "",
                source -> {
                    if (source.parser().nextToken() == null) {
                        throw refused("There is no JSON");
                    }
                    return raw(source);
                });
    }

    private static <T> T read(JsonFactory factory, byte[] bytes, String raw, Reading<T> reading) {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes)) {
            T read = reading.from(new Source(parser, bytes, raw));
            if (parser.nextToken() != null) {
                throw refused("The body goes on behind its JSON");
            }
            return read;
        } catch (JacksonException e) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "The body is not JSON that is taken here: " + reason(e),
                    e);
        }
    }

    private static JsonMembers body(Source source) {
        if (source.parser().nextToken() != JsonToken.START_OBJECT) {
            throw refused("The body is not a JSON object");
        }
        return new JsonMembers("", object(source));
    }

    private static List<Raw> elements(Source source, int most) {
        if (source.parser().nextToken() != JsonToken.START_ARRAY) {
            throw refused("The body is not a JSON array");
        }
        var elements = new ArrayList<Raw>();
        while (source.parser().nextToken() != JsonToken.END_ARRAY) {
            if (elements.size() == most) {
                throw refused("The array has more than " + most + " elements");
            }
            elements.add(raw(source));
        }
        return elements;
    }

    /// The value that the parser is at, from its first byte to its last.
    private static Raw raw(Source source) {
        JsonParser parser = source.parser();
        long from = parser.currentTokenLocation().getByteOffset();
        int depth = 0;
        while (true) {
            // Which also looks at the bytes of texts that nobody reads.
            parser.finishToken();
            JsonToken token = parser.currentToken();
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth == 0) {
                break;
            }
            if (parser.nextToken() == null) {
                throw refused("The body ends in the middle");
            }
        }
        long to = parser.currentLocation().getByteOffset();
        if (from < 0 || to > source.bytes().length) {
            throw refused("The body is JSON in another encoding than UTF-8");
        }
        return new Raw(Arrays.copyOfRange(source.bytes(), (int) from, (int) to));
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

    private static Map<String, @Nullable Object> object(Source source) {
        JsonParser parser = source.parser();
        var members = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            boolean kept = name.equals(source.raw()) && token != JsonToken.VALUE_NULL;
            members.put(name, kept ? raw(source) : value(source, token));
        }
        return members;
    }

    private static List<@Nullable Object> array(Source source) {
        JsonParser parser = source.parser();
        var values = new ArrayList<@Nullable Object>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            boolean object = token == JsonToken.START_OBJECT;
            values.add(object ? object(source) : value(source, token));
        }
        return values;
    }

    /// Text, a long, a boolean, a map, a list, a [Raw] or null; a number that is no long is a
    /// [Double], which nobody takes.
    private static @Nullable Object value(Source source, JsonToken token) {
        JsonParser parser = source.parser();
        return switch (token) {
            case START_OBJECT -> object(source.inside());
            case START_ARRAY -> array(source);
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
