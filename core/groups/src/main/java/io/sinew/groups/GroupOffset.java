package io.sinew.groups;

/// A position in one partition, as a consumer hands it in and gets it back.
///
/// @param offset the next offset to read; -1 in an answer when nothing is committed
/// @param leaderEpoch of the last record consumed, -1 when the client does not say
/// @param metadata free text of the client's; a null on the wire is the empty text
public record GroupOffset(GroupPartition partition, long offset, int leaderEpoch, String metadata) {

    /// The answer for a partition without a committed offset.
    public static GroupOffset none(GroupPartition partition) {
        return new GroupOffset(partition, -1, -1, "");
    }
}
