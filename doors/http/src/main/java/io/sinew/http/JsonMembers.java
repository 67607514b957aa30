package io.sinew.http;

import io.sinew.base.Check;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.Shape;
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
/// Those of a request are taken by a [Shape], which is also what the door's description says of it:
/// members that it does not have are refused, and are never asked for. Those of another process's
/// answer are taken without one.
///
/// All throw `INVALID_REQUEST` for a member that is something else, with the path to it.
final class JsonMembers {
    private final String path;
    private final Map<String, @Nullable Object> given;
    private final Map<String, @Nullable Object> left;
    private final Optional<Shape> shape;

    /// @param path where the object is in the body, as `messages[3].`; empty for the body itself
    JsonMembers(String path, Map<String, @Nullable Object> members) {
        this(path, members, new LinkedHashMap<>(members), Optional.empty());
    }

    private JsonMembers(
            String path,
            Map<String, @Nullable Object> given,
            Map<String, @Nullable Object> left,
            Optional<Shape> shape) {
        this.path = path;
        this.given = given;
        this.left = left;
        this.shape = shape;
    }

    /// The same, to be taken as a shape says, in place of this.
    JsonMembers as(Shape of) {
        for (String name : given.keySet()) {
            if (of.find(name).isEmpty()) {
                throw refusal("'" + path + name + "' is not known here; there are " + of.names());
            }
        }
        return new JsonMembers(path, given, left, Optional.of(of));
    }

    /// What is said of a member, if anything is.
    private <T extends Schema> Optional<T> said(String name, Class<T> kind) {
        if (shape.isEmpty()) {
            return Optional.empty();
        }
        Optional<Member> member = shape.get().find(name);
        if (member.isEmpty() || !kind.isInstance(member.get().schema())) {
            throw new IllegalStateException(
                    "read but not described: " + shape.get().name() + "." + name);
        }
        return Optional.of(kind.cast(member.get().schema()));
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
        return text(name, said(name, Schema.Text.class).flatMap(Schema.Text::usual));
    }

    private Optional<String> text(String name, Optional<String> usual) {
        Object value = left.remove(name);
        return switch (value) {
            case null -> usual;
            case String text -> Optional.of(requireUnicode(name, text));
            default -> throw refused(name, "a text, in quotes");
        };
    }

    /// A word that may look like a number.
    Optional<String> word(String name) {
        Optional<String> usual = said(name, Schema.Word.class).flatMap(Schema.Word::usual);
        if (left.get(name) instanceof Long number) {
            left.remove(name);
            return Optional.of(Long.toString(number));
        }
        return text(name, usual);
    }

    /// A value as it was written; null for none.
    byte @Nullable [] raw(String name) {
        var _ = said(name, Schema.Anything.class);
        return left.remove(name) instanceof JsonText.Raw(byte[] bytes) ? bytes : null;
    }

    /// A value as it was written, in a body that keeps it or in a query.
    Optional<String> json(String name) {
        var _ = said(name, Schema.Anything.class);
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
        var _ = said(ofText, Schema.Text.class);
        var _ = said(ofBase64, Schema.Text.class);
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

    /// A whole number as its shape has it, of which that says the bounds.
    OptionalLong number(String name) {
        Schema.Whole whole = said(name, Schema.Whole.class).orElseThrow();
        OptionalLong number = taken(name, whole.least(), whole.most());
        return number.isPresent() ? number : whole.usual();
    }

    /// The same of a member that is there, or counts as something when it is not.
    long whole(String name) {
        return number(name).orElseThrow();
    }

    /// A whole number of another process's answer.
    OptionalLong number(String name, long least, long most) {
        Check.that(shape.isEmpty(), "what a request brings has the bounds that are described");
        return taken(name, least, most);
    }

    private OptionalLong taken(String name, long least, long most) {
        Object value = left.remove(name);
        return switch (value) {
            case null -> OptionalLong.empty();
            case Long number when number >= least && number <= most -> OptionalLong.of(number);
            default -> throw refused(name, "a whole number from " + least + " to " + most);
        };
    }

    boolean truth(String name) {
        var _ = said(name, Schema.Truth.class);
        Object value = left.remove(name);
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            default -> throw refused(name, "true or false");
        };
    }

    /// An object of texts; empty when it is not there.
    Map<String, String> texts(String name) {
        var _ = said(name, Schema.Texts.class);
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

    /// An array of objects, which must be there, as the shape has it.
    List<JsonMembers> objects(String name) {
        Schema.Listed listed = said(name, Schema.Listed.class).orElseThrow();
        var each = (Shape) listed.each();
        return objects(name, listed.most()).stream().map(one -> one.as(each)).toList();
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

    /// An array of texts, which must be there, as the shape has it.
    List<String> listOfTexts(String name) {
        Schema.Listed listed = said(name, Schema.Listed.class).orElseThrow();
        var texts = new ArrayList<String>();
        for (Object each : list(name, listed.most())) {
            if (!(each instanceof String text)) {
                throw refused(name, "an array of texts");
            }
            texts.add(text);
        }
        return texts;
    }
}
