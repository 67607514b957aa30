package io.sinew.groups;

import java.util.Comparator;

/// A piece of work of a Kafka Streams application, and in which role somebody has it: one partition
/// number of one part of its topology.
public record StreamsTask(Role role, String subtopologyId, int partition)
        implements Comparable<StreamsTask> {

    /// What somebody does with a task.
    public enum Role {
        /// Works on it.
        ACTIVE,
        /// Keeps its state up to date, to take over.
        STANDBY,
        /// Brings its state up to date, to get it then.
        WARMUP
    }

    private static final Comparator<StreamsTask> ORDER =
            Comparator.comparing(StreamsTask::role)
                    .thenComparing(StreamsTask::subtopologyId)
                    .thenComparingInt(StreamsTask::partition);

    StreamsTask as(Role other) {
        return new StreamsTask(other, subtopologyId, partition);
    }

    @Override
    public int compareTo(StreamsTask other) {
        return ORDER.compare(this, other);
    }
}
