package io.sinew.kit;

import org.jspecify.annotations.Nullable;

/// When the power of a [FaultyDisk] goes. Used under the disk's lock.
final class PowerCut {
    private long at = Long.MAX_VALUE;
    private int percentWritten = 50;
    private FaultyDisk.@Nullable Selection behind;
    private int operationsBehind;

    /// At the operation with this number; of a write so many percent are done.
    void at(long operation, int percent) {
        at = operation;
        percentWritten = percent;
        behind = null;
    }

    /// So many operations after the next of a kind.
    void behind(FaultyDisk.Selection selection, int operations) {
        behind = selection;
        operationsBehind = operations;
    }

    /// Whether it goes at this operation.
    ///
    /// @param number of operations with this one
    boolean isDue(FaultyDisk.Event event, long number) {
        FaultyDisk.Selection selection = behind;
        if (selection != null && selection.test(event)) {
            at(number + operationsBehind, percentWritten);
        }
        return number >= at;
    }

    int percentWritten() {
        return percentWritten;
    }
}
