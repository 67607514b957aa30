package io.sinew.groups;

import java.util.List;

/// What follows from one command or from time passing.
///
/// @param records to append to the log and to replay, in this order, before anything else is
///   handled
/// @param replies to send when the records are durable (at once when there are none). They may
///   answer this command and any number of earlier, parked ones
public record GroupDecision(List<GroupRecord> records, List<GroupReply.Addressed> replies) {
    public GroupDecision {
        records = List.copyOf(records);
        replies = List.copyOf(replies);
    }
}
