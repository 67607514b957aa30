package io.sinew.ledger;

import io.sinew.topics.Header;
import io.sinew.topics.NewRecord;
import io.sinew.topics.StoredRecord;
import io.sinew.topics.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// How a message becomes a dead letter: its key, value and headers as they were, and headers that
/// say where it was and why it is here.
public final class DeadLetters {
    /// A [DeadReason], in lower case.
    public static final String REASON = "sinew-dead-reason";

    /// The topic it was sent to, its partition and its offset there.
    public static final String TOPIC = "sinew-dead-topic";

    public static final String PARTITION = "sinew-dead-partition";
    public static final String OFFSET = "sinew-dead-offset";

    /// When it was sent, in ms since 1970.
    public static final String SENT = "sinew-dead-sent";

    /// How often it failed.
    public static final String FAILURES = "sinew-dead-failures";

    /// The last failures, the oldest first, one a line: ms since 1970, a space, the cause.
    public static final String HISTORY = "sinew-dead-history";

    /// On a message that was a dead letter before.
    public static final String REDRIVEN = "sinew-redriven";

    private static final String DEAD = "sinew-dead-";
    private static final String WAS = "sinew-was-";

    /// The dedupe id that a message was sent with; it says nothing any more.
    static final String WAS_DEDUPE = WAS + "dedupe";

    /// Headers that would have a dead letter delayed, expire or be taken for its own double.
    private static final Set<String> ONCE =
            Set.of(MessageHeaders.DUE, MessageHeaders.EXPIRES, MessageHeaders.DEDUPE);

    private DeadLetters() {}

    /// The dead letter of a message.
    static NewRecord of(
            StoredRecord record, TopicPartition from, DoomedMessage doomed, long nowMs) {
        var headers = new ArrayList<Header>();
        for (Header header : record.headers()) {
            if (header.name().startsWith(DEAD)) {
                // Of its last time here.
                continue;
            }
            headers.add(
                    ONCE.contains(header.name())
                            ? new Header(WAS + header.name().substring(6), header.value())
                            : header);
        }
        headers.add(Header.of(REASON, doomed.reason().name().toLowerCase(Locale.ROOT)));
        headers.add(Header.of(TOPIC, from.topic()));
        headers.add(Header.of(PARTITION, Integer.toString(from.partition())));
        headers.add(Header.of(OFFSET, Long.toString(record.offset())));
        headers.add(Header.of(SENT, Long.toString(record.timestampMs())));
        headers.add(Header.of(FAILURES, Integer.toString(doomed.failures())));
        headers.add(Header.of(HISTORY, history(doomed.notes())));
        return new NewRecord(record.key(), record.value(), headers, nowMs);
    }

    private static String history(List<FailureNote> notes) {
        var lines = new StringBuilder();
        for (FailureNote note : notes) {
            lines.append(note.atMs()).append(' ').append(note.cause().replace('\n', ' '));
            lines.append('\n');
        }
        return lines.toString();
    }

    /// A message to be sent again, of a dead letter: with the headers that it was sent with, but
    /// for its times and its dedupe id, which would keep it from being delivered.
    public static NewRecord redriven(StoredRecord dead, long nowMs) {
        var headers = new ArrayList<Header>();
        for (Header header : dead.headers()) {
            if (!header.name().startsWith(DEAD)
                    && !header.name().startsWith(WAS)
                    && !header.name().equals(REDRIVEN)) {
                headers.add(header);
            }
        }
        headers.add(Header.of(REDRIVEN, Long.toString(nowMs)));
        return new NewRecord(dead.key(), dead.value(), headers, nowMs);
    }
}
