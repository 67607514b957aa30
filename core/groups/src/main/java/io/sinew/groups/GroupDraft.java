package io.sinew.groups;

import io.sinew.base.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/// A [GroupDecision] while it is being made.
final class GroupDraft {
    private final List<GroupRecord> records = new ArrayList<>();
    private final List<GroupReply.Addressed> replies = new ArrayList<>();

    void store(GroupRecord record) {
        records.add(record);
    }

    void answer(long ticket, GroupReply reply) {
        replies.add(new GroupReply.Addressed(ticket, reply));
    }

    void refuse(long ticket, ErrorCode error) {
        answer(ticket, new GroupReply.Refused(error));
    }

    GroupDecision decision() {
        return new GroupDecision(records, replies);
    }
}
