package io.sinew.groups;

import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What one member of a group of a new protocol is asked to do next (KIP-848, KIP-1071). It first
/// gives up what its target does not have, then is in the target's epoch, then gets what nobody
/// else holds. So no unit is ever with two members.
///
/// ```
/// STABLE -> REVOKING -> WAITING -> STABLE
///    +---------------------^ ------^
/// ```
///
/// @param <T> what is shared out: partitions, or tasks
/// @param target what the member shall have, of what it subscribes to
/// @param owned what the member says it works on; null when it does not say
/// @param subscribed whether the member still wants a unit
/// @param busy whether another member holds a unit
record Reconciliation<T extends Comparable<T>>(
        int targetEpoch,
        SortedSet<T> target,
        @Nullable Set<T> owned,
        Predicate<T> subscribed,
        Predicate<T> busy) {

    /// @param subscriptionChanged in the request that this is part of: what the member does not
    ///   want any more is taken away at once, without waiting for a new target
    Holding<T> next(Holding<T> from, boolean subscriptionChanged) {
        return switch (from.step()) {
            case STABLE -> {
                if (from.epoch() != targetEpoch) {
                    yield step(from);
                }
                yield subscriptionChanged ? withoutUnsubscribed(from) : from;
            }
            case REVOKING -> {
                if (!mayOwnAnyOf(from.revoking().keySet())) {
                    yield step(from);
                }
                yield subscriptionChanged ? withoutUnsubscribed(from) : from;
            }
            case WAITING -> step(from);
        };
    }

    private boolean mayOwnAnyOf(Collection<T> units) {
        return owned == null || units.stream().anyMatch(owned::contains);
    }

    private Holding<T> step(Holding<T> from) {
        SortedMap<T, Integer> kept = new TreeMap<>();
        SortedMap<T, Integer> revoking = new TreeMap<>();
        from.assigned()
                .forEach((unit, since) ->
                        (target.contains(unit) ? kept : revoking).put(unit, since));
        if (!revoking.isEmpty() && mayOwnAnyOf(revoking.keySet())) {
            return new Holding<>(
                    from.epoch(), from.previousEpoch(), Holding.Step.REVOKING, kept, revoking);
        }
        var missing = new TreeSet<>(target);
        missing.removeAll(kept.keySet());
        boolean waits = missing.removeIf(busy);
        missing.forEach(unit -> kept.put(unit, targetEpoch));
        return new Holding<>(
                targetEpoch,
                from.epoch() == targetEpoch ? from.previousEpoch() : from.epoch(),
                waits ? Holding.Step.WAITING : Holding.Step.STABLE,
                kept,
                new TreeMap<T, Integer>());
    }

    private Holding<T> withoutUnsubscribed(Holding<T> from) {
        SortedMap<T, Integer> kept = new TreeMap<>();
        SortedMap<T, Integer> revoking = new TreeMap<>(from.revoking());
        from.assigned()
                .forEach((unit, since) ->
                        (subscribed.test(unit) ? kept : revoking).put(unit, since));
        if (kept.size() == from.assigned().size()) {
            return from;
        }
        boolean revokes = mayOwnAnyOf(revoking.keySet());
        return new Holding<>(
                from.epoch(),
                from.previousEpoch(),
                revokes ? Holding.Step.REVOKING : from.step(),
                kept,
                revokes ? revoking : from.revoking());
    }
}
