package io.sinew.ledger;

import io.sinew.base.Check;
import java.util.List;

/// What sets one of several ledgers over the same topic apart. They share the topic that they are
/// written to, the name by which one process at a time may write there, and what is read.
///
/// @param id of this ledger, never given to another one: its records have it as their key
/// @param filter which records are its messages
/// @param starts where it begins in each partition, by partition; those that come later it has from
///   their beginning
public record Lane(String id, RecordFilter filter, List<Long> starts) {
    public Lane {
        Check.that(!id.isEmpty(), "a ledger among several has an id");
        starts = List.copyOf(starts);
    }

    long start(int partition) {
        return partition < starts.size() ? starts.get(partition) : 0;
    }
}
