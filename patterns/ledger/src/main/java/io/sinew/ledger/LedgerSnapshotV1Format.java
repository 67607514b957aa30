package io.sinew.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A snapshot of a ledger in its own partition, version 1: a record that begins it, parts, and one
/// that ends it, behind the head that [LedgerRecordV1Format] gives. It stands for all changes
/// before its beginning; records of changes may stand between its own, and come after it. One
/// without its end is none.
///
/// ```
/// begins:  ingested to v, lowest live v, next lease i32, paused u8
/// part:    entries …
/// ends:    entries v, how many there were in all
/// ```
///
/// An entry is a message, a dedupe id, or far messages of one bucket. A message begins with flags:
///
/// ```
/// flags   u8  bits 0-2: 1 ready, 2 delayed, 3 leased, 4 doomed; 0 for a dedupe id, 7 for far ones
///             8 priority, isolation or reason are not the usual; 16 failures or notes; 32 a group;
///             64 expires; 128 holds its place in its group
/// offset  v   distance from the offset of the message before, in the same record
/// if 8:       u8: bits 0-3 priority, 4-5 isolation, 6-7 reason
/// if 16:      failures v, then notes: count v, each at v, cause (length v, UTF-8)
/// if 32:      hash of the group i64
/// if 64:      when v
/// if not ready: due v; if leased: lease i32
/// ```
///
/// A dedupe id: flags 0, high i64, low i64, offset v, time v.
///
/// Far messages: flags 7, number of their bucket v, count v, each the distance of its offset from
/// the one before v, due v.
final class LedgerSnapshotV1Format {
    /// Bytes of a part, more or less.
    private static final int PART_BYTES = 256 << 10;

    private static final int PLACE_MASK = 7;
    private static final int FAR = 7;
    private static final int UNUSUAL = 8;
    private static final int FAILED = 16;
    private static final int GROUPED = 32;
    private static final int EXPIRES = 64;
    private static final int HOLDS = 128;

    private LedgerSnapshotV1Format() {}

    /// What is said once.
    record Head(long ingestedTo, long lowestLive, int nextLease, boolean paused) {
        Head {
            if (lowestLive < 0 || lowestLive > ingestedTo) {
                throw ByteSource.damaged("its messages are not where it says");
            }
        }
    }

    /// A live message.
    ///
    /// @param place as [Rows] has it
    /// @param group 0 for none
    /// @param expiresMs 0 for never
    record Row(
            long offset,
            int place,
            long dueMs,
            int lease,
            int failures,
            int priority,
            int isolation,
            int reason,
            boolean holds,
            long group,
            long expiresMs,
            List<FailureNote> notes) {
        Row {
            notes = List.copyOf(notes);
            if (place < Rows.READY
                    || place > Rows.DOOMED
                    || priority > MessageHeaders.PRIORITY_MAX
                    || isolation > Isolation.ALONE
                    || failures < 0
                    || failures > LedgerSettings.FAILURES_LIMIT) {
                throw ByteSource.damaged("it has a message that can't be");
            }
        }

        private int unusual() {
            return priority | (isolation << 4) | (reason << 6);
        }
    }

    /// Writes the records of a snapshot, one after the other.
    static final class Writer {
        private final Consumer<byte[]> records;
        private ByteSink part = head(LedgerRecordV1Format.SNAPSHOT_PART);
        private long last;
        private long count;

        /// @param records takes each record's value
        Writer(Consumer<byte[]> records) {
            this.records = records;
        }

        private static ByteSink head(int kind) {
            var out = new ByteSink();
            out.putByte(LedgerRecordV1Format.VERSION);
            out.putByte(kind);
            return out;
        }

        void begin(Head head) {
            ByteSink out = head(LedgerRecordV1Format.SNAPSHOT_BEGIN);
            out.putVarlong(head.ingestedTo());
            out.putVarlong(head.lowestLive());
            out.putInt(head.nextLease());
            out.putByte(head.paused() ? 1 : 0);
            records.accept(out.toBytes());
        }

        void row(Row row) {
            int unusual = row.unusual();
            int flags =
                    row.place()
                            | (unusual != MessageHeaders.PRIORITY_DEFAULT ? UNUSUAL : 0)
                            | (row.failures() > 0 || !row.notes().isEmpty() ? FAILED : 0)
                            | (row.group() != 0 ? GROUPED : 0)
                            | (row.expiresMs() > 0 ? EXPIRES : 0)
                            | (row.holds() ? HOLDS : 0);
            part.putByte(flags);
            part.putVarlong(row.offset() - last);
            last = row.offset();
            if ((flags & UNUSUAL) != 0) {
                part.putByte(unusual);
            }
            if ((flags & FAILED) != 0) {
                part.putVarlong(row.failures());
                part.putVarlong(row.notes().size());
                for (FailureNote note : row.notes()) {
                    part.putVarlong(note.atMs());
                    part.putText(note.cause());
                }
            }
            if ((flags & GROUPED) != 0) {
                part.putLong(row.group());
            }
            if ((flags & EXPIRES) != 0) {
                part.putVarlong(row.expiresMs());
            }
            if (row.place() != Rows.READY) {
                part.putVarlong(row.dueMs());
            }
            if (row.place() == Rows.LEASED) {
                part.putInt(row.lease());
            }
            entryIsOver();
        }

        /// @param entry high, low, offset, time
        void dedupe(long[] entry) {
            part.putByte(0);
            part.putLong(entry[0]);
            part.putLong(entry[1]);
            part.putVarlong(entry[2]);
            part.putVarlong(entry[3]);
            entryIsOver();
        }

        void far(FarMessages.Lot lot) {
            part.putByte(FAR);
            part.putVarlong(lot.bucket());
            part.putVarlong(lot.messages().size());
            long before = 0;
            for (FarMessage message : lot.messages()) {
                part.putVarlong(message.offset() - before);
                part.putVarlong(message.dueMs());
                before = message.offset();
            }
            entryIsOver();
        }

        private void entryIsOver() {
            count++;
            if (part.size() >= PART_BYTES) {
                records.accept(part.toBytes());
                part = head(LedgerRecordV1Format.SNAPSHOT_PART);
                last = 0;
            }
        }

        void end() {
            records.accept(part.toBytes());
            ByteSink out = head(LedgerRecordV1Format.SNAPSHOT_END);
            out.putVarlong(count);
            records.accept(out.toBytes());
        }
    }

    static Head takeHead(ByteSource in) {
        return new Head(in.takeVarlong(), in.takeVarlong(), in.takeInt(), in.takeByte() == 1);
    }

    /// Reads a part into a state.
    ///
    /// @return how many entries it had
    static long takePart(ByteSource in, LedgerState state, long nowMs) {
        long last = 0;
        long count = 0;
        while (!in.isAtEnd()) {
            int flags = in.takeByte();
            int place = flags & PLACE_MASK;
            if (place == FAR) {
                state.restore(takeFar(in));
            } else if (place == 0) {
                var id = new MessageFacts.DedupeId(in.takeLong(), in.takeLong());
                state.restoreDedupe(id, in.takeVarlong(), in.takeVarlong());
            } else {
                last += in.takeVarlong();
                state.restore(takeRow(in, flags, last), nowMs);
            }
            count++;
        }
        return count;
    }

    private static FarMessages.Lot takeFar(ByteSource in) {
        long bucket = in.takeVarlong();
        int left = in.takeCount();
        var messages = new ArrayList<FarMessage>(left);
        long offset = 0;
        for (; left > 0; left--) {
            offset += in.takeVarlong();
            messages.add(new FarMessage(offset, in.takeVarlong()));
        }
        return new FarMessages.Lot(bucket, messages);
    }

    private static Row takeRow(ByteSource in, int flags, long offset) {
        int unusual = (flags & UNUSUAL) != 0 ? in.takeByte() : MessageHeaders.PRIORITY_DEFAULT;
        int failures = 0;
        var notes = new ArrayList<FailureNote>();
        if ((flags & FAILED) != 0) {
            failures = Math.clamp(in.takeVarlong(), -1, Integer.MAX_VALUE);
            for (int left = in.takeCount(); left > 0; left--) {
                notes.add(new FailureNote(in.takeVarlong(), in.takeText()));
            }
        }
        long group = (flags & GROUPED) != 0 ? in.takeLong() : 0;
        long expiresMs = (flags & EXPIRES) != 0 ? in.takeVarlong() : 0;
        int place = flags & PLACE_MASK;
        return new Row(
                offset,
                place,
                place == Rows.READY ? 0 : in.takeVarlong(),
                place == Rows.LEASED ? in.takeInt() : 0,
                failures,
                unusual & 15,
                (unusual >> 4) & 3,
                (unusual >> 6) & 3,
                (flags & HOLDS) != 0,
                group,
                expiresMs,
                notes);
    }
}
