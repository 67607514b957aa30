package io.sinew.server;

import io.sinew.base.Clock;
import io.sinew.base.Metrics;
import io.sinew.cluster.ClusterEngine;
import io.sinew.cluster.ClusterSettings;
import io.sinew.http.HttpContents;
import io.sinew.http.HttpDoor;
import io.sinew.pubsub.Subscriptions;
import io.sinew.queue.Queues;
import io.sinew.topics.Engine;
import java.io.IOException;
import java.net.InetSocketAddress;

/// A running Sinew on an existing Kafka cluster: the engine on that, the queues, the subscriptions,
/// and the HTTP door to them. It has no data directory and no Kafka door: the cluster is both.
/// Several such processes share the work, and each one's door forwards to the one that has a
/// partition.
public final class ClusterServer implements AutoCloseable {
    private final Engine engine;
    private final Queues queues;
    private final Subscriptions subscriptions;
    private final HttpDoor http;

    private ClusterServer(
            Engine engine, Queues queues, Subscriptions subscriptions, HttpDoor http) {
        this.engine = engine;
        this.queues = queues;
        this.subscriptions = subscriptions;
        this.http = http;
    }

    /// Starts everything; ready when it returns.
    ///
    /// @throws io.sinew.base.SinewException `INVALID_CONFIG`; `ENGINE_UNAVAILABLE` when no broker
    ///   answers; `ADDRESS_UNAVAILABLE`; then nothing is left open
    public static ClusterServer start(ClusterServerConfig config)
            throws IOException, InterruptedException {
        Clock clock = Clock.system();
        Engine engine =
                ClusterEngine.open(
                        new ClusterSettings(
                                config.bootstrap(),
                                ClusterSettings.PREFIX,
                                config.clientProperties()));
        try {
            return start(config, engine, clock);
        } catch (IOException | InterruptedException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private static ClusterServer start(ClusterServerConfig config, Engine engine, Clock clock)
            throws IOException, InterruptedException {
        var subscriptions = Subscriptions.open(engine, clock, config.address());
        var queues = new Queues(engine, clock, config.address());
        try {
            var contents =
                    new HttpContents(
                            new ClusterHealth(engine, config.bootstrap(), clock),
                            new Metrics(),
                            engine,
                            queues,
                            subscriptions,
                            true,
                            new SharedReceiptKeyV1Format(engine, clock::nowMs),
                            clock);
            HttpDoor http = HttpDoor.open(config.http(), contents, config.httpConnections());
            return new ClusterServer(engine, queues, subscriptions, http);
        } catch (IOException | RuntimeException e) {
            subscriptions.close();
            queues.close();
            throw e;
        }
    }

    /// Where the HTTP door is.
    public InetSocketAddress httpAddress() {
        return http.address();
    }

    /// Gives its partitions to the other processes, once what was decided on them is written.
    @Override
    public void close() {
        try (engine;
                queues;
                subscriptions) {
            http.close();
        }
    }
}
