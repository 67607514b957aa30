package io.sinew.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The messages that are not due for long. They have no rows: of each only the offset is kept, and
/// when it is due, in some six bytes, in buckets by the time when they are due. When a bucket comes
/// near, the records of its messages are read again and get rows, so that ten million messages of
/// the next year cost 65 MB and hold up nobody.
///
/// A message is far if there are at least two widths of a bucket between its coming and its being
/// due, and near a width before its bucket begins. [#BUCKETS_MAX] widths ahead is the last bucket:
/// what is due later waits there and is put on once it comes near, so that no sender can have
/// millions of buckets made.
final class FarMessages {
    /// How far ahead a bucket can be, in widths: a year, if a width is an hour.
    static final int BUCKETS_MAX = 8_760;

    private final long widthMs;
    private final TreeMap<Long, FarBucket> buckets = new TreeMap<>();
    private int count;

    /// The lowest offset, or one that was lowest and is to be looked for anew.
    private long lowest = Long.MAX_VALUE;

    private boolean lowestIsGone;

    /// @param farMs how long before its time a message is far
    FarMessages(long farMs) {
        this.widthMs = farMs / 2;
    }

    /// The first messages of a bucket.
    ///
    /// @param bucket its number
    record Lot(long bucket, List<FarMessage> messages) {
        Lot {
            messages = List.copyOf(messages);
        }
    }

    /// Whether a message is to be kept here, seen from `atMs`.
    boolean isFar(long dueMs, long atMs) {
        return dueMs - atMs >= 2 * widthMs;
    }

    int count() {
        return count;
    }

    /// The lowest offset; [Long#MAX_VALUE] for none.
    long lowest() {
        if (lowestIsGone) {
            lowest = Long.MAX_VALUE;
            for (FarBucket bucket : buckets.values()) {
                lowest = Math.min(lowest, bucket.first().offset());
            }
            lowestIsGone = false;
        }
        return lowest;
    }

    /// Takes a message in.
    ///
    /// @param atMs when it is far
    void add(FarMessage message, long atMs) {
        add(Math.min(message.dueMs() / widthMs, atMs / widthMs + BUCKETS_MAX), message);
    }

    /// Takes a message of a snapshot into its bucket.
    void restore(long number, FarMessage message) {
        if (number < 0 || message.dueMs() / widthMs < number) {
            throw ByteSource.damaged("it has a message that is due before its time");
        }
        add(number, message);
    }

    private void add(long number, FarMessage message) {
        FarBucket bucket = bucket(number);
        if (bucket.takes(message.offset())) {
            bucket.add(message);
        } else {
            insert(number, bucket, message);
        }
        count++;
        lowest = Math.min(lowest, message.offset());
    }

    private FarBucket bucket(long number) {
        return buckets.computeIfAbsent(number, n -> new FarBucket(n * widthMs));
    }

    /// Only what is put on from the last bucket comes out of order.
    private void insert(long number, FarBucket into, FarMessage message) {
        var all = new ArrayList<FarMessage>(into.count() + 1);
        into.forEach(into.count(), all::add);
        all.add(message);
        all.sort(Comparator.comparingLong(FarMessage::offset));
        var anew = new FarBucket(number * widthMs);
        all.forEach(anew::add);
        buckets.put(number, anew);
    }

    /// When the first bucket comes near; [Long#MAX_VALUE] for never.
    long nearMs() {
        return buckets.isEmpty() ? Long.MAX_VALUE : (buckets.firstKey() - 1) * widthMs;
    }

    /// The first messages of a bucket that is near.
    Optional<Lot> near(long nowMs, int most) {
        if (buckets.isEmpty() || nearMs() > nowMs) {
            return Optional.empty();
        }
        return Optional.of(first(buckets.firstKey(), most));
    }

    private Lot first(long number, int most) {
        var found = new ArrayList<FarMessage>();
        FarBucket bucket = buckets.get(number);
        if (bucket != null) {
            bucket.forEach(most, found::add);
        }
        return new Lot(number, found);
    }

    /// Whether they still are the first of their bucket.
    boolean has(Lot lot) {
        return first(lot.bucket(), lot.messages().size()).equals(lot);
    }

    /// Drops the first messages of a bucket.
    void drop(long number, int most) {
        FarBucket bucket = buckets.get(number);
        if (bucket == null) {
            return;
        }
        int before = bucket.count();
        lowestIsGone |= bucket.first().offset() == lowest;
        bucket.drop(most);
        count -= before - bucket.count();
        put(number, bucket);
    }

    /// Drops messages wherever they are.
    void remove(Collection<FarMessage> messages) {
        var left = new HashSet<>(messages);
        messages.stream()
                .map(message -> message.dueMs() / widthMs)
                .distinct()
                .forEach(number -> removeFrom(number, left));
        if (!left.isEmpty()) {
            // Some may be in a bucket before theirs, which was the last one when they came.
            List.copyOf(buckets.keySet()).forEach(number -> removeFrom(number, left));
        }
    }

    private void removeFrom(long number, Set<FarMessage> gone) {
        FarBucket bucket = buckets.get(number);
        if (bucket == null) {
            return;
        }
        var rest = new FarBucket(number * widthMs);
        bucket.forEach(
                bucket.count(),
                message -> {
                    if (!gone.remove(message)) {
                        rest.add(message);
                    }
                });
        if (rest.count() < bucket.count()) {
            count -= bucket.count() - rest.count();
            lowestIsGone = true;
            put(number, rest);
        }
    }

    private void put(long number, FarBucket bucket) {
        if (bucket.count() == 0) {
            buckets.remove(number);
        } else {
            buckets.put(number, bucket);
        }
    }

    /// Drops all messages before an offset.
    void dropBefore(long offset) {
        for (Map.Entry<Long, FarBucket> entry : List.copyOf(buckets.entrySet())) {
            // Of a bucket they are the first.
            int[] before = {0};
            entry.getValue()
                    .forEach(
                            Integer.MAX_VALUE,
                            message -> {
                                if (message.offset() < offset) {
                                    before[0]++;
                                }
                            });
            drop(entry.getKey(), before[0]);
        }
    }

    /// Messages from an offset on, the lowest first. Looks at all there are.
    List<FarMessage> from(long offset, int most) {
        var highest =
                new PriorityQueue<FarMessage>(
                        Comparator.comparingLong(FarMessage::offset).reversed());
        for (FarBucket bucket : buckets.values()) {
            bucket.forEach(
                    Integer.MAX_VALUE,
                    message -> {
                        if (message.offset() >= offset) {
                            highest.add(message);
                            if (highest.size() > most) {
                                highest.remove();
                            }
                        }
                    });
        }
        return highest.stream().sorted(Comparator.comparingLong(FarMessage::offset)).toList();
    }

    /// Shows all messages, bucket by bucket, in lots of up to `most`.
    void forEach(int most, Consumer<Lot> sink) {
        buckets.forEach((number, bucket) -> {
            var lot = new ArrayList<FarMessage>();
            bucket.forEach(
                    Integer.MAX_VALUE,
                    message -> {
                        lot.add(message);
                        if (lot.size() == most) {
                            sink.accept(new Lot(number, lot));
                            lot.clear();
                        }
                    });
            if (!lot.isEmpty()) {
                sink.accept(new Lot(number, lot));
            }
        });
    }

    int bucketCount() {
        return buckets.size();
    }

    /// Bytes that the messages take.
    long sizeBytes() {
        return buckets.values().stream().mapToLong(FarBucket::sizeBytes).sum();
    }
}
