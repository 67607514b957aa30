package io.sinew.queue;

import io.sinew.kit.Eventually;
import io.sinew.ledger.Message;
import io.sinew.ledger.Settled;
import io.sinew.topics.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Queues on one of the engines, in a time that the test moves, and what tests do with them.
abstract class QueuesUnderTest implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    final MovableClock clock = new MovableClock();

    /// What stores the topics; another one after each [#restart] and [#crash].
    abstract Engine engine();

    /// The queues; others after each [#restart] and [#crash].
    abstract Queues queues();

    /// Ends this process's part and begins it again.
    abstract void restart() throws Exception;

    /// What stores the topics dies without a warning, and everything is started again.
    abstract void crash() throws Exception;

    @Override
    public abstract void close() throws IOException;

    // ---- queues

    Queue create(String name, Map<String, String> settings) throws Exception {
        return create(name, 1, settings);
    }

    Queue create(String name, int partitions, Map<String, String> settings) throws Exception {
        queues().create(name, partitions, QueueSettings.defaults().with(settings));
        return queue(name);
    }

    /// The queue, when it is served.
    Queue queue(String name) throws Exception {
        Queue queue = queues().queue(name);
        Eventually.await(
                PATIENCE,
                "all partitions",
                () -> queue.ledger().partitions().size() == queue.info().partitionCount());
        return queue;
    }

    // ---- messages

    static Message receiveOne(Queue queue) throws InterruptedException {
        List<Message> messages = queue.receive(1, PATIENCE);
        if (messages.size() != 1) {
            throw new AssertionError("there is no message");
        }
        return messages.getFirst();
    }

    /// The text of the next message, which is acknowledged.
    static String take(Queue queue) throws InterruptedException {
        Message message = receiveOne(queue);
        if (queue.ack(message) != Settled.DONE) {
            throw new AssertionError("the message is somebody else's");
        }
        return text(message);
    }

    static String text(Message message) {
        byte[] value = message.value();
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /// Whether there is nothing to deliver, once what was sent has been taken in.
    static boolean isQuiet(Queue queue) throws Exception {
        Eventually.await(PATIENCE, "all messages seen", () -> queue.counts().unseen() == 0);
        return queue.receive(1, Duration.ZERO).isEmpty();
    }
}
