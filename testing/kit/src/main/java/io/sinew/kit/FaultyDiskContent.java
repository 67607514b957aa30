package io.sinew.kit;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/// The bytes of one file of a [FaultyDisk]: as programs see them, and as the platter has them. Not
/// thread-safe.
final class FaultyDiskContent {
    /// What a disk writes at once.
    private static final int SECTOR_BYTES = 512;

    /// What an operating system writes at once.
    private static final int SECTORS_IN_PAGE = 8;

    private byte[] seen = new byte[0];
    private int seenSize;
    private byte[] durable = new byte[0];
    private int durableSize;

    /// Sectors of `seen` that may differ from `durable`.
    private final BitSet dirty = new BitSet();

    private long modifiedMs = Long.MAX_VALUE;

    int size() {
        return seenSize;
    }

    long modifiedMs() {
        return modifiedMs;
    }

    void setModifiedMs(long ms) {
        modifiedMs = ms;
    }

    byte[] bytes() {
        return seen;
    }

    void write(byte[] source, int from, int count, int position) {
        int end = position + count;
        seen = grown(seen, end);
        System.arraycopy(source, from, seen, position, count);
        markDirty(Math.min(position, seenSize), end);
        seenSize = Math.max(seenSize, end);
    }

    void truncate(int size) {
        if (size < seenSize) {
            Arrays.fill(seen, size, seenSize, (byte) 0);
            markDirty(size, seenSize);
            seenSize = size;
        }
    }

    void flipBit(int position, int bit) {
        seen[position] ^= (byte) (1 << bit);
        if (position < durable.length) {
            durable[position] ^= (byte) (1 << bit);
        }
    }

    void sync() {
        durable = grown(durable, seenSize);
        for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
            copySector(sector, durable, Math.min(durable.length, seen.length));
        }
        durableSize = seenSize;
        dirty.clear();
    }

    /// A sync failed: what was not durable is forgotten by the system and never written, although
    /// readers see it for now.
    void dropUnsynced() {
        dirty.clear();
    }

    /// What is there when the power comes back.
    FaultyDiskContent afterPowerFailure(SplittableRandom random) {
        var left = new FaultyDiskContent();
        left.modifiedMs = modifiedMs;
        left.seenSize = sizeAfterPowerFailure(random);
        left.seen = Arrays.copyOf(durable, left.seenSize);
        Arrays.fill(left.seen, Math.min(durableSize, left.seenSize), left.seenSize, (byte) 0);
        int fate = random.nextInt(4);
        int unit = random.nextBoolean() ? 1 : SECTORS_IN_PAGE;
        int decidedFor = -1;
        boolean kept = false;
        for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
            if (sector / unit != decidedFor) {
                decidedFor = sector / unit;
                kept = fate == 0 || (fate > 1 && random.nextBoolean());
            }
            if (kept) {
                copySector(sector, left.seen, Math.min(left.seenSize, seen.length));
            }
        }
        left.durable = left.seen.clone();
        left.durableSize = left.seenSize;
        return left;
    }

    private int sizeAfterPowerFailure(SplittableRandom random) {
        int low = Math.min(durableSize, seenSize);
        int high = Math.max(durableSize, seenSize);
        return switch (random.nextInt(3)) {
            case 0 -> durableSize;
            case 1 -> seenSize;
            default -> random.nextInt(low, high + 1);
        };
    }

    private void copySector(int sector, byte[] target, int limit) {
        int from = sector * SECTOR_BYTES;
        int count = Math.min(SECTOR_BYTES, limit - from);
        if (count > 0) {
            System.arraycopy(seen, from, target, from, count);
        }
    }

    private void markDirty(int from, int to) {
        dirty.set(from / SECTOR_BYTES, (to + SECTOR_BYTES - 1) / SECTOR_BYTES);
    }

    private static byte[] grown(byte[] bytes, int size) {
        return size <= bytes.length
                ? bytes
                : Arrays.copyOf(bytes, Math.max(size, Math.min(bytes.length * 2, 1 << 26)));
    }
}
