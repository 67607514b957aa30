package io.sinew.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.ErrorCode;
import io.sinew.http.DescribedDoor.Described;
import io.sinew.http.QueueClient.Answer;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// The door's description, held against the door: what is described is what is read. That answers
/// are as described is looked at by [QueueClient], for all that tests ask.
@Timeout(180)
class OpenApiTest {
    private static final String PATH = "/openapi.json";

    /// Routes that take what they do not know: monitors add things, and of an event most is its
    /// own.
    private static final List<String> PASS_OVER =
            List.of("health", "metrics", "describeDoor", "appendEvents");

    /// In place of `text`.
    private static final List<String> VALUES = List.of("base64", "json", "tombstone");

    private QueueClient http;
    private DescribedDoor door;

    @BeforeEach
    void open() throws Exception {
        http = new QueueClient("");
        door = new DescribedDoor(http.get(PATH).body());
        assertThat(http.put("/v1/queues/pay", "").status()).isEqualTo(201);
        assertThat(http.put("/v1/topics/orders", "").status()).isEqualTo(201);
        String subscription = "/v1/topics/orders/subscriptions/billing";
        assertThat(http.put(subscription, "").status()).isEqualTo(201);
        for (int i = 0; i < 20; i++) {
            String body = "{\"text\":\"a\"}";
            assertThat(http.post("/v1/queues/pay/messages", body).status()).isEqualTo(200);
            assertThat(http.post("/v1/topics/orders/records", body).status()).isEqualTo(200);
        }
    }

    @AfterEach
    void close() throws IOException {
        http.close();
    }

    // ---- the document

    @Test
    void it_is_read_by_somebody_elses_parser_without_complaint() throws Exception {
        var options = new ParseOptions();
        options.setResolve(true);
        SwaggerParseResult read =
                new OpenAPIV3Parser().readContents(http.get(PATH).body(), null, options);
        assertThat(read.getMessages()).isEmpty();
        OpenAPI api = read.getOpenAPI();
        var routes = new TreeSet<String>();
        api.getPaths()
                .forEach((path, item) ->
                        item.readOperationsMap()
                                .keySet()
                                .forEach((PathItem.HttpMethod method) ->
                                        routes.add(method + " " + path)));
        var described = new TreeSet<String>();
        door.routes().forEach(route -> described.add(route.method() + " " + route.path()));
        assertThat(routes).isEqualTo(described).hasSizeGreaterThan(35);
        assertThat(api.getComponents().getSchemas()).containsKeys("Problem", "NewMessage");
    }

    @Test
    void every_schema_in_it_is_one_of_json_schema() {
        door.checkSchemas();
    }

    @Test
    void every_operation_has_an_id_of_its_own() {
        var ids = new HashSet<String>();
        door.routes().forEach(route -> assertThat(ids.add(route.id())).as(route.id()).isTrue());
    }

    @Test
    void errors_are_problems_with_the_codes_that_there_are() {
        JsonNode codes = door.document().at("/components/schemas/Problem/properties/code/enum");
        var names = new ArrayList<String>();
        codes.forEach(code -> names.add(code.asString()));
        var all = new ArrayList<String>();
        for (ErrorCode code : ErrorCode.values()) {
            all.add(code.name());
        }
        assertThat(names).isEqualTo(all);
        for (Described route : door.routes()) {
            JsonNode other = route.operation().at("/responses/default/content");
            assertThat(other.toString()).contains("application/problem+json").contains("/Problem");
        }
    }

    @Test
    void it_is_not_sent_again_to_who_has_it() throws Exception {
        Answer first = http.get(PATH);
        String tag = first.headers().firstValue("etag").orElseThrow();
        assertThat(first.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(first.headers().firstValue("cache-control")).hasValue("no-cache");
        Answer again = http.sendTo("GET", PATH, List.of("If-None-Match", tag), new byte[0]);
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        Answer other = http.sendTo("GET", PATH, List.of("If-None-Match", "\"0\""), new byte[0]);
        assertThat(other.status()).isEqualTo(200);
        assertThat(other.body()).isEqualTo(first.body());
    }

    // ---- what is described is what is read

    /// Members of a request, one way of several that its route takes.
    ///
    /// @param inQuery whether they are a query
    private record Way(Described route, boolean inQuery, Map<String, JsonNode> members) {
        @Override
        public String toString() {
            return route.id() + " " + members.keySet();
        }
    }

    /// All ways of a route: a query, or each object that its body may be.
    private List<Way> ways(Described route) {
        var ways = new ArrayList<Way>();
        JsonNode content = route.operation().at("/requestBody/content").path("application/json");
        JsonNode some = content.path("schema").path("oneOf");
        some.forEach(one -> {
            var members = new LinkedHashMap<String, JsonNode>();
            door.resolved(one)
                    .path("properties")
                    .properties()
                    .forEach(member -> members.put(member.getKey(), member.getValue()));
            ways.add(new Way(route, false, members));
        });
        var query = new LinkedHashMap<String, JsonNode>();
        for (JsonNode parameter : route.operation().path("parameters")) {
            if (parameter.path("in").asString().equals("query")) {
                query.put(
                        parameter.path("name").asString(),
                        parameter.has("schema") ? parameter.path("schema") : door.document());
            }
        }
        // A query in place of a body is looked at where all that the body may have fits into it.
        boolean fits =
                ways.size() == 1 && ways.getFirst().members().keySet().equals(query.keySet());
        if (ways.isEmpty() || fits) {
            ways.add(new Way(route, true, query));
        }
        return ways;
    }

    /// What a request needs beside the member in question.
    private static Map<String, String> beside(Way way, String name) {
        var needed = new TreeMap<String, String>();
        if (way.members().containsKey("receipts")) {
            needed.put("receipts", "[\"x\"]");
        } else if (way.members().keySet().equals(Set.of("partition", "offset"))) {
            needed.put("partition", "0");
            needed.put("offset", "0");
        } else if (way.route().id().equals("readRecords")) {
            needed.put("offset", way.inQuery() ? "beginning" : "0");
        } else if (way.members().containsKey("text") && !VALUES.contains(name)) {
            needed.put("text", "\"x\"");
        } else if (way.members().keySet().equals(Set.of("messages"))) {
            boolean parked = way.route().path().contains("subscription");
            needed.put(
                    "messages", parked ? "[{\"partition\":0,\"offset\":0}]" : "[{\"text\":\"x\"}]");
        } else if (way.members().keySet().equals(Set.of("records"))) {
            needed.put("records", "[{\"text\":\"x\"}]");
        }
        return needed;
    }

    private Answer ask(Way way, String name, String value) throws Exception {
        Map<String, String> members = beside(way, name);
        members.put(name, value);
        String path =
                way.route()
                        .path()
                        .replace("{queue}", "pay")
                        .replace("{topic}", "orders")
                        .replace("{subscription}", "billing");
        if (way.inQuery()) {
            var parts = new ArrayList<String>();
            members.forEach((key, text) -> parts.add(key + "=" + URLEncoder.encode(text, UTF_8)));
            return http.send(
                    way.route().method(), path + "?" + String.join("&", parts), new byte[0]);
        }
        var parts = new ArrayList<String>();
        members.forEach((key, json) -> parts.add("\"" + key + "\":" + json));
        String body = "{" + String.join(",", parts) + "}";
        return http.send(way.route().method(), path, body.getBytes(UTF_8));
    }

    private void assertNamed(Way way, String name, String value) throws Exception {
        Answer answer = ask(way, name, value);
        String what = way + " with " + name + "=" + value;
        assertThat(answer.status()).as(what + " " + answer.body()).isEqualTo(400);
        assertThat(answer.one("detail")).as(what).contains("'" + name + "' is ");
    }

    private void assertTaken(Way way, String name, String value) throws Exception {
        Answer answer = ask(way, name, value);
        assertThat(answer.body())
                .as(way + " with " + name + "=" + value)
                .doesNotContain("\"detail\":\"'" + name + "' is ");
    }

    @Test
    void a_member_that_is_not_described_is_refused_with_those_that_are() throws Exception {
        int count = 0;
        for (Described route : door.routes()) {
            for (Way way : ways(route)) {
                if (PASS_OVER.contains(route.id())) {
                    continue;
                }
                Answer answer = ask(way, "undescribed", "1");
                assertThat(answer.status()).as(way.toString()).isEqualTo(400);
                String known = answer.one("detail").replaceFirst(".*; there are ", "");
                List<String> described = List.copyOf(way.members().keySet());
                assertThat(known.split(", | and "))
                        .as(way.toString())
                        .isEqualTo(
                                described.isEmpty()
                                        ? new String[] {"no members"}
                                        : described.toArray());
                count++;
            }
        }
        assertThat(count).isGreaterThan(40);
    }

    @Test
    void a_member_that_is_described_is_read_and_is_nothing_else() throws Exception {
        int count = 0;
        for (Described route : door.routes()) {
            for (Way way : ways(route)) {
                for (Map.Entry<String, JsonNode> member : way.members().entrySet()) {
                    String type = member.getValue().path("type").toString();
                    if (!type.isEmpty() && !member.getValue().has("openapi")) {
                        boolean truth = type.equals("\"boolean\"");
                        assertNamed(way, member.getKey(), truth ? "7" : "true");
                        count++;
                    }
                }
            }
        }
        assertThat(count).isGreaterThan(80);
    }

    @Test
    void a_number_is_taken_within_its_bounds_and_refused_beyond_them() throws Exception {
        int count = 0;
        for (Described route : door.routes()) {
            for (Way way : ways(route)) {
                for (Map.Entry<String, JsonNode> member : way.members().entrySet()) {
                    JsonNode schema = member.getValue();
                    if (!schema.path("type").asString("").equals("integer")) {
                        continue;
                    }
                    long least = schema.path("minimum").asLong();
                    long most = schema.path("maximum").asLong();
                    assertNamed(way, member.getKey(), Long.toString(least - 1));
                    if (most < Long.MAX_VALUE) {
                        assertNamed(way, member.getKey(), Long.toString(most + 1));
                    }
                    // A tail would go on for ever, and a wait for as long as it may.
                    if (!route.id().equals("tailTopic")) {
                        assertTaken(way, member.getKey(), Long.toString(least));
                        long taken = member.getKey().equals("waitMs") ? 1 : most;
                        // Of more digits nothing in a query is a number.
                        long largest = way.inQuery() ? 999_999_999_999_999_999L : most;
                        assertTaken(way, member.getKey(), Long.toString(Math.min(taken, largest)));
                    }
                    count++;
                }
            }
        }
        assertThat(count).isGreaterThan(40);
    }

    @Test
    void a_text_that_is_not_one_of_those_described_is_refused() throws Exception {
        int count = 0;
        for (Described route : door.routes()) {
            for (Way way : ways(route)) {
                for (Map.Entry<String, JsonNode> member : way.members().entrySet()) {
                    if (member.getValue().has("enum")) {
                        String wrong = way.inQuery() ? "wrong" : "\"wrong\"";
                        assertThat(ask(way, member.getKey(), wrong).status()).isEqualTo(400);
                        count++;
                    }
                }
            }
        }
        assertThat(count).isGreaterThan(1);
    }
}
