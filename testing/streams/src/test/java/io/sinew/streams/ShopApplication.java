package io.sinew.streams;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.JoinWindows;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.StreamJoined;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/// The application under test, in a JVM of its own: it counts the words of lines, joins orders with
/// payments that are near in time, and sums up each customer's orders of ten seconds once those are
/// over. Its stores are in memory, so that all it knows after a `kill -9` comes from the broker.
final class ShopApplication {
    static final String LINES = "lines";
    static final String ORDERS = "orders";
    static final String PAYMENTS = "payments";
    static final String COUNTS = "counts";
    static final String PAID = "paid";
    static final String SALES = "sales";

    /// How far an order and its payment may be apart.
    static final Duration NEAR = Duration.ofSeconds(5);

    /// How long the windows of sales are.
    static final Duration WINDOW = Duration.ofSeconds(10);

    /// Nothing is late.
    private static final Duration GRACE = Duration.ofHours(1);

    private static final int THREADS = 2;

    private static final System.Logger LOGGER = System.getLogger(ShopApplication.class.getName());

    private ShopApplication() {}

    /// Runs until it is killed or told to stop.
    ///
    /// @param arguments bootstrap servers, group protocol, folder
    public static void main(String[] arguments) throws InterruptedException {
        var properties = new Properties();
        properties.putAll(config(arguments[0], arguments[1], arguments[2]));
        var streams = new KafkaStreams(topology(), properties);
        streams.setUncaughtExceptionHandler(e -> {
            LOGGER.log(System.Logger.Level.WARNING, "thread=replaced", e);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        streams.setStateListener(
                (after, before) -> LOGGER.log(System.Logger.Level.INFO, "state={0}", after));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(15))));
        streams.start();
        new CountDownLatch(1).await();
    }

    private static Map<String, Object> config(String bootstrap, String protocol, String folder) {
        var config = new HashMap<String, Object>();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "shop");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, protocol);
        config.put(StreamsConfig.STATE_DIR_CONFIG, folder);
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
        config.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        // Every step of a count is told, so that one too many would be seen.
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        config.put(StreamsConfig.REPARTITION_PURGE_INTERVAL_MS_CONFIG, 1_000);
        config.put(StreamsConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 100);
        // What a killed one leaves behind is over soon.
        config.put(StreamsConfig.producerPrefix("transaction.timeout.ms"), 2_000);
        if (protocol.equals("classic")) {
            config.put(StreamsConfig.consumerPrefix("session.timeout.ms"), 2_000);
            config.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), 300);
        }
        return config;
    }

    private static Topology topology() {
        var text = Consumed.with(Serdes.String(), Serdes.String());
        var result = Produced.with(Serdes.String(), Serdes.String());
        var builder = new StreamsBuilder();
        builder.stream(LINES, text)
                .flatMapValues(line -> List.of(line.split(" ", -1)))
                .groupBy((_, word) -> word, Grouped.with(Serdes.String(), Serdes.String()))
                .count(Materialized.with(Serdes.String(), Serdes.Long()))
                .toStream()
                .mapValues(count -> Long.toString(count))
                .to(COUNTS, result);
        KStream<String, String> orders = builder.stream(ORDERS, text);
        orders.join(
                        builder.stream(PAYMENTS, text),
                        (order, payment) -> order + "+" + payment,
                        JoinWindows.ofTimeDifferenceAndGrace(NEAR, GRACE),
                        StreamJoined.with(Serdes.String(), Serdes.String(), Serdes.String()))
                .to(PAID, result);
        orders.groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(WINDOW))
                .aggregate(
                        () -> 0L,
                        (_, order, sum) -> sum + Events.amount(order),
                        Materialized.with(Serdes.String(), Serdes.Long()))
                .suppress(Suppressed.untilWindowCloses(Suppressed.BufferConfig.unbounded()))
                .toStream()
                .map((customer, sum) ->
                        KeyValue.pair(
                                Events.window(customer.key(), customer.window().start()),
                                Long.toString(sum)))
                .to(SALES, result);
        return builder.build();
    }
}
