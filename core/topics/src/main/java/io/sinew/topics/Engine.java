package io.sinew.topics;

import io.sinew.base.SinewException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What stores topics: Sinew's own log, or a Kafka cluster. The patterns know nothing else of a
/// log, and one suite (`testing/contracts`) says what holds on all of them. Safe for any thread;
/// what waits blocks its caller, which had better be a virtual thread.
///
/// Every call may also throw `LOG_STOPPED`, `DISK_FULL` (embedded) or `ENGINE_UNAVAILABLE` (a
/// cluster that can't be reached, after the engine's own retries). After one of those an append may
/// have happened or not.
public interface Engine extends AutoCloseable {
    /// Bytes of all records that one [Owner#commit] takes at most, with keys, values and headers.
    int COMMIT_BYTES_MAX = 16 << 20;

    // ---- topics

    /// Creates a topic.
    ///
    /// @param partitionCount one at least
    /// @param settings by Kafka's names; what is left out is the engine's default
    /// @throws SinewException `TOPIC_ALREADY_EXISTS`, `INVALID_TOPIC_NAME`, `INVALID_PARTITIONS`,
    ///   `INVALID_CONFIG`, `TOO_MANY_PARTITIONS`
    void createTopic(String name, int partitionCount, Map<String, String> settings)
            throws InterruptedException;

    /// A topic, if there is one of that name.
    Optional<TopicInfo> topic(String name) throws InterruptedException;

    /// The names of all topics.
    Set<String> topicNames() throws InterruptedException;

    /// Gives a topic settings of its own; those that are not named stay.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`, `INVALID_CONFIG`
    void changeSettings(String name, Map<String, String> settings) throws InterruptedException;

    /// Gives a topic more partitions.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`, `INVALID_PARTITIONS`
    void addPartitions(String name, int newCount) throws InterruptedException;

    /// Deletes a topic with all its records.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`
    void deleteTopic(String name) throws InterruptedException;

    // ---- append

    /// Appends records to one partition, in their order; they are durable when it returns. If it
    /// fails, some of them from the front may be there. A Kafka cluster whose broker dies meanwhile
    /// may have them twice, one after the other, if they have times of more than a day ago: it
    /// forgets by them who wrote them (`producer.id.expiration.ms`). Whoever can't have that
    /// commits as an [Owner].
    ///
    /// @return the offset of each
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`; `BATCH_TOO_LARGE` when one record alone
    ///   is more than the topic takes; `INVALID_RECORD` as for one without a key in a compacted
    ///   topic; `INVALID_TIMESTAMP` for a time before 1970 or one that the topic does not take
    long[] append(TopicPartition partition, List<NewRecord> records) throws InterruptedException;

    /// Takes a name over from whoever had it, in this process or another: nothing that the one
    /// before begins to commit from now on succeeds, and what it has begun has been or will never
    /// be committed when this returns.
    ///
    /// @param name from 1 to 200 characters
    /// @throws SinewException `INVALID_REQUEST` for another name
    Owner own(String name) throws InterruptedException;

    // ---- read

    /// Reads committed records: none of a transaction that is open or was aborted. It may find none
    /// and get on all the same, when it has passed over what nobody is to see. Between the end of
    /// what is committed and that of what is open there is nothing yet, which is no refusal on a
    /// Kafka cluster.
    ///
    /// @param maxBytes of records to return, more or less; one record at least is returned if there
    ///   is one
    /// @param atMost how long to wait when there is none; zero for not at all
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`; `OFFSET_OUT_OF_RANGE` when `offset` is
    ///   before the start or behind the end
    Fetched read(TopicPartition partition, long offset, int maxBytes, Duration atMost)
            throws InterruptedException;

    /// The first offset that can be read.
    long startOffset(TopicPartition partition) throws InterruptedException;

    /// The offset behind the last committed record: readers stop there. What is still open begins
    /// at it or behind it.
    long endOffset(TopicPartition partition) throws InterruptedException;

    /// The offset of the first record with that timestamp or a later one, if there is any.
    OptionalLong offsetAt(TopicPartition partition, long timestampMs) throws InterruptedException;

    /// Deletes the records before `offset`, for good.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`; `OFFSET_OUT_OF_RANGE` when it is
    ///   negative or behind the end; `POLICY_VIOLATION` when the topic's `cleanup.policy` has no
    ///   `delete`
    void trim(TopicPartition partition, long offset) throws InterruptedException;

    // ---- positions

    /// How far a group has come in a partition: the next offset that it will read, if it ever
    /// committed one.
    OptionalLong position(String group, TopicPartition partition) throws InterruptedException;

    /// Commits positions of a group outside of any transaction.
    ///
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`; `OFFSET_OUT_OF_RANGE` for a negative
    ///   one; `UNKNOWN_MEMBER_ID` when the group has members of the Kafka protocol, whose positions
    ///   they are: nothing was committed
    void commitPositions(String group, Map<TopicPartition, Long> positions)
            throws InterruptedException;

    // ---- sharing

    /// Shares the partitions of a topic among all processes that ask for it under the same group:
    /// each partition is with one of them at a time, as far as they can know. Whoever acts on a
    /// partition must also [#own] a name for it, for a process that froze learns too late that it
    /// has lost one.
    ///
    /// @param address where this process can be reached by the others, for [Share#holder]
    /// @throws SinewException `UNKNOWN_TOPIC_OR_PARTITION`
    Share share(String group, String topic, String address, ShareListener listener)
            throws InterruptedException;

    @Override
    void close();
}
