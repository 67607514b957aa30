package io.sinew.clients;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What one broker has told that the other can't know: ids that it chose itself. Questions refer to
/// them by name, and answers are compared by these names.
final class Told {
    /// Stands for the id of a topic that no broker has.
    static final UUID UNKNOWN_TOPIC = new UUID(0x1234, 0x5678);

    /// In place of a member's epoch: the one that it has.
    static final int PRESENT = Integer.MIN_VALUE;

    private final Map<String, UUID> topicIds = new HashMap<>();
    private final Map<String, Producer> producers = new HashMap<>();
    private final Map<String, String> members = new HashMap<>();
    private final Map<String, Integer> epochs = new HashMap<>();
    private final Map<Object, String> words = new HashMap<>();

    /// Who an idempotent or transactional producer is.
    record Producer(long id, short epoch) {
        Producer inEpoch(int other) {
            return new Producer(id, (short) other);
        }
    }

    /// Topics that are gone keep their id here: it stays an id of that name.
    void topic(String name, UUID id) {
        topicIds.put(name, id);
        words.put(id, "id of " + name);
    }

    UUID topicId(String name) {
        return topicIds.getOrDefault(name, UNKNOWN_TOPIC);
    }

    void producer(String name, long id, short epoch) {
        producers.put(name, new Producer(id, epoch));
        words.put(id, "producer " + name);
    }

    /// One that no broker knows, as long as none has told.
    Producer producer(String name) {
        return producers.getOrDefault(name, new Producer(777_777, (short) 0));
    }

    void member(String name, String id) {
        if (!id.isEmpty()) {
            members.put(name, id);
            words.put(id, "member " + name);
        }
    }

    /// The id of a member that was told; else the name, for members that bring their id.
    String memberId(String name) {
        return members.getOrDefault(name, name);
    }

    /// The epoch or generation in which a member was told to be.
    void inEpoch(String memberId, int epoch) {
        epochs.put(memberId, epoch);
    }

    /// @param given a number, or [#PRESENT] for the one that was told
    int epoch(String memberId, int given) {
        return given == PRESENT ? epochs.getOrDefault(memberId, 1) : given;
    }

    /// What an id is the id of, if it was told.
    Optional<String> wordFor(Object id) {
        return Optional.ofNullable(words.get(id));
    }
}
