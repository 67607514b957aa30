package io.sinew.topics;

import io.sinew.base.SinewException;
import java.util.List;
import java.util.Map;

/// Whoever holds a name ([Engine#own]): the only one whose commits under it succeed. One commit at
/// a time; another thread that comes meanwhile waits for its turn.
public interface Owner extends AutoCloseable {
    /// Records for one partition.
    record Append(TopicPartition partition, List<NewRecord> records) {
        public Append {
            records = List.copyOf(records);
        }
    }

    /// Positions of one group.
    record Positions(String group, Map<TopicPartition, Long> nextOffsets) {
        public Positions {
            nextOffsets = Map.copyOf(nextOffsets);
        }
    }

    /// Appends to several partitions and commits positions, all or nothing; durable when it
    /// returns. Readers of one partition may see their part a moment before those of another.
    ///
    /// A commit of nothing is one too, and tells whether the name is still held.
    ///
    /// On a Kafka cluster the answer to a commit can be lost. The refusal is then
    /// `ENGINE_UNAVAILABLE`, and this owner is over: nobody knows whether it happened until the
    /// name is owned again. If somebody else takes the name before the answer is asked for again,
    /// the refusal is `PRODUCER_FENCED`, and the commit may have happened just before that: whoever
    /// has the name now reads it.
    ///
    /// @return for each append the offsets of its records
    /// @throws SinewException `PRODUCER_FENCED` for good: somebody else has the name, and nothing
    ///   happened but as above; `BATCH_TOO_LARGE` beyond [Engine#COMMIT_BYTES_MAX] or what a topic
    ///   takes, `UNKNOWN_TOPIC_OR_PARTITION`, `INVALID_RECORD`, `INVALID_TIMESTAMP`,
    ///   `OFFSET_OUT_OF_RANGE` (a negative position): nothing happened
    List<long[]> commit(List<Append> appends, List<Positions> positions)
            throws InterruptedException;

    /// Gives the name up without fencing anybody.
    @Override
    void close();
}
