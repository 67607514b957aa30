package io.sinew.kafka;

import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.ListGroupsRequest;
import io.sinew.kafkawire.ListGroupsResponse;
import java.util.HashSet;

/// `ListGroups`: all groups, or those of some states and types.
final class ListGroupsHandler implements Handler<ListGroupsRequest> {
    private final Coordinator coordinator;

    ListGroupsHandler(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(ListGroupsRequest request, Caller caller) throws InterruptedException {
        return coordinator.ask(
                new GroupCommand.ListGroups(
                        new HashSet<>(request.statesFilter), new HashSet<>(request.typesFilter)),
                GroupReply.GroupsListed.class,
                ListGroupsHandler::listed,
                ListGroupsHandler::refused);
    }

    private static ListGroupsResponse listed(GroupReply.GroupsListed listed) {
        var response = new ListGroupsResponse();
        for (GroupReply.ListedGroup group : listed.groups()) {
            var line = new ListGroupsResponse.ListedGroup();
            line.groupId = group.groupId();
            line.protocolType = group.protocolType();
            line.groupState = group.phase().wireName();
            line.groupType = group.type().wireName();
            response.groups.add(line);
        }
        return response;
    }

    private static ListGroupsResponse refused(short error) {
        var response = new ListGroupsResponse();
        response.errorCode = error;
        return response;
    }
}
