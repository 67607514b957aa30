package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import io.sinew.topics.Engine;
import io.sinew.topics.TopicPartition;
import java.time.DateTimeException;
import java.time.Instant;

/// Where in a topic a subscription begins, or goes on.
public sealed interface StartPosition {
    /// Behind the last record there is.
    record End() implements StartPosition {}

    /// At the first record that the topic still has.
    record Beginning() implements StartPosition {}

    /// At an offset, the same in each partition.
    record Offset(long offset) implements StartPosition {}

    /// At the first record with that time or a later one.
    ///
    /// @param ms since 1970
    record Time(long ms) implements StartPosition {}

    /// A position as people write it: `end`, `beginning`, an offset, or a time as
    /// `2026-11-29T12:00:00Z`.
    ///
    /// @throws SinewException `INVALID_REQUEST`
    static StartPosition parse(String text) {
        return switch (text) {
            case "end" -> new End();
            case "beginning" -> new Beginning();
            default -> text.matches("[0-9]{1,18}") ? new Offset(Long.parseLong(text)) : time(text);
        };
    }

    private static StartPosition time(String text) {
        try {
            return new Time(Math.max(0, Instant.parse(text).toEpochMilli()));
        } catch (DateTimeException | ArithmeticException e) {
            throw new SinewException(
                    ErrorCode.INVALID_REQUEST,
                    "'"
                            + text
                            + "' is no position: say end, beginning, an offset, or a time such as"
                            + " 2026-11-29T12:00:00Z",
                    e);
        }
    }

    /// The offset that it means in a partition now: not before the start and not behind the end.
    default long in(Engine engine, TopicPartition partition) throws InterruptedException {
        long start = engine.startOffset(partition);
        long end = engine.endOffset(partition);
        long wanted =
                switch (this) {
                    case End() -> end;
                    case Beginning() -> start;
                    case Offset(long offset) -> offset;
                    case Time(long ms) -> engine.offsetAt(partition, ms).orElse(end);
                };
        return Math.clamp(wanted, start, Math.max(start, end));
    }
}
