package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProduceAndConsumeTest {
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
    void a_topic_that_is_not_there_is_not_made_by_reading_it() {
        Outcome consumed = server.run("consume", "orders", "--max", "1");

        assertThat(consumed.exitCode()).isEqualTo(4);
        assertThat(consumed.err()).startsWith("sinew: there is no topic orders");
        assertThat(server.run("topic", "list").out()).isEmpty();
    }

    @Test
    void a_partition_that_is_not_there_is_not_found() {
        server.run("topic", "create", "orders", "-p", "2");

        Outcome consumed = server.run("consume", "orders", "--partition", "2");

        assertThat(consumed.exitCode()).isEqualTo(4);
        assertThat(consumed.err()).isEqualTo("sinew: topic orders has the partitions 0 to 1\n");
    }

    @Test
    void options_that_contradict_each_other_are_wrong_usage() {
        server.run("topic", "create", "orders");

        assertThat(server.run("consume", "orders", "-g", "g", "--partition", "0").exitCode())
                .isEqualTo(2);
        Outcome moved = server.run("consume", "orders", "-g", "g", "--from", "5");
        assertThat(moved.exitCode()).isEqualTo(2);
        assertThat(moved.err()).contains("`./sinew group reset`");
        assertThat(server.run("consume", "orders", "--from", "yesterday").exitCode()).isEqualTo(2);
        assertThat(server.runWith("", "produce", "orders", "--acks", "2").exitCode()).isEqualTo(2);
    }

    @Test
    void a_line_without_the_separator_ends_it_and_what_came_before_is_reported() {
        Outcome produced = server.runWith("a:1\nb:2\nc\nd:4\n", "produce", "orders", "-k", ":");

        assertThat(produced.exitCode()).isEqualTo(1);
        assertThat(produced.err())
                .isEqualTo(
                        """
                        2 records to orders
                          partition 0: 2, offsets 0 to 1
                        sinew: line 3 has no ':' between key and value
                        """);
    }

    @Test
    void too_few_records_in_time_are_a_failure() {
        server.runWith("one\n", "produce", "orders");

        Outcome consumed = server.run("consume", "orders", "--max", "2", "--timeout", "2s");

        assertThat(consumed.exitCode()).isEqualTo(1);
        assertThat(consumed.out()).isEqualTo("one\n");
        assertThat(consumed.err()).startsWith("sinew: only 1 of 2 records came");
    }

    @Test
    void lines_become_records_and_records_lines() {
        Outcome produced = server.runWith("one\nzwei ü\n\n", "produce", "orders");

        assertThat(produced.exitCode()).isZero();
        assertThat(produced.out()).isEmpty();
        assertThat(produced.err())
                .isEqualTo("3 records to orders\n  partition 0: 3, offsets 0 to 2\n");
        Outcome consumed = server.run("consume", "orders", "--max", "3");
        assertThat(consumed.exitCode()).isZero();
        assertThat(consumed.out()).isEqualTo("one\nzwei ü\n\n");
    }

    @Test
    void keys_headers_and_offsets_are_shown_as_json() {
        server.runWith("ada=1\n", "produce", "orders", "-k", "=", "-H", "source=shop");

        assertThat(server.run("consume", "orders", "--max", "1", "--json").out())
                .matches(
                        "\\{\"topic\":\"orders\",\"partition\":0,\"offset\":0,"
                                + "\"timestamp\":\"[-0-9T:.]+Z\",\"key\":\"ada\",\"value\":\"1\","
                                + "\"headers\":\\[\\{\"name\":\"source\",\"value\":\"shop\"}]}\n");
        assertThat(server.run("consume", "orders", "--max", "1", "-k", " -> ").out())
                .isEqualTo("ada -> 1\n");
    }

    @Test
    void reading_begins_where_it_is_told_to() {
        server.runWith("0\n1\n2\n3\n", "produce", "orders");

        assertThat(first("2")).isEqualTo("2\n");
        assertThat(first("beginning")).isEqualTo("0\n");
        assertThat(first("1h")).isEqualTo("0\n");
        assertThat(first("2000-01-01")).isEqualTo("0\n");
    }

    private String first(String place) {
        return server.run("consume", "orders", "--from", place, "--max", "1").out();
    }

    @Test
    void reading_from_the_end_waits_for_what_comes_next() {
        server.runWith("0\n1\n", "produce", "orders");

        for (String place : List.of("end", "2999-01-01T00:00:00Z", "99")) {
            Outcome consumed =
                    server.run("consume", "orders", "--from", place, "--timeout", "200ms");
            assertThat(consumed).as(place).isEqualTo(new Outcome(0, "", ""));
        }
    }

    @Test
    void a_group_carries_on_after_what_was_printed() {
        server.runWith("0\n1\n2\n3\n", "produce", "orders");

        assertThat(server.run("consume", "orders", "--group", "g", "--max", "3").out())
                .isEqualTo("0\n1\n2\n");
        assertThat(server.run("consume", "orders", "--group", "g", "--max", "1").out())
                .isEqualTo("3\n");
    }

    @Test
    void records_without_acknowledgement_are_counted_but_have_no_offsets() {
        Outcome produced = server.runWith("one\n", "produce", "orders", "--acks", "0");

        assertThat(produced.err()).isEqualTo("1 record to orders\n  partition 0: 1\n");
    }
}
