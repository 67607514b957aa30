package io.sinew.kafka;

import io.sinew.kafkawire.Message;
import java.util.Optional;
import java.util.OptionalInt;

/// The answer to one request, which may not be known yet. A connection's writer awaits its replies
/// one after the other, so that answers leave in the order of the requests while later requests are
/// already at work.
interface Reply {
    /// Waits for the answer; empty when the request wants none (`acks=0`). Runs on the connection's
    /// writer.
    Optional<Message> await() throws InterruptedException;

    /// Whether [#await] would return at once, so that the writer can gather answers.
    default boolean isReady() {
        return false;
    }

    /// How long the client is to pause because of its quotas, in ms, from a reply that has charged
    /// it while it was awaited; empty for the others.
    default OptionalInt pauseMs() {
        return OptionalInt.empty();
    }

    /// Ends [#await] soon, although there is nothing to answer yet: the client is gone. Called on
    /// any thread. Waits that are short anyway need not heed it.
    default void giveUp() {}

    /// Releases what the answer refers to; called once after it was sent or given up.
    default void close() {}

    static Reply now(Message message) {
        return new Reply() {
            @Override
            public Optional<Message> await() {
                return Optional.of(message);
            }

            @Override
            public boolean isReady() {
                return true;
            }
        };
    }
}
