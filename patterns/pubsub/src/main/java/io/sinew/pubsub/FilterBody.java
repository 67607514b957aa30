package io.sinew.pubsub;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// The body of a record: its value, when that is one JSON value in UTF-8 within the limits. What
/// comes out depends on the bytes alone: Jackson's guard of its table of names, which fails by what
/// was read before, is off; the number of tokens is bounded instead.
final class FilterBody {
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                    .disable(TokenStreamFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(FilterLimits.BODY_DEPTH)
                                    .maxTokenCount(FilterLimits.BODY_TOKENS)
                                    .maxNameLength(FilterLimits.BODY_BYTES)
                                    .maxStringLength(FilterLimits.BODY_BYTES)
                                    .maxNumberLength(FilterLimits.NUMBER_CHARS)
                                    .build())
                    .build();

    private FilterBody() {}

    /// The value as JSON; null where it is none, or one beyond the limits.
    static @Nullable FilterValue read(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length == 0 || bytes.length > FilterLimits.BODY_BYTES) {
            return null;
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return null;
            }
            FilterValue value = value(parser, first);
            return parser.nextToken() == null ? value : null;
        } catch (JacksonException _) {
            return null;
        }
    }

    private static FilterValue value(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> members(parser);
            case START_ARRAY -> items(parser);
            case VALUE_STRING -> new FilterValue.Text(parser.getString());
            case VALUE_NUMBER_INT ->
                    new FilterValue.Numeral(
                            parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                                    ? FilterNumber.parse(parser.getString())
                                    : FilterNumber.of(parser.getLongValue()));
            case VALUE_NUMBER_FLOAT ->
                    new FilterValue.Numeral(FilterNumber.parse(parser.getString()));
            case VALUE_TRUE -> FilterValue.Literal.TRUE;
            case VALUE_FALSE -> FilterValue.Literal.FALSE;
            case VALUE_NULL -> FilterValue.Literal.NULL;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalStateException("no value of JSON begins with " + token);
        };
    }

    private static FilterValue.Members members(JsonParser parser) {
        var names = new ArrayList<String>();
        var values = new ArrayList<FilterValue>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            names.add(name);
            values.add(value(parser, parser.nextToken()));
        }
        return new FilterValue.Members(names, values);
    }

    private static FilterValue.Items items(JsonParser parser) {
        var items = new ArrayList<FilterValue>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            items.add(value(parser, token));
        }
        return new FilterValue.Items(items);
    }
}
