package io.sinew.bench;

/// What a report has a column for: a product in one configuration.
interface Subject {
    /// Short and stable: `kafka`, `kafka-flush`, `sinew`, `rabbit-quorum`.
    String name();

    /// What is promised by the product's confirmation of a write.
    String durability();

    /// How it was run: version, flags and settings, for whoever wants to repeat it.
    String command();
}
