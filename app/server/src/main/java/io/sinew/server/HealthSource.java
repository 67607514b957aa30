package io.sinew.server;

import io.sinew.base.Clock;
import io.sinew.broker.Broker;
import io.sinew.http.Health;
import io.sinew.log.LogHealth;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The broker's state in the words of `GET /health`.
final class HealthSource implements Supplier<Health> {
    private final Broker broker;
    private final Clock clock;
    private final long openedNanos;

    HealthSource(Broker broker, Clock clock) {
        this.broker = broker;
        this.clock = clock;
        this.openedNanos = clock.nanos();
    }

    @Override
    public Health get() {
        return switch (broker.health()) {
            case LogHealth.Status.Running() -> health(Health.Status.UP, "");
            case LogHealth.Status.DiskFull() ->
                    health(
                            Health.Status.DEGRADED,
                            "The disk is full: free some space where "
                                    + broker.dataDirectory()
                                    + " is. Writes are refused until then and taken again by"
                                    + " themselves; reads go on");
            case LogHealth.Status.Stopped(String reason) ->
                    health(Health.Status.DOWN, "Writes are refused, reads go on: " + reason);
        };
    }

    private Health health(Health.Status status, String detail) {
        long uptimeMs = TimeUnit.NANOSECONDS.toMillis(clock.nanos() - openedNanos);
        return new Health(status, detail, SinewServer.version(), uptimeMs);
    }
}
