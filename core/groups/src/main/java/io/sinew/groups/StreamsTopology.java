package io.sinew.groups;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a Kafka Streams application is made of (KIP-1071), as its first member told.
///
/// @param epoch grows with each version of the application
/// @param subtopologies in the order of their ids
public record StreamsTopology(int epoch, List<Subtopology> subtopologies) {
    public StreamsTopology {
        subtopologies = List.copyOf(subtopologies);
    }

    /// A part of an application whose tasks work independently of the others.
    ///
    /// @param sourceTopics topics that it reads, which somebody else has made
    /// @param repartitionSources topics that it reads, which are made for the application
    /// @param repartitionSinks names of topics that it writes, which are made for the application
    /// @param changelogs topics that keep its state; without one it has none
    /// @param copartitioned names of topics that need the same number of partitions, set by set
    public record Subtopology(
            String id,
            List<String> sourceTopics,
            List<InternalTopic> repartitionSources,
            List<String> repartitionSinks,
            List<InternalTopic> changelogs,
            List<Set<String>> copartitioned) {
        public Subtopology {
            sourceTopics = List.copyOf(sourceTopics);
            repartitionSources = List.copyOf(repartitionSources);
            repartitionSinks = List.copyOf(repartitionSinks);
            changelogs = List.copyOf(changelogs);
            copartitioned =
                    copartitioned.stream()
                            .map(set -> Collections.<String>unmodifiableSet(new TreeSet<>(set)))
                            .toList();
        }

        /// Names of all topics that it reads.
        List<String> sources() {
            var all = new ArrayList<>(sourceTopics);
            repartitionSources.forEach(topic -> all.add(topic.name()));
            return all;
        }

        boolean hasState() {
            return !changelogs.isEmpty();
        }
    }

    /// A topic that is made for the application.
    ///
    /// @param partitions 0 to have it decided
    public record InternalTopic(String name, int partitions, SortedMap<String, String> settings) {
        public InternalTopic {
            settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        }
    }
}
