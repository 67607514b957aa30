package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.StoredRecord;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Which records a subscription gets: a pure function of the record. Immutable and thread-safe; two
/// filters are equal when their documents are, character by character.
///
/// The document is an array of filters in CloudEvents' dialects, or an object that is a pattern as
/// SNS and EventBridge have them. docs/filters.md says all of it.
public final class Filter {
    private static final Filter ALL = parse("[]");

    private final String text;
    private final FilterExpression expression;

    private Filter(String text, FilterExpression expression) {
        this.text = text;
        this.expression = expression;
    }

    /// Every record.
    public static Filter all() {
        return ALL;
    }

    /// Reads a filter.
    ///
    /// @throws SinewException `INVALID_FILTER`, saying where it is not what it should be, what is
    ///   there, and what may be there
    public static Filter parse(String json) {
        requireBounded(json);
        try (var reader = new FilterReader(json)) {
            FilterExpression expression =
                    switch (reader.next()) {
                        case START_ARRAY -> FilterEvents.read(reader);
                        case START_OBJECT -> FilterPatternReader.read(reader);
                        case null, default ->
                                throw reader.refused(
                                        "an array of CloudEvents filters, or an object that is a"
                                                + " pattern");
                    };
            if (reader.next() != null) {
                throw reader.refused("the end of the document");
            }
            return new Filter(json, expression);
        }
    }

    /// Half of a surrogate pair has no bytes in UTF-8: the filter would be another after it was
    /// stored.
    private static void requireBounded(String json) {
        int sizeBytes;
        try {
            sizeBytes =
                    json.length() > FilterLimits.DOCUMENT_BYTES
                            ? json.length()
                            : StandardCharsets.UTF_8
                                    .newEncoder()
                                    .encode(CharBuffer.wrap(json))
                                    .remaining();
        } catch (CharacterCodingException e) {
            throw new SinewException(
                    ErrorCode.INVALID_FILTER,
                    "The filter can't be read: it has half of a surrogate pair, which is no text.",
                    e);
        }
        if (sizeBytes > FilterLimits.DOCUMENT_BYTES) {
            throw FilterReader.unreadable(
                    "because it is too long: it has more than "
                            + FilterLimits.DOCUMENT_BYTES
                            + " bytes");
        }
    }

    /// Whether the subscription gets this record.
    public boolean matches(StoredRecord record) {
        return matches(new FilterSubject(record));
    }

    /// As [#matches(StoredRecord)], for a record that many filters look at.
    public boolean matches(FilterSubject subject) {
        return expression.matches(subject);
    }

    /// The document as it was given.
    public String text() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Filter filter && text.equals(filter.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
