package io.sinew.http;

import io.helidon.webserver.CloseConnectionException;
import io.sinew.base.SinewException;
import io.sinew.http.TailEvent.Said;
import io.sinew.topics.Fetched;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// One client that follows a topic. It reads the log up to where the feed is, then takes the feed's
/// events as they are, and reads the log again if it was too slow for that. Every event has an id
/// that says where to go on behind it: nothing is lost by that, and nothing comes twice. One thread
/// runs it, that of the request.
final class Tail {
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RETRY =
            ("retry: " + HttpLimits.TAIL_RETRY_MS + "\n\n").getBytes(StandardCharsets.US_ASCII);

    private final TailFeeds feeds;
    private final TailFeed.Seat seat;
    private final Callers callers;
    private final Runnable hangUp;
    private final String topic;

    /// How far this tail has come, with those partitions only that it follows.
    private final TailPositions own;

    private final OutputStream out;

    /// Since when it has been handing over bytes, by the clock's nanoseconds; 0 while it does not.
    private volatile long writingNanos;

    /// @param own where it begins
    Tail(
            TailFeeds feeds,
            TailFeed.Seat seat,
            Callers callers,
            String topic,
            TailPositions own,
            OutputStream out) {
        this.feeds = feeds;
        this.seat = seat;
        this.callers = callers;
        this.hangUp = callers.hangUp();
        this.topic = topic;
        this.own = own;
        this.out = out;
    }

    /// Runs until the feed is over.
    ///
    /// @throws IOException when the client has gone
    void run() throws IOException, InterruptedException {
        feeds.began(this);
        try {
            write(RETRY, 0);
            flush();
            while (!seat.isOver()) {
                TailFeed.Place place = seat.place();
                if (catchUp(place.positions())) {
                    follow(place);
                }
            }
        } finally {
            feeds.ended(this);
        }
    }

    // ---- the client

    private void write(byte[] bytes, int from) throws IOException {
        writingNanos = feeds.clock().nanos() | 1;
        out.write(bytes, from, bytes.length - from);
        writingNanos = 0;
    }

    private void flush() throws IOException {
        writingNanos = feeds.clock().nanos() | 1;
        out.flush();
        writingNanos = 0;
    }

    /// Closes the connection if its client has taken nothing for so long. For any thread.
    void cutIfStalled(long stallNanos) {
        long since = writingNanos;
        if (since != 0 && feeds.clock().nanos() - since > stallNanos) {
            hangUp.run();
        }
    }

    // ---- the feed

    private boolean isMine(int partition) {
        return own.of(partition) != TailPositions.NONE;
    }

    /// Takes what the feed has, until that is over or this tail is behind it.
    private void follow(TailFeed.Place place) throws IOException, InterruptedException {
        // Where the feed is, while this tail is in front of it: then its ids are not this one's.
        @Nullable TailPositions fed = isInFrontOf(place.positions()) ? place.positions() : null;
        TailEvent at = place.at();
        while (!seat.isOver()) {
            TailEvent next = at.next();
            if (next == null) {
                if (at.isGone()) {
                    return;
                }
                flush();
                if (!seat.await(at, feeds.beatMs())) {
                    beat();
                }
                continue;
            }
            byte[] bytes = next.bytes();
            if (bytes == null) {
                return;
            }
            at = next;
            if (fed != null) {
                fed.put(at.partition(), at.nextOffset());
            }
            if (isMine(at.partition()) && at.nextOffset() > own.of(at.partition())) {
                own.put(at.partition(), at.nextOffset());
                if (fed != null) {
                    write(TailEvent.id(own), 0);
                }
                write(bytes, fed == null ? 0 : at.idBytes());
            }
            if (fed != null && !isInFrontOf(fed)) {
                fed = null;
            }
        }
    }

    private boolean isInFrontOf(TailPositions fed) {
        for (int partition : seat.partitions()) {
            if (own.of(partition) > fed.of(partition)) {
                return true;
            }
        }
        return false;
    }

    private void beat() throws IOException {
        if (!callers.isThere()) {
            throw new CloseConnectionException("the client has hung up");
        }
        write(HEARTBEAT, 0);
        flush();
    }

    // ---- the log

    /// Reads what is before where the feed is, from all partitions in turn.
    ///
    /// @return false when the feed ended meanwhile
    private boolean catchUp(TailPositions to) throws IOException, InterruptedException {
        boolean behind = true;
        while (behind) {
            behind = false;
            for (int partition : seat.partitions()) {
                if (seat.isOver()) {
                    return false;
                }
                if (own.of(partition) < to.of(partition)) {
                    step(partition, to.of(partition));
                    behind = true;
                }
            }
        }
        return true;
    }

    /// Tells some of the records before `to`. What it holds of them is counted, as all tails
    /// together may hold so much.
    private void step(int partition, long to) throws IOException, InterruptedException {
        Semaphore kiB = feeds.behindKiB();
        int want = HttpLimits.TAIL_STEP_BYTES >> 10;
        while (true) {
            kiB.acquire(want);
            try {
                Fetched found = read(partition);
                if (found == null) {
                    return;
                }
                int size = kiB(found);
                if (size <= want || want >= HttpLimits.TAILS_BEHIND_BYTES >> 10) {
                    tell(partition, found, to);
                    return;
                }
                // To be read again when there is room for it.
                want = Math.min(size, HttpLimits.TAILS_BEHIND_BYTES >> 10);
            } finally {
                kiB.release(want);
            }
        }
    }

    private static int kiB(Fetched found) {
        long bytes = 0;
        for (StoredRecord record : found.records()) {
            bytes += record.sizeBytes();
        }
        return (int) (bytes >> 10);
    }

    /// What is next, or null when it was deleted and the client has been told so.
    private @Nullable Fetched read(int partition) throws IOException, InterruptedException {
        var from = new TopicPartition(topic, partition);
        long offset = own.of(partition);
        try {
            return feeds.calls()
                    .run(() ->
                            feeds.engine()
                                    .read(from, offset, HttpLimits.TAIL_STEP_BYTES, Duration.ZERO));
        } catch (SinewException e) {
            long start = TailFeed.startBehind(feeds, from, offset, e);
            tell(Said.gap(partition, offset, start));
            flush();
            return null;
        }
    }

    private void tell(int partition, Fetched found, long to) throws IOException {
        for (StoredRecord record : found.records()) {
            if (record.offset() < to) {
                tell(Said.record(partition, record));
            }
        }
        own.put(partition, Math.max(own.of(partition), Math.min(found.nextOffset(), to)));
        flush();
    }

    private void tell(Said said) throws IOException {
        own.put(said.partition(), said.nextOffset());
        write(TailEvent.id(own), 0);
        write(said.text(), 0);
    }
}
