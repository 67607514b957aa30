package io.sinew.cluster;

import io.sinew.base.SinewException;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.Share;
import io.sinew.topics.ShareListener;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A process to be frozen: it shares a topic, owns a name for each partition that it gets, and
/// commits numbered records to them for as long as it may. It notes in a file what it is told:
/// `gained 0`, `committed 0 17`, `refused 0 PRODUCER_FENCED`, `lost 0`.
final class SharingProcess implements ShareListener {
    private final ClusterEngine engine;
    private final String topic;
    private final Path notes;
    private final Map<Integer, Owner> owned = new ConcurrentHashMap<>();

    private SharingProcess(ClusterEngine engine, String topic, Path notes) {
        this.engine = engine;
        this.topic = topic;
        this.notes = notes;
    }

    /// Goes on until it is killed.
    ///
    /// @param arguments the cluster's address, the topic, this process's address, the notes
    public static void main(String[] arguments) throws Exception {
        try (var engine = ClusterEngine.open(KafkaCluster.settings(arguments[0]))) {
            var process = new SharingProcess(engine, arguments[1], Path.of(arguments[3]));
            try (Share share = engine.share("g", arguments[1], arguments[2], process)) {
                long number = 0;
                while (true) {
                    for (int partition : share.partitions()) {
                        process.commit(partition, number++);
                    }
                }
            }
        }
    }

    private void commit(int partition, long number) throws InterruptedException {
        Owner owner = owned.get(partition);
        if (owner == null) {
            return;
        }
        var at = new TopicPartition(topic, partition);
        try {
            String value = "child " + number;
            var record =
                    new NewRecord(
                            new byte[0],
                            value.getBytes(StandardCharsets.UTF_8),
                            List.of(),
                            1_700_000_000_000L);
            owner.commit(List.of(new Owner.Append(at, List.of(record))), List.of());
            note("committed " + partition + " " + value);
        } catch (SinewException e) {
            owned.remove(partition);
            note("refused " + partition + " " + e.code());
        }
    }

    @Override
    public void gained(int partition) {
        try {
            owned.put(partition, engine.own(topic + "-" + partition));
            note("gained " + partition);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void lost(int partition) {
        Owner owner = owned.remove(partition);
        if (owner != null) {
            owner.close();
        }
        note("lost " + partition);
    }

    private synchronized void note(String line) {
        try {
            Files.write(
                    notes,
                    (line + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
