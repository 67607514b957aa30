package io.sinew.clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Reads a whole topic and compares it with what its writers were promised: every acknowledged
/// record at its offset with its bytes, each writer's records in order, those of idempotent ones
/// without repetition or gap, offsets without gap, nothing damaged.
final class LoadCheck implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<LoadWriter> writers;
    private final List<TopicPartition> partitions = new ArrayList<>();

    LoadCheck(LoadWriter.Load load, List<LoadWriter> writers) {
        this.writers = List.copyOf(writers);
        for (int i = 0; i < load.partitions(); i++) {
            partitions.add(new TopicPartition(load.topic(), i));
        }
        consumer =
                load.clients()
                        .consumer(
                                Map.of(
                                        "reconnect.backoff.ms", 5,
                                        "reconnect.backoff.max.ms", 20,
                                        "fetch.max.wait.ms", 50,
                                        "max.partition.fetch.bytes", 10_000_000,
                                        "max.poll.records", 50_000));
        consumer.assign(partitions);
    }

    /// Checks all records there are now.
    ///
    /// @return how many
    long check() {
        var promised = new ArrayList<List<Map<Long, Long>>>();
        for (LoadWriter writer : writers) {
            promised.add(
                    partitions.stream().map(p -> writer.acknowledgedIn(p.partition())).toList());
        }
        List<List<LoadRecord>> found = readAll();
        for (TopicPartition partition : partitions) {
            List<LoadRecord> records = found.get(partition.partition());
            for (int i = 0; i < writers.size(); i++) {
                LoadWriter writer = writers.get(i);
                checkOrder(partition, writer, records);
                checkPromises(
                        partition, writer, promised.get(i).get(partition.partition()), records);
            }
        }
        return found.stream().mapToLong(List::size).sum();
    }

    private List<List<LoadRecord>> readAll() {
        var found = new ArrayList<List<LoadRecord>>();
        partitions.forEach(partition -> found.add(new ArrayList<>()));
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.seekToBeginning(partitions);
        // Each to its own end: what a writer repeats meanwhile makes others longer.
        while (ends.entrySet().stream()
                .anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                List<LoadRecord> records = found.get(record.partition());
                if (record.offset() != records.size()) {
                    throw new AssertionError(
                            "offset "
                                    + record.offset()
                                    + " follows "
                                    + (records.size() - 1)
                                    + " in partition "
                                    + record.partition());
                }
                records.add(LoadRecord.of(record.value()));
            }
        }
        return found;
    }

    private static void checkOrder(
            TopicPartition partition, LoadWriter writer, List<LoadRecord> records) {
        long last = -1;
        for (LoadRecord record : records) {
            if (record.writer() == writer.id()) {
                long number = record.number();
                if (writer.isIdempotent() ? number != last + 1 : number <= last) {
                    throw new AssertionError(partition + ": " + record + " follows " + last);
                }
                last = number;
            }
        }
    }

    private static void checkPromises(
            TopicPartition partition,
            LoadWriter writer,
            Map<Long, Long> acknowledged,
            List<LoadRecord> records) {
        acknowledged.forEach((offset, number) -> {
            var promised = new LoadRecord(writer.id(), number);
            if (offset >= records.size()) {
                throw new AssertionError(
                        partition
                                + " ends at "
                                + records.size()
                                + ", but "
                                + promised
                                + " was acknowledged at "
                                + offset);
            }
            LoadRecord there = records.get(Math.toIntExact(offset));
            if (!there.equals(promised)) {
                throw new AssertionError(
                        partition
                                + " has "
                                + there
                                + " at "
                                + offset
                                + ", but "
                                + promised
                                + " was acknowledged there");
            }
        });
    }

    @Override
    public void close() {
        consumer.close();
    }
}
