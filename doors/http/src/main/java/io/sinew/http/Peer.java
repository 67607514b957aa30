package io.sinew.http;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Another process that shares the work of a queue, and what it is asked for.
///
/// @param address of its HTTP door, as `HOST:PORT`
/// @param partitions of the queue, which it had when it was last seen
record Peer(String address, SortedSet<Integer> partitions) {
    Peer {
        partitions = new TreeSet<>(partitions);
    }

    /// As [Peers#FORWARDED] has them.
    String partitionsText() {
        return partitions.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
