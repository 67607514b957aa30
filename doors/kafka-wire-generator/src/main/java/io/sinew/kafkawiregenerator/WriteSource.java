package io.sinew.kafkawiregenerator;

import java.util.List;

/// The source of a struct's `write`.
final class WriteSource {
    private final MessageSource message;
    private final Struct struct;
    private final JavaText out;

    WriteSource(MessageSource message, Struct struct, JavaText out) {
        this.message = message;
        this.struct = struct;
        this.out = out;
    }

    void write(boolean isMessage) {
        if (isMessage) {
            Versions served = message.served();
            out.line("@Override");
            out.line("public void write(WireWriter out, int version) {");
            out.line("if (version < $ || version > $) {", served.min(), served.max());
            out.line("throw WireException.notServed(\"$\", version);", struct.name());
            out.line("}");
        } else {
            out.line("void write(WireWriter out, int version) {");
        }
        Condition flexible = message.flexible(struct);
        if (!flexible.always() && !flexible.never()) {
            out.line("boolean flexible = $;", flexible.java());
        }
        for (Field field : struct.fields()) {
            refuseWhereAbsent(field);
            Condition present = Condition.in(MessageSource.inline(field, struct), struct.scope());
            if (!present.never()) {
                out.beginIf(present);
                writeField(field);
                out.endIf(present);
            }
        }
        writeTags(flexible);
        out.line("}");
    }

    private void refuseWhereAbsent(Field field) {
        Condition absent = Condition.outside(field.versions(), struct.scope());
        if (field.ignorable() || absent.never()) {
            return;
        }
        out.line("if ($ && $) {", oneTerm(absent.java()), oneTerm(isSet(field)));
        out.line("throw WireException.cannotCarry(\"$.$\", version);", struct.name(), field.name());
        out.line("}");
    }

    private void writeTags(Condition flexible) {
        if (flexible.never()) {
            return;
        }
        out.beginIf(flexible.always() ? flexible : new Condition("flexible"));
        List<Field> tagged = MessageSource.taggedFields(struct);
        if (tagged.isEmpty()) {
            out.line("out.writeUnsignedVarint(0);");
        } else {
            writeKnownTags(tagged);
        }
        out.endIf(flexible);
    }

    private void writeKnownTags(List<Field> tagged) {
        out.line("int tags = 0;");
        for (Field field : tagged) {
            Condition known = Condition.in(field.tagged(), struct.scope());
            String also = known.always() ? "" : known.java() + " && ";
            String set = also.isEmpty() ? isSet(field) : oneTerm(isSet(field));
            out.line("boolean $ = $$;", flag(field), also, set);
            out.line("tags += $ ? 1 : 0;", flag(field));
        }
        out.line("out.writeUnsignedVarint(tags);");
        for (Field field : tagged) {
            out.line("if ($) {", flag(field));
            out.line("int begin = out.beginTagged($);", field.tag());
            writeField(field);
            out.line("out.endTagged(begin);");
            out.line("}");
        }
    }

    private static String flag(Field field) {
        return "has" + Character.toUpperCase(field.name().charAt(0)) + field.name().substring(1);
    }

    private String isSet(Field field) {
        return field.isSet("this." + field.name(), field.everNullable(struct.scope()));
    }

    /// The expression as a term of a conjunction.
    private static String oneTerm(String expression) {
        return expression.contains("||") ? "(" + expression + ")" : expression;
    }

    private void writeField(Field field) {
        String compact = message.compact(field, struct);
        Versions occurs = field.versions().and(struct.scope());
        Condition nullable = Condition.in(field.nullable(), occurs);
        String value = "this." + field.name();
        switch (field.type()) {
            case FieldType.Array array -> writeArray(value, array.element(), nullable, compact);
            case FieldType.Struct _ -> writeStruct(value, nullable);
            case FieldType.Scalar scalar when scalar.hasLength() ->
                    choose(
                            nullable,
                            "out.write$" + scalar.method() + "(" + value + ", " + compact + ");");
            case FieldType.Scalar scalar -> out.line("out.write$($);", scalar.method(), value);
        }
    }

    /// Writes `statement` with `Nullable` in its gap where the version allows null, and with
    /// nothing where not.
    private void choose(Condition nullable, String statement) {
        if (nullable.always() || nullable.never()) {
            out.line(statement, nullable.always() ? "Nullable" : "");
        } else {
            out.line("if ($) {", nullable.java());
            out.line(statement, "Nullable");
            out.line("} else {");
            out.line(statement, "");
            out.line("}");
        }
    }

    private void writeStruct(String value, Condition nullable) {
        if (nullable.never()) {
            out.line("$.write(out, version);", value);
            return;
        }
        if (!nullable.always()) {
            throw new SchemaException(value + ": a struct that is nullable in some versions only");
        }
        out.line("out.writePresence($ != null);", value);
        out.line("if ($ != null) {", value);
        out.line("$.write(out, version);", value);
        out.line("}");
    }

    private void writeArray(String value, FieldType element, Condition nullable, String compact) {
        choose(nullable, "out.write$ArrayCount(" + value + ", " + compact + ");");
        if (!nullable.never()) {
            out.line("if ($ != null) {", value);
        }
        out.line("for ($ element : $) {", element.boxed(), value);
        switch (element) {
            case FieldType.Struct _ -> out.line("element.write(out, version);");
            case FieldType.Scalar scalar when scalar.hasLength() ->
                    out.line("out.write$(element, $);", scalar.method(), compact);
            case FieldType.Scalar scalar -> out.line("out.write$(element);", scalar.method());
            case FieldType.Array _ ->
                    throw new SchemaException("an array of arrays is not supported");
        }
        out.line("}");
        if (!nullable.never()) {
            out.line("}");
        }
    }
}
