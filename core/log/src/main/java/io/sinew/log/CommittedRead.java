package io.sinew.log;

import java.io.IOException;
import java.util.List;

/// What a read found for a reader of committed records. The read must be closed.
///
/// @param aborted what the reader skips: the transactions that were aborted and overlap what was
///   found, in the order of their ends
public record CommittedRead(LogRead read, List<AbortedTransaction> aborted) {

    /// Batches and aborted transactions of one state of the segments: else a compaction in between
    /// could take away what says of these batches that they were aborted.
    static CommittedRead from(
            PartitionLog log, long offset, long upTo, int maxBytes, boolean firstWhole)
            throws IOException {
        while (true) {
            int replacements = log.segments().replacements();
            LogRead read = log.read(offset, upTo, maxBytes, firstWhole);
            boolean kept = false;
            try {
                List<AbortedTransaction> aborted =
                        read.slice().sizeBytes() == 0
                                ? List.of()
                                : log.abortedTransactions(
                                        offset, Math.min(upTo, read.nextOffset()));
                kept = replacements == log.segments().replacements();
                if (kept) {
                    return new CommittedRead(read, aborted);
                }
            } finally {
                if (!kept) {
                    read.close();
                }
            }
        }
    }
}
