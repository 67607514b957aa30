package io.sinew.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageConsumer;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.queue.Answer;
import io.sinew.queue.NewMessage;
import io.sinew.queue.Queue;
import io.sinew.queue.QueueSettings;
import io.sinew.queue.Replier;
import io.sinew.queue.Requester;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The programs in docs/queues.md, which stand in these tests as they stand there.
class QueuesPageTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "queues.md");
    private static final Path HERE =
            Path.of("src", "test", "java", "io", "sinew", "library", "QueuesPageTest.java");
    private static final Pattern PROGRAM = Pattern.compile("(?s)```java\n(.*?)```");

    @TempDir Path data;

    private static String text(Message message) {
        byte[] value = message.value();
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    private static String words(String program) {
        return program.replaceAll("\\s+", "");
    }

    @Test
    void every_program_of_the_page_is_run_here() throws Exception {
        String here = words(Files.readString(HERE));
        List<String> programs =
                PROGRAM.matcher(Files.readString(PAGE))
                        .results()
                        .map(found -> words(found.group(1)))
                        .toList();
        assertThat(programs).hasSize(4).allSatisfy(program -> assertThat(here).contains(program));
    }

    @Test
    void every_setting_and_default_that_it_names_is_one() throws Exception {
        Map<String, String> settings = QueueSettings.defaults().toMap();
        Pattern setting = Pattern.compile("`([a-z]+(?:\\.[a-z]+)+)[`=]");
        List<String> named =
                setting.matcher(Files.readString(PAGE))
                        .results()
                        .map(found -> found.group(1))
                        .filter(name -> !name.equals("payments.dead"))
                        .toList();
        assertThat(named).hasSizeGreaterThan(8).allMatch(settings::containsKey);
    }

    /// Whom a handler calls.
    private static final class PatientBank {
        private final Semaphore paid = new Semaphore(0);

        Verdict pay(Message message) {
            assertThat(text(message)).isEqualTo("42 EUR to Ada");
            paid.release();
            return new Verdict.Done();
        }

        void awaitPaid(int count) throws InterruptedException {
            paid.acquire(count);
        }
    }

    @Test
    void a_message_is_sent_and_dealt_with() throws Exception {
        var bank = new PatientBank();
        try (Sinew sinew = Sinew.open(data)) {
            Queue payments = sinew.queue("payments");
            payments.send(NewMessage.of("42 EUR to Ada").inGroup("ada").withDedupeId("order-17"));
            ConsumerOptions options = ConsumerOptions.concurrency(20).atMostPerSecond(100);
            try (MessageConsumer _ = payments.consume(options, message -> bank.pay(message))) {
                bank.awaitPaid(1);
            }
        }
        try (Sinew sinew = Sinew.open(data)) {
            Queue payments = sinew.queue("payments");
            assertThat(payments.receive(1, Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void an_order_becomes_a_payment_or_stays_an_order() throws Exception {
        try (Sinew sinew = Sinew.open(data)) {
            Queue orders = sinew.queue("orders");
            Queue payments = sinew.queue("payments");
            orders.send(NewMessage.of("a lamp for Ada"));

            Message order = orders.receive(1, Duration.ofSeconds(20)).getFirst();
            NewMessage payment = NewMessage.of("42 EUR to Ada");
            Settled settled =
                    orders.acknowledgeWith(order.receipt(), Map.of(payments, List.of(payment)));

            assertThat(settled).isEqualTo(Settled.DONE);
            assertThat(orders.acknowledgeWith(order.receipt(), Map.of(payments, List.of(payment))))
                    .isEqualTo(Settled.LOST);
            assertThat(payments.receiveAtMostOnce(2, Duration.ofSeconds(20))).hasSize(1);
            assertThat(payments.receive(1, Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void a_request_has_its_reply() throws Exception {
        try (Sinew sinew = Sinew.open(data)) {
            Queue prices = sinew.queue("prices");

            Replier replier = sinew.replier(prices);
            MessageConsumer answering =
                    replier.consume(
                            ConsumerOptions.concurrency(4), request -> NewMessage.of("39.90"));

            try (answering) {
                try (Requester requester = sinew.requester("shop-1.replies")) {
                    Answer answer =
                            requester.ask(prices, NewMessage.of("lamp"), Duration.ofSeconds(10));
                    String said =
                            switch (answer) {
                                case Answer.Replied(Message reply) -> text(reply);
                                case Answer.TimedOut(Duration _) -> "ask again";
                                case Answer.Abandoned() -> "the shop is closing";
                            };
                    assertThat(said).isEqualTo("39.90");
                }
            }
        }
    }
}
