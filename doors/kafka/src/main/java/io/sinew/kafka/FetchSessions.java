package io.sinew.kafka;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kafkawire.FetchRequest;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// The fetch sessions there are. Beyond the bounds those end that have been unused for a while;
/// when there are none, a client gets no session and makes full fetches, as with Kafka: to end
/// sessions that are in use would make all their clients begin again and again.
final class FetchSessions {
    /// As many as Kafka keeps by default (`max.incremental.fetch.session.cache.slots`).
    static final int MAX_SESSIONS = 1_000;

    /// Partitions of all sessions together, at some 200 bytes each.
    static final int MAX_PARTITIONS = 100_000;

    /// How long a session must have been unused before another may take its place (Kafka's
    /// `min.incremental.fetch.session.eviction.ms`).
    static final long UNUSED_MS = 120_000;

    private final Clock clock;
    private final int maxSessions;
    private final int maxPartitions;

    /// Longest unused first, for each use puts its session in anew; under this object's monitor.
    private final LinkedHashMap<Integer, Kept> sessions = new LinkedHashMap<>();

    /// Random, so that a session from before a restart is not taken for one of now.
    private int lastId = UUID.randomUUID().hashCode() & Integer.MAX_VALUE;

    private long partitions;

    /// @param partitions how many the session is counted with
    private record Kept(FetchSession session, int partitions, long lastUsedNanos) {}

    FetchSessions(Clock clock) {
        this(clock, MAX_SESSIONS, MAX_PARTITIONS);
    }

    FetchSessions(Clock clock, int maxSessions, int maxPartitions) {
        this.clock = clock;
        this.maxSessions = maxSessions;
        this.maxPartitions = maxPartitions;
    }

    /// The session that a request belongs to, with the request's changes; empty for a fetch that
    /// wants none, or gets none.
    ///
    /// @throws SinewException `FETCH_SESSION_ID_NOT_FOUND`, `INVALID_FETCH_SESSION_EPOCH`
    Optional<FetchSession> of(FetchRequest request) {
        if (request.sessionEpoch == FetchSession.FINAL_EPOCH) {
            remove(request.sessionId);
            return Optional.empty();
        }
        if (request.sessionEpoch == FetchSession.INITIAL_EPOCH) {
            remove(request.sessionId);
            var session = new FetchSession(freshId());
            session.update(request);
            return keep(session) ? Optional.of(session) : Optional.empty();
        }
        FetchSession session = known(request.sessionId);
        if (!session.update(request)) {
            throw new SinewException(
                    ErrorCode.INVALID_FETCH_SESSION_EPOCH,
                    "epoch " + request.sessionEpoch + " is not the session's next");
        }
        if (!keep(session)) {
            // Its client makes a full fetch, and gets no session for it.
            throw notFound(session.id());
        }
        return Optional.of(session);
    }

    /// Ends a session that its client does not know of.
    void end(FetchSession session) {
        remove(session.id());
    }

    private synchronized int freshId() {
        do {
            lastId = lastId == Integer.MAX_VALUE ? 1 : lastId + 1;
        } while (sessions.containsKey(lastId));
        return lastId;
    }

    /// Keeps a session as large as it is now, or ends it.
    ///
    /// @return false when there is no room for it
    private synchronized boolean keep(FetchSession session) {
        remove(session.id());
        int size = session.size();
        long now = clock.nanos();
        while (sessions.size() >= maxSessions || partitions + size > maxPartitions) {
            if (sessions.isEmpty()) {
                return false;
            }
            Kept oldest = sessions.firstEntry().getValue();
            if (now - oldest.lastUsedNanos() < TimeUnit.MILLISECONDS.toNanos(UNUSED_MS)) {
                return false;
            }
            remove(oldest.session().id());
        }
        partitions += size;
        sessions.put(session.id(), new Kept(session, size, now));
        return true;
    }

    private synchronized FetchSession known(int id) {
        Kept kept = sessions.get(id);
        if (kept == null) {
            throw notFound(id);
        }
        return kept.session();
    }

    private static SinewException notFound(int id) {
        return new SinewException(
                ErrorCode.FETCH_SESSION_ID_NOT_FOUND, "there is no fetch session " + id);
    }

    private synchronized void remove(int id) {
        Kept removed = sessions.remove(id);
        if (removed != null) {
            partitions -= removed.partitions();
        }
    }
}
