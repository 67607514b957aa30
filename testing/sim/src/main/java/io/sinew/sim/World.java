package io.sinew.sim;

/// What everybody in one simulation shares.
record World(
        Chance chance,
        SimulatedClock clock,
        Trace trace,
        Machine machine,
        Promises promises,
        TopicsModel topics) {}
