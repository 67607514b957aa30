package io.sinew.bench;

import java.nio.file.Path;

/// A product under measurement, in one configuration.
interface Peer {
    /// Short and stable: `kafka`, `kafka-flush`, `sinew`, `sinew-os`.
    String name();

    /// What an acknowledgement with acks=all means here.
    String durability();

    /// How it was run: version, flags and settings, for whoever wants to repeat it.
    String command();

    /// A broker on an empty folder, not yet prepared.
    Broker broker(Path folder) throws Exception;
}
