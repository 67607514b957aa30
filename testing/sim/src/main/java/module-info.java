import io.sinew.sim.SilentLogs;

/// Runs the broker, the log and the coordinators in one thread on a simulated disk and clock. A
/// seed decides everything that happens; a model says after each step what must be true.
@org.jspecify.annotations.NullMarked
module io.sinew.sim {
    requires info.picocli;
    requires io.sinew.broker;
    requires io.sinew.kit;

    opens io.sinew.sim to
            info.picocli;

    provides System.LoggerFinder with
            SilentLogs;
}
