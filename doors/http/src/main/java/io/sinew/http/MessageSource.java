package io.sinew.http;

import io.sinew.ledger.Ledger;
import io.sinew.queue.Queue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Where consumers get messages from: a queue or a subscription, as it is open here.
///
/// @param title what people are told that it is, as `the queue 'payments'`
/// @param receiptName what its receipts are for: no other queue and no other subscription has it
/// @param path from the root, the same at every door
/// @param doomed what its messages are called that are not delivered any more
/// @param leaseMs how long a consumer has a message unless it says otherwise
record MessageSource(
        String title,
        String receiptName,
        String path,
        String doomed,
        int partitionCount,
        long leaseMs,
        Ledger ledger) {
    /// In a queue they are on their way to the dead letters.
    static final String DOOMED = "doomed";

    /// In a subscription they stay, until somebody sees to them.
    static final String PARKED = "parked";

    /// How it is found, anew at each call: what was deleted and made again is another one. Runs
    /// inside the engine.
    @FunctionalInterface
    interface Lookup {
        MessageSource find() throws InterruptedException;
    }

    static MessageSource of(Queue queue) {
        String name = queue.info().name();
        return new MessageSource(
                "the queue '" + name + "'",
                name,
                QueueRoutes.ROOT + "/" + encoded(name),
                DOOMED,
                queue.info().partitionCount(),
                queue.info().settings().leaseMs(),
                queue.ledger());
    }

    /// A name as it stands in a path.
    static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
