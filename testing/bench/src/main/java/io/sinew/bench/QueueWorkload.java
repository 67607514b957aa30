package io.sinew.bench;

/// One thing that is measured of queues, of every peer in the same way.
interface QueueWorkload {
    /// Stable, with its parameters: `W2-in-flight-300`. `--only` matches it.
    String name();

    /// One sentence for whoever reads the table.
    String meaning();

    /// Measures one system once.
    ///
    /// @throws NotAvailableException when the system has no such thing
    Readings measure(QueueRun run) throws Exception;
}
