package io.sinew.queue;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.Joins;
import io.sinew.base.SinewException;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Sends requests, and gives each its reply, or says that there was none in time. Requests go to
/// any queue; replies come to one queue of the requester's own, by the headers in [ReplyHeaders].
/// Safe for any thread.
///
/// A request is a message like any other: durable when it is sent, dealt with at least once, so
/// that there may be two replies, of which the first counts. Replies are settled when they are
/// taken, and those for which nobody waits are dropped: of requests whose time is over, and of an
/// earlier life of this process.
public final class Requester implements AutoCloseable {
    /// Requests without an answer, unless the requester is told otherwise.
    public static final int OPEN_USUALLY = 10_000;

    /// The longest that a request may wait for its reply.
    public static final Duration TIME_MAX = Duration.ofHours(24);

    /// How soon the end of the requester is noticed.
    private static final Duration RECEIVE_WAIT = Duration.ofMillis(200);

    private static final System.Logger LOGGER = System.getLogger(Requester.class.getName());

    private final Queue replies;
    private final Clock clock;
    private final int openMax;

    /// Of this life: other requesters' replies are not taken for this one's.
    private final String life;

    private final AtomicLong number = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final ConcurrentHashMap<String, OpenRequest> open = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closed = lock.newCondition();
    private final Thread thread;

    /// Changed under the lock.
    private volatile boolean closing;

    Requester(Queue replies, UUID life, int openMax, Clock clock) {
        this.replies = replies;
        this.clock = clock;
        this.openMax = openMax;
        this.life = life.toString();
        String name = "sinew-requester-" + replies.info().name();
        this.thread = Thread.ofVirtual().name(name).start(this::takeReplies);
    }

    /// Opens a requester. Its queue is made if it is not there; it has no queue for dead letters.
    ///
    /// @param replyQueue of this process alone, and the same after a restart, so that none is left
    ///   behind: `shop-3.replies`
    /// @param life no other requester has had it: a random one
    /// @throws SinewException as [Queues#create]
    public static Requester open(Queues queues, String replyQueue, UUID life)
            throws InterruptedException {
        return open(queues, replyQueue, life, OPEN_USUALLY);
    }

    /// As [#open(Queues, String, UUID)].
    ///
    /// @param openMax requests without an answer; beyond it another is refused
    public static Requester open(Queues queues, String replyQueue, UUID life, int openMax)
            throws InterruptedException {
        if (openMax < 1) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST, "A requester has room for one request at least");
        }
        if (queues.find(replyQueue).isEmpty()) {
            QueueSettings settings = QueueSettings.defaults().with(Map.of("dead.letters", "false"));
            try {
                var _ = queues.create(replyQueue, 1, settings);
            } catch (SinewException e) {
                // Somebody else was first.
                if (e.code() != ErrorCode.QUEUE_ALREADY_EXISTS) {
                    throw e;
                }
            }
        }
        return new Requester(queues.queue(replyQueue), life, openMax, queues.clock());
    }

    /// Sends a request. Unless it says how long it lives, it lives for as long as it may wait for
    /// its reply: nobody deals with a request in vain.
    ///
    /// @param to who answers
    /// @param time from now on; a millisecond to [#TIME_MAX]
    /// @throws SinewException `TOO_MANY_WAITERS`: so many have no answer yet; `INVALID_REQUEST`; as
    ///   [Queue#send(NewMessage)]
    public OpenRequest send(Queue to, NewMessage message, Duration time)
            throws InterruptedException {
        if (time.toMillis() < 1 || time.compareTo(TIME_MAX) > 0) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "A request waits from a millisecond to " + TIME_MAX.toHours() + " hours");
        }
        String correlation = life + "-" + number.incrementAndGet();
        var request = new OpenRequest(this, correlation, time, clock);
        keep(correlation, request);
        NewMessage lives = message.ttl().isPresent() ? message : message.withTtl(time);
        NewMessage complete =
                lives.withHeader(ReplyHeaders.REPLY_TO, replies.info().name())
                        .withHeader(ReplyHeaders.CORRELATION, correlation);
        boolean sent = false;
        try {
            var _ = to.send(complete);
            sent = true;
        } finally {
            if (!sent) {
                forget(correlation);
            }
        }
        return request;
    }

    /// Sends a request and waits for its reply.
    ///
    /// @throws SinewException as [#send]
    public Answer ask(Queue to, NewMessage message, Duration time) throws InterruptedException {
        return send(to, message, time).await();
    }

    private void keep(String correlation, OpenRequest request) {
        lock.lock();
        try {
            if (closing) {
                throw new SinewException(ErrorCode.LOG_STOPPED, "The requester is closed");
            }
            if (open.size() >= openMax) {
                // Nobody may have awaited those.
                open.values().removeIf(OpenRequest::isOver);
            }
            if (open.size() >= openMax) {
                throw new SinewException(
                        ErrorCode.TOO_MANY_WAITERS,
                        openMax
                                + " requests have no answer yet. Send slower, or wait for them for"
                                + " a shorter time");
            }
            open.put(correlation, request);
        } finally {
            lock.unlock();
        }
    }

    void forget(String correlation) {
        var _ = open.remove(correlation);
    }

    /// Requests without an answer.
    public int openCount() {
        return open.size();
    }

    /// Replies that were dropped, since nobody waited for them any more.
    public long droppedCount() {
        return dropped.get();
    }

    private void takeReplies() {
        try {
            while (!closing) {
                take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take() throws InterruptedException {
        try {
            List<Message> messages = replies.receiveAtMostOnce(Ledger.RECEIVE_MAX, RECEIVE_WAIT);
            messages.forEach(this::give);
        } catch (SinewException e) {
            if (!closing) {
                LOGGER.log(System.Logger.Level.WARNING, "replies=wait, queue=" + replies.info(), e);
                pauseAfterFailure();
            }
        }
    }

    private void give(Message reply) {
        Optional<String> correlation = reply.header(ReplyHeaders.CORRELATION);
        OpenRequest request = correlation.map(open::remove).orElse(null);
        if (request == null || !request.replied(reply)) {
            dropped.incrementAndGet();
        }
    }

    private void pauseAfterFailure() throws InterruptedException {
        lock.lock();
        try {
            long left = RECEIVE_WAIT.toNanos();
            while (!closing && left > 0) {
                left = closed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more replies: who waits for one is told so.
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            closed.signalAll();
        } finally {
            lock.unlock();
        }
        Joins.all(List.of(thread));
        open.values().forEach(OpenRequest::abandon);
        open.clear();
    }
}
