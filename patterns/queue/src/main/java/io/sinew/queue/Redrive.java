package io.sinew.queue;

import io.sinew.base.Clock;
import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.ledger.DeadLetters;
import io.sinew.ledger.Ledger;
import io.sinew.ledger.MessagePlace;
import io.sinew.ledger.Pace;
import io.sinew.ledger.SeenMessage;
import io.sinew.ledger.Settled;
import io.sinew.topics.Header;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Dead letters on their way back to the queue that they come from. Each is taken from the one
/// queue and appended to the other in one commit; so whenever this stops, by an exception, by an
/// interrupt or with the process, each is in one of the two, and another goes on with the rest.
///
/// It goes through the letters in their order, once, without taking any that it does not send:
/// whoever else looks at them or receives them is not disturbed, and those that somebody has at the
/// moment stay. What it has sent and dies once more meanwhile is not sent a second time. It does a
/// step at a time, so that whoever runs it decides how to wait in between. Not thread-safe.
public final class Redrive {
    /// Letters that are looked at in one step.
    private static final int LOOKED_AT_MAX = 1_000;

    /// Letters that are sent in one step, if there is no pace.
    private static final int SENT_MAX = 100;

    private final Queue dead;
    private final Queue to;
    private final Set<Integer> partitions;
    private final Options options;
    private final Clock clock;
    private final Pace pace;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition never = lock.newCondition();
    private Place place;
    private long sent;

    /// Where a redrive has come, for another that goes on from there.
    ///
    /// @param partition of the queue of dead letters
    /// @param offset of the next letter to look at
    /// @param begunMs when it began, in ms since 1970: what was sent again since then stays
    public record Place(int partition, long offset, long begunMs) {
        private static final String FORM = "[0-9]{1,9}\\.[0-9]{1,18}\\.[0-9]{1,18}";

        /// As text, for somebody to keep.
        public String text() {
            return partition + "." + offset + "." + begunMs;
        }

        /// The place of its text.
        ///
        /// @throws SinewException `INVALID_REQUEST`: no place looks like that
        public static Place parse(String text) {
            if (!text.matches(FORM)) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "'" + text + "' is not where a redrive stopped: give back what it said");
            }
            String[] parts = text.split("\\.", -1);
            return new Place(
                    Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
        }
    }

    /// Which letters, how many, and how fast. Immutable: each of its methods gives another.
    ///
    /// @param which the others stay
    /// @param most how many are sent
    /// @param perSecond 0 for as fast as it goes
    /// @param dry whether they are only counted, and all stay
    /// @param from where another one has stopped
    public record Options(
            LetterFilter which, long most, int perSecond, boolean dry, Optional<Place> from) {
        public Options {
            if (most < 1 || perSecond < 0 || perSecond > Pace.PER_SECOND_MAX) {
                throw new SinewException(
                        ErrorCode.INVALID_REQUEST,
                        "Send at least one dead letter, and from 1 to "
                                + Pace.PER_SECOND_MAX
                                + " a second");
            }
        }

        /// All of them, as fast as it goes.
        public static Options all() {
            return only(LetterFilter.all());
        }

        public static Options only(LetterFilter which) {
            return new Options(which, Long.MAX_VALUE, 0, false, Optional.empty());
        }

        public Options atMost(long count) {
            return new Options(which, count, perSecond, dry, from);
        }

        public Options atMostPerSecond(int count) {
            return new Options(which, most, count, dry, from);
        }

        /// Only counts.
        public Options dryRun() {
            return new Options(which, most, perSecond, true, from);
        }

        public Options goingOnFrom(Place place) {
            return new Options(which, most, perSecond, dry, Optional.of(place));
        }
    }

    /// What became of one step.
    ///
    /// @param sent how many letters were sent in it
    /// @param waitNanos how long to wait until the next one
    /// @param complete whether there is nothing more to do
    public record Step(int sent, long waitNanos, boolean complete) {}

    /// @param partitions of the queue of dead letters that are meant; those with others are theirs
    Redrive(Queue dead, Queue to, Options options, Clock clock, Set<Integer> partitions) {
        this.dead = dead;
        this.partitions = Set.copyOf(partitions);
        this.to = to;
        this.options = options;
        this.clock = clock;
        this.pace = new Pace(options.perSecond(), clock.nanos());
        this.place = options.from().orElseGet(() -> new Place(0, 0, clock.nowMs()));
        passOver();
    }

    /// How many letters were sent so far.
    public long sent() {
        return sent;
    }

    /// Where another can go on; empty when there is no letter left to look at.
    public Optional<Place> rest() {
        return isAtEnd() ? Optional.empty() : Optional.of(place);
    }

    /// Sends the next few letters. It waits for their commits, and for nothing else.
    ///
    /// @throws SinewException `NOT_OWNER`; what the engine throws: then it may be done again
    public Step step() throws InterruptedException {
        if (isComplete()) {
            return new Step(0, 0, true);
        }
        long early = pace.earlyNanos(clock.nanos());
        if (early > 0) {
            return new Step(0, early, false);
        }
        long before = sent;
        long most = Math.min(options.most(), before + (options.perSecond() == 0 ? SENT_MAX : 1));
        int left = LOOKED_AT_MAX;
        while (sent < most && left > 0 && !isComplete()) {
            List<SeenMessage> next =
                    dead.ledger().look(place.partition(), place.offset(), Math.min(left, SENT_MAX));
            if (next.isEmpty()) {
                place = new Place(place.partition() + 1, 0, place.begunMs());
                passOver();
            }
            left -= Math.max(1, next.size());
            sendFrom(next, most);
        }
        long wait = isComplete() ? 0 : Math.max(0, pace.earlyNanos(clock.nanos()));
        return new Step((int) (sent - before), wait, isComplete());
    }

    private boolean isComplete() {
        return sent >= options.most() || isAtEnd();
    }

    private void passOver() {
        while (!isAtEnd() && !partitions.contains(place.partition())) {
            place = new Place(place.partition() + 1, 0, place.begunMs());
        }
    }

    private boolean isAtEnd() {
        return place.partition() >= dead.info().partitionCount();
    }

    private void sendFrom(List<SeenMessage> letters, long most) throws InterruptedException {
        for (SeenMessage letter : letters) {
            if (sent >= most) {
                return;
            }
            if (isMeant(letter) && send(letter.offset())) {
                sent++;
                pace.begin(clock.nanos());
            }
            place = new Place(place.partition(), letter.offset() + 1, place.begunMs());
        }
    }

    private static boolean isMeant(SeenMessage letter) {
        return letter.place() == MessagePlace.READY || letter.place() == MessagePlace.DELAYED;
    }

    private boolean send(long offset) throws InterruptedException {
        Optional<StoredRecord> found = dead.ledger().record(place.partition(), offset);
        if (found.isEmpty()
                || redrivenMs(found.get()) >= place.begunMs()
                || !options.which().matches(found.get())) {
            return false;
        }
        return options.dry() || send(dead, to, place.partition(), found.get(), clock.nowMs());
    }

    /// When a letter was sent again the last time; 0 for never. Anybody could have written that.
    private static long redrivenMs(StoredRecord letter) {
        String text = letter.header(DeadLetters.REDRIVEN).map(Header::text).orElse("");
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /// Takes a letter from the one queue and appends it to the other.
    ///
    /// @return false when somebody else has the letter by now
    static boolean send(Queue dead, Queue to, int partition, StoredRecord letter, long nowMs)
            throws InterruptedException {
        Ledger ledger = dead.ledger();
        // The same partition: there its ordered group is.
        var there = new TopicPartition(to.info().name(), partition % to.info().partitionCount());
        var append = new Owner.Append(there, List.of(DeadLetters.redriven(letter, nowMs)));
        return ledger.acknowledgeFree(partition, letter.offset(), List.of(append)) == Settled.DONE;
    }

    /// Does all of it, and waits in between. An interrupt ends it between two letters: what was
    /// sent is sent, and the rest stays.
    ///
    /// @return how many were sent
    public long run() throws InterruptedException {
        for (Step step = step(); !step.complete(); step = step()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted at " + place.text());
            }
            pause(step.waitNanos());
        }
        return sent;
    }

    private void pause(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0) {
                left = never.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
