package io.sinew.pubsub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/// The way to one endpoint: its connections, which nobody else uses. Safe for any thread.
final class PushLine implements AutoCloseable {
    /// Addresses of a name that an attempt tries.
    private static final int ADDRESSES_TRIED_MAX = 3;

    /// How long a connection that nobody uses is kept.
    private static final long IDLE_MAX_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final PushClient client;
    private final PushSettings settings;
    private final EndpointUrl url;
    private final PushLookup lookup;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final ArrayDeque<PushConnection> idle = new ArrayDeque<>();
    private boolean closed;

    // Under the client's lock: attempts under way, and their bodies.
    int underWay;
    long underWayBytes;

    PushLine(PushClient client, PushSettings settings, PushLookup lookup) {
        this.client = client;
        this.settings = settings;
        this.url = EndpointUrl.parse(settings.url());
        this.lookup = lookup;
    }

    /// Makes an attempt, within the time that its settings give it.
    PushOutcome post(WebhookRequest request, long nowMs) throws InterruptedException {
        try (PushDeadline deadline = client.deadline(Duration.ofMillis(settings.timeoutMs()))) {
            try {
                return outcome(answer(request, deadline), nowMs);
            } catch (IOException | HttpException e) {
                return deadline.isOver()
                        ? new PushOutcome.Unanswered(
                                PushTrouble.TIMEOUT,
                                "no answer within " + settings.timeoutMs() + " ms")
                        : failure(e);
            }
        }
    }

    private static PushOutcome outcome(PushAnswer answer, long nowMs) {
        int status = answer.status();
        Optional<Duration> wait =
                answer.retryAfter().flatMap(text -> WebhookRetryAfter.parse(text, nowMs));
        if (status >= 200 && status <= 299) {
            return new PushOutcome.Delivered(status);
        }
        return switch (status) {
            case 410 -> new PushOutcome.Gone();
            case 429, 502, 503, 504 -> new PushOutcome.Throttled(status, wait);
            default -> new PushOutcome.Refused(status, wait);
        };
    }

    private static PushOutcome failure(Exception e) {
        PushTrouble trouble =
                switch (e) {
                    case EndpointRefusedException _ -> PushTrouble.ADDRESS;
                    case UnknownHostException _ -> PushTrouble.LOOKUP;
                    case SSLException _ -> PushTrouble.TLS;
                    case ConnectException _,
                            NoRouteToHostException _,
                            PortUnreachableException _,
                            SocketTimeoutException _ ->
                            PushTrouble.CONNECT;
                    default -> PushTrouble.PROTOCOL;
                };
        String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new PushOutcome.Unanswered(trouble, trouble.label() + ": " + cause);
    }

    private PushAnswer answer(WebhookRequest request, PushDeadline deadline)
            throws IOException, HttpException, InterruptedException {
        PushConnection kept = takeIdle();
        if (kept != null) {
            try {
                return use(kept, request, deadline);
            } catch (NoHttpResponseException | ConnectionClosedException | SocketException e) {
                // Most likely it was closed on the other side just when we began, which says
                // nothing of the message. If it was not: receivers know a message by its id.
                if (deadline.isOver()) {
                    throw e;
                }
            }
        }
        return use(connect(deadline), request, deadline);
    }

    private PushAnswer use(PushConnection connection, WebhookRequest request, PushDeadline deadline)
            throws IOException, HttpException {
        boolean reusable = false;
        try {
            deadline.guard(connection.socket());
            PushAnswer answer = connection.exchange(url, request, deadline);
            reusable = answer.reusable();
            return answer;
        } finally {
            if (!deadline.release() || !reusable || !keep(connection)) {
                connection.close();
            }
        }
    }

    // ---- connections

    /// The addresses that are looked at are those that are connected to.
    private PushConnection connect(PushDeadline deadline) throws IOException, InterruptedException {
        Optional<InetAddress> literal = url.literal();
        List<InetAddress> addresses =
                literal.isPresent() ? List.of(literal.get()) : lookup.addresses(deadline);
        String refusal = "";
        IOException failure = null;
        int tried = 0;
        for (InetAddress address : addresses) {
            Optional<String> refused = client.rules().refusal(address, url.https());
            if (refused.isPresent()) {
                refusal = refused.get();
            } else if (tried < ADDRESSES_TRIED_MAX && !deadline.isOver()) {
                tried++;
                try {
                    return PushConnection.open(
                            url,
                            address,
                            client.tls(),
                            (int) settings.connectTimeoutMs(),
                            deadline);
                } catch (IOException e) {
                    failure = e;
                }
            }
        }
        throw failure == null ? new EndpointRefusedException(refusal) : failure;
    }

    private @Nullable PushConnection takeIdle() {
        for (PushConnection next = pollIdle(); next != null; next = pollIdle()) {
            if (next.isAlive()) {
                return next;
            }
            next.close();
        }
        return null;
    }

    /// The one that was used last.
    private @Nullable PushConnection pollIdle() {
        lock.lock();
        try {
            PushConnection last = idle.pollLast();
            if (last != null) {
                client.idleEnded();
            }
            return last;
        } finally {
            lock.unlock();
        }
    }

    private boolean keep(PushConnection connection) {
        lock.lock();
        try {
            if (closed || idle.size() >= settings.concurrency() || !client.mayIdle()) {
                return false;
            }
            idle.addLast(connection);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Closes connections that nobody used for long.
    void sweep() {
        closeIdle(IDLE_MAX_NANOS);
    }

    private void closeIdle(long olderThanNanos) {
        lock.lock();
        try {
            while (!idle.isEmpty() && idle.getFirst().idleNanos() > olderThanNanos) {
                idle.removeFirst().close();
                client.idleEnded();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closeIdle(-1);
        } finally {
            lock.unlock();
        }
        client.closed(this);
    }
}
