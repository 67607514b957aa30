package io.sinew.kafkawiregenerator;

import java.util.List;

/// The least number of bytes that a value takes on the wire. The reader refuses an array whose
/// count times this is more than what is left of the frame, before it makes room for the elements.
final class WireSizes {
    private static final int COMPACT_LENGTH_BYTES = 1;
    private static final int STRING_LENGTH_BYTES = 2;
    private static final int LENGTH_BYTES = 4;
    private static final int PRESENCE_BYTES = 1;
    private static final int TAG_COUNT_BYTES = 1;

    private final Schema schema;

    WireSizes(Schema schema) {
        this.schema = schema;
    }

    /// The least size of an array's element, over all versions in `scope`.
    int minElementBytes(FieldType type, Versions scope) {
        int min = Integer.MAX_VALUE;
        for (int version = scope.min(); version <= scope.max(); version++) {
            min = Math.min(min, minBytes(type, version, schema.flexible().contains(version)));
        }
        if (min == 0) {
            throw new SchemaException(schema.name() + " has an array of nothing");
        }
        return min;
    }

    private int minBytes(FieldType type, int version, boolean flexible) {
        return switch (type) {
            case FieldType.Array _ -> flexible ? COMPACT_LENGTH_BYTES : LENGTH_BYTES;
            case FieldType.Struct struct ->
                    minStructBytes(schema.fieldsOf(struct.name()), version, flexible);
            case FieldType.Scalar scalar -> {
                if (!scalar.hasLength()) {
                    yield scalar.fixedBytes();
                }
                int wide = scalar == FieldType.Scalar.STRING ? STRING_LENGTH_BYTES : LENGTH_BYTES;
                yield flexible ? COMPACT_LENGTH_BYTES : wide;
            }
        };
    }

    private int minStructBytes(List<Field> fields, int version, boolean flexible) {
        int sum = flexible ? TAG_COUNT_BYTES : 0;
        for (Field field : fields) {
            if (field.versions().contains(version) && !field.tagged().contains(version)) {
                boolean struct = field.type() instanceof FieldType.Struct;
                boolean maybeNull = struct && field.nullable().contains(version);
                sum += maybeNull ? PRESENCE_BYTES : minBytes(field.type(), version, flexible);
            }
        }
        return sum;
    }
}
