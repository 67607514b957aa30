package io.sinew.http;

import io.sinew.base.Check;
import io.sinew.base.ErrorCode;
import io.sinew.http.Operation.Input;
import io.sinew.http.Operation.Output;
import io.sinew.http.Schema.Member;
import io.sinew.http.Schema.OneOf;
import io.sinew.http.Schema.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/// The door's description (OpenAPI 3.1), written from the same tables that it serves. Requests are
/// described as closed: a member more is refused. Answers are not, for a later version may say
/// more. Written once and thrown away.
final class OpenApiDocument {
    private static final String JSON = "application/json";
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]*)}");

    /// What any route may refuse with.
    private static final List<ErrorCode> ANYWHERE =
            List.of(ErrorCode.INVALID_REQUEST, ErrorCode.BATCH_TOO_LARGE, ErrorCode.INTERNAL_ERROR);

    /// What any route may that needs the engine.
    private static final List<ErrorCode> BEHIND =
            List.of(
                    ErrorCode.NOT_OWNER,
                    ErrorCode.TOO_MANY_CONNECTIONS,
                    ErrorCode.TOO_MANY_WAITERS,
                    ErrorCode.TIMED_OUT,
                    ErrorCode.LOG_STOPPED,
                    ErrorCode.COORDINATOR_NOT_AVAILABLE,
                    ErrorCode.ENGINE_UNAVAILABLE,
                    ErrorCode.DAMAGED_DATA);

    private final JsonGenerator json;
    private final Map<String, Shape> shapes = new TreeMap<>();
    private final Set<String> closed = new HashSet<>();

    private OpenApiDocument(JsonGenerator json) {
        this.json = json;
    }

    /// Writes it.
    ///
    /// @param version of what is described
    static byte[] write(String version, List<RouteTable> tables) {
        return JsonText.write(json -> new OpenApiDocument(json).all(version, tables));
    }

    private void all(String version, List<RouteTable> tables) {
        json.writeStringProperty("openapi", "3.1.0");
        json.writeObjectPropertyStart("info");
        json.writeStringProperty("title", "Sinew over HTTP");
        json.writeStringProperty("version", version);
        json.writeEndObject();
        var byPath = new LinkedHashMap<String, Map<Route, String>>();
        for (RouteTable table : tables) {
            for (Route route : table.table()) {
                byPath.computeIfAbsent(route.path(), _ -> new LinkedHashMap<>())
                        .put(route, table.name());
            }
        }
        json.writeObjectPropertyStart("paths");
        byPath.forEach((path, routes) -> {
            json.writeObjectPropertyStart(path);
            pathParameters(path);
            routes.forEach(this::operation);
            json.writeEndObject();
        });
        json.writeEndObject();
        find(Problem.SHAPE, false);
        json.writeObjectPropertyStart("components");
        json.writeObjectPropertyStart("schemas");
        shapes.values().forEach(this::component);
        json.writeEndObject();
        json.writeEndObject();
    }

    // ---- routes

    private void pathParameters(String path) {
        List<String> names = PARAMETER.matcher(path).results().map(one -> one.group(1)).toList();
        if (!names.isEmpty()) {
            json.writeArrayPropertyStart("parameters");
            for (String name : names) {
                parameter("path", Member.needed(name, Schema.Text.any(), "Its name"), true);
            }
            json.writeEndArray();
        }
    }

    private void operation(Route route, String tag) {
        Operation operation = route.operation();
        json.writeObjectPropertyStart(route.method().text().toLowerCase(Locale.ROOT));
        json.writeStringProperty("operationId", operation.id());
        json.writeStringProperty("summary", operation.summary());
        json.writeArrayPropertyStart("tags");
        json.writeString(tag);
        json.writeEndArray();
        json.writeArrayPropertyStart("parameters");
        switch (operation.input()) {
            case Input.Nothing(), Input.PassedOver(), Input.Body _ -> {}
            case Input.Query(Shape members) ->
                    members.members().forEach(member -> parameter("query", member, true));
            case Input.Members(List<Shape> some) -> queryInstead(some);
        }
        operation.headers().forEach(member -> parameter("header", member, true));
        json.writeEndArray();
        switch (operation.input()) {
            case Input.Nothing(), Input.PassedOver(), Input.Query _ -> {}
            case Input.Members(List<Shape> some) -> body(Map.of(JSON, new OneOf(some)), false);
            case Input.Body(Map<String, Schema> byType) -> body(byType, true);
        }
        answers(operation, route.method().text());
        json.writeEndObject();
    }

    /// What may stand in the query where there is no body.
    private void queryInstead(List<Shape> some) {
        var seen = new HashSet<String>();
        for (Shape shape : some) {
            boolean fits =
                    shape.members().stream()
                            .allMatch(member -> !member.needed() || member.schema().fitsQuery());
            for (Member member : fits ? shape.members() : List.<Member>of()) {
                if (member.schema().fitsQuery() && seen.add(member.name())) {
                    parameter("query", member, false);
                }
            }
        }
    }

    private void parameter(String in, Member member, boolean alone) {
        json.writeStartObject();
        json.writeStringProperty("name", member.name());
        json.writeStringProperty("in", in);
        json.writeStringProperty("description", member.what());
        json.writeBooleanProperty("required", alone && member.needed());
        if (member.schema() instanceof Schema.Anything) {
            content(Map.of(JSON, member.schema()));
        } else {
            json.writeName("schema");
            schema(member.schema());
        }
        json.writeEndObject();
    }

    private void body(Map<String, Schema> byType, boolean needed) {
        byType.values().forEach(schema -> find(schema, true));
        json.writeObjectPropertyStart("requestBody");
        json.writeBooleanProperty("required", needed);
        content(byType);
        json.writeEndObject();
    }

    private void content(Map<String, Schema> byType) {
        json.writeObjectPropertyStart("content");
        new TreeMap<>(byType)
                .forEach((type, schema) -> {
                    json.writeObjectPropertyStart(type);
                    json.writeName("schema");
                    schema(schema);
                    json.writeEndObject();
                });
        json.writeEndObject();
    }

    // ---- answers

    private void answers(Operation operation, String method) {
        var refusals = new TreeMap<Integer, Set<ErrorCode>>();
        for (ErrorCode code : refusals(operation, method)) {
            refusals.computeIfAbsent(HttpStatuses.of(code).code(), _ -> new TreeSet<>()).add(code);
        }
        json.writeObjectPropertyStart("responses");
        for (Output output : operation.outputs()) {
            output.byType().values().forEach(schema -> find(schema, false));
            Set<ErrorCode> same = refusals.remove(output.status().code());
            json.writeObjectPropertyStart(Integer.toString(output.status().code()));
            json.writeStringProperty("description", output.what());
            if (!output.byType().isEmpty()) {
                content(output.byType());
            }
            json.writeEndObject();
            Check.that(same == null, "a status is an answer or a refusal: " + operation.id());
        }
        refusals.forEach((status, codes) -> {
            json.writeObjectPropertyStart(Integer.toString(status));
            problem(codes);
            json.writeEndObject();
        });
        json.writeObjectPropertyStart("default");
        problem(Set.of());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static List<ErrorCode> refusals(Operation operation, String method) {
        var all = new ArrayList<>(operation.refusals());
        all.addAll(ANYWHERE);
        if (!(operation.input() instanceof Input.PassedOver)) {
            all.addAll(BEHIND);
            if (!method.equals("GET")) {
                all.add(ErrorCode.DISK_FULL);
            }
        }
        return all;
    }

    /// @param codes that it may have; empty for any
    private void problem(Set<ErrorCode> codes) {
        List<String> names = codes.stream().map(ErrorCode::name).toList();
        json.writeStringProperty(
                "description", names.isEmpty() ? "Refused" : String.join(", ", names));
        json.writeObjectPropertyStart("content");
        json.writeObjectPropertyStart(Problem.TYPE);
        json.writeObjectPropertyStart("schema");
        json.writeStringProperty("$ref", reference(Problem.SHAPE));
        if (!names.isEmpty()) {
            json.writeObjectPropertyStart("properties");
            json.writeObjectPropertyStart("code");
            texts("enum", names);
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
    }

    // ---- schemas

    /// Remembers the shapes in it.
    private void find(Schema schema, boolean asked) {
        switch (schema) {
            case Schema.Text _,
                    Schema.Word _,
                    Schema.Whole _,
                    Schema.Truth _,
                    Schema.Texts _,
                    Schema.Anything _ -> {}
            case Schema.Listed(Schema each, int _, int _) -> find(each, asked);
            case OneOf(List<Shape> some) -> some.forEach(each -> find(each, asked));
            case Shape shape -> {
                Shape other = shapes.putIfAbsent(shape.name(), shape);
                Check.that(
                        other == null || other.equals(shape),
                        "a name is that of one shape: " + shape.name());
                if (asked && !shape.open()) {
                    closed.add(shape.name());
                }
                shape.members().forEach(member -> find(member.schema(), asked));
            }
        }
    }

    private static String reference(Shape shape) {
        return "#/components/schemas/" + shape.name();
    }

    private void component(Shape shape) {
        json.writeObjectPropertyStart(shape.name());
        json.writeStringProperty("type", "object");
        json.writeObjectPropertyStart("properties");
        for (Member member : shape.members()) {
            json.writeObjectPropertyStart(member.name());
            json.writeStringProperty("description", member.what());
            members(member.schema());
            json.writeEndObject();
        }
        json.writeEndObject();
        List<String> needed =
                shape.members().stream().filter(Member::needed).map(Member::name).toList();
        if (!needed.isEmpty()) {
            texts("required", needed);
        }
        if (shape.open() || closed.contains(shape.name())) {
            json.writeBooleanProperty("additionalProperties", shape.open());
        }
        json.writeEndObject();
    }

    private void schema(Schema schema) {
        json.writeStartObject();
        members(schema);
        json.writeEndObject();
    }

    /// What is in the object that says what a value has to be.
    private void members(Schema schema) {
        switch (schema) {
            case Schema.Text(List<String> values, var usual) -> {
                json.writeStringProperty("type", "string");
                if (!values.isEmpty()) {
                    texts("enum", values);
                }
                usual.ifPresent(text -> json.writeStringProperty("default", text));
            }
            case Schema.Word(var usual) -> {
                texts("type", List.of("string", "integer"));
                usual.ifPresent(text -> json.writeStringProperty("default", text));
            }
            case Schema.Whole whole -> whole(whole);
            case Schema.Truth() -> json.writeStringProperty("type", "boolean");
            case Schema.Texts() -> {
                json.writeStringProperty("type", "object");
                json.writeObjectPropertyStart("additionalProperties");
                json.writeStringProperty("type", "string");
                json.writeEndObject();
            }
            case Schema.Anything() -> {}
            case Schema.Listed(Schema each, int least, int most) -> {
                json.writeStringProperty("type", "array");
                json.writeName("items");
                schema(each);
                if (least > 0) {
                    json.writeNumberProperty("minItems", least);
                }
                if (most < Integer.MAX_VALUE) {
                    json.writeNumberProperty("maxItems", most);
                }
            }
            case OneOf(List<Shape> some) -> {
                json.writeArrayPropertyStart("oneOf");
                some.forEach(this::schema);
                json.writeEndArray();
            }
            case Shape shape -> json.writeStringProperty("$ref", reference(shape));
        }
    }

    private void whole(Schema.Whole whole) {
        boolean narrow = whole.least() >= Integer.MIN_VALUE && whole.most() <= Integer.MAX_VALUE;
        json.writeStringProperty("type", "integer");
        json.writeStringProperty("format", narrow ? "int32" : "int64");
        json.writeNumberProperty("minimum", whole.least());
        json.writeNumberProperty("maximum", whole.most());
        whole.usual().ifPresent(usual -> json.writeNumberProperty("default", usual));
    }

    private void texts(String name, List<String> texts) {
        json.writeArrayPropertyStart(name);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }
}
