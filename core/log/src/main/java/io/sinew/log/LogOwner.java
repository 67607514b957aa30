package io.sinew.log;

import java.nio.ByteBuffer;
import java.util.List;

/// Who keeps state beside the log and wants it back after a restart: the broker's state machines.
/// The log stores their records in order with everything else, asks for snapshots at checkpoints,
/// and on opening gives back the last snapshot and then every record after it.
public interface LogOwner {
    /// A snapshot of one machine.
    ///
    /// @param machine a number that the owner chooses, the same for ever
    /// @param sequence of the last record that the snapshot contains
    record Section(int machine, long sequence, byte[] bytes) {}

    /// Gives back a snapshot; in the order in which [#snapshots] returned them, before any record.
    void restore(Section section);

    /// Gives back a record that is not in the machine's snapshot.
    void replay(int machine, ByteBuffer body);

    /// Gives back a batch from the write-ahead log; some of them the snapshot may know already.
    void replayBatch(PartitionLog log, ByteBuffer batch);

    /// Snapshots of all machines, each consistent in itself. Called on a thread of the log's.
    List<Section> snapshots();
}
