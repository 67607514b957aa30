package io.sinew.sim;

import io.sinew.base.Background;
import io.sinew.base.Work;
import io.sinew.base.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The background work of one simulated process, done by hand: which of the steps that are due
/// comes next is luck. Whoever waits does the others' steps, and where nothing is due time passes.
final class Steps implements Background {
    private static final long NEVER = Long.MAX_VALUE;

    /// Workers that make checkpoints, which they do under a monitor: the one who waits in it keeps
    /// the other out. In one thread a monitor keeps nobody out.
    private static final Set<String> CHECKPOINTING = Set.of("sinew-keeper", "sinew-compactor");

    /// Steps in one wait after which somebody has to make room on the disk.
    private static final int PATIENCE = 2_000;

    /// Steps in one wait after which it will never end.
    private static final int ENDLESS = 20_000;

    private final Chance chance;
    private final SimulatedClock clock;
    private final Trace trace;
    private final Meanwhile meanwhile;
    private final List<Hand> hands = new ArrayList<>();
    private int waits;

    /// What others do while somebody in the background waits.
    interface Meanwhile {
        /// Something that a client does, in the middle of `worker`'s step.
        void happens(String worker);

        /// A worker has done a step.
        void stepped();

        /// Nothing gets on: makes sure that the disk is not the reason.
        void makeRoom();
    }

    Steps(Chance chance, SimulatedClock clock, Trace trace, Meanwhile meanwhile) {
        this.chance = chance;
        this.clock = clock;
        this.trace = trace;
        this.meanwhile = meanwhile;
    }

    private final class Hand implements Worker {
        final String name;
        final Work work;
        final ReentrantLock lock;
        boolean busy;
        private long dueAtNanos = NEVER;

        Hand(String name, Work work, ReentrantLock lock) {
            this.name = name;
            this.work = work;
            this.lock = lock;
        }

        boolean isOver() {
            return work.dueInNanos() == Work.OVER;
        }

        /// When the next step is due: now, or later, or never. Who waits with the worker's lock
        /// keeps it from its step.
        long dueAtNanos() {
            long wait = work.dueInNanos();
            if (busy
                    || lock.isHeldByCurrentThread()
                    || isKeptOut()
                    || wait == Work.OVER
                    || wait == Work.WHEN_SIGNALLED) {
                return NEVER;
            }
            dueAtNanos = Math.min(dueAtNanos, clock.nanos() + wait);
            return dueAtNanos;
        }

        private boolean isKeptOut() {
            return CHECKPOINTING.contains(name)
                    && hands.stream()
                            .anyMatch(hand -> hand.busy && CHECKPOINTING.contains(hand.name));
        }

        void step() {
            trace.add("  " + name);
            dueAtNanos = NEVER;
            busy = true;
            try {
                work.step();
            } catch (InterruptedException e) {
                throw new BrokenPromise("nobody interrupts", e);
            } finally {
                busy = false;
            }
            meanwhile.stepped();
        }

        @Override
        public void awaitEnd() {
            workUntil(this::isOver, WITHOUT_LIMIT);
        }

        @Override
        public boolean awaitEnd(Duration atMost) {
            return workUntil(this::isOver, atMost.toNanos());
        }
    }

    @Override
    public Worker begin(Work work, Thread.Builder thread, ReentrantLock lock, Condition moved) {
        var hand = new Hand(thread.unstarted(() -> {}).getName(), work, lock);
        hands.add(hand);
        return hand;
    }

    /// Does a step that is due, if any is.
    boolean step() {
        long now = clock.nanos();
        List<Hand> due = hands.stream().filter(hand -> hand.dueAtNanos() <= now).toList();
        if (due.isEmpty()) {
            return false;
        }
        chance.any(due).step();
        return true;
    }

    /// Does the next step, after the time that it takes to become due.
    void nextStep() {
        if (!step() && passUntilDue(NEVER)) {
            step();
        }
    }

    /// Lets time pass until something is due.
    ///
    /// @return false when nothing will ever be
    private boolean passUntilDue(long deadlineNanos) {
        long next = deadlineNanos;
        for (Hand hand : hands) {
            next = Math.min(next, hand.dueAtNanos());
        }
        if (next == NEVER) {
            return false;
        }
        clock.pass(Math.max(0, next - clock.nanos()));
        return true;
    }

    @Override
    public boolean workUntil(BooleanSupplier over, long limitNanos) {
        long deadline = limitNanos == WITHOUT_LIMIT ? NEVER : clock.nanos() + limitNanos;
        waits++;
        try {
            for (int rounds = 0; !over.getAsBoolean(); rounds++) {
                if (clock.nanos() >= deadline) {
                    return false;
                }
                BrokenPromise.unless(rounds < ENDLESS, "somebody waits for ever");
                if (rounds >= PATIENCE) {
                    meanwhile.makeRoom();
                }
                if (waits == 1 && chance.oneIn(4)) {
                    hands.stream()
                            .filter(hand -> hand.busy)
                            .findFirst()
                            .ifPresent(hand -> meanwhile.happens(hand.name));
                }
                if (!step() && !passUntilDue(deadline)) {
                    throw new BrokenPromise("somebody waits for what nobody does");
                }
            }
            return true;
        } finally {
            waits--;
        }
    }

    @Override
    public void sideBySide(int times, String namePrefix, Callable<Void> share) throws IOException {
        try {
            share.call();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
