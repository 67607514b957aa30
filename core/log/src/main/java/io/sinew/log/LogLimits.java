package io.sinew.log;

import io.sinew.base.Check;

/// The bounds of one log. All sizes in bytes.
///
/// @param durability what an acknowledgement promises
/// @param walFileBytes size of one write-ahead file; a batch must fit in one
/// @param walMaxBytes write-ahead files kept at most; beyond it appends wait for the checkpoint
/// @param checkpointBytes a checkpoint is due after this much was appended; it bounds what a start
///   after a crash has to replay
/// @param checkpointIntervalMs a checkpoint is due after this long when anything was appended
/// @param bufferBytes size of one buffer that appends are gathered in
/// @param maxBuffers buffers that may wait for their segments at a time; beyond it appends wait
/// @param flushBytes appended bytes are moved to their segments when there are this many …
/// @param flushIntervalMs … or when the oldest is this old
/// @param appendWaitMs how long an append waits for room before it is refused
public record LogLimits(
        Durability durability,
        int walFileBytes,
        long walMaxBytes,
        long checkpointBytes,
        long checkpointIntervalMs,
        int bufferBytes,
        int maxBuffers,
        long flushBytes,
        long flushIntervalMs,
        long appendWaitMs) {

    /// What an acknowledgement promises.
    public enum Durability {
        /// The data survives a power failure: `fdatasync` before the answer.
        FSYNC,
        /// The data survives a crash of this process only: the operating system writes it out when
        /// it likes, as Apache Kafka does by default.
        OS
    }

    /// The largest batch any log takes, whatever is configured: it must fit a write-ahead file.
    public static final int MAX_BATCH_BYTES = 32 << 20;

    public LogLimits {
        Check.that(walFileBytes % WalV1Format.BLOCK_ALIGNMENT == 0, "WAL files are whole pages");
        Check.that(bufferBytes % WalV1Format.BLOCK_ALIGNMENT == 0, "buffers are whole pages");
        Check.that(bufferBytes <= walFileBytes, "a buffer's block fits a WAL file");
        Check.that(checkpointBytes < walMaxBytes, "a checkpoint is due before appends wait for it");
        Check.that(walMaxBytes >= 2L * walFileBytes, "at least two WAL files");
        Check.that(flushBytes <= (long) maxBuffers * bufferBytes, "flush before buffers run out");
    }

    public static LogLimits defaults() {
        return new LogLimits(
                Durability.FSYNC,
                64 << 20,
                1L << 30,
                256L << 20,
                60_000,
                2 << 20,
                24,
                16L << 20,
                1_000,
                30_000);
    }

    public LogLimits withDurability(Durability value) {
        return new LogLimits(
                value,
                walFileBytes,
                walMaxBytes,
                checkpointBytes,
                checkpointIntervalMs,
                bufferBytes,
                maxBuffers,
                flushBytes,
                flushIntervalMs,
                appendWaitMs);
    }
}
