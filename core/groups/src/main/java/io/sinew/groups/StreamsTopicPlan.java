package io.sinew.groups;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an application's topology means with the topics that there are: how many tasks each of its
/// parts has, which topics have to be made for it, or why it can't work yet.
final class StreamsTopicPlan {
    /// How many topics are named in an explanation.
    private static final int NAMED_MAX = 5;

    sealed interface Outcome {}

    /// @param taskCounts by subtopology
    record Ready(SortedMap<String, Integer> taskCounts) implements Outcome {}

    record SourcesMissing(String detail) implements Outcome {}

    record WronglyPartitioned(String detail) implements Outcome {}

    record InternalTopicsMissing(String detail, List<GroupReply.TopicToMake> topics)
            implements Outcome {}

    /// A topic has another number of partitions than another one needs it to have.
    private static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1;

        Mismatch(String message) {
            super(message, null, false, false);
        }
    }

    private final StreamsTopology topology;
    private final GroupTopics topics;

    /// Numbers of partitions of topics that are made for the application.
    private final Map<String, Integer> decided = new HashMap<>();

    private StreamsTopicPlan(StreamsTopology topology, GroupTopics topics) {
        this.topology = topology;
        this.topics = topics;
    }

    /// @throws SinewException `STREAMS_INVALID_TOPOLOGY`: no topics can make it work
    static Outcome of(StreamsTopology topology, GroupTopics topics) {
        var plan = new StreamsTopicPlan(topology, topics);
        Set<String> missing = plan.missingSources();
        if (!missing.isEmpty()) {
            return new SourcesMissing("Source topics " + named(missing) + " are missing.");
        }
        try {
            plan.decideRepartitionTopics();
            plan.copartition();
            plan.decideChangelogs();
            return plan.outcome();
        } catch (Mismatch mismatch) {
            return new WronglyPartitioned(String.valueOf(mismatch.getMessage()));
        }
    }

    private Set<String> missingSources() {
        var missing = new TreeSet<String>();
        for (StreamsTopology.Subtopology part : topology.subtopologies()) {
            for (String name : part.sourceTopics()) {
                if (topics.named(name) == null) {
                    missing.add(name);
                }
            }
        }
        return missing;
    }

    /// A topic that is there has the partitions that it has; one that is to be made, those that
    /// were decided.
    private OptionalInt partitions(String name) {
        GroupTopic topic = topics.named(name);
        if (topic != null) {
            return OptionalInt.of(topic.partitionCount());
        }
        Integer planned = decided.get(name);
        return planned == null ? OptionalInt.empty() : OptionalInt.of(planned);
    }

    /// A repartition topic has as many partitions as the application says, or else as the widest
    /// topic that is read by whoever writes it, which may be one of these itself.
    private void decideRepartitionTopics() {
        var open = new HashSet<String>();
        for (StreamsTopology.Subtopology part : topology.subtopologies()) {
            for (StreamsTopology.InternalTopic topic : part.repartitionSources()) {
                if (topic.partitions() > 0) {
                    decided.put(topic.name(), topic.partitions());
                }
                open.add(topic.name());
            }
            open.addAll(part.repartitionSinks());
        }
        open.removeAll(decided.keySet());
        boolean progress = true;
        while (!open.isEmpty() && progress) {
            progress = false;
            for (StreamsTopology.Subtopology part : topology.subtopologies()) {
                OptionalInt widest = widest(part);
                for (String sink : part.repartitionSinks()) {
                    if (widest.isPresent() && open.remove(sink)) {
                        decided.put(sink, widest.getAsInt());
                        progress = true;
                    }
                }
            }
        }
        if (!open.isEmpty()) {
            throw invalid("nothing says how many partitions " + named(open) + " need");
        }
    }

    /// Of the sources of which that is known.
    private OptionalInt widest(StreamsTopology.Subtopology part) {
        int widest = 0;
        for (StreamsTopology.InternalTopic topic : part.repartitionSources()) {
            widest = Math.max(widest, decided.getOrDefault(topic.name(), 0));
        }
        for (String name : part.sourceTopics()) {
            widest = Math.max(widest, partitions(name).orElse(0));
        }
        return widest == 0 ? OptionalInt.empty() : OptionalInt.of(widest);
    }

    /// Topics that are joined have the same number of partitions: that of the topics which nobody
    /// makes for the application, or that which it asks for, or the largest that was decided.
    private void copartition() {
        var fixed = new HashSet<String>();
        var flexible = new HashSet<String>();
        for (StreamsTopology.Subtopology part : topology.subtopologies()) {
            for (StreamsTopology.InternalTopic topic : part.repartitionSources()) {
                (topic.partitions() > 0 ? fixed : flexible).add(topic.name());
            }
        }
        for (StreamsTopology.Subtopology part : topology.subtopologies()) {
            for (Set<String> together : part.copartitioned()) {
                copartition(together, fixed, flexible);
            }
        }
    }

    private void copartition(Set<String> together, Set<String> fixed, Set<String> flexible) {
        var given = new TreeMap<String, Integer>();
        int largest = 0;
        for (String name : together) {
            int count = partitions(name).orElse(0);
            largest = Math.max(largest, count);
            if (!flexible.contains(name)) {
                given.put(name, count);
            }
        }
        var outside = new TreeMap<>(given);
        outside.keySet().removeAll(fixed);
        // What nobody can change decides; without any, what the application asks for.
        var deciding = outside.isEmpty() ? given : outside;
        if (new HashSet<>(given.values()).size() > 1) {
            throw new Mismatch("Topics that are joined differ in their partitions: " + given);
        }
        int count = deciding.isEmpty() ? largest : deciding.firstEntry().getValue();
        if (count == 0) {
            throw invalid("nothing says how many partitions " + named(together) + " need");
        }
        together.stream().filter(flexible::contains).forEach(name -> decided.put(name, count));
    }

    private void decideChangelogs() {
        for (StreamsTopology.Subtopology part : topology.subtopologies()) {
            int count = taskCount(part);
            part.changelogs().forEach(topic -> decided.put(topic.name(), count));
        }
    }

    private int taskCount(StreamsTopology.Subtopology part) {
        int most =
                part.sources().stream()
                        .mapToInt(name -> partitions(name).orElse(0))
                        .max()
                        .orElse(0);
        if (most == 0) {
            throw invalid("its part " + part.id() + " reads nothing");
        }
        return most;
    }

    private Outcome outcome() {
        var missing = new ArrayList<GroupReply.TopicToMake>();
        var taskCounts = new TreeMap<String, Integer>();
        for (StreamsTopology.Subtopology part : topology.subtopologies()) {
            taskCounts.put(part.id(), taskCount(part));
            var internal = new ArrayList<>(part.repartitionSources());
            internal.addAll(part.changelogs());
            for (StreamsTopology.InternalTopic topic : internal) {
                int planned = decided.getOrDefault(topic.name(), 0);
                GroupTopic there = topics.named(topic.name());
                if (there == null) {
                    missing.add(
                            new GroupReply.TopicToMake(topic.name(), planned, topic.settings()));
                } else if (there.partitionCount() != planned) {
                    throw new Mismatch(
                            "Topic "
                                    + topic.name()
                                    + " has "
                                    + there.partitionCount()
                                    + " partitions and needs "
                                    + planned
                                    + ".");
                }
            }
        }
        if (missing.isEmpty()) {
            return new Ready(taskCounts);
        }
        List<String> names = missing.stream().map(GroupReply.TopicToMake::name).sorted().toList();
        return new InternalTopicsMissing(
                "Internal topics are missing: " + named(names) + ".", missing);
    }

    private static String named(Collection<String> names) {
        List<String> sorted = names.stream().sorted().toList();
        String first = String.join(", ", sorted.subList(0, Math.min(NAMED_MAX, sorted.size())));
        return sorted.size() <= NAMED_MAX
                ? first
                : first + " and " + (sorted.size() - NAMED_MAX) + " more";
    }

    private static SinewException invalid(String why) {
        return new SinewException(
                ErrorCode.STREAMS_INVALID_TOPOLOGY, "The topology can't be used: " + why + ".");
    }
}
