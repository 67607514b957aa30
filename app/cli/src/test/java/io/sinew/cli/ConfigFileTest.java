package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    @TempDir Path directory;

    private ConfigFile read(String text) throws Exception {
        return ConfigFile.read(Files.writeString(directory.resolve("sinew.yaml"), text));
    }

    @Test
    void all_of_it_is_read() throws Exception {
        ConfigFile file =
                read(
                        """
                        data: /var/lib/sinew
                        listen:
                          kafka: 0.0.0.0:9092
                          http: "[::1]:8080"
                        http-connections: 500
                        advertise: broker.example.com:9092
                        kafka:
                          num.partitions: 6
                          auto.create.topics.enable: false
                          durability: os
                        """);

        assertThat(file.data()).contains(Path.of("/var/lib/sinew"));
        assertThat(file.kafka()).contains(new HostPort("0.0.0.0", 9092));
        assertThat(file.http()).contains(new HostPort("::1", 8080));
        assertThat(file.httpConnections()).contains(500);
        assertThat(file.advertise()).contains(new HostPort("broker.example.com", 9092));
        assertThat(file.settings())
                .isEqualTo(
                        Map.of(
                                "num.partitions",
                                "6",
                                "auto.create.topics.enable",
                                "false",
                                "durability",
                                "os"));
    }

    @Test
    void all_of_it_is_read_for_a_cluster() throws Exception {
        ConfigFile file =
                read(
                        """
                        engine: kafka
                        cluster:
                          bootstrap: 10.0.0.7:9092,10.0.0.8:9092
                          client:
                            security.protocol: SSL
                            request.timeout.ms: 5000
                        listen:
                          http: 10.0.0.1:8080
                        advertised-http: sinew1.example.com:80
                        """);

        assertThat(file.engine()).contains(UpEngine.KAFKA);
        assertThat(file.bootstrap()).contains("10.0.0.7:9092,10.0.0.8:9092");
        assertThat(file.client())
                .isEqualTo(Map.of("security.protocol", "SSL", "request.timeout.ms", "5000"));
        assertThat(file.http()).contains(new HostPort("10.0.0.1", 8080));
        assertThat(file.advertisedHttp()).contains(new HostPort("sinew1.example.com", 80));
    }

    @Test
    void all_of_it_may_be_left_out() throws Exception {
        assertThat(read("")).isEqualTo(ConfigFile.none());
        assertThat(read("# nothing\nkafka:\n")).isEqualTo(ConfigFile.none());
    }
}
