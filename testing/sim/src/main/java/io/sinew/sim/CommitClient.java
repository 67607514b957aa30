package io.sinew.sim;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.broker.Broker;
import io.sinew.broker.EmbeddedEngine;
import io.sinew.topics.Fetched;
import io.sinew.topics.NewRecord;
import io.sinew.topics.Owner;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Whoever commits atomically through the engine, over partitions of two topics together with a
/// position, and the zombie that it has fenced. What must be there is kept here: each commit has a
/// number, which all its records bear and its position is. The topics are nobody else's.
final class CommitClient {
    private static final String PREFIX = "engine-";
    private static final List<TopicPartition> PARTITIONS =
            List.of(
                    new TopicPartition(PREFIX + "a", 0),
                    new TopicPartition(PREFIX + "a", 1),
                    new TopicPartition(PREFIX + "b", 0));
    private static final String NAME = "committer";
    private static final String GROUP = "committers";

    /// So many bytes pass the end of every block that [Machine] makes, sometimes.
    private static final int SIZE_MAX = 9_000;

    private static final int READ_MAX_BYTES = 20_000;

    private final World world;

    /// By their numbers, of which the first is 1.
    private final List<Attempt> attempts = new ArrayList<>();

    private @Nullable Broker broker;
    private @Nullable EmbeddedEngine engine;
    private @Nullable Owner owner;
    private @Nullable Owner zombie;

    /// What is known of a commit.
    private enum Fate {
        UNKNOWN,
        KEPT,
        REFUSED
    }

    private static final class Attempt {
        final List<TopicPartition> partitions;
        Fate fate = Fate.UNKNOWN;

        Attempt(List<TopicPartition> partitions) {
            this.partitions = partitions;
        }
    }

    CommitClient(World world) {
        this.world = world;
    }

    /// Whether a topic is this client's.
    static boolean hasMade(String topic) {
        return topic.startsWith(PREFIX);
    }

    private EmbeddedEngine engine() {
        Broker present = world.machine().broker();
        EmbeddedEngine known = engine;
        if (known == null || present != broker) {
            known = new EmbeddedEngine(present, world.chance()::id);
            broker = present;
            engine = known;
            owner = null;
            zombie = null;
        }
        return known;
    }

    /// Does one thing.
    void act() throws InterruptedException {
        makeTopics();
        Owner present = owner;
        if (present == null || world.chance().oneIn(8)) {
            zombie = present;
            owner = engine().own(NAME);
            world.trace().add("own " + NAME);
        } else if (zombie != null && world.chance().oneIn(4)) {
            commit(zombie, true);
        } else if (world.chance().oneIn(10)) {
            check();
        } else {
            commit(present, false);
        }
    }

    private void makeTopics() throws InterruptedException {
        for (TopicPartition partition : PARTITIONS) {
            if (engine().topic(partition.topic()).isEmpty()) {
                try {
                    var settings = Map.of("segment.bytes", "20000", "retention.ms", "-1");
                    engine().createTopic(partition.topic(), 2, settings);
                } catch (SinewException e) {
                    // On its way.
                    if (e.code() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                        throw e;
                    }
                }
            }
        }
    }

    private void commit(Owner by, boolean fenced) throws InterruptedException {
        var partitions = new ArrayList<>(PARTITIONS);
        partitions.remove(world.chance().below(PARTITIONS.size() + 1) % PARTITIONS.size());
        var attempt = new Attempt(List.copyOf(partitions));
        attempts.add(attempt);
        int number = attempts.size();
        world.trace().add("commit " + number + (fenced ? " by a zombie" : ""));
        var appends = new ArrayList<Owner.Append>();
        for (TopicPartition partition : partitions) {
            appends.add(new Owner.Append(partition, List.of(record(number))));
        }
        var position = Map.of(PARTITIONS.getFirst(), (long) number);
        try {
            by.commit(appends, List.of(new Owner.Positions(GROUP, position)));
            BrokenPromise.unless(!fenced, "a fenced owner has committed " + number);
            attempt.fate = Fate.KEPT;
            world.trace().add("committed " + number);
        } catch (SinewException e) {
            if (e.code() == ErrorCode.PRODUCER_FENCED) {
                BrokenPromise.unless(fenced, "an owner was fenced by nobody");
                attempt.fate = Fate.REFUSED;
                return;
            }
            throw e;
        }
    }

    private NewRecord record(int number) {
        int size = world.chance().oneIn(3) ? world.chance().below(SIZE_MAX) : 10;
        byte[] value = (number + " " + "c".repeat(size)).getBytes(StandardCharsets.UTF_8);
        return new NewRecord(null, value, List.of(), world.clock().nowMs());
    }

    /// The broker is another one now: what was on its way is there or will never be.
    void restarted() throws InterruptedException {
        List<Set<Integer>> there = check();
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            if (attempt.fate == Fate.UNKNOWN) {
                attempt.fate = isThere(i + 1, there) ? Fate.KEPT : Fate.REFUSED;
            }
        }
    }

    private boolean isThere(int number, List<Set<Integer>> there) {
        TopicPartition any = attempts.get(number - 1).partitions.getFirst();
        return there.get(PARTITIONS.indexOf(any)).contains(number);
    }

    /// Reads everything: each commit is there as a whole, or nothing of it is.
    ///
    /// @return the numbers that each partition has
    List<Set<Integer>> check() throws InterruptedException {
        var there = new ArrayList<Set<Integer>>();
        for (TopicPartition partition : PARTITIONS) {
            there.add(numbersIn(partition));
        }
        int last = 0;
        for (int number = 1; number <= attempts.size(); number++) {
            Attempt attempt = attempts.get(number - 1);
            boolean is = isThere(number, there);
            for (TopicPartition partition : attempt.partitions) {
                BrokenPromise.unless(
                        there.get(PARTITIONS.indexOf(partition)).contains(number) == is,
                        "a part of commit " + number + " is missing in " + partition);
            }
            BrokenPromise.unless(
                    is ? attempt.fate != Fate.REFUSED : attempt.fate != Fate.KEPT,
                    "commit " + number + " is " + attempt.fate + ", and there: " + is);
            last = is ? number : last;
        }
        checkPosition(last);
        return there;
    }

    /// What is on its way may have moved the position already.
    private void checkPosition(int last) throws InterruptedException {
        long position = engine().position(GROUP, PARTITIONS.getFirst()).orElse(0);
        boolean ahead =
                position > last
                        && position <= attempts.size()
                        && attempts.get((int) position - 1).fate == Fate.UNKNOWN
                        && !world.machine().isRunning();
        BrokenPromise.unless(
                position == last || ahead,
                "the position is " + position + ", and the last commit is " + last);
    }

    private Set<Integer> numbersIn(TopicPartition partition) throws InterruptedException {
        var numbers = new TreeSet<Integer>();
        if (engine().topic(partition.topic()).isEmpty()) {
            return numbers;
        }
        long next = engine().startOffset(partition);
        int last = 0;
        while (next < engine().endOffset(partition)) {
            int most = world.chance().below(READ_MAX_BYTES);
            Fetched fetched = engine().read(partition, next, most, Duration.ZERO);
            BrokenPromise.unless(fetched.nextOffset() > next, partition + ": a read gets nowhere");
            for (StoredRecord record : fetched.records()) {
                int number = numberOf(record);
                BrokenPromise.unless(number > last, partition + ": " + number + " after " + last);
                last = number;
                numbers.add(number);
            }
            next = fetched.nextOffset();
        }
        return numbers;
    }

    private static int numberOf(StoredRecord record) {
        byte[] value = record.value();
        String text = value == null ? "" : new String(value, StandardCharsets.UTF_8);
        return Integer.parseInt(text.substring(0, text.indexOf(' ')));
    }
}
