package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicCommandsTest {
    @TempDir Path directory;
    LiveServer server;

    @BeforeEach
    void start() throws Exception {
        server = LiveServer.start(directory);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void a_topic_that_is_not_there_is_not_found() {
        Outcome described = server.run("topic", "describe", "orders");

        assertThat(described.exitCode()).isEqualTo(4);
        assertThat(described.out()).isEmpty();
        assertThat(described.err())
                .isEqualTo(
                        "sinew: there is no topic orders: `./sinew topic list` shows what there"
                                + " is\n");
        assertThat(server.run("topic", "alter", "orders", "-p", "3").exitCode()).isEqualTo(4);
        assertThat(server.run("topic", "delete", "orders").exitCode()).isEqualTo(4);
        assertThat(server.run("topic", "delete", "orders", "--if-exists").exitCode()).isZero();
    }

    @Test
    void a_topic_that_is_there_is_in_the_way() {
        assertThat(server.run("topic", "create", "orders").exitCode()).isZero();

        Outcome again = server.run("topic", "create", "orders");

        assertThat(again.exitCode()).isEqualTo(5);
        assertThat(again.err())
                .isEqualTo(
                        "sinew: topic orders exists already: --if-not-exists takes it as it is\n");
        assertThat(server.run("topic", "create", "orders", "--if-not-exists").exitCode()).isZero();
    }

    @Test
    void a_wrong_name_and_a_wrong_setting_are_refused_in_one_line() {
        Outcome name = server.run("topic", "create", "a/b");
        assertThat(name.exitCode()).isEqualTo(1);
        assertThat(name.err()).startsWith("sinew: topic a/b: ").hasLineCount(1);

        Outcome setting = server.run("topic", "create", "a", "--set", "retention.mss=1");
        assertThat(setting.exitCode()).isEqualTo(1);
        assertThat(setting.err()).contains("retention.mss").hasLineCount(1);
        assertThat(server.run("topic", "list").err()).isEqualTo("There are no topics yet\n");
    }

    @Test
    void altering_nothing_is_wrong_usage() {
        Outcome altered = server.run("topic", "alter", "orders");

        assertThat(altered.exitCode()).isEqualTo(2);
        assertThat(altered.err()).contains("--partitions, --set or --unset");
    }

    @Test
    void topics_are_created_listed_and_deleted() {
        assertThat(server.run("topic", "create", "orders", "--partitions", "3").out())
                .isEqualTo("Created topic orders with 3 partitions\n");
        assertThat(server.run("topic", "create", "mail").out())
                .isEqualTo("Created topic mail with 1 partition\n");
        server.runWith("one\ntwo\n", "produce", "mail");

        assertThat(server.run("topic", "list").out())
                .isEqualTo(
                        """
                        TOPIC   PARTITIONS  RECORDS
                        mail             1        2
                        orders           3        0
                        """);
        assertThat(server.run("topic", "list", "--output", "json").out())
                .isEqualToIgnoringWhitespace(
                        """
                        [ {"topic": "mail", "partitions": 1, "records": 2},
                          {"topic": "orders", "partitions": 3, "records": 0} ]
                        """);

        assertThat(server.run("topic", "delete", "orders", "mail").out())
                .isEqualTo("Deleted topic orders\nDeleted topic mail\n");
        assertThat(server.run("topic", "list", "-o", "json").out()).isEqualTo("[ ]\n");
    }

    @Test
    void a_topic_is_described_with_its_partitions_and_what_was_set() {
        server.run("topic", "create", "orders", "-p", "2", "-s", "retention.ms=5000");
        server.runWith("one\ntwo\n", "produce", "orders", "--partition", "1");

        assertThat(server.run("topic", "describe", "orders").out())
                .containsPattern("topic  orders\nid     [A-Za-z0-9_-]{22}\n")
                .endsWith(
                        """

                        PARTITION  START  END  RECORDS
                                0      0    0        0
                                1      0    2        2

                        SETTING       VALUE  SET BY
                        retention.ms  5000   topic
                        """);
        assertThat(server.run("topic", "describe", "orders", "--all").out())
                .contains("cleanup.policy");
    }

    @Test
    void settings_and_partitions_are_altered() {
        server.run("topic", "create", "orders", "--set", "retention.ms=5000");

        Outcome altered =
                server.run(
                        "topic",
                        "alter",
                        "orders",
                        "--partitions",
                        "2",
                        "--unset",
                        "retention.ms",
                        "--set",
                        "cleanup.policy=compact");

        assertThat(altered.exitCode()).isZero();
        assertThat(server.run("topic", "describe", "orders").out())
                .contains("cleanup.policy  compact  topic")
                .contains("        1      0    0        0")
                .doesNotContain("retention.ms");
    }
}
