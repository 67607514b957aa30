package io.sinew.groups;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Each member gets a range of each topic's partitions: members that subscribe to the same topics,
/// which have as many partitions, have the same numbers of all of them, as joins need it. Nothing
/// else is considered, so that ranges move when members come and go. Static members are first, by
/// their names, whatever their ids are.
final class RangeAssignor implements PartitionAssignor {
    static final String NAME = "range";

    private static final Comparator<Subscriber> ORDER =
            Comparator.comparing((Subscriber member) -> member.instanceId() == null)
                    .thenComparing(member -> {
                        String instanceId = member.instanceId();
                        return instanceId == null ? member.memberId() : instanceId;
                    });

    @Override
    public Map<String, SortedSet<GroupPartition>> assign(List<Subscriber> subscribers) {
        var assigned = new HashMap<String, SortedSet<GroupPartition>>();
        var byTopic = new HashMap<GroupTopic, List<SortedSet<GroupPartition>>>();
        for (Subscriber member : subscribers.stream().sorted(ORDER).toList()) {
            var own = new TreeSet<GroupPartition>();
            assigned.put(member.memberId(), own);
            for (GroupTopic topic : member.topics()) {
                byTopic.computeIfAbsent(topic, _ -> new ArrayList<>()).add(own);
            }
        }
        byTopic.forEach((topic, members) -> {
            int quota = topic.partitionCount() / members.size();
            int longer = topic.partitionCount() % members.size();
            int next = 0;
            for (int i = 0; i < members.size(); i++) {
                int end = next + quota + (i < longer ? 1 : 0);
                for (; next < end; next++) {
                    members.get(i).add(new GroupPartition(topic.id(), next));
                }
            }
        });
        return assigned;
    }
}
