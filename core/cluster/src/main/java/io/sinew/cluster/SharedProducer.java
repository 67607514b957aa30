package io.sinew.cluster;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.NewRecord;
import io.sinew.topics.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Headers;

/// The one idempotent producer that all appends go through, so that those of many callers share
/// batches and requests.
///
/// Batches are not packed unless `compression.type` is among the client properties: what a topic's
/// `max.message.bytes` takes is then the same on every engine, and does not depend on how well a
/// record packs. Whoever pays for the network between here and the cluster sets it to `lz4`.
final class SharedProducer {
    private final Clients clients;
    private final ClusterTopics topics;
    private final Clock clock;
    private final KafkaProducer<byte[], byte[]> producer;

    /// Held while a partition is appended to whose topic takes small batches only; partitions share
    /// them.
    private final ReentrantLock[] narrow = new ReentrantLock[ClusterLimits.NARROW_LOCKS];

    SharedProducer(Clients clients, ClusterTopics topics, Clock clock) {
        this.clients = clients;
        this.topics = topics;
        this.clock = clock;
        Arrays.setAll(narrow, i -> new ReentrantLock());
        this.producer =
                clients.producer(
                        "append",
                        Map.of(
                                ProducerConfig.LINGER_MS_CONFIG,
                                ClusterLimits.millis(ClusterLimits.LINGER)));
    }

    long[] append(TopicPartition partition, List<NewRecord> records) throws InterruptedException {
        TopicFacts facts = topics.facts(partition);
        facts.check(partition, records, clock.nowMs());
        String what = "appending to " + partition;
        try {
            return facts.isNarrow()
                    ? appendNarrow(partition, facts.batches(records))
                    : offsets(send(producer, partition, records));
        } catch (ExecutionException | KafkaException e) {
            RuntimeException refusal = clients.refusals().orInterrupted(e, what);
            if (Refusals.bare(e) instanceof RetriableException) {
                // That there is no such topic is tried again like any other lack of a leader.
                topics.ask(partition.topic());
            }
            throw refusal;
        }
    }

    /// Batch after batch, each waited for, and nobody else's records between them.
    private long[] appendNarrow(TopicPartition partition, List<List<NewRecord>> batches)
            throws ExecutionException, InterruptedException {
        ReentrantLock lock = narrow[Math.floorMod(partition.hashCode(), narrow.length)];
        var all = LongStream.builder();
        lock.lockInterruptibly();
        try {
            for (List<NewRecord> batch : batches) {
                for (long offset : offsets(send(producer, partition, batch))) {
                    all.add(offset);
                }
            }
        } finally {
            lock.unlock();
        }
        return all.build().toArray();
    }

    /// Sends records of one partition, in their order.
    static List<Future<RecordMetadata>> send(
            KafkaProducer<byte[], byte[]> producer,
            TopicPartition partition,
            List<NewRecord> records) {
        var sent = new ArrayList<Future<RecordMetadata>>(records.size());
        for (NewRecord record : records) {
            var out =
                    new ProducerRecord<byte[], byte[]>(
                            partition.topic(),
                            partition.partition(),
                            record.timestampMs(),
                            record.key(),
                            record.value());
            Headers headers = out.headers();
            record.headers().forEach(header -> headers.add(header.name(), header.value()));
            Future<RecordMetadata> answer = producer.send(out);
            sent.add(answer);
            if (answer.state() == Future.State.FAILED) {
                // Refused before it left: nothing may follow it.
                return sent;
            }
        }
        return sent;
    }

    /// Waits for the offsets of what was sent.
    static long[] offsets(List<Future<RecordMetadata>> sent)
            throws ExecutionException, InterruptedException {
        var offsets = new long[sent.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = sent.get(i).get().offset();
        }
        return offsets;
    }

    /// Refuses more than one commit takes.
    static void checkBytes(long bytes, int most) {
        if (bytes > most) {
            throw new SinewException(
                    ErrorCode.BATCH_TOO_LARGE,
                    "the commit has "
                            + bytes
                            + " bytes of records, at most "
                            + most
                            + " go into one: divide it");
        }
    }

    void close(Duration atMost) {
        producer.close(atMost);
    }
}
