package io.sinew.groups;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A picture of the broker's topics, which are an argument to groups as the time is: immutable, and
/// another one whenever a topic or a partition was added or removed.
public final class GroupTopics {
    /// Of a broker without topics.
    public static final GroupTopics NONE = new GroupTopics(0, List.of());

    private final long version;
    private final Map<String, GroupTopic> byName = new HashMap<>();
    private final Map<UUID, GroupTopic> byId = new HashMap<>();

    /// Of these topics.
    ///
    /// @param version another one for each change; never one that was there before
    public GroupTopics(long version, Collection<GroupTopic> topics) {
        this.version = version;
        for (GroupTopic topic : topics) {
            byName.put(topic.name(), topic);
            byId.put(topic.id(), topic);
        }
    }

    public long version() {
        return version;
    }

    @Nullable GroupTopic named(String name) {
        return byName.get(name);
    }

    @Nullable GroupTopic withId(UUID id) {
        return byId.get(id);
    }

    /// In no order.
    Collection<String> names() {
        return byName.keySet();
    }
}
