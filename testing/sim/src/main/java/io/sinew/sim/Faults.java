package io.sinew.sim;

import io.sinew.kit.Batches;
import io.sinew.kit.FaultyDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What befalls the disk.
final class Faults {
    private static final int HEADER_BYTES = 61;
    private static final int CRASH_WITHIN_OPERATIONS = 150;

    /// Operations of a swap, or some more.
    private static final int SWAP_OPERATIONS = 16;

    private static final List<FaultyDisk.Operation> FAILING =
            List.of(
                    FaultyDisk.Operation.WRITE,
                    FaultyDisk.Operation.READ,
                    FaultyDisk.Operation.OPEN,
                    FaultyDisk.Operation.MOVE,
                    FaultyDisk.Operation.SYNC_DIRECTORY);

    private final World world;
    private final LogClients clients;

    Faults(World world, LogClients clients) {
        this.world = world;
        this.clients = clients;
    }

    private Machine machine() {
        return world.machine();
    }

    void failSync() {
        world.trace().add("the next sync fails");
        machine().failNext(FaultyDisk.Operation.SYNC);
    }

    void failOperation() {
        FaultyDisk.Operation operation = world.chance().any(FAILING);
        world.trace().add("the next " + operation + " fails");
        machine().failNext(operation);
    }

    void fillDisk() {
        long free = world.chance().below(150_000);
        world.trace().add(free + " bytes are free");
        machine().limitTo(free);
    }

    void heal() {
        world.trace().add("the disk is well");
        machine().heal();
    }

    /// The power goes, or the process ends, at one of the next operations.
    void dieSoon() {
        machine().dieAfter(1 + world.chance().below(CRASH_WITHIN_OPERATIONS));
    }

    /// The same in the middle of a compaction's change of files.
    void dieInSwap() throws InterruptedException {
        machine().dieInSwap(world.chance().below(SWAP_OPERATIONS));
        clients.fillTable();
    }

    /// Flips a bit of some records that lie in a segment that is as it was written. Who reads them
    /// must be able to tell.
    void flipRecords() throws IOException {
        List<PartitionModel> partitions =
                world.topics().partitions().stream().filter(each -> !each.topic.compacts).toList();
        if (partitions.isEmpty()) {
            return;
        }
        PartitionModel model = world.chance().any(partitions);
        Path directory =
                Machine.DATA
                        .resolve("topics")
                        .resolve(model.topic.name + "~" + model.topic.id)
                        .resolve(Integer.toString(model.index));
        SortedMap<Path, byte[]> files = machine().disk().files();
        for (Stored first : model.live()) {
            Path path =
                    directory.resolve(String.format(Locale.ROOT, "%020d.log", first.baseOffset()));
            byte[] bytes = files.get(path);
            if (bytes != null && world.chance().oneIn(2)) {
                flipRecords(model, first, path, bytes.length);
                return;
            }
        }
    }

    private void flipRecords(PartitionModel model, Stored first, Path path, int sizeBytes)
            throws IOException {
        int at = 0;
        for (Stored batch : model.live()) {
            if (batch.baseOffset() < first.baseOffset()) {
                continue;
            }
            if (at + batch.sizeBytes() > sizeBytes || batch.lastOffset() >= model.end()) {
                return;
            }
            if (!batch.isControl() && world.chance().oneIn(3)) {
                int within = HEADER_BYTES + world.chance().below(batch.sizeBytes() - HEADER_BYTES);
                world.trace().add("a bit of " + path + " flips at " + (at + within));
                machine().disk().flipBit(path, at + within, world.chance().below(8));
                batch.flipped = true;
                return;
            }
            at += batch.sizeBytes();
        }
    }

    /// Flips a bit of what a start needs while the process is down: in a place of the write-ahead
    /// log that later blocks know to have been durable, or in the checkpoint. The start must
    /// refuse, or not need the place.
    ///
    /// @param ending to be called before the process ends
    /// @return whether there was anything to flip, so that the process is another one now
    boolean flipWhileDown(Runnable ending) throws IOException, InterruptedException {
        if (!allIsDurable()) {
            return false;
        }
        Map<Path, byte[]> before = new TreeMap<>(machine().disk().files());
        before.keySet().removeIf(path -> !isNeededAtStart(path));
        for (int i = 0; i < 2; i++) {
            List<PartitionModel> partitions = world.topics().partitions();
            if (partitions.isEmpty()) {
                return false;
            }
            PartitionModel model = world.chance().any(partitions);
            Batches batches = Batches.plain().at(world.clock().nowMs(), 1);
            clients.append(model, clients.one(model, batches, "witness" + i));
            if (!allIsDurable()) {
                return false;
            }
        }
        ending.run();
        machine().die(false);
        Path path = world.chance().any(List.copyOf(before.keySet()));
        SortedMap<Path, byte[]> now = machine().disk().files();
        int position = somePosition(before.get(path), now.get(path));
        if (position < 0) {
            machine().start();
            return true;
        }
        int bit = world.chance().below(8);
        world.trace().add("a bit of " + path + " flips at " + position);
        machine().disk().flipBit(path, position, bit);
        if (!machine().startDamaged()) {
            world.trace().add("the start was refused; restored from a backup");
            machine().disk().flipBit(path, position, bit);
            machine().die(false);
            machine().start();
        }
        return true;
    }

    private boolean allIsDurable() {
        if (machine().isExcused()) {
            return false;
        }
        machine().steps().workUntil(world.promises()::isSettled, Long.MAX_VALUE);
        world.promises().settle();
        clients.noticeRetention();
        return !machine().isExcused() && world.promises().isEmpty();
    }

    private static boolean isNeededAtStart(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.equals("checkpoint")
                || (Character.isDigit(name.charAt(0)) && name.endsWith(".wal"));
    }

    /// A byte that is the same in both and not 0; -1 when luck finds none.
    private int somePosition(byte @Nullable [] before, byte @Nullable [] now) {
        if (before == null || now == null) {
            return -1;
        }
        for (int tries = 0; tries < 100; tries++) {
            int position = world.chance().below(Math.max(1, before.length));
            if (position < Math.min(before.length, now.length)
                    && before[position] != 0
                    && before[position] == now[position]) {
                return position;
            }
        }
        return -1;
    }
}
