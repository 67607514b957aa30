package io.sinew.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import io.sinew.kit.Eventually;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class QueueCommandsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

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

    private Outcome run(String... arguments) {
        return server.runQueue("", arguments);
    }

    @Test
    void a_queue_that_is_not_there_is_not_found() {
        Outcome described = run("describe", "pay");

        assertThat(described.exitCode()).isEqualTo(4);
        assertThat(described.out()).isEmpty();
        assertThat(described.err()).startsWith("sinew: There is no queue 'pay'").hasLineCount(1);
        for (String command :
                new String[] {
                    "receive", "peek", "dead", "purge", "pause", "resume", "redrive", "delete"
                }) {
            assertThat(run(command, "pay").exitCode()).as(command).isEqualTo(4);
        }
        assertThat(run("delete", "pay", "--if-exists").exitCode()).isZero();
    }

    @Test
    void a_queue_that_is_there_is_in_the_way() {
        assertThat(run("create", "pay").out()).isEqualTo("Created queue pay\n");
        assertThat(run("create", "pay").exitCode()).isEqualTo(5);
        assertThat(run("create", "pay", "--if-not-exists").exitCode()).isZero();
    }

    @Test
    void a_wrong_setting_is_refused_in_one_line() {
        Outcome created = run("create", "pay", "--set", "lease.mss=1");
        assertThat(created.exitCode()).isEqualTo(1);
        assertThat(created.err()).contains("lease.mss").hasLineCount(1);
        assertThat(run("list").err()).isEqualTo("There are no queues yet\n");
    }

    @Test
    void an_address_where_something_else_answers_is_said_to_be_that() throws Exception {
        Outcome outcome =
                Outcome.of(
                        "",
                        "queue",
                        "list",
                        "--http",
                        HostPort.of(server.server().kafkaAddress()).toString());
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.err()).contains("Is it Sinew's address for HTTP?").hasLineCount(1);
    }

    @Test
    void one_dedupe_id_for_two_messages_is_wrong_usage() {
        run("create", "pay");
        assertThat(run("send", "pay", "a", "b", "--dedupe", "d").exitCode()).isEqualTo(2);
    }

    @Test
    void a_receipt_that_came_too_late_fails_and_a_wrong_one_is_refused() {
        run("create", "pay");
        run("send", "pay", "a");
        String receipt = receiptOf(run("receive", "pay", "--wait", "20s"));
        assertThat(run("ack", "pay", receipt).out()).isEqualTo("Acknowledged 1 message\n");
        Outcome again = run("ack", "pay", receipt);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("1 of 1 receipts came too late");
        assertThat(run("ack", "pay", "nonsense").exitCode()).isEqualTo(1);
    }

    @Test
    void messages_are_kept_for_longer_or_rejected_at_once() {
        run("create", "pay");
        run("send", "pay", "a");
        String receipt = receiptOf(run("receive", "pay", "--wait", "20s"));
        assertThat(run("nack", "pay", receipt, "--reject", "--returned").exitCode()).isEqualTo(2);
        assertThat(run("nack", "pay", receipt, "--reject", "--delay", "1s").exitCode())
                .isEqualTo(2);
        assertThat(run("extend", "pay", receipt, "--lease", "5m").out())
                .isEqualTo("Extended 1 message\n");
        assertThat(run("extend", "pay", receipt).out()).isEqualTo("Extended 1 message\n");
        assertThat(run("nack", "pay", receipt, "--reject", "--cause", "no payment").out())
                .isEqualTo("Rejected 1 message\n");
        assertThat(run("extend", "pay", receipt).exitCode()).isEqualTo(1);
        assertThat(run("receive", "pay.dead", "--wait", "20s").out()).contains(" a\n");
        assertThat(run("dead", "pay", "-o", "json").out()).contains("rejected", "no payment");
    }

    /// From a table with one message.
    private static String receiptOf(Outcome received) {
        String line = received.out().lines().skip(1).findFirst().orElseThrow();
        return line.substring(0, line.indexOf(' '));
    }

    @Test
    void lines_are_sent_and_received_and_are_gone_when_they_are_acknowledged() {
        run("create", "pay");

        Outcome sent = server.runQueue("one\ntwo\nthree\n", "send", "pay");

        assertThat(sent.exitCode()).isZero();
        assertThat(sent.err()).isEqualTo("3 messages to pay\n");
        assertThat(run("receive", "pay", "-n", "2", "--wait", "20s", "--ack").out())
                .isEqualTo("one\ntwo\n");
        // Leases of what came run: it is shown at once.
        assertThat(run("receive", "pay", "-n", "5", "--wait", "20s").out())
                .containsPattern("RECEIPT +ATTEMPT +TEXT\n0\\.2\\.\\S+ +1 +three\n");
        assertThat(run("receive", "pay", "--ack").err()).isEqualTo("No message came\n");
    }

    @Test
    void what_is_received_at_most_once_is_printed_and_never_comes_again() {
        run("create", "pay", "--set", "lease.ms=1");
        server.runQueue("one\ntwo\n", "send", "pay");
        assertThat(run("receive", "pay", "--at-most-once", "--ack").exitCode()).isEqualTo(2);
        assertThat(run("receive", "pay", "--at-most-once", "--wait", "20s", "-n", "2").out())
                .isEqualTo("one\ntwo\n");
        assertThat(run("receive", "pay", "--at-most-once").err()).isEqualTo("No message came\n");
    }

    @Test
    void queues_are_listed_and_described_for_people_and_for_scripts() {
        run("create", "pay", "--partitions", "2", "--set", "lease.ms=5000");
        run("send", "pay", "later", "--delay", "1h", "--priority", "9", "--group", "g");

        assertThat(run("list").out())
                .startsWith(
                        "QUEUE     PARTITIONS  READY  DELAYED  LEASED  DOOMED  UNSEEN  PAUSED\n")
                .contains("\npay                2 ")
                .contains("\npay.dead           2 ");
        assertThat(run("list", "-o", "json").out()).contains("\"queue\" : \"pay.dead\"");
        assertThat(run("pause", "pay").out()).isEqualTo("Paused pay\n");
        assertThat(run("describe", "pay").out())
                .contains("paused       true\n")
                .contains("deadLetters  pay.dead\n")
                .containsPattern("\nlease.ms +5000\n");
        assertThat(run("resume", "pay").exitCode()).isZero();
        assertThat(run("purge", "pay").exitCode()).isZero();
        assertThat(run("delete", "pay").out()).isEqualTo("Deleted queue pay\n");
        assertThat(run("list", "-o", "json").out()).isEqualTo("[ ]\n");
    }

    @Test
    void a_message_that_failed_is_shown_as_a_dead_letter_and_sent_again() {
        run("create", "pay", "--set", "failures.max=1");
        run("send", "pay", "poison", "--key", "k", "--header", "a=b");
        assertThat(run("peek", "pay").exitCode()).isZero();
        String receipt = receiptOf(run("receive", "pay", "--wait", "20s"));

        assertThat(run("nack", "pay", receipt, "--cause", "no luck").out())
                .isEqualTo("Failed 1 message\n");

        String letter = receiptOf(run("receive", "pay.dead", "--wait", "20s"));
        assertThat(run("nack", "pay.dead", letter, "--returned").out())
                .isEqualTo("Returned 1 message\n");
        assertThat(run("dead", "pay").out())
                .containsPattern("0 +0 +failed +1 +no luck +k +poison\n");
        assertThat(run("redrive", "pay", "--reason", "expired").out())
                .isEqualTo("Sent 0 dead letters again\n");
        assertThat(run("redrive", "pay", "--header", "a=b", "--reason", "failed").out())
                .isEqualTo("Sent 1 dead letter again\n");
        assertThat(run("receive", "pay", "--wait", "20s", "--ack").out()).isEqualTo("poison\n");
    }

    @Test
    void a_dead_letter_is_shown_in_full_with_its_history_and_its_headers() {
        run("create", "pay", "--set", "failures.max=1");
        run("send", "pay", "poison", "--header", "till=2");
        String receipt = receiptOf(run("receive", "pay", "--wait", "20s"));
        run("nack", "pay", receipt, "--cause", "no \u001b[31mluck");
        // When it has been received it is there.
        String letter = receiptOf(run("receive", "pay.dead", "--wait", "20s"));
        run("nack", "pay.dead", letter, "--returned");

        assertThat(run("dead", "pay", "--full").out())
                .startsWith("letter    0:0\nreason    failed\nsentTo    pay\n")
                .containsPattern("\nFAILED AT +CAUSE\n[-0-9T:.]+Z +no \\?\\[31mluck\n")
                .containsPattern("\nHEADER +VALUE\ntill +2\n");
        assertThat(run("dead", "pay", "--full", "-o", "json").out())
                .contains("\"till\" : \"2\"", "\"reason\" : \"failed\"");
    }

    @Test
    void dead_letters_are_sent_again_one_or_those_of_a_group_or_all_at_a_rate() {
        run("create", "pay", "--set", "failures.max=1");
        for (String group : new String[] {"a", "b", "c"}) {
            run("send", "pay", "of " + group, "--group", group);
            run("nack", "pay", receiptOf(run("receive", "pay", "--wait", "20s")));
            String letter = receiptOf(run("receive", "pay.dead", "--wait", "20s"));
            run("nack", "pay.dead", letter, "--returned", "--delay", "0s");
        }
        assertThat(run("redrive", "pay", "--letter", "0:9").exitCode()).isEqualTo(4);
        assertThat(run("redrive", "pay", "--letter", "9").exitCode()).isEqualTo(2);
        assertThat(run("redrive", "pay", "--letter", "0:1", "--dry-run").exitCode()).isEqualTo(2);
        assertThat(run("redrive", "pay", "--rate", "0/s").exitCode()).isEqualTo(2);
        assertThat(run("redrive", "pay", "--from", "here").err()).contains("'here' is not where");
        assertThat(run("redrive", "pay", "--reason", "boredom").err())
                .contains("there are failed, expired, rejected, gone");

        assertThat(run("redrive", "pay", "--dry-run").out())
                .startsWith("3 dead letters would be sent again; nothing was changed");
        assertThat(run("redrive", "pay", "--letter", "0:1").out())
                .isEqualTo("Sent 1 dead letter again\n");
        assertThat(run("receive", "pay", "--wait", "20s", "--ack").out()).isEqualTo("of b\n");
        assertThat(run("redrive", "pay", "--group", "c").out())
                .isEqualTo("Sent 1 dead letter again\n");
        assertThat(run("receive", "pay", "--wait", "20s", "--ack").out()).isEqualTo("of c\n");
        assertThat(run("redrive", "pay", "--all", "--rate", "100/s").out())
                .isEqualTo("Sent 1 dead letter again\n");
        assertThat(run("receive", "pay", "--wait", "20s", "--ack").out()).isEqualTo("of a\n");
    }

    @Test
    void a_redrive_that_is_stopped_says_so_and_leaves_the_rest_for_the_next_one() throws Exception {
        run("create", "pay", "--set", "failures.max=1");
        server.runQueue("letter\n".repeat(60), "send", "pay");
        var failed = new ArrayList<>(List.of("nack", "pay"));
        run("receive", "pay", "-n", "60", "--wait", "20s")
                .out()
                .lines()
                .skip(1)
                .forEach(line -> failed.add(line.substring(0, line.indexOf(' '))));
        run(failed.toArray(String[]::new));
        String http = HostPort.of(server.server().httpAddress().orElseThrow()).toString();
        Eventually.await(LIMIT, "sixty letters", () -> ready(http, "pay.dead") == 60);

        Path log = directory.resolve("redrive.log");
        try (ChildProcess redrive =
                ChildJvm.of(Main.class)
                        .start(
                                "redrive",
                                log,
                                List.of(
                                        "queue", "redrive", "pay", "--all", "--rate", "1/s",
                                        "--http", http))) {
            Eventually.await(LIMIT, "the first", () -> ready(http, "pay.dead") < 60);
            assertThat(redrive.stop(LIMIT)).isTrue();
        }

        long left = ready(http, "pay.dead");
        assertThat(left).isBetween(1L, 59L);
        assertThat(ready(http, "pay")).isEqualTo(60 - left);
        assertThat(Files.readString(log))
                .contains("Sent " + (60 - left) + " dead letter")
                .contains("Stopped; the rest stays. Go on with --from 0." + (60 - left) + ".");
        assertThat(run("redrive", "pay", "--all").out())
                .isEqualTo(
                        "Sent "
                                + left
                                + (left == 1 ? " dead letter" : " dead letters")
                                + " again\n");
    }

    private static long ready(String http, String queue) {
        try (var queues = new ServerOverHttp(HostPort.parse(http))) {
            return queues.get(ServerOverHttp.queue(queue)).path("counts").path("ready").asLong();
        }
    }

    @Test
    void what_is_watched_is_drawn_again_until_nobody_reads_it() {
        run("create", "pay");
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
        assertThat(Main.run(terminal, "queue", "list", "--watch", "--http", http)).isZero();
        assertThat(drawn).hasValue(3);
    }
}
