package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// The document of a filter while it is read, token by token. It knows where it is, and how much of
/// what is limited has been used. Not thread-safe.
final class FilterReader implements AutoCloseable {
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(FilterLimits.DEPTH + 1)
                                    .maxNameLength(FilterLimits.DOCUMENT_BYTES)
                                    .maxStringLength(FilterLimits.DOCUMENT_BYTES)
                                    .maxNumberLength(FilterLimits.NUMBER_CHARS)
                                    .build())
                    .build();

    /// Characters of a name or value that a message shows.
    private static final int SHOWN_CHARS = 60;

    private static final Pattern PLAIN_NAME = Pattern.compile("[\\w$-]{1," + SHOWN_CHARS + "}");

    /// Where something is in the document, as a message says it.
    record Place(int line, int column, String path) {
        @Override
        public String toString() {
            return "line " + line + ", column " + column + ", " + path;
        }
    }

    private final JsonParser parser;
    private final Deque<String> path = new ArrayDeque<>();
    private @Nullable JsonToken token;
    private int depth;
    private int conditions;
    private int wildcardChars;

    FilterReader(String document) {
        parser = FACTORY.createParser(ObjectReadContext.empty(), document);
    }

    /// Goes on to the next token; null behind the last.
    @Nullable JsonToken next() {
        try {
            token = parser.nextToken();
        } catch (JacksonException e) {
            throw unreadable(e);
        }
        if (token != null && token.isStructStart()) {
            depth++;
            if (depth > FilterLimits.DEPTH) {
                throw tooMuch(
                        "there are more than "
                                + FilterLimits.DEPTH
                                + " objects and arrays in each other");
            }
        } else if (token != null && token.isStructEnd()) {
            depth--;
        }
        return token;
    }

    @Nullable JsonToken token() {
        return token;
    }

    /// Whether the value that is here is a text, a number, `true`, `false` or `null`.
    boolean isAtValue() {
        return token != null && token.isScalarValue();
    }

    /// The text or name that is here.
    String text() {
        try {
            return parser.getString();
        } catch (JacksonException e) {
            throw unreadable(e);
        }
    }

    /// The text that has to be here.
    ///
    /// @param what may stand here, for the refusal
    String requireText(String what) {
        if (token != JsonToken.VALUE_STRING) {
            throw refused(what);
        }
        return text();
    }

    /// The number that has to be here.
    FilterNumber requireNumber() {
        FilterNumber number =
                token != null && token.isNumeric() ? FilterNumber.parse(text()) : null;
        if (number == null) {
            throw refused("a number");
        }
        return number;
    }

    /// The value that is here, which is no array and no object.
    FilterValue value() {
        if (token == JsonToken.VALUE_STRING) {
            return new FilterValue.Text(text());
        }
        for (FilterValue.Literal literal : FilterValue.Literal.values()) {
            if (isAtValue() && text().equals(literal.word())) {
                return literal;
            }
        }
        return new FilterValue.Numeral(requireNumber());
    }

    /// The only name of the object that begins here; its value is next.
    ///
    /// @param what may stand here, for the refusal
    String requireOnlyName(String what) {
        if (next() != JsonToken.PROPERTY_NAME) {
            throw refused(what);
        }
        return text();
    }

    /// Leaves an object of which the only member was read.
    void requireEndOfObject() {
        if (next() != JsonToken.END_OBJECT) {
            throw refused("the end of the object: there is one name in it");
        }
    }

    /// Goes down to a member.
    void enter(String name) {
        path.addLast(PLAIN_NAME.matcher(name).matches() ? "." + name : "[" + quoted(name) + "]");
    }

    /// Goes down to an element.
    void enter(int index) {
        path.addLast("[" + index + "]");
    }

    /// Comes up again.
    void leave() {
        path.removeLast();
    }

    /// Counts a condition.
    void addCondition() {
        conditions++;
        if (conditions > FilterLimits.CONDITIONS) {
            throw tooMuch(
                    "there are more than " + FilterLimits.CONDITIONS + " values and operators");
        }
    }

    /// Counts the characters of a wildcard.
    void addWildcard(int chars) {
        wildcardChars += chars;
        if (wildcardChars > FilterLimits.WILDCARD_CHARS) {
            throw tooMuch(
                    "the wildcards have more than " + FilterLimits.WILDCARD_CHARS + " characters");
        }
    }

    Place place() {
        // Behind the last token there is no place of one.
        TokenStreamLocation at =
                token == null ? parser.currentLocation() : parser.currentTokenLocation();
        return new Place(at.getLineNr(), at.getColumnNr(), path());
    }

    private String path() {
        return "$" + String.join("", path);
    }

    /// A refusal of what is here.
    ///
    /// @param instead what may stand here
    SinewException refused(String instead) {
        return refused(place(), "there is " + found() + ", where there may be " + instead);
    }

    /// A refusal of more than there may be.
    SinewException tooMuch(String what) {
        return refused(place(), what);
    }

    static SinewException refused(Place place, String what) {
        return unreadable("at " + place + ": " + what);
    }

    static SinewException unreadable(String what) {
        return new SinewException(
                ErrorCode.INVALID_FILTER, "The filter can't be read " + what + ".");
    }

    private String found() {
        return switch (token) {
            case null -> "the end of the document";
            case START_OBJECT -> "an object";
            case END_OBJECT -> "the end of an object";
            case START_ARRAY -> "an array";
            case END_ARRAY -> "the end of an array";
            case PROPERTY_NAME -> "the name " + quoted(text());
            case VALUE_STRING -> "the text " + quoted(text());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + shown(text());
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> text();
            case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> "something";
        };
    }

    private static String quoted(String text) {
        return "\"" + shown(text) + "\"";
    }

    private static String shown(String text) {
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    }

    /// Without Jackson's excerpt of the document, and without its advice to change its settings.
    private SinewException unreadable(JacksonException e) {
        String what = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        int advice = what.indexOf(" (");
        String reason = shown(advice < 0 ? what : what.substring(0, advice));
        TokenStreamLocation at = e.getLocation();
        Place place = at == null ? place() : new Place(at.getLineNr(), at.getColumnNr(), path());
        return refused(place, "it is not JSON that is taken here: " + reason);
    }

    @Override
    public void close() {
        parser.close();
    }
}
