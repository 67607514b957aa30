package io.sinew.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sinew.base.Background;
import io.sinew.base.Metrics;
import io.sinew.base.Work;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.contracts.EngineContract;
import io.sinew.kit.Eventually;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.log.LogLimits;
import io.sinew.topics.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/// The simulated engine: the embedded one with one thread, on a simulated disk and clock. It is
/// reopened after a power failure.
final class SimulatedEngineContractTest extends EngineContract {
    private final Chance chance = new Chance(1);
    private final SimulatedClock clock = new SimulatedClock();
    private FaultyDisk disk = new FaultyDisk();
    private Steps steps;
    private EmbeddedEngine engine;
    private EmbeddedEngine other;

    @BeforeEach
    void open() throws IOException {
        steps = new Steps(chance, clock, new Trace(_ -> {}), new NothingElse());
        var settings = BrokerSettings.of(Map.of());
        var data = DataDirectory.open(disk, Path.of("/data"), "simulated");
        var broker = Broker.open(data, settings, LogLimits.defaults(), clock, new Metrics(), steps);
        engine = new EmbeddedEngine(broker, chance::id);
        other = new EmbeddedEngine(broker, chance::id);
    }

    private static final class NothingElse implements Steps.Meanwhile {
        @Override
        public void happens(String worker) {}

        @Override
        public void stepped() {}

        @Override
        public void makeRoom() {}
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Engine other() {
        return other;
    }

    @Override
    public void reopen() throws IOException {
        disk = disk.powerFailure(chance.source());
        open();
    }

    @Override
    public long nowMs() {
        return clock.nowMs();
    }

    /// One step of somebody whom whoever waits lets do it.
    private static final class OneStep implements Work {
        private final Act act;
        private boolean begun;
        private boolean over;
        private @Nullable Throwable failure;

        OneStep(Act act) {
            this.act = act;
        }

        @Override
        public long dueInNanos() {
            return begun ? OVER : 0;
        }

        @Override
        public void step() {
            begun = true;
            try {
                act.run();
            } catch (Throwable e) {
                failure = e;
            } finally {
                over = true;
            }
        }
    }

    @Override
    public Beside meanwhile(Act act) {
        var step = new OneStep(act);
        var lock = new ReentrantLock();
        steps.begin(step, Thread.ofVirtual().name("beside"), lock, lock.newCondition());
        return () -> {
            steps.workUntil(() -> step.over, Background.WITHOUT_LIMIT);
            if (step.failure != null) {
                throw new AssertionError("what went on beside the test failed", step.failure);
            }
        };
    }

    @Override
    public void awaitUntil(String what, Eventually.Condition condition) {
        assertThat(steps.workUntil(() -> holds(condition), PATIENCE.toNanos())).as(what).isTrue();
    }

    private static boolean holds(Eventually.Condition condition) {
        try {
            return condition.holds();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
