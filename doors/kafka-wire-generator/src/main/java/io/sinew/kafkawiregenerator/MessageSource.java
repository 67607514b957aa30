package io.sinew.kafkawiregenerator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The source of one message's class: the message itself, and its structs as nested classes.
final class MessageSource {
    private static final String THROTTLE_TIME = "throttleTimeMs";

    private final Schema schema;
    private final Versions served;
    private final Map<String, Struct> structs = new LinkedHashMap<>();
    private final WireSizes sizes;
    private final JavaText out = new JavaText();

    MessageSource(Schema schema, Versions served) {
        this.schema = schema;
        this.served = served;
        schema.structsIn(served).forEach(s -> structs.put(s.name(), s));
        this.sizes = new WireSizes(schema);
    }

    String source() {
        writeImports();
        for (Struct struct : structs.values()) {
            boolean message = struct.name().equals(schema.name());
            if (message) {
                out.line("public final class $ implements Message {", struct.name());
            } else {
                out.line("");
                out.line("public static final class $ {", struct.name());
            }
            writeFields(struct);
            new ReadSource(this, struct, out).write(message);
            new WriteSource(this, struct, out).write(message);
            if (message) {
                writeTellThrottle(struct);
            } else {
                writeIsSet(struct);
                out.line("}");
            }
        }
        out.line("}");
        return out.toString();
    }

    Versions served() {
        return served;
    }

    /// Whether the struct is in flexible versions, as an expression over `version`.
    Condition flexible(Struct struct) {
        return Condition.in(schema.flexible(), struct.scope());
    }

    /// The argument `compact` of a field's read and write methods: a constant, the local variable
    /// `flexible`, or what the field says of its own.
    String compact(Field field, Struct struct) {
        Condition own = Condition.in(field.flexible().orElse(schema.flexible()), struct.scope());
        boolean constant = own.always() || own.never();
        return !constant && own.equals(flexible(struct)) ? "flexible" : own.java();
    }

    int minElementBytes(FieldType element, Versions scope) {
        return sizes.minElementBytes(element, scope);
    }

    /// The versions of `struct` in which the field stands among the others, not among the tagged
    /// ones.
    static Versions inline(Field field, Struct struct) {
        return field.versions().before(field.tagged()).and(struct.scope());
    }

    static List<Field> taggedFields(Struct struct) {
        return struct.fields().stream()
                .filter(f -> !f.tagged().and(struct.scope()).isEmpty())
                .sorted((a, b) -> Integer.compare(a.tag(), b.tag()))
                .toList();
    }

    private void writeImports() {
        List<Field> fields = structs.values().stream().flatMap(s -> s.fields().stream()).toList();
        if (fields.stream().anyMatch(f -> f.type() instanceof FieldType.Array)) {
            out.line("import java.util.ArrayList;");
            out.line("import java.util.List;");
        }
        if (fields.stream().anyMatch(f -> f.type().java().contains("UUID"))) {
            out.line("import java.util.UUID;");
        }
        if (structs.values().stream()
                .anyMatch(s -> s.fields().stream().anyMatch(f -> f.everNullable(s.scope())))) {
            out.line("import org.jspecify.annotations.Nullable;");
        }
        out.line("");
    }

    private void writeFields(Struct struct) {
        for (Field field : struct.fields()) {
            String type = field.type().java();
            if (field.everNullable(struct.scope())) {
                type =
                        field.type() == FieldType.Scalar.BYTES
                                ? "byte @Nullable []"
                                : "@Nullable " + type;
            }
            out.line("public $ $ = $;", type, field.name(), field.javaDefault());
        }
        out.line("");
    }

    private void writeTellThrottle(Struct struct) {
        if (struct.fields().stream().noneMatch(f -> f.name().equals(THROTTLE_TIME))) {
            return;
        }
        out.line("");
        out.line("@Override");
        out.line("public void tellThrottle(int timeMs) {");
        out.line("$ = timeMs;", THROTTLE_TIME);
        out.line("}");
    }

    private void writeIsSet(Struct struct) {
        boolean asked =
                structs.values().stream()
                        .flatMap(s -> s.fields().stream())
                        .anyMatch(f -> f.type().equals(new FieldType.Struct(struct.name())));
        if (!asked) {
            return;
        }
        out.line("");
        out.line("private boolean isSet() {");
        List<String> parts =
                struct.fields().stream()
                        .map(f -> f.isSet("this." + f.name(), f.everNullable(struct.scope())))
                        .toList();
        out.line("return " + String.join(" || ", parts) + ";");
        out.line("}");
    }
}
