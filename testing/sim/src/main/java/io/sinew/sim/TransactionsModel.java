package io.sinew.sim;

import io.sinew.broker.Broker;
import io.sinew.broker.IdempotentProducer;
import io.sinew.broker.Partition;
import io.sinew.log.MarkerV0Format;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// All transactional ids, and the markers that their ends leave in the partitions.
final class TransactionsModel {
    private final World world;
    private final List<TransactionModel> all = new ArrayList<>();

    /// Whether what a restart left was taken over.
    private boolean reconciled = true;

    TransactionsModel(World world) {
        this.world = world;
    }

    void add(TransactionModel model) {
        all.add(model);
    }

    List<TransactionModel> all() {
        return all;
    }

    /// Takes over what the coordinator has done. To be called before anybody appends anything, so
    /// that markers find their place.
    void notice() {
        if (!reconciled || !world.machine().isUp()) {
            return;
        }
        Broker broker = world.machine().broker();
        all.forEach(each -> each.notice(broker));
        for (PartitionModel partition : world.topics().partitions()) {
            TopicsModel.partition(broker, partition)
                    .ifPresent(live -> noticeMarkers(partition, live));
        }
    }

    private void noticeMarkers(PartitionModel partition, Partition live) {
        int missing = Math.toIntExact(live.log().nextOffset() - partition.nextOffset());
        if (missing > 0) {
            List<IdempotentProducer> byAppend = List.copyOf(live.producers());
            int first = Math.max(0, byAppend.size() - missing);
            byAppend.subList(first, byAppend.size())
                    .forEach(producer -> marker(partition, producer.id()));
        }
    }

    private void marker(PartitionModel partition, long producerId) {
        TransactionVersion ended =
                all.stream()
                        .map(TransactionModel::lastEnded)
                        .filter(version ->
                                version.producerId() == producerId
                                        && version.partitions().contains(partition))
                        .findFirst()
                        .orElseThrow(() ->
                                new BrokenPromise(
                                        partition.name() + " has a batch that nobody sent"));
        int leaderEpoch = world.machine().broker().leaderEpoch();
        long offset = partition.nextOffset();
        long firstOpen = partition.transactions().firstOpenWithout(producerId);
        ByteBuffer bytes =
                MarkerV0Format.encode(
                        new MarkerV0Format.Marker(
                                producerId,
                                (short) ended.epoch(),
                                ended.phase() == TransactionVersion.Phase.COMMITTED,
                                leaderEpoch,
                                partition.transactions().firstOpen(producerId),
                                Math.min(firstOpen, offset + 1)),
                        world.clock().nowMs());
        world.trace().add("marker " + partition.name() + " @" + offset);
        Stored stored = partition.appended(bytes, offset, leaderEpoch, world.clock().nowMs());
        world.promises()
                .add(
                        new Promises.Promise(
                                "a marker in " + partition.name(),
                                world.machine().broker().barrier(),
                                () -> partition.acknowledged(stored),
                                _ -> Promises.Evidence.UNTOLD));
    }

    /// Nothing is open in a partition whose transaction has ended.
    void check() {
        Broker broker = world.machine().broker();
        for (TransactionModel each : all) {
            TransactionVersion ended = each.lastEnded();
            if (!each.current().hasEnded() || each.isPrepared(broker)) {
                continue;
            }
            for (PartitionModel partition : ended.partitions()) {
                boolean open = partition.transactions().firstOpen(ended.producerId()) >= 0;
                BrokenPromise.unless(
                        !open || TopicsModel.partition(broker, partition).isEmpty(),
                        each.id + " has ended, and in " + partition.name() + " it is open");
            }
        }
    }

    /// Whether no transaction is open.
    boolean haveEnded() {
        Broker broker = world.machine().broker();
        return all.stream().noneMatch(each -> each.current().isOpen() || each.isPrepared(broker));
    }

    // ---- restarts

    /// The process has ended: until [#restarted] nothing is known.
    void ended() {
        reconciled = false;
    }

    /// Takes over how the transactional ids are after a restart.
    void restarted(Broker broker) {
        all.forEach(each -> each.restarted(broker));
    }

    /// Takes over what the start has done: the topics are what they are now.
    void resumed() {
        for (TransactionModel each : all) {
            TransactionVersion current = each.current();
            if (current.isOpen()) {
                for (PartitionModel partition : current.partitions()) {
                    partition.transactions().admit(current.producerId(), current.epoch(), false);
                }
            }
        }
        reconciled = true;
        notice();
    }
}
