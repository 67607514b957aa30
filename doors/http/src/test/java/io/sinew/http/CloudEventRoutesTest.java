package io.sinew.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.sinew.base.ErrorCode;
import io.sinew.http.QueueClient.Answer;
import io.sinew.kit.Trials;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// CloudEvents by HTTP in, and by Kafka or HTTP out, with the CNCF's own library at the other ends.
@Timeout(120)
class CloudEventRoutesTest {
    private static final String EVENTS = "/v1/topics/orders/events";
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";

    private QueueClient http;

    @BeforeEach
    void open() throws Exception {
        http = new QueueClient(TopicRoutes.ROOT);
        assertThat(http.put("/orders", "").status()).isEqualTo(201);
    }

    @AfterEach
    void close() throws IOException {
        http.close();
    }

    private Answer post(String body, String... headers) throws Exception {
        return http.sendTo("POST", EVENTS, List.of(headers), body.getBytes(UTF_8));
    }

    private void assertBad(Answer answer, String detail) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(ErrorCode.INVALID_REQUEST.name());
        assertThat(answer.one("detail")).contains(detail);
    }

    private List<StoredRecord> stored() throws Exception {
        return http.behind
                .engine
                .read(new TopicPartition("orders", 0), 0, 1 << 20, Duration.ZERO)
                .records();
    }

    private static String json(String members) {
        return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/a\",\"type\":\"t\""
                + members
                + "}";
    }

    // ---- what is refused

    /// A binary event with one header more, or in place of the one of that name.
    private Answer binaryWith(String name, String value) throws Exception {
        var headers = new ArrayList<String>();
        for (String usual : List.of("ce-specversion=1.0", "ce-id=1", "ce-source=/a", "ce-type=t")) {
            int at = usual.indexOf('=');
            if (!usual.substring(0, at).equals(name)) {
                headers.addAll(List.of(usual.substring(0, at), usual.substring(at + 1)));
            }
        }
        if (!value.isEmpty()) {
            headers.addAll(List.of(name, value));
        }
        return post("data", headers.toArray(String[]::new));
    }

    @Test
    void an_attribute_in_a_header_that_is_not_what_it_has_to_be_is_named() throws Exception {
        for (String name : List.of("specversion", "id", "source", "type")) {
            assertBad(binaryWith("ce-" + name, ""), "'" + name + "' is missing");
        }
        assertBad(post("{\"a\":1}", "Content-Type", "application/json"), "is missing");
        assertBad(binaryWith("ce-specversion", "0.3"), "'specversion' is '1.0' here");
        assertBad(binaryWith("ce-id", "\"\""), "'id' is not empty");
        assertBad(binaryWith("ce-source", "a%20b"), "'source' is a reference to a URI");
        assertBad(binaryWith("ce-time", "yesterday"), "'time' is a time");
        assertBad(binaryWith("ce-time", "2026-02-30T00:00:00Z"), "'time' is a time");
        assertBad(binaryWith("ce-time", "2026-11-29"), "'time' is a time");
        assertBad(binaryWith("ce-dataschema", "/a"), "'dataschema' is an absolute URI");
        assertBad(binaryWith("Content-Type", "json"), "'datacontenttype' is a media type");
        assertBad(binaryWith("ce-datacontenttype", "a/b"), "'datacontenttype' has no header");
        assertBad(binaryWith("ce-data", "x"), "'data' has no header");
        assertBad(binaryWith("ce-trace-id", "x"), "'trace-id' has a name of other characters");
        assertBad(binaryWith("ce-trace_id", "x"), "'trace_id' has a name of other characters");
        assertBad(binaryWith("ce-x", "100%"), "'x' has a '%' without two hexadecimal digits");
        assertBad(binaryWith("ce-x", "%C0%A0"), "'x' is percent-encoded, but not UTF-8");
        assertBad(binaryWith("ce-x", "%00"), "'x' has a character in it");
        assertBad(binaryWith("ce-x", "%EF%BF%BF"), "'x' has a character in it");
        assertBad(binaryWith("ce-x", "\"open"), "'x' begins with a quote");
        assertBad(
                post("", "ce-specversion", "1.0", "ce-id", "1", "ce-id", "2"),
                "'id' is there more than once");
        assertThat(stored()).isEmpty();
    }

    @Test
    void an_event_in_json_that_is_not_what_it_has_to_be_is_refused_with_the_attribute()
            throws Exception {
        String[] type = {"Content-Type", STRUCTURED};
        assertBad(post("", type), "not a JSON object");
        assertBad(post("[]", type), "not a JSON object");
        assertBad(post("{\"specversion\":\"1.0\"", type), "not JSON");
        assertBad(post("{}", type), "'specversion' is missing");
        assertBad(post(json("").replace("\"id\":\"1\"", "\"id\":1"), type), "'id' is a text");
        assertBad(post(json("").replace("\"id\":\"1\"", "\"id\":null"), type), "'id' is missing");
        assertBad(post(json(",\"id\":\"2\""), type), "Duplicate");
        assertBad(post(json(",\"traceId\":\"2\""), type), "'traceId' has a name of other");
        assertBad(post(json(",\"n\":1.5"), type), "'n' is a text, a truth or a whole number");
        assertBad(post(json(",\"n\":2147483648"), type), "'n' is a text, a truth or a whole");
        assertBad(post(json(",\"n\":{}"), type), "'n' is a text, a truth or a whole number");
        assertBad(post(json(",\"data\":1,\"data_base64\":\"\""), type), "both there");
        assertBad(post(json(",\"data_base64\":\"*\""), type), "'data_base64' is base 64");
        assertBad(post(json(",\"time\":\"now\""), type), "'time' is a time");
        assertBad(post(json(""), "Content-Type", "application/cloudevents+avro"), "not as");
        assertBad(post(json(""), "Content-Type", BATCH), "not a JSON array");
        assertBad(
                post("[" + json("") + ",{\"id\":\"2\"}]", "Content-Type", BATCH),
                "Event [1]: The attribute 'specversion' is missing");
        assertBad(post("[1]", "Content-Type", BATCH), "Event [0]: ");
        assertBad(post("[" + json(""), "Content-Type", BATCH), "not JSON");
        assertThat(stored()).isEmpty();
    }

    // ---- in

    private static CloudEvent event(SplittableRandom random, int number) {
        String text =
                List.of("plain", "Euro \u20ac \ud83d\ude00", "50% \"off\"", "a,b;c")
                        .get(random.nextInt(4));
        CloudEventBuilder building =
                CloudEventBuilder.v1()
                        .withId("n " + number)
                        .withSource(URI.create("/shops/7?x=%20"))
                        .withType("com.example.sold")
                        .withExtension("note", text);
        if (random.nextBoolean()) {
            building.withTime(OffsetDateTime.parse("2026-11-29T09:00:00.123456Z"));
            building.withSubject(text);
        }
        if (random.nextBoolean()) {
            building.withExtension("partitionkey", "key " + text);
        }
        return switch (random.nextInt(3)) {
            case 0 ->
                    building.withData("application/json", "{\"a\" : [1.5]}".getBytes(UTF_8))
                            .build();
            case 1 ->
                    building.withDataSchema(URI.create("urn:x:y"))
                            .withData("application/octet-stream", new byte[] {1, 0, -1})
                            .build();
            default -> building.build();
        };
    }

    /// That library leaves it to its user to encode values for headers.
    private static String encoded(String name, String value) {
        return name.toLowerCase(Locale.ROOT).startsWith("ce-")
                ? URLEncoder.encode(value, UTF_8).replace("+", "%20")
                : value;
    }

    private static CloudEvent read(StoredRecord record) {
        var headers = new RecordHeaders();
        record.headers().forEach(header -> headers.add(header.name(), header.value()));
        return KafkaMessageFactory.createReader(headers, record.value()).toEvent();
    }

    private static void assertSame(CloudEvent expected, CloudEvent actual) {
        assertThat(actual.getAttributeNames()).isEqualTo(expected.getAttributeNames());
        for (String name : expected.getAttributeNames()) {
            assertThat(actual.getAttribute(name)).isEqualTo(expected.getAttribute(name));
        }
        assertThat(actual.getExtensionNames()).isEqualTo(expected.getExtensionNames());
        for (String name : expected.getExtensionNames()) {
            assertThat(actual.getExtension(name)).isEqualTo(expected.getExtension(name));
        }
        String data =
                expected.getData() == null ? "" : new String(expected.getData().toBytes(), UTF_8);
        String other =
                actual.getData() == null ? "" : new String(actual.getData().toBytes(), UTF_8);
        assertThat(other.replace(" ", "")).isEqualTo(data.replace(" ", ""));
    }

    @Test
    void what_another_library_sends_in_any_mode_it_reads_from_kafkas_record() throws Exception {
        var sent = new ArrayList<CloudEvent>();
        Trials.run(
                60,
                random -> {
                    CloudEvent event = event(random, sent.size());
                    var headers = new ArrayList<String>();
                    var body = new byte[1][0];
                    var writer =
                            HttpMessageFactory.createWriter(
                                    (name, value) ->
                                            headers.addAll(List.of(name, encoded(name, value))),
                                    bytes -> body[0] = bytes == null ? new byte[0] : bytes);
                    if (random.nextBoolean()) {
                        writer.writeBinary(event);
                    } else {
                        writer.writeStructured(event, new JsonFormat());
                    }
                    Answer answer = http.sendTo("POST", EVENTS, headers, body[0]);
                    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                    sent.add(event);
                });
        var events = new ArrayList<CloudEvent>(sent);
        String batch =
                "["
                        + new String(new JsonFormat().serialize(sent.get(0)), UTF_8)
                        + ","
                        + new String(new JsonFormat().serialize(sent.get(1)), UTF_8)
                        + "]";
        Answer answer = post(batch, "Content-Type", BATCH);
        assertThat(answer.all("offset")).hasSize(2);
        events.add(sent.get(0));
        events.add(sent.get(1));
        List<StoredRecord> records = stored();
        assertThat(records).hasSize(events.size());
        for (int i = 0; i < records.size(); i++) {
            assertSame(events.get(i), read(records.get(i)));
            Object key = events.get(i).getExtension("partitionkey");
            byte[] bytes = records.get(i).key();
            assertThat(bytes == null ? null : new String(bytes, UTF_8)).isEqualTo(key);
        }
        assertBatch(events);
    }

    /// The same events, as a batch by HTTP.
    private void assertBatch(List<CloudEvent> events) throws Exception {
        Answer out =
                http.sendTo(
                        "GET",
                        "/v1/topics/orders/records?offset=0&max=1000",
                        List.of("Accept", BATCH),
                        new byte[0]);
        List<JsonText.Raw> shown = JsonText.elements(out.body().getBytes(UTF_8), 1_000);
        assertThat(shown).hasSize(events.size());
        for (int i = 0; i < shown.size(); i++) {
            assertSame(events.get(i), new JsonFormat().deserialize(shown.get(i).bytes()));
        }
    }

    @Test
    void a_header_is_unquoted_and_decoded_once_and_the_content_type_is_kept() throws Exception {
        Answer answer =
                post(
                        "{}",
                        "ce-specversion",
                        "1.0",
                        "CE-ID",
                        "\"a \\\"b\\\\\"",
                        "ce-source",
                        "/a",
                        "ce-type",
                        "%74%2525",
                        "ce-time",
                        "2016-12-31t23:59:60.5z",
                        "Content-Type",
                        "application/json; charset=utf-8");
        assertThat(answer.body()).isEqualTo("{\"appended\":[{\"partition\":0,\"offset\":0}]}");
        StoredRecord record = stored().getFirst();
        assertThat(record.header("ce_id").orElseThrow().text()).isEqualTo("a \"b\\");
        assertThat(record.header("ce_type").orElseThrow().text()).isEqualTo("t%25");
        assertThat(record.header("content-type").orElseThrow().text())
                .isEqualTo("application/json; charset=utf-8");
        assertThat(record.value()).isEqualTo("{}".getBytes(UTF_8));
    }

    @Test
    void a_structured_event_is_stored_as_it_came_and_an_empty_batch_is_nothing() throws Exception {
        String event = json(" , \"data\" : { \"a\" : 1.0 },\"n\":7,\"b\":true,\"subject\":null ");
        String type = "Application/CloudEvents+json; charset=UTF-8";
        assertThat(post(event, "Content-Type", type).status()).isEqualTo(200);
        StoredRecord record = stored().getFirst();
        assertThat(record.value()).isEqualTo(event.getBytes(UTF_8));
        assertThat(record.header("content-type").orElseThrow().text()).isEqualTo(type);
        assertThat(post("[]", "Content-Type", BATCH).body()).isEqualTo("{\"appended\":[]}");
    }

    @Test
    void what_is_no_event_is_not_shown_as_one_whatever_it_says_of_itself() throws Exception {
        String path = "/orders/records";
        http.post(path, "{\"text\":\"plain\"}");
        http.post(path, "{\"text\":\"{\",\"headers\":{\"content-type\":\"" + STRUCTURED + "\"}}");
        http.post(path, "{\"text\":\"x\",\"headers\":{\"ce_id\":\"1\",\"ce_type\":\"t\"}}");
        Answer out =
                http.sendTo(
                        "GET",
                        "/v1/topics/orders/records?offset=0",
                        List.of("Accept", BATCH),
                        new byte[0]);
        assertThat(out.body()).isEqualTo("[]");
    }
}
