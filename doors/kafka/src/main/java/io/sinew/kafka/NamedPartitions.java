package io.sinew.kafka;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The partitions that a request names, by topic and each once, in the order in which they come up:
/// a request that repeats itself is no way to make the answer long.
record NamedPartitions(Map<String, Set<Integer>> byTopic) {
    static <T> NamedPartitions of(
            List<T> topics, Function<T, String> name, Function<T, List<Integer>> indexes) {
        var byTopic = new LinkedHashMap<String, Set<Integer>>();
        for (T topic : topics) {
            byTopic.computeIfAbsent(name.apply(topic), _ -> new LinkedHashSet<>())
                    .addAll(indexes.apply(topic));
        }
        return new NamedPartitions(byTopic);
    }
}
