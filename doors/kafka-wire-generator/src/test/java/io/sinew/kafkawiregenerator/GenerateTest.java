package io.sinew.kafkawiregenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(0);

    @TempDir Path folder;

    @Test
    void one_class_is_written_for_each_request_response_and_header() throws IOException {
        generate("Heartbeat 12 0-4", "OffsetDelete 47 0");
        assertThat(written())
                .containsExactlyInAnyOrder(
                        "ApiKey.java",
                        "HeartbeatRequest.java",
                        "HeartbeatResponse.java",
                        "OffsetDeleteRequest.java",
                        "OffsetDeleteResponse.java",
                        "RequestHeader.java",
                        "ResponseHeader.java");
    }

    @Test
    void the_source_of_an_api_that_is_served_no_more_is_removed() throws IOException {
        generate("Heartbeat 12 0-4", "OffsetDelete 47 0");
        generate("Heartbeat 12 0-4");
        assertThat(written()).doesNotContain("OffsetDeleteRequest.java").hasSize(5);
    }

    @Test
    void only_a_source_that_changes_is_written_again() throws IOException {
        generate("Heartbeat 12 0-4", "OffsetDelete 47 0");
        for (String name : written()) {
            Files.setLastModifiedTime(sources().resolve(name), LONG_AGO);
        }
        generate("Heartbeat 12 0-3", "OffsetDelete 47 0");
        assertThat(modified("OffsetDeleteRequest.java")).isEqualTo(LONG_AGO);
        assertThat(modified("HeartbeatRequest.java")).isGreaterThan(LONG_AGO);
    }

    @Test
    void a_field_that_no_served_version_has_is_left_out() {
        assertThat(source("DescribeLogDirs 35 1-4", "DescribeLogDirsResponse"))
                .doesNotContain("isCordoned");
        assertThat(source("DescribeLogDirs 35 1-5", "DescribeLogDirsResponse"))
                .contains("isCordoned");
    }

    @Test
    void the_apis_that_the_design_wants_later_can_be_generated_too() {
        List<String> lines =
                List.of(
                        "SaslHandshake 17 0-1",
                        "ApiVersions 18 0-4",
                        "AddPartitionsToTxn 24 0-5",
                        "AddOffsetsToTxn 25 0-4",
                        "EndTxn 26 0-5",
                        "WriteTxnMarkers 27 1-2",
                        "TxnOffsetCommit 28 0-5",
                        "SaslAuthenticate 36 0-2",
                        "AlterClientQuotas 49 0-1",
                        "ConsumerGroupHeartbeat 68 0-1",
                        "ConsumerGroupDescribe 69 0-1",
                        "ShareGroupHeartbeat 76 1",
                        "ShareFetch 78 1-2",
                        "ShareAcknowledge 79 1-2",
                        "StreamsGroupHeartbeat 88 0",
                        "StreamsGroupDescribe 89 0");
        assertThat(Generate.sources(ServedApi.parse(lines))).hasSize(2 * lines.size() + 3);
    }

    @Test
    void an_unknown_type_is_refused() {
        assertThatThrownBy(() -> Schema.parse(schemaWith("\"type\": \"int65\"")))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("int65");
    }

    @Test
    void records_in_a_tagged_field_are_refused() {
        String field = "\"type\": \"records\", \"tag\": 0, \"taggedVersions\": \"0+\"";
        assertThatThrownBy(() -> Schema.parse(schemaWith(field)))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("records in a tagged field");
    }

    private static String schemaWith(String field) {
        return """
        // A comment, as the real ones have.
        { "name": "TestRequest", "apiKey": 1, "validVersions": "0", "flexibleVersions": "0+",
          "fields": [ { "name": "Test", "versions": "0+", %s } ] }
        """
                .formatted(field);
    }

    private static String source(String line, String name) {
        return String.valueOf(Generate.sources(ServedApi.parse(List.of(line))).get(name + ".java"));
    }

    private void generate(String... lines) throws IOException {
        Path list = Files.write(folder.resolve("served-apis.txt"), List.of(lines));
        Generate.main(new String[] {list.toString(), folder.resolve("out").toString()});
    }

    private Path sources() {
        return folder.resolve("out/io/sinew/kafkawire");
    }

    private List<String> written() throws IOException {
        try (Stream<Path> files = Files.list(sources())) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    private FileTime modified(String name) throws IOException {
        return Files.getLastModifiedTime(sources().resolve(name));
    }
}
