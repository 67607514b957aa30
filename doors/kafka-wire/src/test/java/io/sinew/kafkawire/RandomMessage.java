package io.sinew.kafkawire;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/// Draws messages from the schemas that kafka-clients describes its messages with, apart from its
/// codecs and from our generator, so that neither side is tested with its own idea of a message.
final class RandomMessage {
    private static final int FIRST_UNKNOWN_TAG = 1_000;

    private final SplittableRandom random;
    private final double plainness;
    private final boolean unknownTags;
    private final Map<Type, Supplier<@Nullable Object>> scalars;

    /// `plainness` is the share of values that are empty, zero or minus one: those which schemas
    /// have as defaults.
    RandomMessage(SplittableRandom random, double plainness, boolean unknownTags) {
        this.random = random;
        this.plainness = plainness;
        this.unknownTags = unknownTags;
        this.scalars =
                Map.ofEntries(
                        Map.entry(Type.BOOLEAN, random::nextBoolean),
                        Map.entry(Type.INT8, () -> (byte) number()),
                        Map.entry(Type.INT16, () -> (short) number()),
                        Map.entry(Type.UINT16, () -> (int) number() & 0xffff),
                        Map.entry(Type.INT32, () -> (int) number()),
                        Map.entry(Type.UNSIGNED_INT32, () -> number() & 0xffff_ffffL),
                        Map.entry(Type.INT64, this::number),
                        Map.entry(Type.FLOAT64, random::nextDouble),
                        Map.entry(Type.UUID, this::uuid),
                        Map.entry(Type.STRING, this::string),
                        Map.entry(Type.COMPACT_STRING, this::string),
                        Map.entry(Type.NULLABLE_STRING, () -> orNull(this::string)),
                        Map.entry(Type.COMPACT_NULLABLE_STRING, () -> orNull(this::string)),
                        Map.entry(Type.BYTES, this::bytes),
                        Map.entry(Type.COMPACT_BYTES, this::bytes),
                        Map.entry(Type.NULLABLE_BYTES, () -> orNull(this::bytes)),
                        Map.entry(Type.COMPACT_NULLABLE_BYTES, () -> orNull(this::bytes)),
                        Map.entry(Type.RECORDS, this::records),
                        Map.entry(Type.COMPACT_RECORDS, this::records),
                        Map.entry(Type.NULLABLE_RECORDS, () -> orNull(this::records)),
                        Map.entry(Type.COMPACT_NULLABLE_RECORDS, () -> orNull(this::records)));
    }

    /// One message that `schema` allows, as bytes.
    byte[] draw(Schema schema) {
        Struct struct = struct(schema);
        ByteBuffer buffer = ByteBuffer.allocate(schema.sizeOf(struct));
        schema.write(buffer, struct);
        return buffer.array();
    }

    private Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        for (BoundField field : schema.fields()) {
            struct.set(field, value(field.def.type));
        }
        return struct;
    }

    private @Nullable Object value(Type type) {
        Supplier<@Nullable Object> scalar = scalars.get(type);
        if (scalar != null) {
            return scalar.get();
        }
        if (type instanceof TaggedFields tagged) {
            return tags(tagged);
        }
        if (type.isNullable() && random.nextInt(4) == 0) {
            return null;
        }
        if (type instanceof Schema schema) {
            return struct(schema);
        }
        Type element = type.arrayElementType().orElseThrow();
        @Nullable Object[] elements = new @Nullable Object[plain() ? 0 : 1 + random.nextInt(3)];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = value(element);
        }
        return elements;
    }

    private Map<Integer, Object> tags(TaggedFields type) {
        Map<Integer, Object> values = new TreeMap<>();
        for (Map.Entry<Integer, Field> known : type.fields().entrySet()) {
            Object value = value(known.getValue().type);
            if (value != null && random.nextBoolean()) {
                values.put(known.getKey(), value);
            }
        }
        if (unknownTags && random.nextBoolean()) {
            int tag = FIRST_UNKNOWN_TAG + random.nextInt(1_000_000);
            values.put(tag, new RawTaggedField(tag, bytes().array()));
        }
        return values;
    }

    private @Nullable Object orNull(Supplier<?> value) {
        return random.nextInt(4) == 0 ? null : value.get();
    }

    private boolean plain() {
        return random.nextDouble() < plainness;
    }

    private long number() {
        return plain() ? -random.nextInt(2) : random.nextLong();
    }

    private Uuid uuid() {
        return plain() ? Uuid.ZERO_UUID : new Uuid(random.nextLong(), random.nextLong());
    }

    private String string() {
        int length = plain() ? 0 : random.nextInt(200);
        int range = random.nextBoolean() ? 0x80 : 0x800;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(random.nextInt(8) == 0 ? 'k' : random.nextInt(range));
        }
        return range > 0x80 && length > 0 ? text + "🦴" : text.toString();
    }

    private ByteBuffer bytes() {
        byte[] bytes = new byte[plain() ? 0 : random.nextInt(300)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private MemoryRecords records() {
        return MemoryRecords.readableRecords(bytes());
    }
}
