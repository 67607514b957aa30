package io.sinew.ledger;

import io.sinew.topics.Header;
import io.sinew.topics.StoredRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// What a ledger has to know of a record: everything but its body.
///
/// @param offset in its partition
/// @param timestampMs the record's
/// @param dueMs when it may be delivered; 0 for at once
/// @param expiresMs from when on it may not; 0 for never
/// @param priority from 0 to 9
/// @param group hash of the ordered group, 0 for none. Groups that meet in one hash are one group:
///   slower, and in order all the same
/// @param dedupe hash of the dedupe id, or none
record MessageFacts(
        long offset,
        long timestampMs,
        long dueMs,
        long expiresMs,
        int priority,
        long group,
        DedupeId dedupe) {

    /// The facts of a record, by its [MessageHeaders].
    static MessageFacts of(StoredRecord record) {
        long due = 0;
        long expires = 0;
        int priority = MessageHeaders.PRIORITY_DEFAULT;
        long group = 0;
        DedupeId dedupe = DedupeId.NONE;
        for (Header header : record.headers()) {
            byte[] value = header.value();
            if (value == null || value.length == 0 || !header.name().startsWith("sinew-")) {
                continue;
            }
            switch (header.name()) {
                case MessageHeaders.DUE -> due = number(value, due);
                case MessageHeaders.EXPIRES -> expires = number(value, expires);
                case MessageHeaders.PRIORITY -> {
                    long wanted = number(value, priority);
                    priority = (int) Math.min(wanted, MessageHeaders.PRIORITY_MAX);
                }
                case MessageHeaders.GROUP -> group = groupOf(value);
                case MessageHeaders.DEDUPE -> dedupe = DedupeId.of(value);
                default -> {}
            }
        }
        return new MessageFacts(
                record.offset(), record.timestampMs(), due, expires, priority, group, dedupe);
    }

    /// The hash of an ordered group's name; never 0.
    static long groupOf(byte[] name) {
        long hash = name.length;
        for (byte b : name) {
            hash = Mix.mix(hash ^ (b & 0xff));
        }
        return hash == 0 ? 1 : hash;
    }

    /// A number of up to 18 digits, or `otherwise`.
    private static long number(byte[] text, long otherwise) {
        if (text.length > 18) {
            return otherwise;
        }
        long value = 0;
        for (byte digit : text) {
            if (digit < '0' || digit > '9') {
                return otherwise;
            }
            value = 10 * value + (digit - '0');
        }
        return value;
    }

    /// A dedupe id, as 128 bits of its SHA-256: two ids that meet would lose a message, and nobody
    /// shall be able to make two that do.
    record DedupeId(long high, long low) {
        static final DedupeId NONE = new DedupeId(0, 0);

        static DedupeId of(byte[] id) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(id);
                return new DedupeId(longAt(hash, 0), longAt(hash, 8));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        private static long longAt(byte[] bytes, int at) {
            return java.nio.ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, at + 8)).getLong();
        }

        boolean isThere() {
            return high != 0 || low != 0;
        }
    }
}
