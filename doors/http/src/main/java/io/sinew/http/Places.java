package io.sinew.http;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// Where the partitions are that a request is about.
///
/// @param here those that this process serves
/// @param peers who has the others; none for a request that another door sent on
record Places(MessageSource source, SortedSet<Integer> here, List<Peer> peers) {
    /// Who has a partition, if it is not here.
    Optional<Peer> peer(int partition) {
        return peers.stream().filter(peer -> peer.partitions().contains(partition)).findFirst();
    }
}
