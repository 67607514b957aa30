package io.sinew.kafka;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.kafkawire.FetchRequest;
import java.util.LinkedHashMap;
import java.util.Optional;

/// The fetch sessions there are. Beyond the bound the one unused for longest ends; its client is
/// told and makes a full fetch.
final class FetchSessions {
    /// As many as Kafka keeps by default (`max.incremental.fetch.session.cache.slots`).
    private static final int MAX_SESSIONS = 1_000;

    /// Longest unused first; under this object's monitor.
    private final LinkedHashMap<Integer, FetchSession> sessions =
            new LinkedHashMap<>(16, 0.75f, true);

    private int lastId;

    /// The session that a request belongs to, with the request's changes; empty for a fetch without
    /// one.
    ///
    /// @throws SinewException `FETCH_SESSION_ID_NOT_FOUND`, `INVALID_FETCH_SESSION_EPOCH`
    Optional<FetchSession> of(FetchRequest request) {
        if (request.sessionEpoch == FetchSession.FINAL_EPOCH) {
            remove(request.sessionId);
            return Optional.empty();
        }
        FetchSession session;
        if (request.sessionEpoch == FetchSession.INITIAL_EPOCH) {
            remove(request.sessionId);
            session = create();
        } else {
            session = known(request.sessionId);
        }
        if (!session.update(request)) {
            throw new SinewException(
                    ErrorCode.INVALID_FETCH_SESSION_EPOCH,
                    "epoch " + request.sessionEpoch + " is not the session's next");
        }
        return Optional.of(session);
    }

    private synchronized FetchSession create() {
        do {
            lastId = lastId == Integer.MAX_VALUE ? 1 : lastId + 1;
        } while (sessions.containsKey(lastId));
        if (sessions.size() >= MAX_SESSIONS) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        var session = new FetchSession(lastId);
        sessions.put(lastId, session);
        return session;
    }

    private synchronized FetchSession known(int id) {
        FetchSession session = sessions.get(id);
        if (session == null) {
            throw new SinewException(
                    ErrorCode.FETCH_SESSION_ID_NOT_FOUND, "there is no fetch session " + id);
        }
        return session;
    }

    private synchronized void remove(int id) {
        sessions.remove(id);
    }
}
