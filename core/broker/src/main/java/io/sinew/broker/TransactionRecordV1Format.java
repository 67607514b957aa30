package io.sinew.broker;

import io.sinew.base.SinewException;
import io.sinew.log.PartitionId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/// Transaction records as bytes, version 1; numbers and text as [StateBytes] has them.
///
/// ```
/// version i8 (1) | kind i8 | id text | then by kind:
///   1 initialised      producer id i64, epoch i16, retry epoch i16, previous producer id i64,
///                      time-out ms i32, at ms i64
///   2 extended         partitions, groups, at ms i64
///   3 decided          commit bool, epoch i16, next producer id i64, at ms i64
///   4 completed        at ms i64
///   5 expired
///   6 snapshot         as 1 without the time, then next producer id i64, phase i8, partitions, groups,
///                      start ms i64, changed ms i64
///   7 partitions gone  partitions
/// partitions: count i32, then topic id 16 B and index i32 each
/// groups:     count i32, then text each
/// ```
///
/// A snapshot of all is `version i8 | count i32 | count records of kind 6`.
final class TransactionRecordV1Format {
    private static final String WHAT = "a transaction record";
    private static final int VERSION = 1;
    private static final int INITIALISED = 1;
    private static final int EXTENDED = 2;
    private static final int DECIDED = 3;
    private static final int COMPLETED = 4;
    private static final int EXPIRED = 5;
    private static final int SNAPSHOT = 6;
    private static final int PARTITIONS_GONE = 7;

    private TransactionRecordV1Format() {}

    static byte[] encode(TransactionRecord record) {
        return StateBytes.of(out -> write(out, record));
    }

    static byte[] encodeSnapshot(Collection<Transaction> transactions) {
        return StateBytes.of(out -> {
            out.writeByte(VERSION);
            out.writeInt(transactions.size());
            for (Transaction transaction : transactions) {
                write(out, new TransactionRecord.Snapshot(transaction));
            }
        });
    }

    /// @throws SinewException `DAMAGED_DATA`
    static TransactionRecord decode(byte[] bytes) {
        return StateBytes.read(bytes, WHAT, TransactionRecordV1Format::readRecord);
    }

    /// @throws SinewException `DAMAGED_DATA`
    static List<TransactionRecord> decodeSnapshot(byte[] bytes) {
        return StateBytes.read(
                bytes,
                WHAT,
                in -> {
                    StateBytes.requireVersion(in, VERSION);
                    var records = new ArrayList<TransactionRecord>();
                    for (int left = in.readInt(); left > 0; left--) {
                        records.add(readRecord(in));
                    }
                    return records;
                });
    }

    private static void write(DataOutputStream out, TransactionRecord record) throws IOException {
        switch (record) {
            case TransactionRecord.Initialised initialised -> {
                writeHead(out, INITIALISED, record);
                out.writeLong(initialised.producerId());
                out.writeShort(initialised.epoch());
                out.writeShort(initialised.retryEpoch());
                out.writeLong(initialised.previousProducerId());
                out.writeInt(initialised.timeoutMs());
                out.writeLong(initialised.atMs());
            }
            case TransactionRecord.Extended extended -> {
                writeHead(out, EXTENDED, record);
                writePartitions(out, extended.partitions());
                writeGroups(out, extended.groups());
                out.writeLong(extended.atMs());
            }
            case TransactionRecord.Decided decided -> {
                writeHead(out, DECIDED, record);
                out.writeBoolean(decided.commit());
                out.writeShort(decided.epoch());
                out.writeLong(decided.nextProducerId());
                out.writeLong(decided.atMs());
            }
            case TransactionRecord.Completed completed -> {
                writeHead(out, COMPLETED, record);
                out.writeLong(completed.atMs());
            }
            case TransactionRecord.Expired _ -> writeHead(out, EXPIRED, record);
            case TransactionRecord.Snapshot(Transaction transaction) -> {
                writeHead(out, SNAPSHOT, record);
                writeTransaction(out, transaction);
            }
            case TransactionRecord.PartitionsGone gone -> {
                writeHead(out, PARTITIONS_GONE, record);
                writePartitions(out, gone.partitions());
            }
        }
    }

    private static void writeHead(DataOutputStream out, int kind, TransactionRecord record)
            throws IOException {
        out.writeByte(VERSION);
        out.writeByte(kind);
        out.writeUTF(record.id());
    }

    private static void writeTransaction(DataOutputStream out, Transaction transaction)
            throws IOException {
        out.writeLong(transaction.producerId());
        out.writeShort(transaction.epoch());
        out.writeShort(transaction.retryEpoch());
        out.writeLong(transaction.previousProducerId());
        out.writeInt(transaction.timeoutMs());
        out.writeLong(transaction.nextProducerId());
        out.writeByte(transaction.phase().number());
        writePartitions(out, transaction.partitions());
        writeGroups(out, transaction.groups());
        out.writeLong(transaction.startMs());
        out.writeLong(transaction.changedMs());
    }

    private static void writePartitions(DataOutputStream out, Collection<PartitionId> partitions)
            throws IOException {
        out.writeInt(partitions.size());
        for (PartitionId partition : partitions) {
            out.writeLong(partition.topicId().getMostSignificantBits());
            out.writeLong(partition.topicId().getLeastSignificantBits());
            out.writeInt(partition.index());
        }
    }

    private static void writeGroups(DataOutputStream out, Collection<String> groups)
            throws IOException {
        out.writeInt(groups.size());
        for (String group : groups) {
            out.writeUTF(group);
        }
    }

    private static TransactionRecord readRecord(DataInputStream in) throws IOException {
        StateBytes.requireVersion(in, VERSION);
        int kind = in.readByte();
        String id = in.readUTF();
        return switch (kind) {
            case INITIALISED ->
                    new TransactionRecord.Initialised(
                            id,
                            in.readLong(),
                            in.readShort(),
                            in.readShort(),
                            in.readLong(),
                            in.readInt(),
                            in.readLong());
            case EXTENDED ->
                    new TransactionRecord.Extended(
                            id, readPartitions(in), readGroups(in), in.readLong());
            case DECIDED ->
                    new TransactionRecord.Decided(
                            id, in.readBoolean(), in.readShort(), in.readLong(), in.readLong());
            case COMPLETED -> new TransactionRecord.Completed(id, in.readLong());
            case EXPIRED -> new TransactionRecord.Expired(id);
            case SNAPSHOT -> new TransactionRecord.Snapshot(readTransaction(id, in));
            case PARTITIONS_GONE ->
                    new TransactionRecord.PartitionsGone(id, new HashSet<>(readPartitions(in)));
            default -> throw new IOException("unknown kind " + kind);
        };
    }

    private static Transaction readTransaction(String id, DataInputStream in) throws IOException {
        long producerId = in.readLong();
        short epoch = in.readShort();
        short retryEpoch = in.readShort();
        long previousProducerId = in.readLong();
        int timeoutMs = in.readInt();
        long nextProducerId = in.readLong();
        return new Transaction(
                id,
                producerId,
                epoch,
                retryEpoch,
                previousProducerId,
                nextProducerId,
                timeoutMs,
                readPhase(in),
                new HashSet<>(readPartitions(in)),
                new HashSet<>(readGroups(in)),
                in.readLong(),
                in.readLong());
    }

    private static TransactionPhase readPhase(DataInputStream in) throws IOException {
        int number = in.readByte();
        for (TransactionPhase phase : TransactionPhase.values()) {
            if (phase.number() == number) {
                return phase;
            }
        }
        throw new IOException("unknown phase " + number);
    }

    private static List<PartitionId> readPartitions(DataInputStream in) throws IOException {
        var partitions = new ArrayList<PartitionId>();
        for (int left = in.readInt(); left > 0; left--) {
            partitions.add(new PartitionId(new UUID(in.readLong(), in.readLong()), in.readInt()));
        }
        return partitions;
    }

    private static List<String> readGroups(DataInputStream in) throws IOException {
        var groups = new ArrayList<String>();
        for (int left = in.readInt(); left > 0; left--) {
            groups.add(in.readUTF());
        }
        return groups;
    }
}
