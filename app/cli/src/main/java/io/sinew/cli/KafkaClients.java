package io.sinew.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Kafka clients of one server, as commands want them: quiet, impatient, and without the clients'
/// own metrics. What they say goes through [#await], which explains what went wrong.
final class KafkaClients implements AutoCloseable {
    /// How long a server may take to take a connection.
    private static final int CONNECT_MS = 3_000;

    /// How long it may take to answer.
    private static final int ANSWER_MS = 15_000;

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Map<String, Object> properties;
    private @Nullable Admin admin;

    private KafkaClients(Map<String, Object> properties) {
        this.properties = properties;
    }

    static KafkaClients connect(String bootstrap, Properties more) {
        List<HostPort> servers;
        try {
            servers = Arrays.stream(bootstrap.split(",")).map(HostPort::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, "--bootstrap: " + e.getMessage(), e);
        }
        // Kafka's clients try a closed port again and again until their time is up.
        if (servers.stream().noneMatch(KafkaClients::answers)) {
            throw new CommandException(
                    ExitCode.NO_ANSWER,
                    "nothing answers at "
                            + bootstrap
                            + ": start Sinew with `./sinew up`, or name a server with --bootstrap");
        }
        var properties = new HashMap<String, Object>();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("client.id", "sinew-cli");
        properties.put("enable.metrics.push", false);
        properties.put("metric.reporters", "");
        properties.put("default.api.timeout.ms", ANSWER_MS);
        properties.put("request.timeout.ms", ANSWER_MS);
        more.forEach((name, value) -> properties.put(name.toString(), value));
        return new KafkaClients(properties);
    }

    private static boolean answers(HostPort server) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.host(), server.port()), CONNECT_MS);
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    Admin admin() {
        if (admin == null) {
            admin = Admin.create(properties);
        }
        return admin;
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(
                with(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(
                with(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> with(Map<String, Object> settings) {
        var all = new HashMap<>(properties);
        all.putAll(settings);
        return all;
    }

    /// Waits for an answer.
    ///
    /// @param subject what it is about, for the message: `topic orders`
    /// @throws CommandException when it is a refusal
    static <T> T await(Future<T> answer, String subject) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw KafkaFailures.explain(e, subject)
                    .orElseGet(() -> new CommandException(ExitCode.FAILED, subject + ": " + e, e));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /// Waits for the answer about one of the things that were asked about.
    static <K, T> T await(Map<K, ? extends Future<T>> answers, K about, String subject) {
        Future<T> answer = answers.get(about);
        if (answer == null) {
            throw new CommandException(ExitCode.FAILED, subject + ": the server left it out");
        }
        return await(answer, subject);
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(CLOSE);
        }
    }
}
