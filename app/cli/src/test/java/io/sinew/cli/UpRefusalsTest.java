package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sinew up` when it cannot start: one line, and a code that says which kind of trouble it is.
class UpRefusalsTest {
    @TempDir Path directory;

    private Outcome up(String... more) {
        var arguments = new String[more.length + 3];
        arguments[0] = "up";
        arguments[1] = "--data";
        arguments[2] = directory.resolve("data").toString();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return Outcome.of("", arguments);
    }

    private Outcome upWith(String config) throws Exception {
        Path file = directory.resolve("sinew.yaml");
        Files.writeString(file, config);
        return up("--config", file.toString());
    }

    @Test
    void a_port_that_is_taken_is_in_the_way() throws Exception {
        try (LiveServer other = LiveServer.start(directory.resolve("other"))) {
            Outcome outcome = up("--kafka", other.address());

            assertThat(outcome.exitCode()).isEqualTo(5);
            assertThat(outcome.err())
                    .startsWith("sinew: Cannot listen for Kafka on " + other.address())
                    .contains("--kafka")
                    .hasLineCount(1);
        }
    }

    @Test
    void an_http_port_that_is_taken_is_in_the_way_too() throws Exception {
        try (LiveServer other = LiveServer.start(directory.resolve("other"))) {
            Outcome outcome = up("--kafka", "127.0.0.1:0", "--http", other.address());

            assertThat(outcome.exitCode()).isEqualTo(5);
            assertThat(outcome.err()).contains(other.address()).contains("--http").hasLineCount(1);
        }
    }

    @Test
    void a_data_directory_in_use_is_in_the_way() throws Exception {
        try (LiveServer other = LiveServer.start(directory.resolve("data"))) {
            Outcome outcome = up("--kafka", "127.0.0.1:0");

            assertThat(other.address()).isNotEmpty();
            assertThat(outcome.exitCode()).isEqualTo(5);
            assertThat(outcome.err()).contains("data").hasLineCount(1);
        }
    }

    @Test
    void data_of_a_newer_sinew_and_damaged_data_are_bad_data() throws Exception {
        LiveServer.start(directory.resolve("data")).close();
        Path identity = directory.resolve("data/sinew.properties");
        Files.writeString(
                identity,
                Files.readString(identity).replace("format.version=1", "format.version=99"));
        Outcome newer = up("--kafka", "127.0.0.1:0");
        assertThat(newer.exitCode()).isEqualTo(6);
        assertThat(newer.err()).contains("newer Sinew").hasLineCount(1);

        Files.writeString(identity, "what is this");
        Outcome damaged = up("--kafka", "127.0.0.1:0");
        assertThat(damaged.exitCode()).isEqualTo(6);
        assertThat(damaged.err()).contains("sinew.properties").hasLineCount(1);
    }

    @Test
    void an_unknown_setting_is_refused_with_a_hint() {
        Outcome outcome = up("--kafka", "127.0.0.1:0", "--set", "partitions=6");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("There is no setting partitions")
                .contains("did you mean");
    }

    @Test
    void a_value_out_of_range_is_refused() {
        Outcome outcome = up("--kafka", "127.0.0.1:0", "--set", "num.partitions=0");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("num.partitions").hasLineCount(1);
    }

    @Test
    void a_host_that_nobody_knows_is_wrong_usage() {
        Outcome outcome = up("--kafka", "no-such-host.invalid:0");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("'no-such-host.invalid'");
    }

    @Test
    void an_unknown_key_in_the_file_is_refused_with_those_there_are() throws Exception {
        Outcome outcome = upWith("port: 9092\n");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("there is no key port")
                .contains("advertise, advertised-http, cluster, data, engine, http-connections")
                .hasLineCount(1);
        assertThat(upWith("listen:\n  kafak: 127.0.0.1:0\n").err()).contains("listen.kafak");
    }

    // ---- on a cluster

    private static Outcome upOnCluster(String... more) {
        var arguments = new ArrayList<>(List.of("up", "--engine", "kafka"));
        arguments.addAll(List.of(more));
        return Outcome.of("", arguments.toArray(String[]::new));
    }

    private static void assertUsage(Outcome outcome, String... said) {
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(said).hasLineCount(1);
    }

    @Test
    void what_belongs_to_the_other_engine_is_refused() throws Exception {
        String[] cluster = {"--bootstrap", "127.0.0.1:1"};
        for (String[] foreign :
                List.of(
                        new String[] {"--data", "here"},
                        new String[] {"--kafka", "127.0.0.1:0"},
                        new String[] {"--advertise", "a:1"},
                        new String[] {"--set", "num.partitions=1"})) {
            assertUsage(
                    upOnCluster(foreign[0], foreign[1], cluster[0], cluster[1]),
                    foreign[0],
                    "goes with --engine embedded only");
        }
        for (String[] foreign :
                List.of(
                        cluster,
                        new String[] {"--client-config", "file"},
                        new String[] {"--advertised-http", "a:1"})) {
            assertUsage(up(foreign), foreign[0], "goes with --engine kafka only");
        }
        assertUsage(upWith("cluster:\n  bootstrap: a:1\n"), "--bootstrap");
        assertUsage(upWith("engine: kafka\n"), "--data", "its key in the configuration file");
        assertUsage(upWith("engine: nats\n"), "engine is embedded or kafka, not 'nats'");
    }

    @Test
    void a_cluster_that_is_not_named_or_not_by_an_address_is_wrong_usage() {
        assertUsage(upOnCluster(), "--bootstrap HOST:PORT");
        assertUsage(upOnCluster("--bootstrap", "nowhere"), "HOST:PORT, several with commas");
    }

    @Test
    void an_address_that_other_processes_cant_use_is_refused_until_another_is_advertised() {
        for (String http : List.of("0.0.0.0:8080", "127.0.0.1:0", "[::]:8080")) {
            assertUsage(
                    upOnCluster("--bootstrap", "127.0.0.1:1", "--http", http),
                    "--advertised-http HOST:PORT");
        }
        assertUsage(
                upOnCluster("--bootstrap", "a:1", "--advertised-http", "0.0.0.0:1"),
                "--advertised-http HOST:PORT");
    }

    @Test
    void a_cluster_that_does_not_answer_is_said_to_be_that() throws Exception {
        Outcome outcome = upOnCluster("--bootstrap", "127.0.0.1:" + FreePorts.next());

        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.err()).contains("127.0.0.1:").hasLineCount(1);
    }

    @Test
    void client_properties_that_are_none_are_wrong_usage() throws Exception {
        Path file = directory.resolve("client.properties");
        assertUsage(
                upOnCluster("--bootstrap", "127.0.0.1:1", "--client-config", file.toString()),
                "not readable");
        Files.writeString(file, "security.protocol=none\n");
        Outcome outcome =
                upOnCluster("--bootstrap", "127.0.0.1:1", "--client-config", file.toString());
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("security.protocol");
    }

    @Test
    void an_address_under_kafka_is_told_where_it_belongs() throws Exception {
        Outcome outcome = upWith("kafka: 127.0.0.1:9092\n");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("listen.kafka");
    }

    @Test
    void a_file_that_is_not_yaml_is_refused_with_its_line() throws Exception {
        Outcome broken = upWith("data: here\nkafka: {\n");
        assertThat(broken.exitCode()).isEqualTo(2);
        assertThat(broken.err()).contains("line ").hasLineCount(1);

        Outcome twice = upWith("data: a\ndata: b\n");
        assertThat(twice.exitCode()).isEqualTo(2);
        assertThat(twice.err()).contains("data").hasLineCount(1);
    }

    @Test
    void a_file_that_is_not_there_is_wrong_usage() {
        Outcome outcome = up("--config", directory.resolve("none.yaml").toString());

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("none.yaml").hasLineCount(1);
    }

    @Test
    void a_number_of_connections_that_can_not_be_is_refused_wherever_it_was_given()
            throws Exception {
        for (Outcome outcome :
                new Outcome[] {
                    up("--kafka", "127.0.0.1:0", "--http-connections", "0"),
                    upWith("http-connections: 1000001\n"),
                    upWith("http-connections: many\n"),
                }) {
            assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
            assertThat(outcome.err()).contains("connections").hasLineCount(1);
        }
    }
}
