package io.sinew.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.Message;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.pubsub.Filter;
import io.sinew.queue.NewMessage;
import io.sinew.queue.Queue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sinew inside an application, on a real disk.
class SinewTest {
    /// A payload of an application's own.
    record Payment(String id, long cents) {}

    @Test
    void a_second_process_on_the_same_directory_is_refused(@TempDir Path data) throws Exception {
        try (Sinew _ = Sinew.open(data)) {
            assertThatThrownBy(() -> Sinew.open(data))
                    .isInstanceOfSatisfying(
                            SinewException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_DIRECTORY_LOCKED));
        }
    }

    @Test
    void settings_that_are_wrong_leave_nothing_open(@TempDir Path data) throws Exception {
        assertThatThrownBy(() -> Sinew.open(data, Map.of("num.partitions", "none")))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG));
        try (Sinew sinew = Sinew.open(data)) {
            assertThat(sinew.engine().topicNames()).isEmpty();
        }
    }

    @Test
    void messages_of_an_application_survive_its_end(@TempDir Path data) throws Exception {
        var codec = new JsonCodec<>(Payment.class);
        try (Sinew sinew = Sinew.open(data)) {
            sinew.queue("payments").send(NewMessage.of(codec.encode(new Payment("p1", 250))));
        }
        try (Sinew sinew = Sinew.open(data)) {
            Queue queue = sinew.queue("payments");
            Message message = queue.receive(1, Duration.ofSeconds(30)).getFirst();
            byte[] value = message.value();
            assertThat(value).isNotNull();
            assertThat(codec.decode(value == null ? new byte[0] : value))
                    .isEqualTo(new Payment("p1", 250));
            assertThat(queue.ack(message)).isEqualTo(Settled.DONE);
        }
    }

    @Test
    void bytes_that_are_no_such_value_are_refused() {
        var codec = new JsonCodec<>(Payment.class);
        assertThatThrownBy(() -> codec.decode("{\"id\":[]}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        SinewException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_RECORD));
    }

    @Test
    void a_handler_is_given_values_and_what_is_none_is_a_dead_letter_at_once(@TempDir Path data)
            throws Exception {
        try (Sinew sinew = Sinew.open(data)) {
            TypedQueue<Payment> payments = sinew.queue("payments", new JsonCodec<>(Payment.class));
            payments.send(new Payment("p1", 250), message -> message.withHeader("till", "3"));
            payments.queue().send(NewMessage.of("18,90"));
            var paid = new LinkedBlockingQueue<String>();
            try (var _ =
                    payments.consume(
                            ConsumerOptions.concurrency(2),
                            (payment, message) -> {
                                paid.add(payment.id() + message.header("till").orElse(""));
                                return new Verdict.Done();
                            })) {
                assertThat(paid.poll(30, TimeUnit.SECONDS)).isEqualTo("p13");
                Message letter =
                        sinew.queue("payments.dead").receive(1, Duration.ofSeconds(30)).getFirst();
                assertThat(letter.header(DeadLetters.REASON)).contains("rejected");
                assertThat(letter.header(DeadLetters.HISTORY).orElseThrow()).contains("no Payment");
            }
            assertThat(paid).isEmpty();
        }
    }

    @Test
    void values_of_one_key_are_read_in_the_order_in_which_they_were_appended(@TempDir Path data)
            throws Exception {
        var codec = new JsonCodec<>(Payment.class);
        try (Sinew sinew = Sinew.open(data)) {
            sinew.engine().createTopic("paid", 4, Map.of());
            Topic<Payment> paid = sinew.topic("paid", codec);
            int partition = paid.append("ada", new Payment("p1", 1)).partition();
            // Where Kafka's own producer puts that key.
            assertThat(partition)
                    .isEqualTo(
                            BuiltInPartitioner.partitionForKey(
                                    "ada".getBytes(StandardCharsets.UTF_8), 4));
            assertThat(paid.append("ada", new Payment("p2", 2)))
                    .isEqualTo(new Topic.Place(partition, 1));
            Topic.Entries<Payment> read = paid.read(partition, 0, Duration.ofSeconds(30));
            assertThat(read.entries().stream().map(Topic.Entry::value))
                    .containsExactly(new Payment("p1", 1), new Payment("p2", 2));
            assertThat(read.nextOffset()).isEqualTo(2);
            assertThat(sinew.topic("new", codec).partitionCount()).isEqualTo(1);
        }
    }

    @Test
    void a_subscription_gets_the_values_that_its_filter_lets_through_also_after_a_restart(
            @TempDir Path data) throws Exception {
        var codec = new JsonCodec<>(Payment.class);
        Filter large = Filter.parse("{\"body\": {\"cents\": [{\"numeric\": [\">\", 100]}]}}");
        var seen = new LinkedBlockingQueue<String>();
        ValueHandler<Payment> handler =
                (payment, _) -> {
                    seen.add(payment.id());
                    return new Verdict.Done();
                };
        for (int i = 0; i < 2; i++) {
            try (Sinew sinew = Sinew.open(data)) {
                Topic<Payment> paid = sinew.topic("paid", codec);
                try (var _ =
                        paid.subscribe("large", large, ConsumerOptions.concurrency(1), handler)) {
                    paid.append("ada", new Payment("small" + i, 1));
                    paid.append("ada", new Payment("large" + i, 200));
                    assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo("large" + i);
                }
            }
        }
        assertThat(seen).isEmpty();
    }
}
