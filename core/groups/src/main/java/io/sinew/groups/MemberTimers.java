package io.sinew.groups;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What time runs out for in one group of a new protocol: members' sessions, what they have to give
/// up, and what those have to ask for that speak the classic protocol. None of it survives a
/// restart; it begins anew then.
final class MemberTimers {
    /// Something to give up, in which epoch, and until when.
    private record Revocation(int epoch, long endsMs) {}

    private final Map<String, Long> sessionEnds = new HashMap<>();
    private final Map<String, Revocation> revocations = new HashMap<>();
    private final Map<String, Long> joinEnds = new HashMap<>();
    private final Map<String, Long> syncEnds = new HashMap<>();

    /// Nothing ends earlier. The earliest may end later, as a heartbeat does not look at all the
    /// others.
    private long firstEndMs = Long.MAX_VALUE;

    /// The member has shown that it lives.
    void renew(long nowMs, String memberId, int sessionTimeoutMs) {
        sessionEnds.put(memberId, until(nowMs, sessionTimeoutMs));
    }

    /// The member has to give something up. It has its time for that once in each epoch.
    void awaitRevocation(long nowMs, String memberId, int epoch, int timeoutMs) {
        Revocation running = revocations.get(memberId);
        if (running == null || running.epoch() != epoch) {
            revocations.put(memberId, new Revocation(epoch, until(nowMs, timeoutMs)));
        }
    }

    void revoked(String memberId) {
        revocations.remove(memberId);
    }

    /// The member has to join again. Its time for that runs from the first time that it is told.
    void awaitJoin(long nowMs, String memberId, int timeoutMs) {
        if (!joinEnds.containsKey(memberId)) {
            joinEnds.put(memberId, until(nowMs, timeoutMs));
        }
    }

    /// The member has joined and has to ask for what it was assigned.
    void awaitSync(long nowMs, String memberId, int timeoutMs) {
        joinEnds.remove(memberId);
        syncEnds.put(memberId, until(nowMs, timeoutMs));
    }

    void synced(String memberId) {
        syncEnds.remove(memberId);
    }

    /// The member has neither to join nor to sync.
    void needsNeither(String memberId) {
        joinEnds.remove(memberId);
        syncEnds.remove(memberId);
    }

    void forget(String memberId) {
        sessionEnds.remove(memberId);
        revocations.remove(memberId);
        needsNeither(memberId);
    }

    private long until(long nowMs, int timeoutMs) {
        long endsMs = nowMs + Math.max(0, timeoutMs);
        firstEndMs = Math.min(firstEndMs, endsMs);
        return endsMs;
    }

    /// When [#expired] wants to be called; perhaps too early, never too late.
    long firstEndMs() {
        return firstEndMs;
    }

    /// Those of the members that time has run out for.
    List<String> expired(long nowMs, Collection<String> memberIds) {
        var expired = new ArrayList<String>();
        firstEndMs = Long.MAX_VALUE;
        for (String memberId : memberIds) {
            long endsMs = endMs(memberId);
            if (endsMs <= nowMs) {
                expired.add(memberId);
            } else {
                firstEndMs = Math.min(firstEndMs, endsMs);
            }
        }
        return expired;
    }

    private long endMs(String memberId) {
        long endsMs = sessionEnds.getOrDefault(memberId, Long.MAX_VALUE);
        endsMs = Math.min(endsMs, joinEnds.getOrDefault(memberId, Long.MAX_VALUE));
        endsMs = Math.min(endsMs, syncEnds.getOrDefault(memberId, Long.MAX_VALUE));
        Revocation revocation = revocations.get(memberId);
        return revocation == null ? endsMs : Math.min(endsMs, revocation.endsMs());
    }
}
