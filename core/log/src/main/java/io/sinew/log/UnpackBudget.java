package io.sinew.log;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/// The bytes that one look-up by time, all batches together, one append, one batch for a reader in
/// this process, or one batch in a compaction may still unpack: some kilobytes can unpack to
/// gigabytes, and a batch may claim a time that none of its records has, so that all of them are
/// looked at.
final class UnpackBudget {
    /// What may be unpacked, in bytes: as much as the largest batch holds, packed well.
    static final long MAX_BYTES = 8L * LogLimits.MAX_BATCH_BYTES;

    private final String refusal;
    private long left = MAX_BYTES;

    private UnpackBudget(String refusal) {
        this.refusal = refusal;
    }

    /// For one look-up by time.
    static UnpackBudget ofLookup() {
        return new UnpackBudget(
                "to find the time, more than %d bytes of compressed records would have to be"
                        + " unpacked; read the partition from an offset instead");
    }

    /// For one batch on its way into the log.
    static UnpackBudget ofAppend() {
        return new UnpackBudget(
                "the batch unpacks to more than %d bytes, and the topic's settings ask for a look"
                        + " at its records; send smaller batches");
    }

    /// For one batch on its way to a reader in this process.
    static UnpackBudget ofRead() {
        return new UnpackBudget(
                "the batch unpacks to more than %d bytes; read on behind it, and have its producer"
                        + " send smaller batches");
    }

    /// For one batch in a compaction; over it the batch stays as it is.
    static UnpackBudget ofCompaction() {
        return new UnpackBudget("a batch unpacks to more than %d bytes");
    }

    /// The same stream, at the expense of this budget; over it `BATCH_TOO_LARGE` is thrown.
    InputStream spentBy(InputStream unpacked) {
        return new Counted(unpacked);
    }

    private void spend(long bytes) {
        left -= bytes;
        if (left < 0) {
            throw new SinewException(
                    ErrorCode.BATCH_TOO_LARGE, String.format(Locale.ROOT, refusal, MAX_BYTES));
        }
    }

    private final class Counted extends FilterInputStream {
        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            spend(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] target, int from, int count) throws IOException {
            int read = in.read(target, from, count);
            spend(Math.max(0, read));
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            // One call may unpack all that it skips.
            long skipped = in.skip(Math.min(count, left + 1));
            spend(skipped);
            return skipped;
        }
    }
}
