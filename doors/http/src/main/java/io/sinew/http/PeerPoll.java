package io.sinew.http;

import io.sinew.base.SinewException;
import io.sinew.ledger.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Waits for messages at all peers at the same time, on a virtual thread for each, while its owner
/// waits for its own. The first peer that has some is taken; what others had by then, and what
/// comes when nobody wants it any more, goes back to where it came from.
final class PeerPoll implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(PeerPoll.class.getName());
    private static final byte[] NOTHING = "{\"messages\":[]}".getBytes(StandardCharsets.UTF_8);

    private final Peers peers;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final List<Found> found = new ArrayList<>();
    private boolean over;

    /// Messages of a peer.
    ///
    /// @param path of what they come from
    /// @param answer the body of the peer's answer
    record Found(Peer peer, String path, byte[] answer) {}

    private PeerPoll(Peers peers) {
        this.peers = peers;
    }

    /// Asks all of them, if one more may wait.
    static PeerPoll of(Peers peers, Places places, MessageDeliveries.Wanted wanted, long waitMs) {
        var poll = new PeerPoll(peers);
        String path = places.source().path();
        for (Peer peer : places.peers()) {
            if (peers.mayWait()) {
                var _ =
                        Thread.ofVirtual()
                                .name("sinew-http-poll")
                                .start(() -> poll.run(peer, path, wanted, waitMs));
            }
        }
        return poll;
    }

    private void run(Peer peer, String path, MessageDeliveries.Wanted wanted, long waitMs) {
        try {
            Optional<Found> some = ask(peers, peer, path, wanted, waitMs);
            if (some.isPresent() && !offer(some.get())) {
                giveBack(peers, some.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            peers.waitEnded();
        }
    }

    /// Asks one peer for messages. One that can't be asked has none: when it is gone for good its
    /// partitions are with others soon.
    static Optional<Found> ask(
            Peers peers, Peer peer, String path, MessageDeliveries.Wanted wanted, long waitMs)
            throws InterruptedException {
        byte[] body =
                JsonText.write(json -> {
                    json.writeNumberProperty("max", wanted.max());
                    json.writeNumberProperty("waitMs", waitMs);
                    if (wanted.lease().isPresent()) {
                        json.writeNumberProperty("leaseMs", wanted.lease().get().toMillis());
                    }
                });
        try {
            var question = new Peers.Question("POST", path + "/receive", body, waitMs);
            byte[] answer = peers.ask(peer, question);
            return Arrays.equals(answer, NOTHING)
                    ? Optional.empty()
                    : Optional.of(new Found(peer, path, answer));
        } catch (SinewException e) {
            LOGGER.log(
                    System.Logger.Level.DEBUG,
                    () -> "peer=silent address=" + peer.address() + " path=" + path,
                    e);
            return Optional.empty();
        }
    }

    /// Messages that their consumer does not know of are there for others at once. If it can't be
    /// done they are when their leases have run out.
    static void giveBack(Peers peers, Found found) throws InterruptedException {
        try {
            List<JsonMembers> messages =
                    Peers.parsed(found.peer(), found.answer())
                            .objects("messages", Ledger.RECEIVE_MAX);
            List<String> receipts =
                    messages.stream().flatMap(one -> one.text("receipt").stream()).toList();
            byte[] body =
                    JsonText.write(json -> {
                        json.writeBooleanProperty("returned", true);
                        json.writeArrayPropertyStart("receipts");
                        receipts.forEach(json::writeString);
                        json.writeEndArray();
                    });
            var _ = peers.ask(found.peer(), Peers.Question.post(found.path() + "/nack", body));
        } catch (SinewException e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    () -> "messages=not given back, path=" + found.path(),
                    e);
        }
    }

    /// Messages of a peer, acknowledged there: those that were not lost meanwhile, without
    /// receipts.
    ///
    /// @throws SinewException as [Peers#ask]
    static byte[] settled(Peers peers, Found found) throws InterruptedException {
        List<JsonMembers> messages =
                Peers.parsed(found.peer(), found.answer()).objects("messages", Ledger.RECEIVE_MAX);
        byte[] body =
                JsonText.write(json -> {
                    json.writeArrayPropertyStart("receipts");
                    messages.forEach(one -> json.writeString(one.text("receipt").orElse("")));
                    json.writeEndArray();
                });
        var question = Peers.Question.post(found.path() + "/ack", body);
        List<Boolean> done =
                Peers.listed(
                        found.peer(),
                        peers.askJson(found.peer(), question),
                        "settled",
                        messages.size(),
                        one -> one.text("result").equals(Optional.of("done")));
        return JsonText.write(json -> {
            json.writeArrayPropertyStart("messages");
            for (int i = 0; i < messages.size(); i++) {
                if (done.get(i)) {
                    var message = new LinkedHashMap<>(messages.get(i).given());
                    message.remove("receipt");
                    JsonText.write(json, message);
                }
            }
            json.writeEndArray();
        });
    }

    private boolean offer(Found some) {
        lock.lock();
        try {
            return !over && found.add(some);
        } finally {
            lock.unlock();
        }
    }

    /// Messages of a peer, if any have come.
    Optional<Found> taken() {
        lock.lock();
        try {
            return found.isEmpty() ? Optional.empty() : Optional.of(found.removeFirst());
        } finally {
            lock.unlock();
        }
    }

    /// Wants nothing more.
    @Override
    public void close() {
        List<Found> left;
        lock.lock();
        try {
            over = true;
            left = List.copyOf(found);
            found.clear();
        } finally {
            lock.unlock();
        }
        // The consumer is not to wait for it.
        left.forEach(some ->
                Thread.ofVirtual().name("sinew-http-poll").start(() -> giveBackAlone(some)));
    }

    private void giveBackAlone(Found some) {
        try {
            giveBack(peers, some);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
