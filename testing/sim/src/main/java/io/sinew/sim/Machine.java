package io.sinew.sim;

import io.sinew.base.ErrorCode;
import io.sinew.base.Metrics;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.BrokerSettings;
import io.sinew.kit.FaultyDisk;
import io.sinew.log.DataDirectory;
import io.sinew.log.LogHealth;
import io.sinew.log.LogLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// The simulated machine: a disk, a clock, and the process of a broker that comes and goes.
final class Machine {
    static final Path DATA = Path.of("/data");

    private static final int WAITING_BYTES_MAX = 384 << 10;

    private static final BrokerSettings SETTINGS =
            BrokerSettings.of(
                    Map.of(
                            BrokerSettings.RETENTION_CHECK_MS,
                            "30000",
                            BrokerSettings.COMPACTION_CHECK_MS,
                            "3000",
                            BrokerSettings.PRODUCER_ID_EXPIRATION_MS,
                            "1000000000000",
                            "transactional.id.expiration.ms",
                            "1000000000000"));

    private static final int STARTS_MAX = 50;

    private final Chance chance;
    private final SimulatedClock clock;
    private final Trace trace;
    private final Steps.Meanwhile meanwhile;
    private final long salt;
    private final LogLimits limits;
    private FaultyDisk disk = new FaultyDisk();
    private long tracedOperations;
    private @Nullable Broker broker;
    private @Nullable Steps steps;

    /// Whether an operation is going to fail, or has failed in the present step.
    private boolean sabotaged;

    private boolean limited;

    Machine(Chance chance, SimulatedClock clock, Trace trace, Steps.Meanwhile meanwhile) {
        this.chance = chance;
        this.clock = clock;
        this.trace = trace;
        this.meanwhile = meanwhile;
        this.salt = chance.between(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2);
        this.limits = limits(chance.any(List.of(4 << 10, 8 << 10, 32 << 10)));
    }

    /// Everything happens often.
    ///
    /// @param bufferBytes the smaller, the more often an append begins another block, so that a
    ///   crash parts it from the one before
    private static LogLimits limits(int bufferBytes) {
        return new LogLimits(
                LogLimits.Durability.FSYNC,
                64 << 10,
                1 << 20,
                256 << 10,
                5_000,
                bufferBytes,
                WAITING_BYTES_MAX / bufferBytes,
                64 << 10,
                200,
                30_000);
    }

    /// The most that is written at a time.
    int blockBytes() {
        return limits.bufferBytes();
    }

    FaultyDisk disk() {
        return disk;
    }

    Broker broker() {
        if (broker == null) {
            throw new BrokenPromise("the simulation uses a broker that does not run");
        }
        return broker;
    }

    Steps steps() {
        if (steps == null) {
            throw new BrokenPromise("the simulation does steps of a broker that does not run");
        }
        return steps;
    }

    /// Whether there is a process.
    boolean isUp() {
        return broker != null;
    }

    boolean isRunning() {
        return broker().health() instanceof LogHealth.Status.Running;
    }

    boolean isStopped() {
        return broker().health() instanceof LogHealth.Status.Stopped;
    }

    /// Whether the broker may refuse what it would have to do otherwise.
    boolean isExcused() {
        return sabotaged || limited || disk.isOff() || !isRunning();
    }

    // ---- starts and ends

    /// Starts the broker, also if the machine dies some times meanwhile.
    void start() {
        for (int starts = 1; ; starts++) {
            BrokenPromise.unless(starts < STARTS_MAX, "it does not start any more");
            if (starts < 4 && chance.oneIn(6)) {
                dieAfter(1 + chance.below(80));
            } else if (starts < 4 && chance.oneIn(20)) {
                limitTo(chance.below(100_000));
            }
            try {
                open();
                return;
            } catch (IOException | SinewException e) {
                trace.add("the start failed");
                BrokenPromise.unless(!isDamage(e), "a start was refused: " + e.getMessage());
                if (limited) {
                    heal();
                    die(false);
                } else if (disk.isOff()) {
                    die(chance.oneIn(2));
                } else {
                    throw new BrokenPromise("a start was refused: " + e.getMessage(), e);
                }
            }
        }
    }

    private static boolean isDamage(Exception e) {
        return e instanceof SinewException refusal && refusal.code() == ErrorCode.DAMAGED_DATA;
    }

    /// Starts it on a directory that somebody has damaged. It may refuse, and then has to leave
    /// everything as it was.
    ///
    /// @return whether it has started
    boolean startDamaged() {
        SortedMap<Path, byte[]> before = disk.files();
        try {
            open();
            return true;
        } catch (SinewException e) {
            BrokenPromise.unless(
                    e.code() == ErrorCode.DAMAGED_DATA, "a start was refused with " + e.code());
            SortedMap<Path, byte[]> after = disk.files();
            BrokenPromise.unless(
                    before.keySet().equals(after.keySet())
                            && before.entrySet().stream()
                                    .allMatch(file ->
                                            Arrays.equals(
                                                    file.getValue(), after.get(file.getKey()))),
                    "a refused start changed the data directory");
            return false;
        } catch (IOException e) {
            throw new BrokenPromise("a start failed on a disk that works", e);
        }
    }

    private void open() throws IOException {
        var fresh = new Steps(chance, clock, trace, meanwhile);
        steps = fresh;
        DataDirectory data = DataDirectory.open(disk, DATA, "simulated", salt);
        broker = Broker.open(data, SETTINGS, limits, clock, new Metrics(), fresh);
        trace.add("started, epoch " + broker.leaderEpoch());
    }

    /// Lets it die at the disk's operation after so many others.
    void dieAfter(int operations) {
        trace.add("death in " + operations + " operations");
        disk.powerOffAt(disk.operations() + operations, 50 * chance.below(3));
    }

    /// Lets it die when a compacted segment takes the place of others, some operations after its
    /// first change of name.
    void dieInSwap(int operations) {
        trace.add("death in a swap, after " + operations + " operations");
        disk.powerOffBehind(
                FaultyDisk.Selection.of(FaultyDisk.Operation.MOVE, ".cleaned"), operations);
    }

    /// Ends the process, by a power failure or without.
    void die(boolean powerFailure) {
        traceOperations();
        trace.add(powerFailure ? "power failure" : "process death");
        disk = powerFailure ? disk.powerFailure(chance.source()) : disk.processDeath();
        disk.files().forEach((path, bytes) -> trace.mix(bytes));
        tracedOperations = 0;
        sabotaged = false;
        limited = false;
        broker = null;
    }

    /// Ends the process as an administrator would.
    void stop() {
        try {
            broker().close();
        } catch (IOException | SinewException e) {
            BrokenPromise.unless(isExcused(), "it could not be stopped: " + e);
        }
    }

    // ---- the disk

    void limitTo(long freeBytes) {
        disk.limitTo(disk.usedBytes() + freeBytes);
        limited = true;
    }

    void failNext(FaultyDisk.Operation operation) {
        disk.failNext(event -> event.operation() == operation, new IOException("I/O error"));
        sabotaged = true;
    }

    void heal() {
        disk.heal();
        limited = false;
        sabotaged = false;
    }

    /// A step is over: what failed in it is no excuse for the next one.
    void stepIsOver() {
        traceOperations();
        sabotaged &= !disk.hasFailed();
    }

    private void traceOperations() {
        for (FaultyDisk.Event event : disk.eventsAfter(tracedOperations)) {
            trace.mix(event.operation().name());
            trace.mix(event.path().toString());
        }
        tracedOperations = disk.operations();
    }
}
