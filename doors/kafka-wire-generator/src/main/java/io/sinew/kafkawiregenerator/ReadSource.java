package io.sinew.kafkawiregenerator;

import java.util.List;

/// The source of a struct's `read`.
final class ReadSource {
    private final MessageSource message;
    private final Struct struct;
    private final JavaText out;

    ReadSource(MessageSource message, Struct struct, JavaText out) {
        this.message = message;
        this.struct = struct;
        this.out = out;
    }

    void write(boolean isMessage) {
        String name = struct.name();
        out.line("$static $ read(WireReader in, int version) {", isMessage ? "public " : "", name);
        if (isMessage) {
            Versions served = message.served();
            out.line("if (version < $ || version > $) {", served.min(), served.max());
            out.line("throw WireException.notServed(\"$\", version);", name);
            out.line("}");
        }
        Condition flexible = message.flexible(struct);
        if (!flexible.always() && !flexible.never()) {
            out.line("boolean flexible = $;", flexible.java());
        }
        out.line("$ message = new $();", name, name);
        for (Field field : struct.fields()) {
            Condition present = Condition.in(MessageSource.inline(field, struct), struct.scope());
            if (!present.never()) {
                out.beginIf(present);
                readField(field);
                out.endIf(present);
            }
        }
        readTags(flexible);
        out.line("return message;");
        out.line("}");
        out.line("");
    }

    private void readTags(Condition flexible) {
        if (flexible.never()) {
            return;
        }
        out.beginIf(flexible.always() ? flexible : new Condition("flexible"));
        List<Field> tagged = MessageSource.taggedFields(struct);
        if (tagged.isEmpty()) {
            out.line("in.skipTags();");
        } else {
            readKnownTags(tagged);
        }
        out.endIf(flexible);
    }

    private void readKnownTags(List<Field> tagged) {
        out.line("int tags = in.readTagCount();");
        out.line("for (int t = 0; t < tags; t++) {");
        out.line("int tag = in.readUnsignedVarint();");
        out.line("int end = in.beginTagged();");
        for (int i = 0; i < tagged.size(); i++) {
            Field field = tagged.get(i);
            Condition known = Condition.in(field.tagged(), struct.scope());
            String also = known.always() ? "" : " && " + known.java();
            out.line("$if (tag == $$) {", i == 0 ? "" : "} else ", field.tag(), also);
            readField(field);
            out.line("in.endTagged(end);");
        }
        out.line("} else {");
        out.line("in.skipTagged(end);");
        out.line("}");
        out.line("}");
    }

    private void readField(Field field) {
        String compact = message.compact(field, struct);
        if (field.type() instanceof FieldType.Array array) {
            readArray(field, array.element(), compact);
        } else {
            String value = value(field.type(), nullable(field), compact);
            out.line("message.$ = $;", field.name(), value);
        }
    }

    private Condition nullable(Field field) {
        return Condition.in(field.nullable(), field.versions().and(struct.scope()));
    }

    private void readArray(Field field, FieldType element, String compact) {
        Condition nullable = nullable(field);
        Versions occurs = field.versions().and(struct.scope());
        String arguments = "(" + compact + ", " + message.minElementBytes(element, occurs) + ")";
        String count =
                nullable.choose(
                        "in.readNullableArrayCount" + arguments, "in.readArrayCount" + arguments);
        out.line("{");
        out.line("int count = $;", count);
        if (nullable.never()) {
            // The default is an empty list of the message's own already.
            out.line("if (count > 0) {");
        } else {
            out.line("if (count < 0) {");
            out.line("message.$ = null;", field.name());
            out.line("} else {");
        }
        out.line("List<$> list = new ArrayList<>(count);", element.boxed());
        out.line("for (int i = 0; i < count; i++) {");
        out.line("list.add($);", value(element, Condition.NEVER, compact));
        out.line("}");
        out.line("message.$ = list;", field.name());
        out.line("}");
        out.line("}");
    }

    private static String value(FieldType type, Condition nullable, String compact) {
        return switch (type) {
            case FieldType.Struct struct -> {
                String read = struct.name() + ".read(in, version)";
                String maybe = "(in.readPresence() ? " + read + " : null)";
                yield nullable.choose(maybe, read);
            }
            case FieldType.Scalar scalar when scalar.hasLength() ->
                    nullable.choose(
                            "in.readNullable" + scalar.method() + "(" + compact + ")",
                            "in.read" + scalar.method() + "(" + compact + ")");
            case FieldType.Scalar scalar -> "in.read" + scalar.method() + "()";
            case FieldType.Array _ ->
                    throw new SchemaException("an array of arrays is not supported");
        };
    }
}
