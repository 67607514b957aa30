package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The members of a JSON object that a request came with, each taken by its name and as what it has
/// to be. A member that is null counts as not there. Not thread-safe.
///
/// All throw `INVALID_REQUEST` for a member that is something else, with the path to it.
final class JsonMembers {
    private final String path;
    private final Map<String, @Nullable Object> given;
    private final Map<String, @Nullable Object> left;

    /// @param path where the object is in the body, as `messages[3].`; empty for the body itself
    JsonMembers(String path, Map<String, @Nullable Object> members) {
        this.path = path;
        this.given = members;
        this.left = new LinkedHashMap<>(members);
    }

    private SinewException refused(String name, String what) {
        return refusal("'" + path + name + "' is " + what);
    }

    private static SinewException refusal(String message) {
        return new SinewException(ErrorCode.INVALID_REQUEST, message);
    }

    /// All members, taken or not, as [JsonText#write(tools.jackson.core.JsonGenerator, Object)]
    /// writes them.
    Map<String, @Nullable Object> given() {
        return given;
    }

    /// Whether there is such a member.
    boolean has(String name) {
        return left.get(name) != null;
    }

    Optional<String> text(String name) {
        Object value = left.remove(name);
        return switch (value) {
            case null -> Optional.empty();
            case String text -> Optional.of(requireUnicode(name, text));
            default -> throw refused(name, "a text, in quotes");
        };
    }

    /// A word that may look like a number.
    Optional<String> word(String name) {
        if (left.get(name) instanceof Long number) {
            left.remove(name);
            return Optional.of(Long.toString(number));
        }
        return text(name);
    }

    /// A value as it was written; null for none.
    byte @Nullable [] raw(String name) {
        return left.remove(name) instanceof JsonText.Raw(byte[] bytes) ? bytes : null;
    }

    /// A value as it was written, in a body that keeps it or in a query.
    Optional<String> json(String name) {
        Object value = left.remove(name);
        return switch (value) {
            case null -> Optional.empty();
            case JsonText.Raw(byte[] bytes) ->
                    Optional.of(new String(bytes, StandardCharsets.UTF_8));
            default -> Optional.of(String.valueOf(value));
        };
    }

    /// Half of a surrogate pair has no bytes in UTF-8, and would become a question mark.
    private String requireUnicode(String name, String text) {
        var _ = utf8(name, text);
        return text;
    }

    private byte[] utf8(String name, String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            var array = new byte[bytes.remaining()];
            bytes.get(array);
            return array;
        } catch (CharacterCodingException e) {
            throw refused(name, "a text with half of a surrogate pair; send such bytes as base64");
        }
    }

    /// Bytes, as text in UTF-8 or in base 64; null for none.
    ///
    /// @param ofText the member's name if it is text
    /// @param ofBase64 its name if it is base 64
    byte @Nullable [] bytes(String ofText, String ofBase64) {
        if (has(ofText) && has(ofBase64)) {
            throw refusal("There is both '" + path + ofText + "' and '" + path + ofBase64 + "'");
        }
        if (has(ofText)) {
            return utf8(ofText, text(ofText).orElse(""));
        }
        Optional<String> coded = text(ofBase64);
        if (coded.isEmpty()) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(coded.get());
        } catch (IllegalArgumentException e) {
            throw refused(ofBase64, "base 64 with the alphabet of RFC 4648, section 4");
        }
    }

    OptionalLong number(String name, long least, long most) {
        Object value = left.remove(name);
        return switch (value) {
            case null -> OptionalLong.empty();
            case Long number when number >= least && number <= most -> OptionalLong.of(number);
            default -> throw refused(name, "a whole number from " + least + " to " + most);
        };
    }

    boolean truth(String name) {
        Object value = left.remove(name);
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            default -> throw refused(name, "true or false");
        };
    }

    /// An object of texts; empty when it is not there.
    Map<String, String> texts(String name) {
        Optional<JsonMembers> object = object(name);
        var texts = new LinkedHashMap<String, String>();
        if (object.isPresent()) {
            for (String each : List.copyOf(object.get().left.keySet())) {
                object.get().requireUnicode(each, each);
                texts.put(each, object.get().text(each).orElse(""));
            }
        }
        return texts;
    }

    Optional<JsonMembers> object(String name) {
        Object value = left.remove(name);
        return switch (value) {
            case null -> Optional.empty();
            case Map<?, ?> object -> Optional.of(new JsonMembers(path + name + ".", copy(object)));
            default -> throw refused(name, "an object");
        };
    }

    private static Map<String, @Nullable Object> copy(Map<?, ?> object) {
        var copy = new LinkedHashMap<String, @Nullable Object>();
        object.forEach((name, value) -> copy.put(String.valueOf(name), value));
        return copy;
    }

    /// An array of objects, which may be empty.
    List<JsonMembers> anyObjects(String name, int most) {
        return left.get(name) instanceof List<?> list && list.isEmpty()
                ? List.of()
                : objects(name, most);
    }

    private List<?> list(String name, int most) {
        Object value = left.remove(name);
        if (value instanceof List<?> list && !list.isEmpty() && list.size() <= most) {
            return list;
        }
        throw refused(name, "an array of 1 to " + most);
    }

    /// An array of objects, which must be there.
    List<JsonMembers> objects(String name, int most) {
        var objects = new ArrayList<JsonMembers>();
        for (Object each : list(name, most)) {
            if (!(each instanceof Map<?, ?> object)) {
                throw refused(name, "an array of objects");
            }
            objects.add(new JsonMembers(path + name + "[" + objects.size() + "].", copy(object)));
        }
        return objects;
    }

    /// An array of texts, which must be there.
    List<String> listOfTexts(String name, int most) {
        var texts = new ArrayList<String>();
        for (Object each : list(name, most)) {
            if (!(each instanceof String text)) {
                throw refused(name, "an array of texts");
            }
            texts.add(text);
        }
        return texts;
    }

    /// Refuses what nobody has taken: a misspelt member would else be passed over in silence.
    void requireNoMore(String known) {
        if (!left.isEmpty()) {
            throw refusal(
                    "'"
                            + path
                            + left.keySet().iterator().next()
                            + "' is not known here; there are "
                            + known);
        }
    }
}
