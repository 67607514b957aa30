package io.sinew.streams;

import io.sinew.kit.Eventually;
import io.sinew.kit.ForkedSinew;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/// A broker and the application, each in a process of its own, with somebody who feeds the one and
/// gathers what comes out of the other. Not safe for several threads.
final class Shop implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// Events that are in but not yet out; enough that there is always something to do.
    private static final int AHEAD_MAX = 100;

    private static final int FED_AT_ONCE = 5;

    /// About as long as a transaction of the application.
    private static final int PAUSE_MAX_MS = 150;

    private static final String[] SETTINGS = {
        "num.partitions=" + Events.PARTITIONS,
        "log.segment.bytes=1048576",
        // A killed member is soon known to be gone.
        "group.min.session.timeout.ms=1000",
        "group.streams.min.session.timeout.ms=1000",
        "group.streams.session.timeout.ms=2000",
        "group.streams.min.heartbeat.interval.ms=100",
        "group.streams.heartbeat.interval.ms=300",
        "group.streams.assignment.interval.ms=100"
    };

    private final ForkedSinew sinew;
    private final Path folder;
    private final String protocol;

    /// In the order in which they came.
    private final Deque<ForkedApplication> applications = new ArrayDeque<>();

    private final Events events;
    private final SplittableRandom random;
    private final KafkaProducer<String, String> producer;
    private final Harvest harvest;
    private int fed;
    private int joined;

    /// @param protocol of the application's group: `classic` or `streams`
    Shop(Path folder, String protocol, Events events, SplittableRandom random) {
        this.sinew = new ForkedSinew(folder.resolve("sinew"), SETTINGS);
        this.folder = folder;
        this.protocol = protocol;
        this.events = events;
        this.random = random;
        this.harvest = new Harvest(sinew.bootstrap());
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                sinew.bootstrap(),
                                "reconnect.backoff.max.ms",
                                100),
                        new StringSerializer(),
                        new StringSerializer());
    }

    /// Starts everything.
    void open() throws Exception {
        sinew.start();
        try (var admin = Admin.create(Map.of("bootstrap.servers", sinew.bootstrap()))) {
            admin.createTopics(
                            Stream.of(
                                            ShopApplication.LINES,
                                            ShopApplication.ORDERS,
                                            ShopApplication.PAYMENTS,
                                            ShopApplication.COUNTS,
                                            ShopApplication.PAID,
                                            ShopApplication.SALES)
                                    .map(name -> new NewTopic(name, Events.PARTITIONS, (short) 1))
                                    .toList())
                    .all()
                    .get();
        }
        join();
    }

    /// Starts the application, or one more of it.
    void join() throws IOException {
        joined++;
        Path own = folder.resolve("application-" + joined);
        var application = new ForkedApplication(own, sinew.bootstrap(), protocol);
        applications.addLast(application);
        application.start();
    }

    /// The application that came first.
    ForkedApplication first() {
        return applications.getFirst();
    }

    /// Ends the application that came first as it ends by itself.
    void leave() {
        applications.removeFirst().close();
    }

    /// Feeds and gathers until so many events have come out.
    void workUntil(int eventsOut) throws Exception {
        Eventually.await(
                LIMIT,
                eventsOut + " events, of " + eventsOut() + " that are out",
                () -> {
                    feed();
                    harvest.gather(Duration.ofMillis(20));
                    return eventsOut() >= eventsOut;
                });
    }

    private int eventsOut() {
        return harvest.size(ShopApplication.COUNTS) / Events.WORDS_PER_LINE;
    }

    private void feed() {
        int end = Math.min(Math.min(fed + FED_AT_ONCE, eventsOut() + AHEAD_MAX), events.count());
        while (fed < end) {
            events.records(fed).forEach(this::send);
            fed++;
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what is lost is missed in the end
    private void send(ProducerRecord<String, String> record) {
        producer.send(record);
    }

    /// Kills the broker and the application, one after the other, at once or a moment later, and
    /// starts each again.
    void killBoth() throws Exception {
        pause();
        if (random.nextBoolean()) {
            restartApplication();
            pause();
            restartBroker();
        } else {
            restartBroker();
            pause();
            restartApplication();
        }
    }

    private void restartApplication() throws Exception {
        first().kill();
        first().start();
    }

    private void restartBroker() throws Exception {
        sinew.kill();
        sinew.start();
    }

    /// Goes on for a moment.
    private void pause() {
        feed();
        harvest.gather(Duration.ofMillis(random.nextInt(PAUSE_MAX_MS)));
    }

    /// Feeds what is left, waits until it has come out, and ends all applications.
    ///
    /// @return all that has come out
    Harvest finish() throws Exception {
        workUntil(events.count());
        int paid = events.paid().values().stream().mapToInt(all -> all.size()).sum();
        gatherUntil(ShopApplication.PAID, paid);
        events.end().forEach(this::send);
        gatherUntil(ShopApplication.SALES, events.sales().size());
        applications.forEach(ForkedApplication::close);
        harvest.gatherAll();
        return harvest;
    }

    private void gatherUntil(String topic, int size) throws Exception {
        Eventually.await(
                LIMIT,
                size + " records in " + topic,
                () -> {
                    harvest.gather(Duration.ofMillis(20));
                    return harvest.size(topic) >= size;
                });
    }

    @Override
    public void close() {
        applications.forEach(ForkedApplication::close);
        producer.close(Duration.ZERO);
        harvest.close();
        sinew.close();
    }
}
