package io.sinew.http;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.util.Arrays;

/// How far a tail, or the feed of all tails of a topic, has come: of each partition the next
/// offset, or none. As text it is `0:17,3:0`, which is the id of an event: what comes behind that
/// event. Not thread-safe.
final class TailPositions {
    /// Of a partition that nobody follows.
    static final long NONE = -1;

    private final long[] next;

    private TailPositions(long[] next) {
        this.next = next;
    }

    static TailPositions none(int count) {
        var next = new long[count];
        Arrays.fill(next, NONE);
        return new TailPositions(next);
    }

    /// @throws SinewException `INVALID_REQUEST` for what no event had as its id
    static TailPositions parse(String text, int count) {
        TailPositions positions = none(count);
        for (String part : text.split(",", -1)) {
            if (!part.matches("[0-9]{1,6}:[0-9]{1,18}")) {
                throw refused(text);
            }
            int colon = part.indexOf(':');
            int partition = Integer.parseInt(part.substring(0, colon));
            if (partition >= count || positions.of(partition) != NONE) {
                throw refused(text);
            }
            positions.put(partition, Long.parseLong(part.substring(colon + 1)));
        }
        return positions;
    }

    private static SinewException refused(String text) {
        String shown = text.length() > 100 ? text.substring(0, 100) + "…" : text;
        return new SinewException(
                ErrorCode.INVALID_REQUEST,
                "'" + shown + "' is not the id of an event of this topic, as 0:17,1:3 is");
    }

    int count() {
        return next.length;
    }

    long of(int partition) {
        return next[partition];
    }

    void put(int partition, long offset) {
        next[partition] = offset;
    }

    TailPositions copy() {
        return new TailPositions(next.clone());
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int i = 0; i < next.length; i++) {
            if (next[i] != NONE) {
                text.append(text.isEmpty() ? "" : ",").append(i).append(':').append(next[i]);
            }
        }
        return text.toString();
    }
}
