package io.sinew.kafka;

import io.sinew.groups.GroupCommand;
import io.sinew.groups.GroupReply;
import io.sinew.kafkawire.DeleteGroupsRequest;
import io.sinew.kafkawire.DeleteGroupsResponse;
import java.util.List;

/// `DeleteGroups`: groups without members go, with their offsets.
final class DeleteGroupsHandler implements Handler<DeleteGroupsRequest> {
    private final Coordinator coordinator;

    DeleteGroupsHandler(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public Reply handle(DeleteGroupsRequest request, Caller caller) throws InterruptedException {
        List<String> groupIds = request.groupsNames.stream().distinct().toList();
        return coordinator.ask(
                new GroupCommand.DeleteGroups(groupIds),
                GroupReply.GroupsDeleted.class,
                deleted -> {
                    var response = new DeleteGroupsResponse();
                    for (GroupReply.GroupResult result : deleted.groups()) {
                        add(response, result.groupId(), KafkaErrors.of(result.error()));
                    }
                    return response;
                },
                error -> {
                    var response = new DeleteGroupsResponse();
                    groupIds.forEach(groupId -> add(response, groupId, error));
                    return response;
                });
    }

    private static void add(DeleteGroupsResponse response, String groupId, short error) {
        var result = new DeleteGroupsResponse.DeletableGroupResult();
        result.groupId = groupId;
        result.errorCode = error;
        response.results.add(result);
    }
}
