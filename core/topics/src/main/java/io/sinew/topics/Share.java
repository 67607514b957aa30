package io.sinew.topics;

import java.util.Optional;
import java.util.Set;

/// A process's part in sharing a topic's partitions.
public interface Share extends AutoCloseable {
    /// The partitions that this process has now.
    Set<Integer> partitions();

    /// The address of the process that has a partition, this one included, if anybody has it. What
    /// is told may be out of date already.
    Optional<String> holder(int partition) throws InterruptedException;

    /// Gives all partitions back; the listener is told of each before this returns.
    @Override
    void close();
}
