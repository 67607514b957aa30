package io.sinew.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A door as its description has it, which answers and requests are held against by somebody else's
/// validator. Where the description leaves answers open for later versions, this does not: a member
/// that it does not have is found. Safe for any thread.
final class DescribedDoor {
    private static final JsonMapper JSON = new JsonMapper();

    private final SchemaRegistry registry =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Map<String, com.networknt.schema.Schema> schemas = new ConcurrentHashMap<>();
    private final JsonNode document;
    private final JsonNode components;

    DescribedDoor(String document) {
        this.document = JSON.readTree(document);
        this.components = closed(this.document.path("components"));
    }

    /// A route, by the parts of the document that are about it.
    record Described(String method, String path, JsonNode operation) {
        String id() {
            return operation.path("operationId").asString();
        }

        boolean isAt(String other, String at) {
            String pattern = "\\Q" + path.replaceAll("\\{[^}]*}", "\\\\E[^/]+\\\\Q") + "\\E";
            return method.equals(other) && Pattern.matches(pattern, at);
        }

        /// What it answers with, by its status.
        Optional<JsonNode> response(int status) {
            return Optional.ofNullable(operation.path("responses").get(Integer.toString(status)));
        }
    }

    JsonNode document() {
        return document;
    }

    List<Described> routes() {
        var routes = new ArrayList<Described>();
        document.path("paths")
                .properties()
                .forEach(path ->
                        path.getValue().properties().stream()
                                .filter(each -> !each.getKey().equals("parameters"))
                                .forEach(each ->
                                        routes.add(
                                                new Described(
                                                        each.getKey().toUpperCase(Locale.ROOT),
                                                        path.getKey(),
                                                        each.getValue()))));
        return routes;
    }

    private static JsonNode closed(JsonNode components) {
        ObjectNode copy = (ObjectNode) components.deepCopy();
        copy.path("schemas")
                .properties()
                .forEach(named -> {
                    var schema = (ObjectNode) named.getValue();
                    if (!schema.has("additionalProperties")) {
                        schema.put("additionalProperties", false);
                    }
                });
        return copy;
    }

    /// What a reference to a schema is to.
    JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        return reference.isEmpty() ? schema : document.at(reference.substring(1));
    }

    private void assertValid(String what, JsonNode schema, String json) {
        com.networknt.schema.Schema compiled =
                schemas.computeIfAbsent(
                        schema.toString(),
                        _ -> {
                            var whole = (ObjectNode) schema.deepCopy();
                            whole.set("components", components);
                            return registry.getSchema(whole);
                        });
        assertThat(compiled.validate(json, InputFormat.JSON)).as(what + "\n" + json).isEmpty();
    }

    private Optional<Described> find(String method, String path) {
        int query = path.indexOf('?');
        String plain = query < 0 ? path : path.substring(0, query);
        return routes().stream().filter(route -> route.isAt(method, plain)).findFirst();
    }

    /// A request that was answered.
    record Call(String method, String path, byte[] body, String contentType) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /// Whether an answer, and the request if it was taken, are as they are described.
    void check(Call call, int status, String type, String body) {
        Optional<Described> route = find(call.method(), call.path());
        if (route.isEmpty()) {
            assertThat(status).as(call.toString()).isIn(400, 404, 405);
            return;
        }
        Optional<JsonNode> response = route.get().response(status);
        assertThat(response).as(call + " is answered " + status + " " + body).isPresent();
        JsonNode content = response.get().path("content");
        if (content.isMissingNode()) {
            assertThat(body).as(call.toString()).isEmpty();
        } else {
            JsonNode schema = content.path(plain(type)).path("schema");
            assertThat(schema.isMissingNode()).as(call + " is answered in " + type).isFalse();
            if (plain(type).endsWith("json")) {
                assertValid(call + " is answered " + status, schema, body);
            }
        }
        if (status < 300) {
            checkTaken(call, route.get().operation());
        }
    }

    private static String plain(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip();
    }

    private void checkTaken(Call call, JsonNode operation) {
        int query = call.path().indexOf('?');
        if (query >= 0 && call.body().length == 0) {
            List<String> known = new ArrayList<>();
            operation
                    .path("parameters")
                    .forEach(parameter -> known.add(parameter.path("name").asString()));
            for (String part : call.path().substring(query + 1).split("&", -1)) {
                assertThat(known).as(call.toString()).contains(part.split("=", -1)[0]);
            }
        }
        String type = call.contentType().isEmpty() ? "application/json" : plain(call.contentType());
        JsonNode schema = operation.path("requestBody").path("content").path(type).path("schema");
        if (call.body().length > 0 && !schema.isMissingNode()) {
            assertValid(call + " takes", schema, new String(call.body(), StandardCharsets.UTF_8));
        }
    }

    /// Whether every schema is one of JSON Schema.
    void checkSchemas() {
        com.networknt.schema.Schema meta =
                registry.getSchema(
                        com.networknt.schema.SchemaLocation.of(
                                "https://json-schema.org/draft/2020-12/schema"));
        document.findValues("schema").forEach(schema -> assertSchema(meta, schema));
        components
                .path("schemas")
                .properties()
                .forEach(named -> assertSchema(meta, named.getValue()));
    }

    private static void assertSchema(com.networknt.schema.Schema meta, JsonNode schema) {
        assertThat(meta.validate(schema)).as(schema.toString()).isEmpty();
    }
}
