package io.sinew.groups;

import java.util.Arrays;

/// Bytes that the members of a group exchange through the coordinator: subscriptions, assignments.
/// Immutable, and equal when the bytes are, which is how "unchanged metadata" is told.
public final class GroupBytes {
    public static final GroupBytes EMPTY = new GroupBytes(new byte[0]);

    private final byte[] bytes;

    private GroupBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /// A copy of `bytes`.
    public static GroupBytes of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new GroupBytes(bytes.clone());
    }

    public int sizeBytes() {
        return bytes.length;
    }

    /// A copy that is the caller's own.
    public byte[] toArray() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "GroupBytes[" + bytes.length + "]";
    }
}
