package io.sinew.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What a value of JSON has to be. Requests are read by it and the door's description is written
/// from it, so that both say the same.
sealed interface Schema {
    /// A text.
    ///
    /// @param values that there are, which whoever reads it checks; empty for any text
    /// @param usual what it counts as when it is not there
    record Text(List<String> values, Optional<String> usual) implements Schema {
        static Text any() {
            return new Text(List.of(), Optional.empty());
        }

        static Text of(String... values) {
            return new Text(List.of(values), Optional.empty());
        }

        /// The names of an enum, in small letters.
        static Text of(Enum<?>... values) {
            List<String> names =
                    Stream.of(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
            return new Text(names, Optional.empty());
        }
    }

    /// A text that may be written as a number where it looks like one.
    ///
    /// @param usual as in [Text]
    record Word(Optional<String> usual) implements Schema {
        static Word any() {
            return new Word(Optional.empty());
        }

        static Word usually(String usual) {
            return new Word(Optional.of(usual));
        }
    }

    /// A whole number within its bounds.
    ///
    /// @param usual as in [Text]
    record Whole(long least, long most, OptionalLong usual) implements Schema {
        static Whole of(long least, long most) {
            return new Whole(least, most, OptionalLong.empty());
        }

        static Whole of(long least, long most, long usual) {
            return new Whole(least, most, OptionalLong.of(usual));
        }

        /// The number of a partition.
        static Whole partition() {
            return of(0, Integer.MAX_VALUE);
        }

        /// An offset, a point in time, or how many there are of something.
        static Whole count() {
            return of(0, Long.MAX_VALUE);
        }
    }

    /// True or false, and false when it is not there.
    record Truth() implements Schema {}

    /// An object of any members, all of them texts.
    record Texts() implements Schema {}

    /// Any value but null.
    record Anything() implements Schema {}

    /// An array.
    record Listed(Schema each, int least, int most) implements Schema {
        /// As many as there are.
        static Listed of(Schema each) {
            return new Listed(each, 0, Integer.MAX_VALUE);
        }
    }

    /// An object that is one of several.
    record OneOf(List<Shape> shapes) implements Schema {}

    /// An object.
    ///
    /// @param name of which there is one among all shapes
    /// @param open whether there may be more members than these
    record Shape(String name, List<Member> members, boolean open) implements Schema {
        static Shape of(String name, Member... members) {
            return new Shape(name, List.of(members), false);
        }

        static Shape open(String name, Member... members) {
            return new Shape(name, List.of(members), true);
        }

        /// With more members behind those it has.
        Shape with(String otherName, List<Member> more) {
            return new Shape(
                    otherName, Stream.concat(members.stream(), more.stream()).toList(), open);
        }

        Shape with(String otherName, Member... more) {
            return with(otherName, List.of(more));
        }

        Optional<Member> find(String member) {
            // No stream: a body may have 10,000 messages with a dozen members each.
            for (Member each : members) {
                if (each.name().equals(member)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }

        /// The names of its members, as a sentence has them.
        String names() {
            List<String> names = members.stream().map(Member::name).toList();
            int last = names.size() - 1;
            return switch (last) {
                case -1 -> "no members";
                case 0 -> names.getFirst();
                default -> String.join(", ", names.subList(0, last)) + " and " + names.get(last);
            };
        }
    }

    /// A member of an object.
    ///
    /// @param needed whether it has to be there
    /// @param what it says, for people
    record Member(String name, Schema schema, boolean needed, String what) {
        static Member needed(String name, Schema schema, String what) {
            return new Member(name, schema, true, what);
        }

        static Member optional(String name, Schema schema, String what) {
            return new Member(name, schema, false, what);
        }
    }

    /// Whether a value can stand in a query: what may be anything does as JSON.
    default boolean fitsQuery() {
        return switch (this) {
            case Text _, Word _, Whole _, Truth _, Anything _ -> true;
            case Texts _, Listed _, OneOf _, Shape _ -> false;
        };
    }
}
