package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a CloudEvent's attributes have to be (CloudEvents 1.0.2, "Context Attributes" and "Type
/// System"). All throw `INVALID_REQUEST`, which names the attribute.
final class CloudEventAttributes {
    /// Of the partitioning extension: becomes the record's key.
    static final String PARTITION_KEY = "partitionkey";

    static final String CONTENT_TYPE = "datacontenttype";

    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+");
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern MEDIA_TYPE =
            Pattern.compile(TOKEN + "/" + TOKEN + "\\s*(;.*)?", Pattern.DOTALL);

    /// RFC 3339, which has a leap second where Java has none, and any number of decimals.
    private static final Pattern TIME =
            Pattern.compile(
                    "([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:)([0-9]{2})(?:\\.[0-9]+)?"
                            + "([Zz]|[+-][0-9]{2}:[0-9]{2})");

    private CloudEventAttributes() {}

    static SinewException refused(String attribute, String why) {
        return new SinewException(
                ErrorCode.INVALID_REQUEST, "The attribute '" + attribute + "' " + why);
    }

    static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw refused(name, "has a name of other characters than a to z and 0 to 9");
        }
        return name;
    }

    /// Checks all of them: that those are there that have to be, and that each says what its type
    /// allows.
    static void requireValid(Map<String, String> attributes) {
        for (String name : REQUIRED) {
            if (!attributes.containsKey(name)) {
                throw refused(name, "is missing: every event has " + String.join(", ", REQUIRED));
            }
        }
        attributes.forEach(CloudEventAttributes::requireValid);
    }

    private static void requireValid(String name, String value) {
        requireCharacters(name, value);
        switch (name) {
            case "specversion" -> require(value.equals("1.0"), name, "is '1.0' here");
            case "id", "type", "subject", PARTITION_KEY ->
                    require(!value.isEmpty(), name, "is not empty where it is there");
            case "source" ->
                    require(
                            !value.isEmpty() && uri(value) != null,
                            name,
                            "is a reference to a URI (RFC 3986), and not empty");
            case "dataschema" -> {
                URI uri = uri(value);
                require(uri != null && uri.isAbsolute(), name, "is an absolute URI (RFC 3986)");
            }
            case CONTENT_TYPE ->
                    require(MEDIA_TYPE.matcher(value).matches(), name, "is a media type");
            case "time" -> require(isTime(value), name, "is a time as 2026-11-29T09:00:00Z");
            default -> {
                // An extension, which may be any text.
            }
        }
    }

    private static void require(boolean valid, String name, String what) {
        if (!valid) {
            throw refused(name, what);
        }
    }

    private static @Nullable URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static boolean isTime(String text) {
        Matcher parts = TIME.matcher(text);
        if (!parts.matches()) {
            return false;
        }
        String seconds = parts.group(2).equals("60") ? "59" : parts.group(2);
        String plain = (parts.group(1) + seconds + parts.group(3)).toUpperCase(Locale.ROOT);
        try {
            var _ = OffsetDateTime.parse(plain);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /// No control characters, half surrogate pairs or what Unicode has for no character.
    private static void requireCharacters(String name, String value) {
        boolean bad =
                value.codePoints()
                        .anyMatch(c ->
                                c < 0x20
                                        || (c >= 0x7f && c <= 0x9f)
                                        || (c >= 0xd800 && c <= 0xdfff)
                                        || (c >= 0xfdd0 && c <= 0xfdef)
                                        || (c & 0xfffe) == 0xfffe);
        require(!bad, name, "has a character in it that no attribute may have");
    }
}
