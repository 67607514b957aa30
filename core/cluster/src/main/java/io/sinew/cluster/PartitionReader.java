package io.sinew.cluster;

import io.sinew.base.Clock;
import io.sinew.topics.Fetched;
import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/// A consumer at one place of one partition, with what it has fetched ahead. [Readers] lends it to
/// one thread at a time.
final class PartitionReader {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Clock clock;

    /// Fetched and not given out yet, in order.
    private final ArrayDeque<StoredRecord> ahead = new ArrayDeque<>();

    private TopicPartition partition = new TopicPartition("", 0);

    /// Where a read goes on that has this reader's store; -1 for nowhere.
    private long next = -1;

    /// Where the consumer goes on, behind all that is in store.
    private long position;

    /// An end of the partition that was seen: it only grows.
    private long endSeen;

    /// When it was given back, by [Clock#nanos].
    private long returnedNanos;

    PartitionReader(KafkaConsumer<byte[], byte[]> consumer, Clock clock) {
        this.consumer = consumer;
        this.clock = clock;
    }

    boolean isAt(TopicPartition wanted, long offset) {
        return next == offset && partition.equals(wanted);
    }

    /// Whether it reads somewhere in that partition, and its last fetch is not one that a broker
    /// holds back, which the next one would wait for.
    boolean canMoveIn(TopicPartition wanted) {
        boolean heldBack = position >= endSeen && idleNanos() < ClusterLimits.FETCH_WAIT.toNanos();
        return partition.equals(wanted) && !heldBack;
    }

    boolean isOf(String topic) {
        return partition.topic().equals(topic);
    }

    long returnedNanos() {
        return returnedNanos;
    }

    void returned(long nowNanos) {
        returnedNanos = nowNanos;
    }

    /// Forgets what it has in store: it may be there no more.
    void forget() {
        next = -1;
        ahead.clear();
        consumer.assign(List.of());
        partition = new TopicPartition("", 0);
    }

    void moveTo(TopicPartition to, long offset) {
        if (isAt(to, offset)) {
            return;
        }
        ahead.clear();
        var at = ClusterEngine.kafka(to);
        if (!partition.equals(to)) {
            consumer.assign(List.of(at));
            partition = to;
            endSeen = 0;
        }
        consumer.seek(at, offset);
        next = offset;
        position = offset;
    }

    /// Where the consumer goes on once all that is in store is given out.
    long position() {
        return position;
    }

    /// Whether there is anything to be had for certain.
    boolean behindEnd() {
        return position < endSeen;
    }

    void sawEnd(long end) {
        endSeen = Math.max(endSeen, end);
    }

    boolean isEmpty() {
        return ahead.isEmpty();
    }

    /// Takes what a poll brings into the store.
    void poll(Duration atMost) {
        var at = ClusterEngine.kafka(partition);
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(atMost).records(at)) {
            ahead.addLast(stored(record));
        }
        // Behind the last record, and behind what readers of committed records never see.
        position = consumer.position(at);
        consumer.currentLag(at).ifPresent(lag -> sawEnd(position + lag));
    }

    /// Gives out what there is, and polls on for what has been fetched already.
    Fetched take(int maxBytes) {
        var records = new ArrayList<StoredRecord>();
        long bytes = 0;
        while (true) {
            if (ahead.isEmpty()) {
                poll(Duration.ZERO);
            }
            StoredRecord record = ahead.peekFirst();
            if (record == null || (!records.isEmpty() && bytes + record.sizeBytes() > maxBytes)) {
                next = record == null ? position : record.offset();
                return new Fetched(records, next);
            }
            records.add(record);
            bytes += record.sizeBytes();
            ahead.removeFirst();
        }
    }

    private static StoredRecord stored(ConsumerRecord<byte[], byte[]> record) {
        var headers = new ArrayList<Header>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        return new StoredRecord(
                record.offset(), record.timestamp(), record.key(), record.value(), headers);
    }

    /// Ends a poll that another thread is in.
    void wakeup() {
        consumer.wakeup();
    }

    long idleNanos() {
        return clock.nanos() - returnedNanos;
    }

    void close() {
        consumer.close();
    }
}
