package io.sinew.cli;

import io.sinew.base.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.apache.kafka.clients.admin.OffsetSpec;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Where in a partition to begin: `beginning`, `end`, an offset, or a time. A time is ISO 8601 (the
/// machine's own time zone where it names none) or a stretch of time before now, such as `10m`.
sealed interface Place {
    /// For the help of options.
    String LABEL = "beginning|end|OFFSET|TIME";

    /// The oldest record that is still there.
    record Beginning() implements Place {}

    /// The record that comes next.
    record End() implements Place {}

    /// A record by its number.
    record AtOffset(long offset) implements Place {}

    /// The first record that is not older.
    record AtTime(Instant time) implements Place {}

    /// The place as Kafka's admin client asks for it. An offset needs no asking, but where it lies
    /// is counted from the beginning.
    default OffsetSpec spec() {
        return switch (this) {
            case Beginning beginning -> OffsetSpec.earliest();
            case End end -> OffsetSpec.latest();
            case AtOffset offset -> OffsetSpec.earliest();
            case AtTime(Instant time) -> OffsetSpec.forTimestamp(time.toEpochMilli());
        };
    }

    /// Reads a place.
    ///
    /// @throws IllegalArgumentException saying what it should look like
    static Place parse(String text, Clock clock) {
        return switch (text) {
            case "beginning" -> new Beginning();
            case "end" -> new End();
            default -> {
                if (text.matches("[0-9]{1,18}")) {
                    yield new AtOffset(Long.parseLong(text));
                }
                Instant now = Instant.ofEpochMilli(clock.nowMs());
                yield new AtTime(
                        TimeSpan.parse(text)
                                .map(now::minus)
                                .or(() -> date(text))
                                .orElseThrow(() -> refused(text)));
            }
        };
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException(
                "'"
                        + text
                        + "' is neither beginning, end, an offset, a time such as"
                        + " 2026-11-23T17:00:00Z, nor a time ago such as 10m");
    }

    private static Optional<Instant> date(String text) {
        try {
            if (text.length() == "2026-11-23".length()) {
                return Optional.of(
                        LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant());
            }
            if (text.matches(".*(Z|[+-][0-9:]{2,6})") && text.indexOf('T') > 0) {
                return Optional.of(OffsetDateTime.parse(text).toInstant());
            }
            return Optional.of(
                    LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /// For options.
    final class Converter implements ITypeConverter<Place> {
        @Override
        public Place convert(String text) {
            try {
                return parse(text, Clock.system());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
