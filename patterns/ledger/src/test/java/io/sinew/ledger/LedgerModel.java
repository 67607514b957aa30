package io.sinew.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What must be true of a ledger, in the plainest way: a list of messages that is searched from end
/// to end.
final class LedgerModel {
    private final LedgerSettings settings;
    final TreeMap<Long, Message> live = new TreeMap<>();
    private final Map<String, Long> dedupe = new HashMap<>();

    /// All records that there are, by offset.
    private final TreeMap<Long, Sent> log = new TreeMap<>();

    boolean paused;
    private int lastExpired;

    /// What a record asks for, and when it came.
    private record Sent(LedgerScene.Wish wish, long timestampMs) {}

    /// A message as the model knows it.
    static final class Message {
        final long offset;
        final LedgerScene.Wish wish;
        MessagePlace place = MessagePlace.READY;
        long dueMs;
        int lease;
        boolean alone;
        int failures;
        int suspicions;

        /// Whether its group waits for it while it is delayed.
        boolean holds;

        Message(long offset, LedgerScene.Wish wish) {
            this.offset = offset;
            this.wish = wish;
        }

        boolean isOut() {
            return place == MessagePlace.LEASED || (place == MessagePlace.DELAYED && holds);
        }
    }

    LedgerModel(LedgerSettings settings) {
        this.settings = settings;
    }

    void sent(long offset, LedgerScene.Wish wish, long nowMs) {
        var sent = new Sent(wish, nowMs);
        log.put(offset, sent);
        takeIn(offset, sent, nowMs);
    }

    private void takeIn(long offset, Sent sent, long nowMs) {
        LedgerScene.Wish wish = sent.wish();
        if (!wish.dedupe().isEmpty()) {
            Long last = dedupe.get(wish.dedupe());
            if (last != null && last > sent.timestampMs() - settings.dedupeWindowMs()) {
                return;
            }
            dedupe.put(wish.dedupe(), sent.timestampMs());
        }
        var message = new Message(offset, wish);
        live.put(offset, message);
        await(message, wish.dueMs(), false, nowMs);
    }

    private static void await(Message message, long dueMs, boolean holds, long nowMs) {
        boolean over = TimerWheel.isOver(dueMs, nowMs);
        message.place = over ? MessagePlace.READY : MessagePlace.DELAYED;
        message.holds = holds && !over;
        message.dueMs = dueMs;
    }

    void passed(long nowMs) {
        for (Message message : live.values()) {
            boolean due = TimerWheel.isOver(message.dueMs, nowMs);
            if (message.place == MessagePlace.DELAYED && due) {
                message.place = MessagePlace.READY;
                message.holds = false;
            } else if (message.place == MessagePlace.LEASED && due) {
                if (message.alone) {
                    failed(message, message.dueMs, nowMs);
                } else {
                    message.suspicions++;
                    await(message, 0, true, nowMs);
                }
            }
        }
    }

    private void failed(Message message, long dueMs, long nowMs) {
        message.failures++;
        if (message.failures >= settings.failuresMax()) {
            message.place = MessagePlace.DOOMED;
            return;
        }
        await(message, dueMs, true, nowMs);
    }

    private Message of(HandedMessage handed) {
        Message message = live.get(handed.offset());
        if (message == null) {
            throw new AssertionError("message " + handed.offset() + " is not live");
        }
        return message;
    }

    /// The consumer has it for so long from now on.
    void extended(HandedMessage handed, long untilMs) {
        of(handed).dueMs = untilMs;
    }

    void rejected(HandedMessage handed) {
        of(handed).place = MessagePlace.DOOMED;
    }

    /// Judges what was found to have expired when it would have been delivered.
    void expired(List<Long> offsets, long nowMs) {
        lastExpired = offsets.size();
        for (long offset : offsets) {
            Message message = live.get(offset);
            assertThat(message != null && message.place == MessagePlace.READY).isTrue();
            if (message != null) {
                assertThat(isExpired(message, nowMs)).isTrue();
                message.place = MessagePlace.DOOMED;
            }
        }
    }

    /// All is forgotten, and what is from the offset on comes as if for the first time.
    void sought(long offset, long nowMs) {
        live.clear();
        dedupe.clear();
        log.tailMap(offset).forEach((at, sent) -> takeIn(at, sent, nowMs));
    }

    /// Offsets of what is not delivered any more.
    List<Long> doomed() {
        return live.values().stream()
                .filter(message -> message.place == MessagePlace.DOOMED)
                .map(message -> message.offset)
                .toList();
    }

    /// Doomed messages are as if they had never failed.
    void redriven(List<Long> offsets) {
        for (long offset : offsets) {
            Message message = live.get(offset);
            if (message != null && message.place == MessagePlace.DOOMED) {
                message.place = MessagePlace.READY;
                message.failures = 0;
                message.suspicions = 0;
            }
        }
    }

    /// Doomed messages are no more.
    void dropped(List<Long> offsets) {
        live.keySet().removeAll(doomed().stream().filter(offsets::contains).toList());
    }

    private boolean isFull(long doomed) {
        return settings.parks() && doomed >= settings.parkedMax();
    }

    /// A message that waits has another offset, and a record of its own there.
    void moved(long from, long to, long nowMs) {
        Message was = live.remove(from);
        assertThat(was != null && was.place == MessagePlace.DELAYED && !was.holds).isTrue();
        if (was != null) {
            LedgerScene.Wish wish = was.wish.dedupe("");
            log.put(to, new Sent(wish, nowMs));
            var message = new Message(to, wish);
            message.place = was.place;
            message.dueMs = was.dueMs;
            live.put(to, message);
        }
    }

    boolean holds(HandedMessage handed) {
        Message message = live.get(handed.offset());
        return message != null
                && message.place == MessagePlace.LEASED
                && message.lease == handed.lease();
    }

    void failed(HandedMessage handed, long dueMs, long nowMs) {
        failed(of(handed), dueMs, nowMs);
    }

    void returned(HandedMessage handed, long dueMs, long nowMs) {
        await(of(handed), dueMs, true, nowMs);
    }

    // ---- delivery

    /// Judges what was given to a consumer, and takes note of it.
    void delivered(List<HandedMessage> handed, int most, long nowMs, long untilMs) {
        assertThat(handed).hasSizeLessThanOrEqualTo(most);
        boolean someExpired = lastExpired > 0;
        long doomedBefore = count(MessagePlace.DOOMED) - lastExpired;
        assertThat(handed.isEmpty() || !(paused || isFull(doomedBefore)))
                .as("nothing is given out while it is paused, or has as much as may stay")
                .isTrue();
        for (HandedMessage one : handed) {
            Message message = of(one);
            assertThat(isExpired(message, nowMs)).as("%s had expired", one.offset()).isFalse();
            assertThat(message.place).as("of %s", one.offset()).isEqualTo(MessagePlace.READY);
            assertThat(isNext(message)).as("%s is next in its group", one.offset()).isTrue();
            if (!someExpired) {
                // Else what stood behind them in their groups came to its turn in between.
                assertThat(message.wish.priority())
                        .as("nothing of a higher priority waits while %s goes", one.offset())
                        .isEqualTo(highest(nowMs));
            }
            assertThat(one.attempt()).isEqualTo(message.failures + 1);
            assertThat(handed)
                    .hasSizeLessThanOrEqualTo(Isolation.company(Math.min(message.suspicions, 2)));
            message.place = MessagePlace.LEASED;
            message.lease = one.lease();
            message.alone = handed.size() == 1;
            message.dueMs = untilMs;
        }
        if (handed.isEmpty() && most > 0) {
            boolean none = live.values().stream().noneMatch(this::isDeliverable);
            assertThat(paused || isFull(count(MessagePlace.DOOMED)) || none)
                    .as("whoever asks is given what is there")
                    .isTrue();
        }
    }

    private boolean isExpired(Message message, long nowMs) {
        return message.wish.expiresMs() > 0 && message.wish.expiresMs() <= nowMs;
    }

    private boolean isDeliverable(Message message) {
        return message.place == MessagePlace.READY && isNext(message);
    }

    /// Whether its ordered group lets it go.
    private boolean isNext(Message message) {
        if (message.wish.group().isEmpty()) {
            return true;
        }
        List<Message> group =
                live.values().stream()
                        .filter(other -> other.wish.group().equals(message.wish.group()))
                        .toList();
        long out = group.stream().filter(Message::isOut).count();
        boolean first =
                group.stream()
                        .filter(other -> other.place == MessagePlace.READY)
                        .noneMatch(other -> other.offset < message.offset);
        return out < settings.groupConcurrency() && first;
    }

    private int highest(long nowMs) {
        return live.values().stream()
                .filter(this::isDeliverable)
                .filter(message -> !isExpired(message, nowMs))
                .map(message -> message.wish.priority())
                .max(Comparator.naturalOrder())
                .orElse(-1);
    }

    LedgerCounts counts() {
        return new LedgerCounts(
                count(MessagePlace.READY),
                count(MessagePlace.DELAYED),
                count(MessagePlace.LEASED),
                count(MessagePlace.DOOMED),
                0);
    }

    private long count(MessagePlace place) {
        return live.values().stream().filter(message -> message.place == place).count();
    }
}
