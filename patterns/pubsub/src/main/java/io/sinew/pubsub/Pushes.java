package io.sinew.pubsub;

import io.sinew.base.Clock;
import io.sinew.base.Joins;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The pushes of this process: of each subscription that has one, as far as its partitions are
/// here. Safe for any thread.
final class Pushes implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Pushes.class.getName());

    private final EndpointRules rules;
    private final Metrics metrics;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    /// Those that run, by their subscriptions' ids.
    private final Map<String, Running> running = new HashMap<>();

    /// Those that take no more messages, until their endpoints are done with what they have.
    private final List<Thread> ending = new ArrayList<>();

    /// Opened for the first push: where there is none, no thread waits for it.
    private @Nullable PushClient client;

    private record Running(PushSettings settings, PushConsumer consumer) {}

    Pushes(EndpointRules rules, Metrics metrics, Clock clock) {
        this.rules = rules;
        this.metrics = metrics;
        this.clock = clock;
    }

    /// Refuses a push to where nothing would ever be sent.
    ///
    /// @throws SinewException `INVALID_CONFIG`
    void require(PushSettings settings) {
        rules.require(settings.url());
    }

    /// Has a subscription's push run as it is to: not at all, or with these settings. One whose
    /// endpoint wanted no more begins again when somebody has resumed the subscription.
    void keep(Subscription subscription, Optional<PushSettings> wanted) {
        String id = subscription.info().id();
        lock.lock();
        try {
            Running known = running.get(id);
            if (known != null && !isToGoOn(known, subscription, wanted)) {
                running.remove(id);
                end(known);
                known = null;
            }
            if (known == null && wanted.isPresent()) {
                running.put(id, start(subscription, wanted.get()));
            }
        } finally {
            lock.unlock();
        }
    }

    /// It takes no more messages when this returns. Nobody waits for those that an endpoint has,
    /// which may hang: other subscriptions are waiting for whoever called this.
    private void end(Running push) {
        push.consumer().takeNoMore();
        closeBehind(push);
        ending.removeIf(thread -> !thread.isAlive());
    }

    private void closeBehind(Running push) {
        ending.add(Thread.ofVirtual().name("sinew-push-close").start(push.consumer()::close));
    }

    private static boolean isToGoOn(
            Running known, Subscription subscription, Optional<PushSettings> wanted) {
        boolean over = known.consumer().status().state() == PushStatus.State.DISABLED;
        return wanted.equals(Optional.of(known.settings())) && !(over && !isPaused(subscription));
    }

    private static boolean isPaused(Subscription subscription) {
        try {
            return subscription.isPaused();
        } catch (SinewException e) {
            // A partition has just gone: it is looked at again.
            return true;
        }
    }

    private Running start(Subscription subscription, PushSettings settings) {
        PushClient opened = client;
        if (opened == null) {
            opened = PushClient.open(rules, metrics);
            client = opened;
        }
        return new Running(
                settings,
                PushConsumer.start(
                        subscription.ledger(),
                        subscription.info().topic() + "-" + subscription.info().id(),
                        settings,
                        opened,
                        clock,
                        reason -> disabled(subscription, reason)));
    }

    /// The pause lasts, so that nothing is sent there after a restart either.
    private static void disabled(Subscription subscription, String reason) {
        String name = subscription.info().topic() + "/" + subscription.info().name();
        LOGGER.log(
                System.Logger.Level.WARNING, "push=disabled subscription=" + name + " " + reason);
        try {
            subscription.pause(true);
        } catch (SinewException e) {
            LOGGER.log(System.Logger.Level.WARNING, "push=not paused subscription=" + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// How a subscription's push is doing here, if it has one.
    Optional<PushStatus> status(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(running.get(id)).map(each -> each.consumer().status());
        } finally {
            lock.unlock();
        }
    }

    /// Ends a subscription's push, if it has one: its messages stay.
    void stop(String id) {
        lock.lock();
        try {
            Running known = running.remove(id);
            if (known != null) {
                end(known);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends all of them at the same time.
    @Override
    public void close() {
        List<Thread> all;
        PushClient opened;
        lock.lock();
        try {
            running.values().forEach(this::closeBehind);
            running.clear();
            all = List.copyOf(ending);
            opened = client;
            client = null;
        } finally {
            lock.unlock();
        }
        Joins.all(all);
        if (opened != null) {
            opened.close();
        }
    }
}
