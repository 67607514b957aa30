package io.sinew.groups;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// What the members of one group subscribe to, in the topics as they are. A name without a topic is
/// a subscription to nothing until there is one.
///
/// Patterns are those of RE2, and a topic's whole name has to match: they need time in proportion
/// to a name's length, whatever they say. What they match is kept until there are other topics.
final class SubscribedTopics {
    private GroupTopics topics = GroupTopics.NONE;
    private final Map<String, Set<GroupTopic>> byPattern = new HashMap<>();

    /// Whether a pattern is one.
    static boolean isPattern(String pattern) {
        try {
            Pattern.compile(pattern);
            return true;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    /// Takes in the topics as they are now.
    void see(GroupTopics now) {
        if (now.version() != topics.version()) {
            topics = now;
            byPattern.clear();
        }
    }

    /// Not to be changed.
    Set<GroupTopic> of(GroupRecord.SaidByMember said) {
        Set<GroupTopic> matched =
                said.pattern().isEmpty()
                        ? Set.of()
                        : byPattern.computeIfAbsent(said.pattern(), this::matching);
        if (said.topics().isEmpty()) {
            return matched;
        }
        var subscribed = new HashSet<>(matched);
        for (String name : said.topics()) {
            GroupTopic topic = topics.named(name);
            if (topic != null) {
                subscribed.add(topic);
            }
        }
        return subscribed;
    }

    private Set<GroupTopic> matching(String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        var matching = new HashSet<GroupTopic>();
        for (String name : topics.names()) {
            GroupTopic topic = topics.named(name);
            if (topic != null && compiled.matches(name)) {
                matching.add(topic);
            }
        }
        return Collections.unmodifiableSet(matching);
    }

    /// Forgets patterns that nobody has any more.
    void retain(Set<String> patterns) {
        byPattern.keySet().retainAll(patterns);
    }

    /// Ids of the topics that a member subscribes to.
    Set<UUID> idsOf(GroupRecord.SaidByMember said) {
        var ids = new HashSet<UUID>();
        of(said).forEach(topic -> ids.add(topic.id()));
        return ids;
    }

    /// A number that is another one when the topics that these members subscribe to have changed,
    /// or their partitions; 0 without topics.
    long hash(Collection<ConsumerMember> members) {
        var all = new HashSet<GroupTopic>();
        members.forEach(member -> all.addAll(of(member.said())));
        return hash(all);
    }

    /// The same for topics by their names.
    static long hashOf(Set<String> names, GroupTopics topics) {
        var all = new HashSet<GroupTopic>();
        for (String name : names) {
            GroupTopic topic = topics.named(name);
            if (topic != null) {
                all.add(topic);
            }
        }
        return hash(all);
    }

    private static long hash(Set<GroupTopic> topics) {
        long hash = 0;
        for (GroupTopic topic : topics) {
            long one = mixed(topic.id().getMostSignificantBits());
            one = mixed(one ^ topic.id().getLeastSignificantBits());
            // The order of a set means nothing, so neither may the order of the sum.
            hash += mixed(one ^ topic.partitionCount());
        }
        return hash;
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    private static long mixed(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
