package io.sinew.library;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.ConsumerOptions;
import io.sinew.ledger.Message;
import io.sinew.ledger.MessageConsumer;
import io.sinew.ledger.Verdict;
import io.sinew.queue.NewMessage;
import io.sinew.queue.Queue;
import io.sinew.queue.Sent;
import java.util.function.UnaryOperator;

/// A work queue whose messages are values of an application, as a [Codec] writes and reads them.
/// Safe for any thread.
public final class TypedQueue<T> {
    private final Queue queue;
    private final Codec<T> codec;

    TypedQueue(Queue queue, Codec<T> codec) {
        this.queue = queue;
        this.codec = codec;
    }

    /// The queue, for all that has nothing to do with values.
    public Queue queue() {
        return queue;
    }

    /// Sends a value.
    ///
    /// @throws SinewException as [Queue#send(NewMessage)]
    public Sent send(T value) throws InterruptedException {
        return send(value, UnaryOperator.identity());
    }

    /// Sends a value with wishes, as `send(payment, message -> message.inGroup("ada"))`.
    ///
    /// @throws SinewException as [Queue#send(NewMessage)]
    public Sent send(T value, UnaryOperator<NewMessage> wishes) throws InterruptedException {
        return queue.send(wishes.apply(NewMessage.of(codec.encode(value))));
    }

    /// The value in a message.
    ///
    /// @throws SinewException `INVALID_RECORD`: there is none
    public T valueOf(Message message) {
        byte[] bytes = message.value();
        if (bytes == null) {
            throw new SinewException(
                    ErrorCode.INVALID_RECORD,
                    "The message at " + message.receipt().offset() + " has no value");
        }
        return codec.decode(bytes);
    }

    /// Has a handler deal with values until it is closed. A message that is no such value is a dead
    /// letter at once, for another try would not make it one.
    public MessageConsumer consume(ConsumerOptions options, ValueHandler<T> handler) {
        return queue.consume(
                options,
                message -> {
                    T value;
                    try {
                        value = valueOf(message);
                    } catch (SinewException e) {
                        return new Verdict.Rejected(String.valueOf(e.getMessage()));
                    }
                    return handler.handle(value, message);
                });
    }
}
