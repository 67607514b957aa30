package io.sinew.http;

import io.helidon.webserver.http.ServerRequest;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// Finds out who serves the partitions of queues and subscriptions, and waits while a partition
/// goes from one process to another or is being opened.
///
/// A request that another door sent on ([Peers#FORWARDED]) is answered from here or refused with
/// `NOT_OWNER`: it never goes on, so that there are no loops.
final class MessagePlaces {
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final String address;
    private final EngineCalls engine;

    /// @param address where this process is reached, as the others know it
    MessagePlaces(String address, EngineCalls engine) {
        this.address = address;
        this.engine = engine;
    }

    /// The places of all partitions; for a request that was sent on, of those that are asked for.
    ///
    /// @throws SinewException what the look-up throws; `NOT_OWNER` when it takes too long
    Places all(ServerRequest request, MessageSource.Lookup lookup) throws InterruptedException {
        Optional<SortedSet<Integer>> asked = Peers.askedFor(request);
        if (asked.isPresent()) {
            return of(request, lookup, asked.get());
        }
        int count = engine.run(lookup::find).partitionCount();
        var every = new TreeSet<Integer>();
        for (int partition = 0; partition < count; partition++) {
            every.add(partition);
        }
        return of(request, lookup, every);
    }

    /// The places of some partitions.
    ///
    /// @throws SinewException as [#all]
    Places of(ServerRequest request, MessageSource.Lookup lookup, Set<Integer> partitions)
            throws InterruptedException {
        boolean forwarded = Peers.askedFor(request).isPresent();
        long steps = TimeUnit.MILLISECONDS.toNanos(HttpLimits.SERVE_MS) / STEP_NANOS;
        for (long i = 0; i < steps; i++) {
            Optional<Places> found = engine.run(() -> find(lookup.find(), partitions, forwarded));
            if (found.isPresent()) {
                return found.get();
            }
            if (!engine.pause(STEP_NANOS)) {
                break;
            }
        }
        throw new SinewException(
                ErrorCode.NOT_OWNER,
                "Not all partitions of "
                        + engine.run(lookup::find).title()
                        + " are served yet. Try again");
    }

    /// Empty while nobody serves one of the partitions.
    private Optional<Places> find(MessageSource source, Set<Integer> partitions, boolean forwarded)
            throws InterruptedException {
        Set<Integer> served = source.ledger().partitions();
        var here = new TreeSet<Integer>();
        SortedMap<String, SortedSet<Integer>> elsewhere = new TreeMap<>();
        for (int partition : partitions) {
            if (served.contains(partition)) {
                here.add(partition);
                continue;
            }
            Optional<String> holder = source.ledger().holder(partition);
            if (holder.isEmpty() || holder.get().equals(address)) {
                return Optional.empty();
            }
            if (forwarded) {
                throw new SinewException(
                        ErrorCode.NOT_OWNER,
                        "Partition "
                                + partition
                                + " of "
                                + source.title()
                                + " is not here any more, but at "
                                + holder.get()
                                + ". Try again");
            }
            elsewhere.computeIfAbsent(holder.get(), _ -> new TreeSet<>()).add(partition);
        }
        var peers = new ArrayList<Peer>();
        elsewhere.forEach((address, theirs) -> peers.add(new Peer(address, theirs)));
        return Optional.of(new Places(source, here, List.copyOf(peers)));
    }

    /// The partitions that this process is to serve, whether or not it does yet.
    Collection<Integer> own(MessageSource source) throws InterruptedException {
        var own = new TreeSet<Integer>();
        for (int partition = 0; partition < source.partitionCount(); partition++) {
            if (source.ledger().holder(partition).equals(Optional.of(address))) {
                own.add(partition);
            }
        }
        return own;
    }
}
