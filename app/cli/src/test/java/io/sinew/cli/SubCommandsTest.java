package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SubCommandsTest {
    private static final String PAID = "[{\"prefix\":{\"type\":\"paid\"}}]";

    @TempDir Path directory;
    LiveServer server;

    @BeforeEach
    void start() throws Exception {
        server = LiveServer.start(directory.resolve("data"));
        assertThat(server.run("topic", "create", "orders").exitCode()).isZero();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private Outcome run(String... arguments) {
        return server.runOverHttp("", "sub", arguments);
    }

    private void produce(String line, String type) {
        Outcome outcome = server.runWith(line + "\n", "produce", "orders", "-H", "type=" + type);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    }

    private Outcome pull(String name, String... more) {
        var all = new String[more.length + 5];
        System.arraycopy(new String[] {"pull", "orders", name, "--wait", "20s"}, 0, all, 0, 5);
        System.arraycopy(more, 0, all, 5, more.length);
        return run(all);
    }

    /// From a table with one message.
    private static String receiptOf(Outcome received) {
        String line = received.out().lines().skip(1).findFirst().orElseThrow();
        return line.substring(0, line.indexOf(' '));
    }

    // ---- what is refused

    @Test
    void a_subscription_or_a_topic_that_is_not_there_is_not_found() {
        Outcome described = run("describe", "orders", "billing");

        assertThat(described.exitCode()).isEqualTo(4);
        assertThat(described.out()).isEmpty();
        assertThat(described.err())
                .startsWith("sinew: There is no subscription 'billing' to 'orders'")
                .hasLineCount(1);
        for (String command : new String[] {"pull", "pause", "resume", "parked", "delete"}) {
            assertThat(run(command, "orders", "billing").exitCode()).as(command).isEqualTo(4);
        }
        assertThat(run("seek", "orders", "billing", "--to", "end").exitCode()).isEqualTo(4);
        assertThat(run("redrive", "orders", "billing", "--all").exitCode()).isEqualTo(4);
        assertThat(run("drop", "orders", "billing", "--all").exitCode()).isEqualTo(4);
        assertThat(run("delete", "orders", "billing", "--if-exists").exitCode()).isZero();
        assertThat(run("create", "nothing", "billing").exitCode()).isEqualTo(4);
        assertThat(run("list", "nothing").exitCode()).isEqualTo(4);
        assertThat(run("preview", "nothing").exitCode()).isEqualTo(4);
    }

    @Test
    void a_subscription_that_is_there_is_in_the_way() {
        assertThat(run("create", "orders", "billing").out())
                .isEqualTo("Created subscription billing to orders\n");
        assertThat(run("create", "orders", "billing").exitCode()).isEqualTo(5);
        assertThat(run("create", "orders", "billing", "--if-not-exists").exitCode()).isZero();
    }

    @Test
    void a_wrong_filter_is_refused_in_one_line_with_the_place_in_it() throws Exception {
        Outcome nonsense = run("create", "orders", "billing", "--filter", "[{");
        assertThat(nonsense.exitCode()).isEqualTo(2);
        assertThat(nonsense.err()).contains("--filter is not JSON").hasLineCount(1);
        Outcome unknown =
                run("create", "orders", "billing", "--filter", "[{\"exakt\":{\"a\":\"b\"}}]");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("line 1, column").hasLineCount(1);
        Outcome missing = run("preview", "orders", "--filter", "@" + directory.resolve("no.json"));
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("no.json").hasLineCount(1);
        assertThat(run("list", "orders").err()).isEqualTo("There are no subscriptions to orders\n");
    }

    @Test
    void wrong_usage_is_said_to_be_that() {
        run("create", "orders", "billing");
        assertThat(run("redrive", "orders", "billing").exitCode()).isEqualTo(2);
        assertThat(run("drop", "orders", "billing").err()).contains("--all");
        assertThat(run("drop", "orders", "billing", "--all", "-m", "0:1").exitCode()).isEqualTo(2);
        assertThat(run("drop", "orders", "billing", "-m", "7").exitCode()).isEqualTo(2);
        assertThat(run("parked", "orders", "billing", "--from", "7").exitCode()).isEqualTo(2);
        assertThat(run("seek", "orders", "billing").exitCode()).isEqualTo(2);
        assertThat(run("seek", "orders", "billing", "--to", "there").err())
                .contains("'there' is no position")
                .hasLineCount(1);
        assertThat(run("ack", "orders", "billing", "nonsense").exitCode()).isEqualTo(1);
        assertThat(run("ack", "orders", "billing").exitCode()).isEqualTo(2);
        assertThat(run("redrive", "orders", "billing", "-m", "0:7").exitCode()).isEqualTo(4);
    }

    // ---- what works

    @Test
    void what_a_filter_lets_through_is_pulled_and_gone_when_it_is_acknowledged() throws Exception {
        Path filter = directory.resolve("filter.json");
        Files.writeString(filter, PAID);
        run("create", "orders", "billing", "--filter", "@" + filter);
        run("create", "orders", "mail");
        produce("one", "paid.1");
        produce("two", "sent");
        produce("three", "paid.2");

        assertThat(pull("billing", "-n", "2", "--ack").out()).isEqualTo("one\nthree\n");
        assertThat(pull("mail", "-n", "3", "--at-most-once").out()).isEqualTo("one\ntwo\nthree\n");
        assertThat(run("pull", "orders", "billing", "--ack").err()).isEqualTo("No message came\n");
        assertThat(run("describe", "orders", "billing").out()).containsPattern("\nleased +0\n");
    }

    @Test
    void a_receipt_acknowledges_once_and_not_for_another_subscription() {
        run("create", "orders", "billing");
        run("create", "orders", "mail");
        produce("one", "paid");
        String receipt = receiptOf(pull("billing"));
        assertThat(run("ack", "orders", "mail", receipt).err()).contains("not given out for");
        assertThat(run("nack", "orders", "billing", receipt, "--returned").out())
                .isEqualTo("Returned 1 message\n");
        String again = receiptOf(pull("billing"));
        assertThat(run("ack", "orders", "billing", again).out())
                .isEqualTo("Acknowledged 1 message\n");
        assertThat(run("ack", "orders", "billing", again).exitCode()).isEqualTo(1);
    }

    @Test
    void subscriptions_are_listed_and_described_for_people_and_for_scripts() {
        run("create", "orders", "billing", "-f", PAID, "--set", "lease.ms=5000");
        run("create", "orders", "mail", "--start", "beginning");

        assertThat(run("list", "orders").out())
                .startsWith(
                        "SUBSCRIPTION  READY  DELAYED  LEASED  PARKED  UNSEEN  PAUSED  FILTER\n")
                .contains("\nbilling           0 ", " false   " + PAID + "\n", "\nmail ");
        assertThat(run("list", "orders", "-o", "json").out())
                .contains("\"subscription\" : \"billing\"", "\"prefix\" : {");
        assertThat(run("pause", "orders", "billing").out()).isEqualTo("Paused billing to orders\n");
        assertThat(run("describe", "orders", "billing").out())
                .contains("subscription  billing\n", "topic         orders\n")
                .contains("filter        " + PAID + "\n", "paused        true\n")
                .containsPattern("\nPARTITION +START\n +0 +0\n")
                .containsPattern("\nlease.ms +5000\n");
        assertThat(run("resume", "orders", "billing").out())
                .isEqualTo("Resumed billing to orders\n");
        assertThat(run("delete", "orders", "billing").out())
                .isEqualTo("Deleted subscription billing to orders\n");
        assertThat(run("list", "orders", "-o", "json").out()).doesNotContain("billing");
    }

    @Test
    void a_subscription_is_sought_to_where_it_was_before() {
        run("create", "orders", "billing");
        produce("one", "paid");
        assertThat(pull("billing", "--ack").out()).isEqualTo("one\n");
        assertThat(run("seek", "orders", "billing", "--to", "beginning").out())
                .isEqualTo("Goes on from beginning: billing to orders\n");
        assertThat(pull("billing", "--ack").out()).isEqualTo("one\n");
    }

    @Test
    void parked_messages_are_shown_tried_again_and_dropped() {
        run("create", "orders", "billing", "--set", "failures.max=1");
        for (String line : new String[] {"one", "two"}) {
            produce(line, "paid");
            String receipt = receiptOf(pull("billing"));
            assertThat(run("nack", "orders", "billing", receipt, "--cause", "no luck").out())
                    .isEqualTo("Failed 1 message\n");
        }

        Outcome first = run("parked", "orders", "billing", "-n", "1");
        assertThat(first.out()).containsPattern("\n +0 +0 +failed +1 +no luck +one\n");
        assertThat(first.err()).isEqualTo("There are more; go on with --from 0:1\n");
        assertThat(run("parked", "orders", "billing", "--from", "0:1").out())
                .contains(" two\n")
                .doesNotContain(" one\n");
        assertThat(run("parked", "orders", "billing", "--full").out())
                .startsWith("message   0:0\nreason    failed\nsentAt    ")
                .containsPattern("\nFAILED AT +CAUSE\n[-0-9T:.]+Z +no luck\n")
                .containsPattern("\nHEADER +VALUE\ntype +paid\n");
        assertThat(run("parked", "orders", "billing", "--full", "-o", "json").out())
                .contains("\"cause\" : \"no luck\"");
        assertThat(run("redrive", "orders", "billing", "-m", "0:1").out())
                .isEqualTo("Tries again: 1 message\n");
        assertThat(pull("billing", "--ack").out()).isEqualTo("two\n");
        assertThat(run("drop", "orders", "billing", "--all").out())
                .isEqualTo("Dropped: 1 message\n");
        assertThat(run("parked", "orders", "billing").err()).isEqualTo("Nothing is parked\n");
    }

    @Test
    void a_preview_shows_which_records_a_filter_lets_through() {
        produce("one", "paid");
        produce("two", "sent");
        assertThat(run("preview", "orders", "--filter", PAID).out())
                .startsWith("PARTITION  OFFSET  MATCHES  TEXT\n")
                .containsPattern("\n +0 +0 +true +one\n +0 +1 +false +two\n");
        assertThat(run("preview", "orders", "-n", "1", "-o", "json").out())
                .contains("\"text\" : \"two\"", "\"matches\" : true");
    }

    @Test
    void what_is_watched_is_drawn_again_until_nobody_reads_it() {
        run("create", "orders", "billing");
        var drawn = new AtomicInteger();
        var reader =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int from, int count) throws IOException {
                        String text = new String(bytes, from, count, StandardCharsets.UTF_8);
                        if (text.contains("\u001b[H") && drawn.incrementAndGet() > 2) {
                            throw new IOException("Broken pipe");
                        }
                    }
                };
        var terminal =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(reader, false, StandardCharsets.UTF_8),
                        new PrintStream(OutputStream.nullOutputStream()));
        String http = HostPort.of(server.server().httpAddress().orElseThrow()).toString();
        String[] watch = {"sub", "describe", "orders", "billing", "--watch", "--http", http};
        assertThat(Main.run(terminal, watch)).isZero();
        assertThat(drawn).hasValue(3);
    }
}
