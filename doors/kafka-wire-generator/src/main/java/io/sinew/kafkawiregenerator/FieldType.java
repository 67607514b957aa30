package io.sinew.kafkawiregenerator;

import java.util.Locale;

/// What a field holds: a scalar, a struct of the same schema, or an array of either.
sealed interface FieldType {
    /// The type as the field's Java type, without nullness.
    String java();

    /// The type as a type argument.
    default String boxed() {
        return java();
    }

    /// A struct, by its name in the schema.
    record Struct(String name) implements FieldType {
        @Override
        public String java() {
            return name;
        }
    }

    /// `[]element`.
    record Array(FieldType element) implements FieldType {
        @Override
        public String java() {
            return "List<" + element.boxed() + ">";
        }
    }

    /// The types that have a method of their own in WireReader and WireWriter.
    enum Scalar implements FieldType {
        BOOL("boolean", "Boolean", 1),
        INT8("byte", "Byte", 1),
        INT16("short", "Short", 2),
        INT32("int", "Integer", 4),
        INT64("long", "Long", 8),
        UINT16("int", "Integer", 2),
        UINT32("long", "Long", 4),
        FLOAT64("double", "Double", 8),
        UUID("UUID", "UUID", 16),
        STRING("String", "String", 0),
        BYTES("byte[]", "byte[]", 0),
        RECORDS("Records", "Records", 0);

        private final String java;
        private final String boxed;
        private final int fixedBytes;

        Scalar(String java, String boxed, int fixedBytes) {
            this.java = java;
            this.boxed = boxed;
            this.fixedBytes = fixedBytes;
        }

        @Override
        public String java() {
            return java;
        }

        @Override
        public String boxed() {
            return boxed;
        }

        /// Whether its bytes begin with a length, which flexible versions write in another way.
        boolean hasLength() {
            return fixedBytes == 0;
        }

        /// The size on the wire, for a type without a length.
        int fixedBytes() {
            return fixedBytes;
        }

        /// The end of its methods' names: `Int32` of `readInt32`.
        String method() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    static FieldType parse(String text) {
        if (text.startsWith("[]")) {
            return new Array(parse(text.substring(2)));
        }
        for (Scalar scalar : Scalar.values()) {
            if (scalar.name().toLowerCase(Locale.ROOT).equals(text)) {
                return scalar;
            }
        }
        if (!Character.isUpperCase(text.charAt(0))) {
            throw new SchemaException("there is no field type \"" + text + "\"");
        }
        return new Struct(text);
    }
}
