package io.sinew.sim;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.kit.Batches;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One run from one seed: a number of steps, each of them one thing that a client does, a worker
/// does, time does or a disk suffers, and after each a look whether all promises are kept; in the
/// end all is healed, and everything must work again.
final class Simulation implements Steps.Meanwhile {
    private static final int WEIGHTS_MAX = 4;

    private final Chance chance;
    private final SimulatedClock clock = new SimulatedClock();
    private final Trace trace;
    private final Promises promises = new Promises();
    private final TopicsModel topics = new TopicsModel();
    private final Machine machine;
    private final LogClients clients;
    private final GroupClients groups;
    private final ConsumerClients consumers;
    private final TransactionsModel transactionsModel;
    private final TransactionClients transactions;
    private final CommitClient commits;
    private final Faults faults;
    private final List<Happening> happenings;
    private final List<Happening> meanwhile;

    /// Something that may happen.
    private interface Act {
        void run() throws IOException, InterruptedException;
    }

    private record Happening(int weight, Act act) {}

    /// What came of a run.
    ///
    /// @param sum the same for the same run
    record Outcome(long seed, int steps, long sum) {}

    private Simulation(long seed, Consumer<String> reader) {
        chance = new Chance(seed);
        trace = new Trace(reader);
        machine = new Machine(chance, clock, trace, this);
        var world = new World(chance, clock, trace, machine, promises, topics);
        clients = new LogClients(world);
        groups = new GroupClients(world);
        consumers = new ConsumerClients(world);
        transactionsModel = new TransactionsModel(world);
        transactions = new TransactionClients(world, clients, transactionsModel);
        commits = new CommitClient(world);
        faults = new Faults(world, clients);
        happenings = happenings();
        meanwhile =
                List.of(
                        new Happening(4, clients::appendPlain),
                        new Happening(4, clients::appendIdempotent),
                        new Happening(2, clients::read),
                        new Happening(1, clients::trim),
                        new Happening(1, groups::commitAlone),
                        new Happening(3, transactions::act));
    }

    /// Runs a seed.
    ///
    /// @throws FailedRun when a promise was broken
    static Outcome run(long seed, int steps) {
        return run(seed, steps, _ -> {});
    }

    /// As above, and tells what happens, line by line.
    ///
    /// @throws FailedRun when a promise was broken
    static Outcome run(long seed, int steps, Consumer<String> reader) {
        var simulation = new Simulation(seed, reader);
        int step = 0;
        try {
            simulation.machine.start();
            for (; step < steps; step++) {
                simulation.step();
            }
            simulation.endWell();
            return new Outcome(seed, steps, simulation.trace.sum());
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            throw new FailedRun(seed, steps, step, simulation.trace.tail(), e);
        }
    }

    /// What may happen, and how often in this run: each seed has its own mixture, because what
    /// seldom happens in all of them would never happen often in one.
    private List<Happening> happenings() {
        var all = new ArrayList<Happening>();
        add(all, 60, clients::appendPlain);
        add(all, 60, clients::appendIdempotent);
        add(all, 120, transactions::act);
        add(all, 15, transactions::actAsZombie);
        add(all, 20, transactions::read);
        add(all, 4, transactions::checkOffsets);
        add(all, 6, transactions::commitPlainly);
        add(all, 30, clients::read);
        add(all, 15, clients::lookUpTime);
        add(all, 10, clients::readTable);
        add(all, 4, clients::fillTable);
        add(all, 8, clients::trim);
        add(all, 3, clients::addPartitions);
        add(all, 4, clients::deleteTopic);
        add(all, 50, groups::act);
        add(all, 50, consumers::act);
        add(all, 8, consumers::commitAsGhost);
        add(all, 10, groups::commitAlone);
        add(all, 3, groups::checkAlone);
        add(all, 40, commits::act);
        add(all, 1, faults::failSync);
        add(all, 1, faults::failOperation);
        add(all, 1, faults::fillDisk);
        add(all, 2, faults::dieSoon);
        add(all, 2, faults::dieInSwap);
        add(all, 2, faults::flipRecords);
        add(all, 1, this::restart);
        // Whatever the mixture, these are in it.
        all.add(new Happening(8, clients::createTopic));
        all.add(new Happening(120, () -> machine.steps().nextStep()));
        all.add(new Happening(25, this::passTime));
        all.add(new Happening(4, faults::heal));
        all.add(new Happening(1, this::flipWhileDown));
        return all;
    }

    private void add(List<Happening> all, int weight, Act act) {
        all.add(new Happening(weight * chance.below(WEIGHTS_MAX), act));
    }

    private void happen(List<Happening> choices) throws IOException, InterruptedException {
        int sum = choices.stream().mapToInt(Happening::weight).sum();
        int at = chance.below(sum);
        for (Happening choice : choices) {
            at -= choice.weight();
            if (at < 0) {
                choice.act().run();
                return;
            }
        }
    }

    private void step() throws IOException, InterruptedException {
        boolean excused = machine.isExcused();
        try {
            happen(happenings);
        } catch (SinewException e) {
            refused(e, excused);
        } catch (IOException e) {
            BrokenPromise.unless(
                    excused || machine.isExcused(),
                    "an operation failed on a disk that works: " + e);
        }
        if (machine.disk().isOff()) {
            resurrect(chance.oneIn(2));
        } else if (machine.isStopped() && chance.oneIn(3)) {
            resurrect(chance.oneIn(3));
        }
        check();
        if (excused || machine.isExcused()) {
            groups.forgetUnstored();
        }
        machine.stepIsOver();
    }

    private void refused(SinewException e, boolean excused) {
        boolean forLackOfDisk =
                switch (e.code()) {
                    case DISK_FULL, LOG_STOPPED, TIMED_OUT, INTERNAL_ERROR -> true;
                    default -> false;
                };
        trace.add("refused: " + e.code());
        if (!forLackOfDisk || !(excused || machine.isExcused())) {
            throw new BrokenPromise("refused without need: " + e.getMessage(), e);
        }
    }

    private void check() throws InterruptedException {
        transactionsModel.notice();
        transactions.noticeAnswers();
        promises.settle();
        clients.noticeRetention();
        promises.settle();
        groups.noticeAnswers();
        consumers.check();
        topics.check(machine.broker());
        transactionsModel.check();
    }

    private void passTime() {
        long ms = chance.oneIn(40) ? chance.between(1, 120_000) : chance.between(1, 500);
        trace.add(ms + " ms pass");
        clock.pass(ms * 1_000_000);
    }

    // ---- restarts

    private void restart() throws IOException {
        trace.add("stop");
        machine.stop();
        promises.settle();
        BrokenPromise.unless(
                promises.isEmpty() || machine.isExcused(),
                "a stop left something that is not durable");
        resurrect(chance.oneIn(2));
    }

    private void flipWhileDown() throws IOException, InterruptedException {
        if (faults.flipWhileDown(this::ended)) {
            resurrected();
        }
    }

    /// Ends the process and starts the next one.
    private void resurrect(boolean powerFailure) throws IOException {
        promises.settle();
        clients.noticeRetention();
        groups.noticeAnswers();
        dieAndStart(powerFailure);
    }

    private void dieAndStart(boolean powerFailure) throws IOException {
        ended();
        machine.die(powerFailure);
        machine.start();
        resurrected();
    }

    /// The process ends, or is about to: what is not certain now is for the next one to tell.
    private void ended() {
        promises.ended();
        transactionsModel.ended();
    }

    /// Looks whether what a restart left may be that, and begins again if the machine dies over it.
    private void resurrected() throws IOException {
        try {
            // First what was durable when it started; then what the start has added, which is not.
            Broker broker = machine.broker();
            transactions.restarted(broker);
            topics.restarted(broker);
            transactionsModel.resumed();
            transactions.resumed(broker);
            promises.restarted(broker);
            groups.restarted();
            commits.restarted();
            consumers.restarted();
            promises.settle();
            clients.readAll();
            transactions.readAll();
        } catch (IOException | SinewException e) {
            BrokenPromise.unless(machine.disk().isOff(), "not to be read after a restart: " + e);
        } catch (InterruptedException e) {
            throw new BrokenPromise("nobody interrupts", e);
        }
        if (machine.disk().isOff()) {
            dieAndStart(chance.oneIn(2));
        }
    }

    // ---- what others do while somebody waits

    @Override
    public void happens(String worker) {
        trace.add("  meanwhile, in " + worker);
        try {
            promises.settle();
            clients.noticeRetention();
            happen(meanwhile);
        } catch (SinewException | IOException e) {
            trace.add("refused meanwhile");
        } catch (InterruptedException e) {
            throw new BrokenPromise("nobody interrupts", e);
        }
    }

    @Override
    public void stepped() {
        transactionsModel.notice();
    }

    @Override
    public void makeRoom() {
        machine.heal();
    }

    // ---- the end

    private boolean isFull() {
        return !machine.isRunning() && !machine.isStopped();
    }

    private void endWell() throws IOException, InterruptedException {
        machine.heal();
        machine.disk().powerOffAt(Long.MAX_VALUE, 0);
        if (machine.isStopped()) {
            resurrect(false);
            machine.disk().powerOffAt(Long.MAX_VALUE, 0);
        }
        trace.add("all is well");
        machine.steps().workUntil(() -> !isFull(), Long.MAX_VALUE);
        clients.createTopic();
        for (PartitionModel partition : topics.partitions()) {
            Batches batches = Batches.plain().at(clock.nowMs(), 1);
            clients.append(partition, clients.one(partition, batches, "the end"));
        }
        machine.steps().workUntil(transactionsModel::haveEnded, Long.MAX_VALUE);
        check();
        machine.steps().workUntil(promises::isSettled, Long.MAX_VALUE);
        promises.settle();
        BrokenPromise.unless(promises.isEmpty(), "not everything can be acknowledged");
        check();
        for (PartitionModel partition : topics.partitions()) {
            BrokenPromise.unless(
                    partition.stable() == partition.end(),
                    partition.name() + " has a transaction that nobody ends");
        }
        consumers.shareOut();
        check();
        clients.readAll();
        transactions.readAll();
        transactions.checkAllOffsets();
        groups.checkAlone();
        commits.check();
        machine.stop();
        ended();
        machine.die(true);
        machine.start();
        resurrected();
    }
}
