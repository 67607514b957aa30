package io.sinew.sim;

/// A consumer in a [SharedGroup], of either protocol.
interface GroupConsumer {
    /// Does the next thing that such a consumer does.
    ///
    /// @param calm whether it just does its duty, and neither sleeps nor goes
    void act(boolean calm) throws InterruptedException;

    /// The broker is another one now; what it was asked for is forgotten.
    void disconnect();

    Holdings holdings();

    /// Whether its process has ended, or hangs for good.
    boolean isGone();

    /// Who it said to be, for whatever it has still sent.
    Ghost ghost();
}
