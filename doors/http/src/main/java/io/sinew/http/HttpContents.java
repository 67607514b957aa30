package io.sinew.http;

import io.sinew.base.Clock;
import io.sinew.base.Metrics;
import io.sinew.pubsub.Subscriptions;
import io.sinew.queue.Queues;
import io.sinew.topics.Engine;
import java.util.function.Supplier;

/// What is behind the HTTP door.
///
/// @param health how the process is, asked at each `GET /health`, on any thread
/// @param metrics what it counts
/// @param engine where topics are
/// @param queues on that engine; opened one by one, by the first request for each
/// @param subscriptions on that engine, all of them open
/// @param shared whether other processes have a part in the work, as they do on a Kafka cluster
/// @param receiptKey 32 random bytes that stay the same over a restart, by which the receipts of
///   messages are told from others; asked by the first request that needs it, on any thread
/// @param clock for waits
public record HttpContents(
        Supplier<Health> health,
        Metrics metrics,
        Engine engine,
        Queues queues,
        Subscriptions subscriptions,
        boolean shared,
        Supplier<byte[]> receiptKey,
        Clock clock) {}
