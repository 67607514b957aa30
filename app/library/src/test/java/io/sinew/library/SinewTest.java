package io.sinew.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.Message;
import io.sinew.ledger.Settled;
import io.sinew.queue.NewMessage;
import io.sinew.queue.Queue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
}
