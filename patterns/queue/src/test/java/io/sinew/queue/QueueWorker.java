package io.sinew.queue;

import io.sinew.base.Clock;
import io.sinew.base.Disk;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.cluster.ClusterEngine;
import io.sinew.ledger.Message;
import io.sinew.ledger.Settled;
import io.sinew.ledger.Verdict;
import io.sinew.log.DataDirectory;
import io.sinew.topics.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A process to be killed or frozen: it sends numbered messages to a queue and deals with whatever
/// messages it gets of it, some of them at the second attempt only, and writes [QueueNotes].
final class QueueWorker {
    static final String QUEUE = "work";

    /// Which messages are in ordered groups, and in how many.
    static final int GROUPS = 5;

    static final int PARTITIONS = 4;

    private static final int SENDERS = 2;
    private static final int CONSUMERS = 16;
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final long PAUSE_NANOS = 10_000_000;

    private final Queue queue;
    private final String name;
    private final QueueNotes notes;
    private final Path end;

    private QueueWorker(Queue queue, String name, Path notes) throws IOException {
        this.queue = queue;
        this.name = name;
        this.notes = new QueueNotes(notes);
        this.end = endOf(notes);
    }

    /// Goes on until it is killed.
    ///
    /// @param arguments `kafka` and the cluster's address, or `folder` and its path; this process's
    ///   name, which begins its messages; the notes
    public static void main(String[] arguments) throws Exception {
        Engine engine =
                arguments[0].equals("kafka")
                        ? ClusterEngine.open(QueuesOnCluster.settings(arguments[1]))
                        : embedded(Path.of(arguments[1])).engine();
        var queues = new Queues(engine, Clock.system(), arguments[2]);
        if (queues.find(QUEUE).isEmpty()) {
            create(queues, Duration.ofMillis(300));
        }
        new QueueWorker(queues.queue(QUEUE), arguments[2], Path.of(arguments[3])).work();
    }

    /// A queue whose messages come again soon when nobody deals with them.
    static void create(Queues queues, Duration lease) throws InterruptedException {
        var settings =
                Map.of(
                        "lease.ms", Long.toString(lease.toMillis()),
                        "failures.max", "1000",
                        "retry.first.ms", "0",
                        "retry.max.ms", "0",
                        "messages.max", "400");
        var _ = queues.create(QUEUE, PARTITIONS, QueueSettings.defaults().with(settings));
    }

    /// The engine of a data directory, and what it stands on.
    record Embedded(Broker broker, EmbeddedEngine engine) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            engine.close();
            broker.close();
        }
    }

    static Embedded embedded(Path folder) throws IOException {
        DataDirectory data =
                DataDirectory.open(Disk.system(), folder.toAbsolutePath().normalize(), "cluster");
        Broker broker =
                Broker.open(data, BrokerSettings.of(Map.of()), Clock.system(), new Metrics());
        var ids = new AtomicLong();
        long begunMs = Clock.system().nowMs();
        return new Embedded(
                broker, new EmbeddedEngine(broker, () -> new UUID(begunMs, ids.incrementAndGet())));
    }

    /// Whether the queue is empty, once what a judge finds left has been taken: messages whose
    /// acknowledgement nobody heard of.
    static boolean emptied(Queue queue) throws InterruptedException {
        for (Message message : queue.receive(20, Duration.ZERO)) {
            var _ = queue.ack(message);
        }
        return queue.counts().live() == 0 && queue.counts().unseen() == 0;
    }

    /// The file that ends a process's sending, when it is there.
    static Path endOf(Path notes) {
        return notes.resolveSibling(notes.getFileName() + ".end");
    }

    private void work() throws Exception {
        var all = new ArrayList<FutureTask<Void>>();
        for (int i = 0; i < SENDERS; i++) {
            String sender = name + i;
            all.add(begun(() -> send(sender)));
        }
        for (int i = 0; i < CONSUMERS; i++) {
            all.add(begun(this::consume));
        }
        for (FutureTask<Void> one : all) {
            one.get();
        }
    }

    private static FutureTask<Void> begun(Callable<Void> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task;
    }

    private Void send(String sender) throws InterruptedException {
        for (int i = 0; !Files.exists(end); i++) {
            String value = sender + "-" + i;
            NewMessage message = NewMessage.of(value);
            if (i % 2 == 0) {
                message = message.inGroup(sender + "g" + i % GROUPS);
            }
            notes.note("sending", value);
            try {
                queue.send(message);
                notes.note("sent", value);
                LockSupport.parkNanos(PAUSE_NANOS / 4);
            } catch (SinewException e) {
                notes.note("unsent", value + " " + e.code());
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return null;
    }

    private Void consume() throws InterruptedException {
        while (true) {
            List<Message> messages;
            try {
                messages = queue.receive(5, WAIT);
            } catch (SinewException e) {
                notes.note("unreceived", e.code().name());
                LockSupport.parkNanos(PAUSE_NANOS);
                continue;
            }
            for (Message message : messages) {
                notes.note(
                        "got",
                        QueueNotes.text(message.receipt()) + " " + QueuesUnderTest.text(message));
            }
            for (Message message : messages) {
                settle(message);
            }
        }
    }

    private void settle(Message message) throws InterruptedException {
        boolean fails = message.attempt() == 1 && message.receipt().offset() % 7 == 0;
        try {
            if (fails) {
                var _ =
                        queue.settle(
                                message.receipt(),
                                new Verdict.Failed(Optional.of(Duration.ZERO), "meant"));
                return;
            }
            notes.note("settling", message.receipt());
            Settled settled = queue.ack(message);
            notes.note(settled == Settled.DONE ? "done" : "lost", message.receipt());
        } catch (SinewException e) {
            notes.note("refused", QueueNotes.text(message.receipt()) + " " + e.code());
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
