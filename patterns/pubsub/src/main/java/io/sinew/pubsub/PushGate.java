package io.sinew.pubsub;

import io.sinew.ledger.Pace;
import java.util.concurrent.TimeUnit;

/// Decides how many messages may go to an endpoint now, by everything that is known of it: its
/// concurrency and rate, how much it can take, what it asked us to wait for, and whether it is to
/// be left alone. A state machine: time is an argument, in the nanoseconds of one clock. One thread
/// at a time.
final class PushGate {
    private final PushBreaker breaker;
    private final PushWindow window;
    private final Pace pace;
    private final boolean hasRate;
    private long pausedUntilNanos;

    PushGate(PushSettings settings, long nowNanos) {
        breaker =
                new PushBreaker(
                        settings.breakerFailures(),
                        TimeUnit.MILLISECONDS.toNanos(settings.breakerFirstMs()),
                        TimeUnit.MILLISECONDS.toNanos(settings.breakerMaxMs()));
        window = new PushWindow(settings.concurrency());
        pace = new Pace(settings.perSecond(), nowNanos);
        hasRate = settings.perSecond() > 0;
        pausedUntilNanos = nowNanos;
    }

    /// How many messages may begin, with so many under way.
    int room(long nowNanos, int underWay) {
        if (waitNanos(nowNanos) > 0) {
            return 0;
        }
        int room = Math.max(0, window.size() - underWay);
        return breaker.room(nowNanos, underWay, hasRate ? Math.min(room, 1) : room);
    }

    /// How long nothing may begin, whatever ends meanwhile; 0 or less for no such time.
    long waitNanos(long nowNanos) {
        return Math.max(
                Math.max(pace.earlyNanos(nowNanos), pausedUntilNanos - nowNanos),
                breaker.openNanos(nowNanos));
    }

    /// One begins.
    void begin(long nowNanos) {
        pace.begin(nowNanos);
    }

    /// What became of one that had begun.
    ///
    /// @return whether the endpoint is left alone from now on
    boolean ended(long nowNanos, PushOutcome outcome) {
        outcome.askedWait()
                .ifPresent(wait -> pausedUntilNanos = later(nowNanos + wait.toNanos(), nowNanos));
        if (outcome instanceof PushOutcome.Throttled) {
            window.throttled();
        } else if (outcome instanceof PushOutcome.Delivered) {
            window.succeeded();
        }
        if (outcome.isTroubleOfEndpoint()) {
            return breaker.failed(nowNanos);
        }
        breaker.succeeded();
        return false;
    }

    private long later(long candidateNanos, long nowNanos) {
        return candidateNanos - nowNanos > pausedUntilNanos - nowNanos
                ? candidateNanos
                : pausedUntilNanos;
    }

    PushBreaker.State breaker(long nowNanos) {
        return breaker.state(nowNanos);
    }
}
