package io.sinew.log;

import io.sinew.base.Disk;
import io.sinew.base.DiskFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a compacted segment takes the place of those it was made of. Its file has, one after the
/// other, the names
///
/// ```
/// <base>-<end>.cleaned   being written, then synced; worth nothing after a crash
/// <base>-<end>.swap      whole; from when this name is durable, the segments from `base` up to `end`
///                        are dead, whatever a crash leaves of them
/// <base>.log             when they are gone for good
/// ```
///
/// with 20 digits each. Every step is durable before the next begins. A crash leaves one of the
/// three; the next who uses the partition deletes what is cleaned, and finishes what is a swap.
///
/// @param base of the first segment that goes, and of the new one
/// @param end where the segment behind them begins
record SegmentSwap(Disk disk, Path directory, long base, long end) {
    private static final Pattern NAME = Pattern.compile("([0-9]{20})-([0-9]{20})\\.(cleaned|swap)");
    private static final String CLEANED = "cleaned";
    private static final String SWAP = "swap";

    private Path file(String suffix) {
        return directory.resolve(String.format(Locale.ROOT, "%020d-%020d.%s", base, end, suffix));
    }

    Path cleaned() {
        return file(CLEANED);
    }

    private Path swap() {
        return file(SWAP);
    }

    /// Where the file is in the end.
    Path segment() {
        return directory.resolve(Segment.name(base, Segment.LOG_SUFFIX));
    }

    /// Decides for the new segment, whose file is synced.
    ///
    /// @return false when the disk is too full even for that: nothing has changed
    /// @throws IOException nobody knows whether a crash would leave the old ones or the new one
    boolean commit() throws IOException {
        try {
            disk.move(cleaned(), swap());
        } catch (IOException e) {
            if (DiskFullException.isCause(e)) {
                return false;
            }
            throw e;
        }
        disk.syncDirectory(directory);
        return true;
    }

    /// Deletes the old segments and gives the new one its name.
    void finish() throws IOException {
        for (Path path : disk.list(directory)) {
            if (isReplaced(path)) {
                disk.delete(path);
            }
        }
        // Else a crash could bring back old segments beside the new one that has their records, or
        // an index that does not fit it.
        disk.syncDirectory(directory);
        disk.move(swap(), segment());
        disk.syncDirectory(directory);
    }

    /// All but the segment of the same name, which goes when the new one gets it.
    private boolean isReplaced(Path path) {
        String name = path.getFileName().toString();
        OptionalLong log = Segment.baseOffsetIn(name, Segment.LOG_SUFFIX);
        OptionalLong index = Segment.baseOffsetIn(name, Segment.INDEX_SUFFIX);
        return log.stream().anyMatch(offset -> offset > base && offset < end)
                || index.stream().anyMatch(offset -> offset >= base && offset < end);
    }

    /// Clears up what a crash left in a directory.
    ///
    /// @param names what is in it
    /// @return whether there was anything
    static boolean clearUp(Disk disk, Path directory, List<Path> names) throws IOException {
        boolean found = false;
        for (Path path : names) {
            Matcher matcher = NAME.matcher(path.getFileName().toString());
            if (!matcher.matches()) {
                continue;
            }
            found = true;
            Optional<SegmentSwap> swap = swap(disk, directory, matcher);
            if (swap.isPresent()) {
                swap.get().finish();
            } else {
                disk.delete(path);
            }
        }
        return found;
    }

    private static Optional<SegmentSwap> swap(Disk disk, Path directory, Matcher name) {
        return name.group(3).equals(SWAP)
                ? Optional.of(
                        new SegmentSwap(
                                disk,
                                directory,
                                Long.parseLong(name.group(1)),
                                Long.parseLong(name.group(2))))
                : Optional.empty();
    }
}
