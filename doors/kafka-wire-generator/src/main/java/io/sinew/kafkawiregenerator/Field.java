package io.sinew.kafkawiregenerator;

import java.util.Optional;

/// One field of a struct, as its schema says it.
///
/// @param name in Java's spelling
/// @param nullable versions in which it may be null
/// @param tagged versions in which it is a tagged field
/// @param tag the number of the tagged field; -1 if it never is one
/// @param flexible the field's own flexible versions, where it departs from its message
/// @param ignorable whether a value may be dropped where a version has no such field
/// @param defaultValue as written in the schema; empty if it has none
record Field(
        String name,
        FieldType type,
        Versions versions,
        Versions nullable,
        Versions tagged,
        int tag,
        Optional<Versions> flexible,
        boolean ignorable,
        String defaultValue) {

    Field {
        boolean records = type == FieldType.Scalar.RECORDS;
        if (records && !tagged.isEmpty()) {
            throw new SchemaException(name + ": records in a tagged field are not supported");
        }
        if (!tagged.isEmpty() && (tag < 0 || tagged.max() < versions.max())) {
            throw new SchemaException(name + ": a tagged field needs a tag and stays tagged");
        }
    }

    boolean everNullable(Versions scope) {
        return type == FieldType.Scalar.RECORDS || !nullable.and(scope).isEmpty() || nullDefault();
    }

    boolean nullDefault() {
        return defaultValue.equals("null");
    }

    /// The Java expression of the default.
    String javaDefault() {
        if (nullDefault()) {
            return "null";
        }
        return switch (type) {
            case FieldType.Array _ -> "new ArrayList<>()";
            case FieldType.Struct struct -> "new " + struct.name() + "()";
            case FieldType.Scalar scalar -> scalarDefault(scalar);
        };
    }

    /// The Java expression that is true when the field, reached as `value`, has another value than
    /// its default.
    String isSet(String value, boolean mayBeNull) {
        if (nullDefault() || type == FieldType.Scalar.RECORDS) {
            return value + " != null";
        }
        String unlessNull = mayBeNull ? value + " == null || " : "";
        return switch (type) {
            case FieldType.Array _ -> unlessNull + "!" + value + ".isEmpty()";
            case FieldType.Struct _ -> unlessNull + value + ".isSet()";
            case FieldType.Scalar scalar ->
                    switch (scalar) {
                        case STRING, UUID -> "!" + javaDefault() + ".equals(" + value + ")";
                        case BYTES -> unlessNull + value + ".length != 0";
                        case BOOL -> defaultValue.equals("true") ? "!" + value : value;
                        default -> value + " != " + javaDefault();
                    };
        };
    }

    private String scalarDefault(FieldType.Scalar scalar) {
        return switch (scalar) {
            case BOOL -> defaultValue.equals("true") ? "true" : "false";
            case STRING -> '"' + defaultValue + '"';
            case UUID -> "ZERO_UUID";
            case BYTES -> "NO_BYTES";
            case RECORDS -> "null";
            case FLOAT64 -> defaultValue.isEmpty() ? "0.0" : defaultValue;
            case INT64, UINT32 -> number() + "L";
            case INT8, INT16, INT32, UINT16 -> Long.toString(number());
        };
    }

    private long number() {
        return defaultValue.isEmpty() ? 0 : Long.decode(defaultValue);
    }
}
