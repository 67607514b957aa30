package io.sinew.ledger;

import java.util.ArrayList;
import java.util.List;

/// The values of a ledger partition's records, version 1. A record has no key, or the id of the one
/// of several ledgers whose it is ([Lane]). Numbers are big endian; `v` stands for a number of
/// seven bits a byte, the lowest first.
///
/// ```
/// version u8   1
/// kind    u8   1 changes, 2 a snapshot begins, 3 a part of it, 4 it ends
/// ```
///
/// *Changes*, of everything that was decided between two commits:
///
/// ```
/// ingested to  v    the records of the data partition before it had been taken in
/// changes …         until the end
/// ```
///
/// A change begins with its type, u8. A list of offsets is its length, then the first, then the
/// distance of each from the one before as `v`, with its sign in the lowest bit.
///
/// ```
///  1 opened     next lease i32
///  2 leased     lease i32, until v, offsets
///  3 acked      offsets
///  4 returned   offset v, due v
///  5 failed     offset v, due v, doomed u8, at v, cause (length v, UTF-8)
///  6 suspected  offsets
///  7 extended   until v, offsets
///  8 doomed     offset v, reason u8 (DeadReason has the codes), at v, cause
///  9 buried     offsets
/// 10 paused     u8
/// 11 purged     up to v
/// 12 neared     bucket v, count v, at v, messages: count v, each offset v, due v, priority u8,
///               group i64 (0 for none), expires v (0 for never)
/// 13 moved      messages: count v, each offset v, due v
/// 14 redriven   offsets
/// 15 sought     offset v
/// ```
///
/// For the other kinds see [LedgerSnapshotV1Format].
final class LedgerRecordV1Format {
    static final int VERSION = 1;
    static final int CHANGES = 1;
    static final int SNAPSHOT_BEGIN = 2;
    static final int SNAPSHOT_PART = 3;
    static final int SNAPSHOT_END = 4;

    private LedgerRecordV1Format() {}

    /// The changes of one record.
    record Changes(long ingestedTo, List<LedgerOp> ops) {
        Changes {
            ops = List.copyOf(ops);
        }
    }

    /// The kind of a record, whose version is checked.
    static int kindOf(ByteSource in) {
        int version = in.takeByte();
        if (version != VERSION) {
            throw ByteSource.damaged("it has version " + version);
        }
        return in.takeByte();
    }

    /// Begins a record of changes.
    static ByteSink begin(long ingestedTo) {
        var out = new ByteSink();
        out.putByte(VERSION);
        out.putByte(CHANGES);
        out.putVarlong(ingestedTo);
        return out;
    }

    static void put(ByteSink out, LedgerOp op) {
        switch (op) {
            case LedgerOp.Opened(int nextLease) -> {
                out.putByte(1);
                out.putInt(nextLease);
            }
            case LedgerOp.Leased(int lease, long untilMs, long[] offsets) -> {
                out.putByte(2);
                out.putInt(lease);
                out.putVarlong(untilMs);
                putOffsets(out, offsets);
            }
            case LedgerOp.Acked(long[] offsets) -> {
                out.putByte(3);
                putOffsets(out, offsets);
            }
            case LedgerOp.Returned(long offset, long dueMs) -> {
                out.putByte(4);
                out.putVarlong(offset);
                out.putVarlong(dueMs);
            }
            case LedgerOp.Failed failed -> putFailed(out, failed);
            case LedgerOp.Suspected(long[] offsets) -> {
                out.putByte(6);
                putOffsets(out, offsets);
            }
            case LedgerOp.Extended(long untilMs, long[] offsets) -> {
                out.putByte(7);
                out.putVarlong(untilMs);
                putOffsets(out, offsets);
            }
            case LedgerOp.Doomed doomed -> putDoomed(out, doomed);
            case LedgerOp.Buried(long[] offsets) -> {
                out.putByte(9);
                putOffsets(out, offsets);
            }
            case LedgerOp.Paused(boolean paused) -> {
                out.putByte(10);
                out.putByte(paused ? 1 : 0);
            }
            case LedgerOp.Purged(long upTo) -> {
                out.putByte(11);
                out.putVarlong(upTo);
            }
            case LedgerOp.Neared neared -> putNeared(out, neared);
            case LedgerOp.Moved moved -> putMoved(out, moved);
            case LedgerOp.Redriven(long[] offsets) -> {
                out.putByte(14);
                putOffsets(out, offsets);
            }
            case LedgerOp.Sought(long offset) -> {
                out.putByte(15);
                out.putVarlong(offset);
            }
        }
    }

    private static void putFailed(ByteSink out, LedgerOp.Failed failed) {
        out.putByte(5);
        out.putVarlong(failed.offset());
        out.putVarlong(failed.dueMs());
        out.putByte(failed.doomed() ? 1 : 0);
        out.putVarlong(failed.atMs());
        out.putText(failed.cause());
    }

    private static void putDoomed(ByteSink out, LedgerOp.Doomed doomed) {
        out.putByte(8);
        out.putVarlong(doomed.offset());
        out.putByte(doomed.reason().code());
        out.putVarlong(doomed.atMs());
        out.putText(doomed.cause());
    }

    private static void putMoved(ByteSink out, LedgerOp.Moved moved) {
        out.putByte(13);
        out.putVarlong(moved.messages().size());
        for (FarMessage message : moved.messages()) {
            out.putVarlong(message.offset());
            out.putVarlong(message.dueMs());
        }
    }

    private static void putNeared(ByteSink out, LedgerOp.Neared neared) {
        out.putByte(12);
        out.putVarlong(neared.bucket());
        out.putVarlong(neared.count());
        out.putVarlong(neared.atMs());
        out.putVarlong(neared.found().size());
        for (MessageFacts facts : neared.found()) {
            out.putVarlong(facts.offset());
            out.putVarlong(facts.dueMs());
            out.putByte(facts.priority());
            out.putLong(facts.group());
            out.putVarlong(facts.expiresMs());
        }
    }

    private static void putOffsets(ByteSink out, long[] offsets) {
        out.putVarlong(offsets.length);
        long last = 0;
        for (long offset : offsets) {
            long distance = offset - last;
            out.putVarlong((distance << 1) ^ (distance >> 63));
            last = offset;
        }
    }

    /// Reads what follows the kind of a record of changes.
    static Changes takeChanges(ByteSource in) {
        long ingestedTo = in.takeVarlong();
        var ops = new ArrayList<LedgerOp>();
        while (!in.isAtEnd()) {
            ops.add(takeOp(in));
        }
        return new Changes(ingestedTo, ops);
    }

    private static LedgerOp takeOp(ByteSource in) {
        int type = in.takeByte();
        return switch (type) {
            case 1 -> new LedgerOp.Opened(in.takeInt());
            case 2 -> new LedgerOp.Leased(in.takeInt(), in.takeVarlong(), takeOffsets(in));
            case 3 -> new LedgerOp.Acked(takeOffsets(in));
            case 4 -> new LedgerOp.Returned(in.takeVarlong(), in.takeVarlong());
            case 5 ->
                    new LedgerOp.Failed(
                            in.takeVarlong(),
                            in.takeVarlong(),
                            in.takeByte() == 1,
                            in.takeVarlong(),
                            in.takeText());
            case 6 -> new LedgerOp.Suspected(takeOffsets(in));
            case 7 -> new LedgerOp.Extended(in.takeVarlong(), takeOffsets(in));
            case 8 ->
                    new LedgerOp.Doomed(
                            in.takeVarlong(),
                            DeadReason.of(in.takeByte()),
                            in.takeVarlong(),
                            in.takeText());
            case 9 -> new LedgerOp.Buried(takeOffsets(in));
            case 10 -> new LedgerOp.Paused(in.takeByte() == 1);
            case 11 -> new LedgerOp.Purged(in.takeVarlong());
            case 12 -> takeNeared(in);
            case 13 -> takeMoved(in);
            case 14 -> new LedgerOp.Redriven(takeOffsets(in));
            case 15 -> new LedgerOp.Sought(in.takeVarlong());
            default -> throw ByteSource.damaged("it has a change of type " + type);
        };
    }

    private static LedgerOp.Neared takeNeared(ByteSource in) {
        long bucket = in.takeVarlong();
        int count = (int) Math.min(in.takeVarlong(), Integer.MAX_VALUE);
        long atMs = in.takeVarlong();
        int left = in.takeCount();
        var found = new ArrayList<MessageFacts>(left);
        for (; left > 0; left--) {
            long offset = in.takeVarlong();
            long dueMs = in.takeVarlong();
            int priority = Math.min(in.takeByte(), MessageHeaders.PRIORITY_MAX);
            long group = in.takeLong();
            long expiresMs = in.takeVarlong();
            found.add(
                    new MessageFacts(
                            offset,
                            0,
                            dueMs,
                            expiresMs,
                            priority,
                            group,
                            MessageFacts.DedupeId.NONE));
        }
        return new LedgerOp.Neared(bucket, count, atMs, found);
    }

    private static LedgerOp.Moved takeMoved(ByteSource in) {
        int left = in.takeCount();
        var messages = new ArrayList<FarMessage>(left);
        for (; left > 0; left--) {
            messages.add(new FarMessage(in.takeVarlong(), in.takeVarlong()));
        }
        return new LedgerOp.Moved(messages);
    }

    private static long[] takeOffsets(ByteSource in) {
        var offsets = new long[in.takeCount()];
        long last = 0;
        for (int i = 0; i < offsets.length; i++) {
            long coded = in.takeVarlong();
            last += (coded >>> 1) ^ -(coded & 1);
            offsets[i] = last;
        }
        return offsets;
    }
}
