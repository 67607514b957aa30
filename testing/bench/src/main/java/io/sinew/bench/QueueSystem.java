package io.sinew.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// A queue server that runs: the adapter that the driver sees every product through.
interface QueueSystem extends AutoCloseable {
    /// Makes a durable queue.
    void create(String queue) throws Exception;

    /// A connection that publishes.
    Publisher publisher(String queue) throws Exception;

    /// A connection that receives.
    ///
    /// @param prefetch how many messages it may hold that are not settled
    Receiver receiver(String queue, int prefetch) throws Exception;

    /// What the product has, beyond sending and receiving.
    Abilities abilities();

    /// The version that runs, what is durable and what is not.
    String describe();

    /// The processes whose CPU time and memory are the server's.
    List<Long> pids();

    /// Ends the server.
    @Override
    void close() throws IOException;

    /// Publishes. Safe for many threads, which wait each for its own confirmation.
    interface Publisher extends AutoCloseable {
        /// Publishes one message that survives the server, and returns when that is confirmed.
        void publish(QueueMessage message) throws Exception;

        @Override
        void close() throws IOException;
    }

    /// Receives. For one thread.
    interface Receiver extends AutoCloseable {
        /// Waits up to `limit` for the first message.
        ///
        /// @return at most `most` messages; none when there were none in time
        List<Delivery> receive(int most, Duration limit) throws Exception;

        /// Settles each message by itself and returns when all of that is confirmed, where the
        /// product confirms it. Called with all that [#receive] returned.
        ///
        /// @param done are acknowledged
        /// @param again are to be delivered again, not before `delay`
        void settle(List<Delivery> done, List<Delivery> again, Duration delay) throws Exception;

        @Override
        void close() throws IOException;
    }

    /// A message in a receiver's hands.
    ///
    /// @param receipt what the adapter settles it with
    record Delivery(byte[] body, Object receipt) {}

    /// What a product has.
    ///
    /// @param nack how [Receiver#settle] gives a message back, in the product's own words
    /// @param nackDelays whether it then waits for the delay
    /// @param delay whether a message can be kept back when it is published
    /// @param groups whether messages of a group are delivered in order to many receivers
    record Abilities(String nack, boolean nackDelays, boolean delay, boolean groups) {}
}
