package io.sinew.bench;

import java.nio.file.Path;

/// A server of the Kafka protocol under measurement, in one configuration. Its durability is what
/// an acknowledgement with acks=all means.
interface Peer extends Subject {
    /// A broker on an empty folder, not yet prepared.
    Broker broker(Path folder) throws Exception;
}
