package io.sinew.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// A ledger in a test: a state, the time, and the log of its changes, from which another state can
/// be made as after a restart.
final class LedgerScene {
    final LedgerSettings settings;
    LedgerState state;
    long nowMs = 1_000_000;
    long nextOffset;

    /// The data partition, and for each record of the ledger partition what was taken in before.
    final List<MessageFacts> data = new ArrayList<>();

    final List<byte[]> log = new ArrayList<>();

    /// Messages that the last receive found to have expired.
    final List<Long> expired = new ArrayList<>();

    LedgerScene(LedgerSettings settings) {
        this.settings = settings;
        this.state = new LedgerState(settings, nowMs);
    }

    static LedgerScene usual() {
        return new LedgerScene(LedgerSettings.defaults());
    }

    // ---- messages

    /// What a message asks for.
    record Wish(long dueMs, long expiresMs, int priority, String group, String dedupe) {
        static final Wish NONE = new Wish(0, 0, MessageHeaders.PRIORITY_DEFAULT, "", "");

        Wish due(long ms) {
            return new Wish(ms, expiresMs, priority, group, dedupe);
        }

        Wish expires(long ms) {
            return new Wish(dueMs, ms, priority, group, dedupe);
        }

        Wish priority(int value) {
            return new Wish(dueMs, expiresMs, value, group, dedupe);
        }

        Wish group(String name) {
            return new Wish(dueMs, expiresMs, priority, name, dedupe);
        }

        Wish dedupe(String id) {
            return new Wish(dueMs, expiresMs, priority, group, id);
        }
    }

    /// Appends a message and takes it in.
    long send(Wish wish) {
        var facts =
                new MessageFacts(
                        nextOffset++,
                        nowMs,
                        wish.dueMs(),
                        wish.expiresMs(),
                        wish.priority(),
                        wish.group().isEmpty() ? 0 : MessageFacts.groupOf(bytes(wish.group())),
                        wish.dedupe().isEmpty()
                                ? MessageFacts.DedupeId.NONE
                                : MessageFacts.DedupeId.of(bytes(wish.dedupe())));
        data.add(facts);
        state.ingest(facts, nowMs);
        return facts.offset();
    }

    /// So many messages that ask for nothing.
    void sendPlain(int count) {
        for (int i = 0; i < count; i++) {
            send(Wish.NONE);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- time

    void pass(long ms) {
        nowMs += ms;
        write(state.tick(nowMs));
        comeNear();
    }

    /// Reads far messages again, as far as they are near.
    private void comeNear() {
        for (var lot = state.near(nowMs); lot.isPresent(); lot = state.near(nowMs)) {
            List<MessageFacts> found =
                    lot.get().messages().stream()
                            .map(message -> data.get((int) message.offset()))
                            .toList();
            write(state.near(lot.get(), found, nowMs));
        }
    }

    // ---- consumers

    List<HandedMessage> receive(int most) {
        LedgerDelivery delivery = state.receive(nowMs, most, nowMs + settings.leaseMs());
        write(delivery.ops());
        expired.clear();
        for (LedgerOp op : delivery.doomed()) {
            if (op instanceof LedgerOp.Doomed(long offset, DeadReason _, long _, String _)) {
                expired.add(offset);
            }
        }
        return delivery.messages();
    }

    List<Long> offsets(int most) {
        return receive(most).stream().map(HandedMessage::offset).toList();
    }

    HandedMessage receiveOne() {
        return receive(1).getFirst();
    }

    boolean ack(HandedMessage message) {
        return write(state.ack(message.offset(), message.lease()));
    }

    boolean fail(HandedMessage message) {
        return write(
                state.fail(message.offset(), message.lease(), OptionalLong.empty(), "boom", nowMs));
    }

    boolean failFor(HandedMessage message, long delayMs) {
        return write(
                state.fail(
                        message.offset(),
                        message.lease(),
                        OptionalLong.of(delayMs),
                        "boom",
                        nowMs));
    }

    boolean giveBack(HandedMessage message, long delayMs) {
        return write(state.giveBack(message.offset(), message.lease(), delayMs, nowMs));
    }

    boolean reject(HandedMessage message) {
        return write(state.reject(message.offset(), message.lease(), "no", nowMs));
    }

    boolean extend(HandedMessage message, long ms) {
        return write(state.extend(message.offset(), message.lease(), nowMs + ms));
    }

    /// Appends far messages once more that keep the log.
    ///
    /// @return the new offsets by the old ones
    Map<Long, Long> move() {
        var moved = new TreeMap<Long, Long>();
        List<FarMessage> pinning = state.pinning(nowMs);
        if (pinning.isEmpty()) {
            return moved;
        }
        var copies = new ArrayList<MessageFacts>();
        for (FarMessage message : pinning) {
            MessageFacts was = data.get((int) message.offset());
            var copy =
                    new MessageFacts(
                            nextOffset++,
                            nowMs,
                            was.dueMs(),
                            was.expiresMs(),
                            was.priority(),
                            was.group(),
                            MessageFacts.DedupeId.NONE);
            data.add(copy);
            copies.add(copy);
            moved.put(message.offset(), copy.offset());
        }
        var op = new LedgerOp.Moved(pinning);
        state.replay(op, nowMs);
        write(List.of(op));
        copies.forEach(copy -> state.ingest(copy, nowMs));
        return moved;
    }

    /// Appends the dead letters of all that are doomed.
    List<DoomedMessage> bury() {
        List<DoomedMessage> doomed = state.dying(1_000);
        if (!doomed.isEmpty()) {
            var op =
                    new LedgerOp.Buried(doomed.stream().mapToLong(DoomedMessage::offset).toArray());
            state.replay(op, nowMs);
            write(List.of(op));
        }
        return doomed;
    }

    /// Has doomed messages that stayed tried again.
    boolean redrive(List<Long> offsets) {
        return write(state.redrive(offsets, nowMs));
    }

    /// Forgets doomed messages that stayed.
    boolean drop(List<Long> offsets) {
        return write(state.drop(offsets));
    }

    /// Forgets all messages, and takes in again what is from an offset on.
    void seek(long offset) {
        long before = state.ingestedTo();
        write(before, List.of(state.seek(offset, nowMs)));
        ingestUpTo(state, nextOffset);
        comeNear();
    }

    LedgerCounts counts() {
        return state.counts(nextOffset);
    }

    // ---- the log

    boolean write(Optional<LedgerOp> op) {
        op.ifPresent(change -> write(List.of(change)));
        return op.isPresent();
    }

    void write(List<LedgerOp> ops) {
        write(state.ingestedTo(), ops);
    }

    private void write(long ingestedTo, List<LedgerOp> ops) {
        if (!ops.isEmpty()) {
            ByteSink out = LedgerRecordV1Format.begin(ingestedTo);
            ops.forEach(op -> LedgerRecordV1Format.put(out, op));
            log.add(out.toBytes());
        }
    }

    /// Writes a snapshot and forgets what was before it.
    void snapshot() {
        var records = new ArrayList<byte[]>();
        state.writeTo(new LedgerSnapshotV1Format.Writer(records::add));
        log.clear();
        log.addAll(records);
    }

    /// A state as another process makes it from the log.
    LedgerState replayed() throws InterruptedException {
        LedgerRecovery recovery = LedgerRecovery.alone(settings, nowMs);
        for (int i = 0; i < log.size(); i++) {
            recovery.take(i, log.get(i), this::ingestUpTo);
        }
        LedgerState again = recovery.state(nextOffset);
        ingestUpTo(again, nextOffset);
        again.tick(nowMs);
        return again;
    }

    private void ingestUpTo(LedgerState into, long upTo) {
        if (upTo > nextOffset) {
            throw LedgerRecovery.endsTooEarly(nextOffset, upTo);
        }
        while (into.ingestedTo() < upTo) {
            into.ingest(data.get((int) into.ingestedTo()), nowMs);
        }
    }

    /// All of a state that lasts, to be compared.
    static List<String> picture(LedgerState state) {
        var records = new ArrayList<String>();
        state.writeTo(
                new LedgerSnapshotV1Format.Writer(
                        bytes -> records.add(new String(bytes, StandardCharsets.ISO_8859_1))));
        return records;
    }
}
