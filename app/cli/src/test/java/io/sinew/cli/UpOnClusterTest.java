package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ApacheKafka;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.Eventually;
import io.sinew.kit.FreePorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `sinew up --engine kafka`, as processes on a real Apache Kafka.
@Timeout(180)
class UpOnClusterTest {
    private static final Path CLASS_PATH = Path.of(System.getProperty("sinew.kafka.classpath"));
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir Path directory;

    private ApacheKafka kafka() throws Exception {
        var kafka =
                new ApacheKafka(
                        directory.resolve("kafka"),
                        Files.readString(CLASS_PATH).strip(),
                        ApacheKafka.TEST_FLAGS,
                        Map.of("group.initial.rebalance.delay.ms", "0"));
        kafka.format();
        kafka.start();
        return kafka;
    }

    private ChildProcess up(ApacheKafka kafka, String http) throws Exception {
        ChildProcess process =
                ForkedSinew.run(
                        directory.resolve("up" + http.replace(':', '-') + ".log"),
                        "up",
                        "--engine",
                        "kafka",
                        "--bootstrap",
                        kafka.bootstrap(),
                        "--http",
                        http);
        process.awaitLine(LIMIT, line -> line.equals("Ctrl-C stops it."));
        return process;
    }

    private static Outcome queue(String http, String... arguments) {
        var all = new ArrayList<>(List.of("queue"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--http", http));
        return Outcome.of("", all.toArray(String[]::new));
    }

    /// Until partitions have come to rest a command may be refused, and is to be tried again.
    private static Outcome insist(String http, String... arguments) throws Exception {
        var last = new Outcome[1];
        Eventually.await(
                LIMIT,
                String.join(" ", arguments),
                () -> {
                    last[0] = queue(http, arguments);
                    return last[0].exitCode() == 0;
                });
        return last[0];
    }

    /// The status of `/health`, and what it says.
    private static String health(String http) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://" + http + "/health")).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body();
        }
    }

    @Test
    void a_cluster_that_is_gone_is_what_health_tells_until_it_is_back() throws Exception {
        String http = "127.0.0.1:" + FreePorts.next();
        try (ApacheKafka kafka = kafka();
                ChildProcess sinew = up(kafka, http)) {
            assertThat(health(http)).startsWith("200 {\"status\":\"UP\"");
            kafka.kill();
            Eventually.await(LIMIT, "bad health", () -> health(http).startsWith("503 "));
            assertThat(health(http)).contains("\"DOWN\"").contains(kafka.bootstrap());
            kafka.start();
            Eventually.await(LIMIT, "good health", () -> health(http).startsWith("200 "));
            assertThat(sinew.stop(LIMIT)).isTrue();
        }
    }

    @Test
    void one_of_two_processes_is_killed_and_the_other_has_all_that_was_not_acknowledged()
            throws Exception {
        String one = "127.0.0.1:" + FreePorts.next();
        String other = "127.0.0.1:" + FreePorts.next();
        try (ApacheKafka kafka = kafka();
                ChildProcess killed = up(kafka, one);
                ChildProcess stays = up(kafka, other)) {
            assertThat(String.join("\n", killed.lastLines()))
                    .contains("  cluster     " + kafka.bootstrap())
                    .contains("  http        http://" + one)
                    .doesNotContain("  data ");
            insist(one, "create", "pay", "--partitions", "2");
            insist(one, "describe", "pay");
            insist(other, "describe", "pay");
            for (String text : List.of("a", "b", "c", "d")) {
                insist(other, "send", "pay", text);
            }
            Outcome acknowledged = insist(one, "receive", "pay", "--wait", "20s", "--ack");
            assertThat(acknowledged.out()).hasLineCount(1);

            killed.kill();

            var left = new ArrayList<String>(acknowledged.out().lines().toList());
            while (left.size() < 4) {
                Outcome received = insist(other, "receive", "pay", "--wait", "20s", "--ack");
                left.addAll(received.out().lines().toList());
            }
            assertThat(left).containsExactlyInAnyOrder("a", "b", "c", "d");
            assertThat(insist(other, "receive", "pay", "--ack").err())
                    .isEqualTo("No message came\n");
            assertThat(stays.stop(LIMIT)).isTrue();
            assertThat(stays.exitCode()).isZero();
        }
    }
}
