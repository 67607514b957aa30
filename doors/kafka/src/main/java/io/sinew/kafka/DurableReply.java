package io.sinew.kafka;

import io.sinew.base.SinewException;
import io.sinew.kafkawire.Message;
import io.sinew.log.Commit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An answer whose parts each wait for a commit. Where the log stops before a part is durable, that
/// part becomes a refusal.
final class DurableReply implements Reply {
    private final Message message;
    private final List<Part> parts = new ArrayList<>();

    /// Turns a part of the answer into a refusal.
    interface Refusal {
        void because(SinewException refused);
    }

    private record Part(Commit commit, Refusal refusal) {}

    DurableReply(Message message) {
        this.message = message;
    }

    void add(Commit commit, Refusal refusal) {
        parts.add(new Part(commit, refusal));
    }

    @Override
    public Optional<Message> await() throws InterruptedException {
        for (Part part : parts) {
            try {
                part.commit().awaitDurable();
            } catch (SinewException e) {
                part.refusal().because(e);
            }
        }
        return Optional.of(message);
    }

    @Override
    public boolean isReady() {
        return parts.stream().allMatch(part -> part.commit().isSettled());
    }

    /// An answer that tells of the present state, once that is durable. When the log has stopped
    /// the connection ends: nothing can be told any more.
    static Reply of(Message message, Commit commit) {
        var reply = new DurableReply(message);
        reply.add(
                commit,
                refused -> {
                    throw refused;
                });
        return reply;
    }
}
