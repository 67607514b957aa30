package io.sinew.kafkawiregenerator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One message schema: `common/message/NAME.json` of the kafka-clients jar on the class path.
///
/// @param apiKey -1 for a header
/// @param structs every struct's fields by its name, the message's own among them and first
record Schema(
        String name,
        int apiKey,
        Versions valid,
        Versions flexible,
        boolean latestUnstable,
        Map<String, List<Field>> structs) {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();

    static Schema load(String name) {
        String path = "common/message/" + name + ".json";
        try (InputStream in = Schema.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new SchemaException("there is no schema " + path + " in kafka-clients");
            }
            return parse(JSON.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Schema parse(String json) {
        return parse(JSON.readTree(json));
    }

    /// The versions that may be served: valid ones, without the latest while it may still change.
    Versions servable() {
        return latestUnstable ? valid.and(new Versions(0, valid.max() - 1)) : valid;
    }

    /// The structs that occur in `served` versions, with the fields that occur, the message itself
    /// first.
    List<Struct> structsIn(Versions served) {
        Map<String, Versions> scopes = new LinkedHashMap<>();
        collectScopes(name, served, scopes);
        List<Struct> found = new ArrayList<>();
        scopes.forEach((struct, scope) -> {
            List<Field> fields =
                    fieldsOf(struct).stream()
                            .filter(f -> !f.versions().and(scope).isEmpty())
                            .toList();
            found.add(new Struct(struct, scope, fields));
        });
        return found;
    }

    private void collectScopes(String struct, Versions scope, Map<String, Versions> scopes) {
        scopes.merge(struct, scope, Versions::hull);
        for (Field field : fieldsOf(struct)) {
            Versions occurs = field.versions().and(scope);
            FieldType type = field.type();
            if (type instanceof FieldType.Array array) {
                type = array.element();
            }
            if (type instanceof FieldType.Struct nested && !occurs.isEmpty()) {
                collectScopes(nested.name(), occurs, scopes);
            }
        }
    }

    /// The fields of the struct, in all versions.
    List<Field> fieldsOf(String struct) {
        List<Field> fields = structs.get(struct);
        if (fields == null) {
            throw new SchemaException(name + " does not say what a " + struct + " is");
        }
        return fields;
    }

    private static Schema parse(JsonNode json) {
        String name = json.get("name").asString();
        Map<String, List<Field>> structs = new LinkedHashMap<>();
        structs.put(name, List.of());
        json.path("commonStructs")
                .forEach(s -> addStruct(s.get("name").asString(), s.get("fields"), structs));
        addStruct(name, json.get("fields"), structs);
        return new Schema(
                name,
                json.path("apiKey").asInt(-1),
                versions(json, "validVersions"),
                versions(json, "flexibleVersions"),
                json.path("latestVersionUnstable").asBoolean(false),
                structs);
    }

    private static void addStruct(String name, JsonNode json, Map<String, List<Field>> structs) {
        List<Field> fields = new ArrayList<>();
        for (JsonNode field : json) {
            fields.add(field(field));
            if (field.has("fields")) {
                String type = field.get("type").asString();
                addStruct(type.replace("[]", ""), field.get("fields"), structs);
            }
        }
        structs.put(name, fields);
    }

    private static Field field(JsonNode json) {
        String name = json.get("name").asString();
        return new Field(
                Character.toLowerCase(name.charAt(0)) + name.substring(1),
                FieldType.parse(json.get("type").asString()),
                versions(json, "versions"),
                versions(json, "nullableVersions"),
                versions(json, "taggedVersions"),
                json.path("tag").asInt(-1),
                json.has("flexibleVersions")
                        ? Optional.of(versions(json, "flexibleVersions"))
                        : Optional.empty(),
                json.path("ignorable").asBoolean(false),
                json.path("default").asString(""));
    }

    private static Versions versions(JsonNode json, String key) {
        return Versions.parse(json.path(key).asString("none"));
    }
}
