package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageTest {
    @TempDir Path directory;

    @Test
    void where_nothing_answers_the_user_is_told_what_to_do_at_once() {
        String nowhere = "127.0.0.1:" + FreePorts.next();

        for (String command :
                List.of(
                        "topic list",
                        "topic create a",
                        "produce a",
                        "consume a",
                        "group list",
                        "group delete a")) {
            Outcome outcome = Outcome.of("", (command + " --bootstrap " + nowhere).split(" "));

            assertThat(outcome.exitCode()).as(command).isEqualTo(3);
            assertThat(outcome.err())
                    .isEqualTo(
                            "sinew: nothing answers at "
                                    + nowhere
                                    + ": start Sinew with `./sinew up`, or name a server with"
                                    + " --bootstrap\n");
        }
    }

    @Test
    void where_nothing_answers_over_http_the_user_is_told_what_to_do_at_once() {
        String nowhere = "127.0.0.1:" + FreePorts.next();

        for (String command :
                List.of(
                        "queue list",
                        "queue create a",
                        "queue describe a",
                        "queue send a b",
                        "queue receive a",
                        "queue delete a",
                        "sub list a",
                        "sub create a b",
                        "sub pull a b",
                        "sub preview a")) {
            Outcome outcome = Outcome.of("", (command + " --http " + nowhere).split(" "));

            assertThat(outcome.exitCode()).as(command).isEqualTo(3);
            assertThat(outcome.err())
                    .endsWith(
                            "sinew: nothing answers at "
                                    + nowhere
                                    + ": start Sinew with `./sinew up`, or name a server with"
                                    + " --http\n");
        }
    }

    @Test
    void an_address_that_is_none_is_wrong_usage() {
        Outcome outcome = Outcome.of("", "topic", "list", "--bootstrap", "localhost");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("'localhost' is not HOST:PORT");
    }

    @Test
    void a_client_configuration_that_is_not_there_is_wrong_usage() {
        Path missing = directory.resolve("client.properties");

        Outcome outcome = Outcome.of("", "topic", "list", "--client-config", missing.toString());

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("client.properties").hasLineCount(1);
    }

    @Test
    void an_unknown_command_is_wrong_usage_with_a_suggestion() {
        Outcome outcome = Outcome.of("", "topik");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .isEqualTo(
                        """
                        sinew: 'topik' is not known here
                        Did you mean: sinew topic?
                        Try `./sinew help`.
                        """);
    }

    @Test
    void a_command_that_needs_another_word_says_so() {
        assertThat(Outcome.of("").exitCode()).isEqualTo(2);
        assertThat(Outcome.of("", "topic").exitCode()).isEqualTo(2);
        assertThat(Outcome.of("", "produce").err())
                .isEqualTo(
                        "sinew: Missing required parameter: 'TOPIC'\nTry `./sinew help produce`.\n");
    }

    @Test
    void help_lists_all_commands_and_exit_codes() {
        Outcome help = Outcome.of("", "help");

        assertThat(help.exitCode()).isZero();
        for (String command :
                List.of(
                        "up", "demo", "topic", "produce", "consume", "group", "queue", "sub",
                        "version", "help")) {
            assertThat(help.out()).containsPattern("\n  " + command + " +\\S");
        }
        for (ExitCode code : ExitCode.values()) {
            assertThat(help.out()).containsPattern("\n  +" + code.number() + " +\\S");
        }
        assertThat(help.out()).doesNotContain("aot-training");
        assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(Outcome.of("", "--help").out()).isEqualToNormalizingNewlines(help.out());
    }

    @Test
    void help_for_a_command_is_what_the_command_says_itself() {
        assertThat(Outcome.of("", "help", "topic", "create").out())
                .startsWith("Usage: sinew topic create")
                .isEqualTo(Outcome.of("", "topic", "create", "--help").out());
        assertThat(Outcome.of("", "help", "nonsense").exitCode()).isEqualTo(2);
    }

    @Test
    void the_version_is_that_of_the_build_and_of_java() {
        assertThat(Outcome.of("", "version").out())
                .startsWith("sinew ")
                .endsWith("Java " + Runtime.version() + "\n");
        assertThat(Outcome.of("", "--version").out()).isEqualTo(Outcome.of("", "version").out());
    }

    @Test
    void client_properties_reach_the_client() throws Exception {
        try (LiveServer server = LiveServer.start(directory.resolve("data"))) {
            Path properties = directory.resolve("client.properties");
            Files.writeString(properties, "security.protocol=SASL_PLAINTEXT\n");

            Outcome outcome = server.run("topic", "list", "--client-config", properties.toString());

            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.err()).contains("JAAS").hasLineCount(1);
        }
    }
}
