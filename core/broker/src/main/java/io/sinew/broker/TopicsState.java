package io.sinew.broker;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// All topics: the replay of their records. The deciding methods change nothing and return the
/// record that would; they are called under the owner's lock. Look-ups are for any thread.
final class TopicsState {
    private static final int MAX_NAME_CHARS = 249;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]+");

    private final Map<String, Topic> byName = new HashMap<>();
    private final Map<UUID, Topic> byId = new HashMap<>();
    private final int maxPartitions;
    private int partitionCount;

    TopicsState(int maxPartitions) {
        this.maxPartitions = maxPartitions;
    }

    Optional<Topic> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<Topic> withId(UUID id) {
        return Optional.ofNullable(byId.get(id));
    }

    Collection<Topic> all() {
        return List.copyOf(byName.values());
    }

    /// Partitions of all topics together.
    int partitionCount() {
        return partitionCount;
    }

    // ---- deciding

    /// Refuses a name that no topic can have.
    static void checkName(String name) {
        @Nullable String wrong = null;
        if (name.isEmpty()) {
            wrong = "it is empty";
        } else if (name.equals(".") || name.equals("..")) {
            wrong = "it is \".\" or \"..\"";
        } else if (name.length() > MAX_NAME_CHARS) {
            wrong = "it is longer than " + MAX_NAME_CHARS + " characters";
        } else if (!NAME.matcher(name).matches()) {
            wrong = "it has other characters than letters, digits, \".\", \"_\" and \"-\"";
        }
        if (wrong != null) {
            throw new SinewException(
                    ErrorCode.INVALID_TOPIC_NAME, "Topic name is invalid: " + wrong);
        }
    }

    TopicRecord create(UUID freshId, String name, int partitions, Map<String, String> settings) {
        checkName(name);
        if (byName.containsKey(name)) {
            throw new SinewException(
                    ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        }
        if (partitions < 1) {
            throw new SinewException(
                    ErrorCode.INVALID_PARTITIONS,
                    "A topic needs at least one partition, not " + partitions);
        }
        requireRoomFor(partitions);
        TopicSettings.check(settings);
        return new TopicRecord.Created(new Topic(freshId, name, partitions, settings));
    }

    TopicRecord addPartitions(Topic topic, int newCount) {
        if (newCount <= topic.partitionCount()) {
            throw new SinewException(
                    ErrorCode.INVALID_PARTITIONS,
                    "Topic '"
                            + topic.name()
                            + "' has "
                            + topic.partitionCount()
                            + " partitions; "
                            + newCount
                            + " is not more. Partitions can only be added");
        }
        requireRoomFor(newCount - topic.partitionCount());
        return new TopicRecord.PartitionsAdded(topic.id(), newCount);
    }

    TopicRecord changeSettings(Topic topic, Map<String, String> settings) {
        TopicSettings.check(settings);
        return new TopicRecord.SettingsChanged(topic.id(), settings);
    }

    private void requireRoomFor(int partitions) {
        if ((long) partitionCount + partitions > maxPartitions) {
            throw new SinewException(
                    ErrorCode.TOO_MANY_PARTITIONS,
                    "There are "
                            + partitionCount
                            + " partitions, and "
                            + maxPartitions
                            + " is the most (setting "
                            + BrokerSettings.MAX_PARTITIONS
                            + ")");
        }
    }

    // ---- replay

    void replay(TopicRecord record) {
        switch (record) {
            case TopicRecord.Created(Topic topic) -> put(topic);
            case TopicRecord.PartitionsAdded(UUID id, int count) -> {
                Topic topic = known(id);
                put(new Topic(id, topic.name(), count, topic.settings()));
            }
            case TopicRecord.SettingsChanged(UUID id, Map<String, String> settings) -> {
                Topic topic = known(id);
                put(new Topic(id, topic.name(), topic.partitionCount(), new HashMap<>(settings)));
            }
            case TopicRecord.Deleted(UUID id) -> {
                Topic topic = known(id);
                byId.remove(id);
                byName.remove(topic.name());
                partitionCount -= topic.partitionCount();
            }
        }
    }

    private void put(Topic topic) {
        Topic before = byId.put(topic.id(), topic);
        byName.put(topic.name(), topic);
        int had = before == null ? 0 : before.partitionCount();
        partitionCount += topic.partitionCount() - had;
    }

    private Topic known(UUID id) {
        Topic topic = byId.get(id);
        if (topic == null) {
            throw new SinewException(
                    ErrorCode.DAMAGED_DATA,
                    "a record changes topic " + id + ", which is not there");
        }
        return topic;
    }
}
