package io.sinew.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sinew.kit.ChildJvm;
import io.sinew.kit.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationTest {
    /// As many as fit the time that a check has.
    private static final int SEEDS = 120;

    @Test
    void whatever_befalls_disk_and_process_all_promises_are_kept() {
        String only = System.getProperty("seed");
        if (only != null) {
            Simulation.run(Long.parseLong(only), Sim.STEPS);
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            Simulation.run(seed, Sim.STEPS);
        }
    }

    @Test
    void the_same_seed_gives_the_same_run() {
        for (long seed = 1001; seed <= 1005; seed++) {
            Simulation.Outcome once = Simulation.run(seed, Sim.STEPS);
            assertThat(Simulation.run(seed, Sim.STEPS)).isEqualTo(once);
        }
    }

    /// Sets and maps without an order have another one in each process.
    @Test
    void another_process_repeats_a_run(@TempDir Path folder) throws Exception {
        long sum = Simulation.run(1001, Sim.STEPS).sum();
        try (ChildProcess process =
                ChildJvm.of(Sim.class).start("sim", folder.resolve("out"), List.of("1001"))) {
            String line =
                    process.awaitLine(Duration.ofMinutes(1), text -> text.startsWith("seed 1001"));
            assertThat(line).contains(String.format(Locale.ROOT, "%016x", sum));
        }
    }

    @Test
    void different_seeds_give_different_runs() {
        assertThat(Simulation.run(1001, 50).sum()).isNotEqualTo(Simulation.run(1002, 50).sum());
    }

    @Test
    void a_broken_promise_names_its_seed_and_what_happened_last() {
        var failure =
                new FailedRun(17, 50, 3, List.of("append", "death"), new BrokenPromise("lost"));
        assertThat(failure)
                .hasMessageContaining("seed 17, step 3: lost")
                .hasMessageContaining("death")
                .hasMessageContaining("./dev sim 17 --steps 50");
    }

    @Test
    void who_waits_for_what_nobody_does_is_found() {
        var steps =
                new Steps(
                        new Chance(1),
                        new SimulatedClock(),
                        new Trace(_ -> {}),
                        new Steps.Meanwhile() {
                            @Override
                            public void happens(String worker) {}

                            @Override
                            public void stepped() {}

                            @Override
                            public void makeRoom() {}
                        });
        assertThatThrownBy(() -> steps.workUntil(() -> false, Long.MAX_VALUE))
                .isInstanceOf(BrokenPromise.class)
                .hasMessageContaining("nobody does");
    }
}
