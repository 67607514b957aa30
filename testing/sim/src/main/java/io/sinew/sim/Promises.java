package io.sinew.sim;

import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.log.Commit;
import java.util.ArrayDeque;
import java.util.function.Function;

/// What was asked for and is not certain yet, in the order in which it went to the log. All of it
/// becomes durable in that order, and a crash takes an end of it and nothing from the middle.
final class Promises {
    /// What a restart shows of something that was asked for.
    enum Evidence {
        THERE,
        GONE,
        /// Something later covers the traces.
        UNTOLD
    }

    /// @param kept what is certain now
    /// @param look tells after a restart what became of it
    record Promise(String what, Commit commit, Runnable kept, Function<Broker, Evidence> look) {}

    private final ArrayDeque<Promise> open = new ArrayDeque<>();

    void add(Promise promise) {
        open.addLast(promise);
    }

    /// Takes what has become certain. What has failed is uncertain until a restart.
    void settle() {
        while (!open.isEmpty() && open.getFirst().commit().isSettled()) {
            try {
                open.getFirst().commit().awaitDurable();
            } catch (SinewException e) {
                return;
            } catch (InterruptedException e) {
                throw new BrokenPromise("nobody interrupts", e);
            }
            open.removeFirst().kept().run();
        }
    }

    /// Whether waiting for everything is over, well or badly.
    boolean isSettled() {
        return open.isEmpty() || open.getLast().commit().isSettled();
    }

    /// Whether all is certain.
    boolean isEmpty() {
        return open.isEmpty();
    }

    /// Looks what a restart left.
    void restarted(Broker broker) {
        String gone = "";
        for (Promise promise : open) {
            switch (promise.look().apply(broker)) {
                case GONE -> gone = promise.what();
                case THERE ->
                        BrokenPromise.unless(
                                gone.isEmpty(),
                                gone + " is gone, and what came later is there: " + promise.what());
                case UNTOLD -> {}
            }
        }
        open.clear();
    }
}
