package io.sinew.kit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A file or a directory of a [FaultyDisk]. Not thread-safe.
final class FaultyDiskNode {
    /// The bytes of a file; null for a directory.
    final @Nullable FaultyDiskContent content;

    /// The names in a directory as programs see them.
    final TreeMap<String, FaultyDiskNode> names = new TreeMap<>();

    private final TreeMap<String, FaultyDiskNode> durableNames = new TreeMap<>();

    /// What was done to the names since they were synced, in order.
    private final List<Change> changes = new ArrayList<>();

    /// A name that went, one that came, or both at once.
    private record Change(@Nullable String gone, @Nullable String come, FaultyDiskNode node) {
        void applyTo(Map<String, FaultyDiskNode> names) {
            if (gone != null) {
                names.remove(gone, node);
            }
            if (come != null) {
                // A file has one name, even when an earlier change to it was lost.
                names.values().removeIf(other -> other == node);
                names.put(come, node);
            }
        }
    }

    private FaultyDiskNode(@Nullable FaultyDiskContent content) {
        this.content = content;
    }

    static FaultyDiskNode file() {
        return new FaultyDiskNode(new FaultyDiskContent());
    }

    static FaultyDiskNode directory() {
        return new FaultyDiskNode(null);
    }

    void change(@Nullable String gone, @Nullable String come, FaultyDiskNode node) {
        var change = new Change(gone, come, node);
        change.applyTo(names);
        changes.add(change);
    }

    void syncNames() {
        durableNames.clear();
        durableNames.putAll(names);
        changes.clear();
    }

    /// What is there when the power comes back: everything of it durable.
    FaultyDiskNode afterPowerFailure(SplittableRandom random) {
        if (content != null) {
            return new FaultyDiskNode(content.afterPowerFailure(random));
        }
        int fate = random.nextInt(4);
        var kept = new TreeMap<String, FaultyDiskNode>(durableNames);
        for (Change change : changes) {
            if (fate == 0 || (fate > 1 && random.nextBoolean())) {
                change.applyTo(kept);
            }
        }
        var left = directory();
        kept.forEach((name, node) -> left.names.put(name, node.afterPowerFailure(random)));
        left.syncNames();
        return left;
    }

    /// Collects the files in here with their bytes.
    ///
    /// @param path of this
    void collectFiles(Path path, Map<Path, byte[]> files) {
        if (content != null) {
            files.put(path, Arrays.copyOf(content.bytes(), content.size()));
        }
        names.forEach((name, child) -> child.collectFiles(path.resolve(name), files));
    }
}
