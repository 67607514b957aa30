package io.sinew.bench;

/// One thing that is measured, on every peer in the same way.
interface Workload {
    /// Stable, with its parameters: `raw-produce/128KiB/1p/1KiB`. `--only` matches it.
    String name();

    /// One sentence for whoever reads the table.
    String meaning();

    /// Measures one peer once. The workload starts the broker; the run ends it.
    Readings measure(Run run) throws Exception;
}
