package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommandsTest {
    @TempDir Path directory;
    LiveServer server;

    @BeforeEach
    void start() throws Exception {
        server = LiveServer.start(directory);
        server.runWith("0\n1\n2\n3\n", "produce", "orders");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void a_group_that_is_not_there_is_not_found() {
        Outcome described = server.run("group", "describe", "mail");

        assertThat(described.exitCode()).isEqualTo(4);
        assertThat(described.err())
                .isEqualTo(
                        "sinew: there is no group mail: `./sinew group list` shows what there"
                                + " is\n");
        assertThat(server.run("group", "delete", "mail").exitCode()).isEqualTo(4);
        assertThat(server.run("group", "list").err())
                .isEqualTo("There are no consumer groups yet\n");
    }

    @Test
    void a_group_with_members_is_neither_reset_nor_deleted() {
        try (var member =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", server.address(), "group.id", "mail"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            member.subscribe(List.of("orders"));
            while (member.assignment().isEmpty()) {
                member.poll(Duration.ofMillis(50));
            }

            Outcome reset =
                    server.run("group", "reset", "mail", "--topic", "orders", "--to", "end");
            assertThat(reset.exitCode()).isEqualTo(5);
            assertThat(reset.err()).startsWith("sinew: group mail has members: stop them first");
            assertThat(server.run("group", "delete", "mail").exitCode()).isEqualTo(5);
            assertThat(server.run("group", "describe", "mail").out())
                    .contains("state     stable")
                    .containsPattern("orders +0 +- +4 +- +consumer-mail-[0-9]+")
                    .containsPattern("consumer-mail-\\S+ +127\\.0\\.0\\.1 +1");
        }
    }

    @Test
    void lag_is_what_has_not_been_committed() {
        server.run("consume", "orders", "--group", "mail", "--max", "3");

        assertThat(server.run("group", "list").out())
                .isEqualTo(
                        """
                        GROUP  STATE  MEMBERS  LAG  TOPICS
                        mail   empty        0    1  orders
                        """);
        assertThat(server.run("group", "describe", "mail", "-o", "json").out())
                .isEqualToIgnoringWhitespace(
                        """
                        {"group": "mail", "state": "empty", "assignor": "",
                         "partitions": [
                           {"topic": "orders", "partition": 0, "committedOffset": 3,
                            "endOffset": 4, "lag": 1, "client": null, "member": null}],
                         "members": []}
                        """);
    }

    @Test
    void a_dry_run_shows_what_a_reset_would_do_and_does_not_do_it() {
        server.run("consume", "orders", "--group", "mail", "--max", "3");

        Outcome tried =
                server.run("group", "reset", "mail", "--topic", "orders", "--to", "1", "--dry-run");

        assertThat(tried.exitCode()).isZero();
        assertThat(tried.out())
                .isEqualTo(
                        """
                        TOPIC   PARTITION  BEFORE  AFTER
                        orders          0       3      1
                        """);
        assertThat(server.run("consume", "orders", "--group", "mail", "--max", "1").out())
                .isEqualTo("3\n");
    }

    @Test
    void a_reset_moves_a_group_back_and_on() {
        server.run("consume", "orders", "--group", "mail", "--max", "3");

        server.run("group", "reset", "mail", "--topic", "orders", "--to", "beginning");
        assertThat(server.run("consume", "orders", "--group", "mail", "--max", "1").out())
                .isEqualTo("0\n");

        server.run("group", "reset", "mail", "--topic", "orders", "--to", "3");
        assertThat(server.run("consume", "orders", "--group", "mail", "--max", "1").out())
                .isEqualTo("3\n");
    }

    @Test
    void a_reset_makes_a_group_that_begins_where_it_is_told() {
        Outcome reset = server.run("group", "reset", "new", "--topic", "orders", "--to", "2");

        assertThat(reset.out())
                .isEqualTo("TOPIC   PARTITION  BEFORE  AFTER\norders          0       -      2\n");
        assertThat(server.run("consume", "orders", "--group", "new", "--max", "1").out())
                .isEqualTo("2\n");
    }

    @Test
    void a_deleted_group_is_forgotten() {
        server.run("consume", "orders", "--group", "mail", "--max", "3");

        assertThat(server.run("group", "delete", "mail").out()).isEqualTo("Deleted group mail\n");
        assertThat(server.run("group", "list").out()).isEmpty();
    }
}
