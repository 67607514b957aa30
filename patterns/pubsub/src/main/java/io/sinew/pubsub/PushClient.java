package io.sinew.pubsub;

import io.sinew.base.Check;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/// What all pushes of a process share, which is little: the rules for endpoints, and bounds on what
/// all of them have open. Nothing is ever waited for that another endpoint has, so that one that
/// hangs costs the others nothing. Safe for any thread.
///
/// One platform thread, `sinew-push-timer`, ends attempts whose time is over.
public final class PushClient implements AutoCloseable {
    /// Attempts under way of all endpoints together. Each endpoint may have one all the same; more
    /// only while it has fewer than are left for others, so that no few of them take all.
    public static final int ATTEMPTS_MAX = 2_048;

    /// Bytes of the bodies of those attempts, in the same way.
    public static final long BYTES_MAX = 256L << 20;

    /// Connections of all endpoints together that are kept while nobody uses them.
    public static final int IDLE_MAX = 2_048;

    /// Names of hosts that are looked up at a time, each on a thread of its own; one of each
    /// endpoint at most.
    public static final int LOOKUPS_MAX = 256;

    private static final long SWEEP_SECONDS = 5;

    private final EndpointRules rules;
    private final EndpointLookup lookup;
    private final SSLSocketFactory tls;
    private final int attemptsMax;
    private final Metrics metrics;
    private final Semaphore lookups = new Semaphore(LOOKUPS_MAX, true);
    private final AtomicInteger idle = new AtomicInteger();
    private final Set<PushLine> lines = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private int underWay;
    private long underWayBytes;

    PushClient(
            EndpointRules rules,
            EndpointLookup lookup,
            SSLContext tls,
            int attemptsMax,
            Metrics metrics) {
        this.rules = rules;
        this.lookup = lookup;
        this.tls = tls.getSocketFactory();
        this.attemptsMax = attemptsMax;
        this.metrics = metrics;
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("sinew-push-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        var _ =
                timer.scheduleWithFixedDelay(
                        () -> lines.forEach(PushLine::sweep),
                        SWEEP_SECONDS,
                        SWEEP_SECONDS,
                        TimeUnit.SECONDS);
        metrics.gauge(PushMetric.UNDER_WAY, this::underWay);
    }

    /// Opens a client that trusts whom the JDK trusts.
    public static PushClient open(EndpointRules rules, Metrics metrics) {
        try {
            return open(rules, SSLContext.getDefault(), metrics);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK's own TLS can't be set up", e);
        }
    }

    /// Opens a client.
    ///
    /// @param tls says which certificates are trusted
    public static PushClient open(EndpointRules rules, SSLContext tls, Metrics metrics) {
        return new PushClient(rules, EndpointLookup.system(), tls, ATTEMPTS_MAX, metrics);
    }

    /// Where pushes may go.
    public EndpointRules rules() {
        return rules;
    }

    SSLSocketFactory tls() {
        return tls;
    }

    Metrics metrics() {
        return metrics;
    }

    PushDeadline deadline(Duration time) {
        return new PushDeadline(timer, time);
    }

    // ---- lines

    /// A way to an endpoint, until it is closed.
    ///
    /// @throws SinewException `INVALID_CONFIG` for an endpoint that is never allowed
    PushLine line(PushSettings settings) {
        rules.require(settings.url());
        String host = EndpointUrl.parse(settings.url()).host();
        var line = new PushLine(this, settings, new PushLookup(lookup, host, lookups));
        lines.add(line);
        return line;
    }

    void closed(PushLine line) {
        lines.remove(line);
    }

    /// How many more attempts an endpoint may begin, as far as their number decides.
    int room(PushLine line) {
        lock.lock();
        try {
            if (line.underWay > 0 && !hasRoom(line)) {
                return 0;
            }
            // Each of them is one more here and one less for others.
            int more = attemptsMax - underWay - line.underWay;
            return Math.max(line.underWay == 0 ? 1 : 0, (more + 1) / 2);
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom(PushLine line) {
        return line.underWay < attemptsMax - underWay
                && line.underWayBytes < BYTES_MAX - underWayBytes;
    }

    /// Whether another attempt may begin, which then counts as begun.
    boolean begin(PushLine line, int bodyBytes) {
        lock.lock();
        try {
            if (line.underWay > 0 && !hasRoom(line)) {
                return false;
            }
            line.underWay++;
            underWay++;
            line.underWayBytes += bodyBytes;
            underWayBytes += bodyBytes;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// One has ended.
    void end(PushLine line, int bodyBytes) {
        lock.lock();
        try {
            Check.that(line.underWay > 0, "what ends has begun");
            line.underWay--;
            underWay--;
            line.underWayBytes -= bodyBytes;
            underWayBytes -= bodyBytes;
        } finally {
            lock.unlock();
        }
    }

    private int underWay() {
        lock.lock();
        try {
            return underWay;
        } finally {
            lock.unlock();
        }
    }

    /// Whether one more connection may be kept, which then counts as idle.
    boolean mayIdle() {
        return idle.getAndUpdate(count -> Math.min(count + 1, IDLE_MAX)) < IDLE_MAX;
    }

    void idleEnded() {
        idle.decrementAndGet();
    }

    /// Ends it, when all that push have ended.
    @Override
    public void close() {
        lines.forEach(PushLine::close);
        timer.shutdownNow();
    }
}
