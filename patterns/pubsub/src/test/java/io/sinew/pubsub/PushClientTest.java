package io.sinew.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Metrics;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What pushes share, and how they share it.
class PushClientTest {
    private static final int ATTEMPTS_MAX = 12;

    private final Metrics metrics = new Metrics();
    private PushClient client;

    @BeforeEach
    void open() throws NoSuchAlgorithmException {
        client =
                new PushClient(
                        EndpointRules.internet(),
                        EndpointLookup.system(),
                        SSLContext.getDefault(),
                        ATTEMPTS_MAX,
                        metrics);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private PushLine line() {
        return client.line(PushSettings.of("https://hook.test/"));
    }

    /// As many attempts as the line may begin.
    private int beginAll(PushLine line) {
        int room = client.room(line);
        for (int i = 0; i < room; i++) {
            assertThat(client.begin(line, 1)).isTrue();
        }
        assertThat(client.begin(line, 1)).isFalse();
        assertThat(client.room(line)).isZero();
        return room;
    }

    @Test
    void one_endpoint_can_not_take_all_attempts() {
        PushLine greedy = line();
        assertThat(beginAll(greedy)).isEqualTo(6);
        assertThat(beginAll(line())).isEqualTo(3);
        assertThat(beginAll(line())).isEqualTo(2);
        client.end(greedy, 1);
        client.end(greedy, 1);
        assertThat(client.begin(greedy, 1)).isFalse();
    }

    @Test
    void a_few_large_messages_can_not_take_all_memory() {
        int third = (int) (PushClient.BYTES_MAX / 3);
        PushLine greedy = line();
        assertThat(client.begin(greedy, third)).isTrue();
        assertThat(client.begin(greedy, third)).isTrue();
        assertThat(client.begin(greedy, 1)).isFalse();
        assertThat(client.room(greedy)).isZero();
        PushLine other = line();
        assertThat(client.begin(other, third)).isTrue();
        assertThat(client.begin(other, 1)).isFalse();
        client.end(greedy, third);
        client.end(greedy, third);
        assertThat(client.begin(other, 1)).isTrue();
    }

    @Test
    void an_endpoint_may_always_have_one_attempt() {
        for (int i = 0; i < 3 * ATTEMPTS_MAX; i++) {
            PushLine line = line();
            assertThat(client.room(line)).isPositive();
            assertThat(client.begin(line, 1)).isTrue();
        }
        assertThat(metrics.samples())
                .filteredOn(sample -> sample.series().metric() == PushMetric.UNDER_WAY)
                .singleElement()
                .satisfies(sample -> assertThat(sample.value().getAsLong()).isEqualTo(36));
    }

    @Test
    void no_more_connections_are_kept_than_the_limit_says() {
        for (int i = 0; i < PushClient.IDLE_MAX; i++) {
            assertThat(client.mayIdle()).isTrue();
        }
        assertThat(client.mayIdle()).isFalse();
        client.idleEnded();
        assertThat(client.mayIdle()).isTrue();
        assertThat(client.mayIdle()).isFalse();
    }
}
